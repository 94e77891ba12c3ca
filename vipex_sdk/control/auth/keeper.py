"""One token for all threads or tasks of a client, asked for once however many want it."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from contextlib import aclosing, closing

import httpx
from attrs import frozen

from vipex_sdk.control.auth.exchange import TokenSource
from vipex_sdk.control.auth.sending import AsyncGo, Go, adrain, drain
from vipex_sdk.control.auth.token import Token, TokenStore
from vipex_sdk.control.body import Body
from vipex_sdk.control.budget import limited
from vipex_sdk.control.transport import as_ours, chunks, chunks_later, headers_of
from vipex_sdk.errors import AuthError, NotSent, OutcomeUnknown, VipexError
from vipex_sdk.wire.messages import WireResponse

__all__ = ["TokenAuth"]

_log = logging.getLogger("vipex_sdk.control")
_UNAUTHORIZED = 401
_MAX_ANSWER_BYTES = 1024 * 1024
_WHAT = "the answer to the request for a token"


@frozen
class _Failure:
    """Why no token could be had; each caller raises an error of its own."""

    refused: bool
    text: str
    status: int = 0
    not_before: float = 0.0

    def error(self, now: float) -> VipexError:
        if self.refused:
            return AuthError(self.text, status=self.status)
        return NotSent(self.text, retry_after=max(self.not_before - now, 0.0) or None)


class TokenAuth:
    """A scheme that signs requests with a token, and has a new one when it is stale or refused.

    The lock is held while a token is asked for, never while a request of the caller's is under way. A request that is
    refused with 401 is sent once more with a new token. Whoever waited while no token could be had is told the same,
    and nobody asks again before the time that the server named.

    Args:
        source: asks for tokens.
        store: where other processes find them.
        key: name of the token in the store.
        header: that carries the token.
        prefix: before the token in that header.
        now: seconds since 1970 UTC.
    """

    def __init__(
        self,
        source: TokenSource,
        *,
        store: TokenStore | None,
        key: str,
        header: str,
        prefix: str,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._source = source
        self._store = store
        self._key = key
        self._header = header
        self._prefix = prefix
        self._now = now
        self._token: Token | None = None
        self._asked = 0
        self._failure: _Failure | None = None
        self._threads = threading.Lock()
        self._tasks = asyncio.Lock()

    def send(self, request: httpx.Request, go: Go) -> httpx.Response:
        """Send *request* with a token, and once more when that is refused."""
        token = self._current(None) or self._renewed(request, None, go)
        response = go(self._signed(request, token))
        if response.status_code != _UNAUTHORIZED:
            return response
        drain(response)
        token = self._current(token) or self._renewed(request, token, go)
        return go(self._signed(request, token))

    async def asend(self, request: httpx.Request, go: AsyncGo) -> httpx.Response:
        """Send *request* with a token, and once more when that is refused."""
        token = self._current(None) or await self._renewed_later(request, None, go)
        response = await go(self._signed(request, token))
        if response.status_code != _UNAUTHORIZED:
            return response
        await adrain(response)
        token = self._current(token) or await self._renewed_later(request, token, go)
        return await go(self._signed(request, token))

    def _renewed(self, request: httpx.Request, refused: Token | None, go: Go) -> Token:
        asked = self._asked
        if not self._threads.acquire(timeout=_patience(request)):
            raise _too_slow()
        try:
            found = self._after_waiting(asked, refused) or self._usable(self._stored(), refused)
            if found is not None:
                return found
            failure = None
            try:
                found = self._ask(request, go)
            except VipexError as exc:
                failure = self._failed(exc)
            if found is None:
                raise failure or _too_slow()
            self._took(found)
            self._store_it(found)
            return found
        finally:
            self._threads.release()

    async def _renewed_later(self, request: httpx.Request, refused: Token | None, go: AsyncGo) -> Token:
        asked = self._asked
        try:
            async with asyncio.timeout(_patience(request)):
                await self._tasks.acquire()
        except TimeoutError:
            raise _too_slow() from None
        try:
            found = self._after_waiting(asked, refused) or self._usable(await self._stored_later(), refused)
            if found is not None:
                return found
            failure = None
            try:
                found = await self._ask_later(request, go)
            except VipexError as exc:
                failure = self._failed(exc)
            if found is None:
                raise failure or _too_slow()
            self._took(found)
            if self._store is not None:
                await asyncio.to_thread(self._store_it, found)
            return found
        finally:
            self._tasks.release()

    def _ask(self, request: httpx.Request, go: Go) -> Token:
        steps = self._source.exchange(self._token)
        ask = next(steps)
        while True:
            with as_ours("the request for a token"):
                answer = _read(go(_limited(ask, request)))
            try:
                ask = steps.send(answer)
            except StopIteration as done:
                token: Token = done.value
                return token

    async def _ask_later(self, request: httpx.Request, go: AsyncGo) -> Token:
        steps = self._source.exchange(self._token)
        ask = next(steps)
        while True:
            with as_ours("the request for a token"):
                answer = await _read_later(await go(_limited(ask, request)))
            try:
                ask = steps.send(answer)
            except StopIteration as done:
                token: Token = done.value
                return token

    def _signed(self, request: httpx.Request, token: Token) -> httpx.Request:
        request.headers[self._header] = self._prefix + token.access
        return request

    def _current(self, refused: Token | None) -> Token | None:
        return self._usable(self._token, refused)

    def _usable(self, token: Token | None, refused: Token | None) -> Token | None:
        if token is None or not token.is_fresh(self._now()):
            return None
        if refused is not None and token.access == refused.access:
            return None
        self._token = token
        return token

    def _after_waiting(self, asked: int, refused: Token | None) -> Token | None:
        """Give the token that somebody else had meanwhile, or fail as they did."""
        now, failure = self._now(), self._failure
        if failure is not None and (asked != self._asked or now < failure.not_before):
            raise failure.error(now)
        return self._current(refused)

    def _failed(self, error: VipexError) -> VipexError:
        now = self._now()
        after = getattr(error, "retry_after", None)
        self._failure = _Failure(
            refused=isinstance(error, AuthError),
            text=_sentence(error),
            status=getattr(error, "status", 0),
            not_before=now + after if after else 0.0,
        )
        self._asked += 1
        found = self._failure.error(now)
        found.__cause__ = error.__cause__
        return found

    def _took(self, token: Token) -> None:
        self._token, self._failure = token, None
        self._asked += 1

    def _stored(self) -> Token | None:
        if self._store is None:
            return None
        try:
            return self._store.get(self._key)
        except Exception as exc:  # noqa: BLE001 - it is not ours; without it we ask for a token ourselves
            _log.warning("the token store could not be read (%s)", type(exc).__name__)
            return None

    async def _stored_later(self) -> Token | None:
        return None if self._store is None else await asyncio.to_thread(self._stored)

    def _store_it(self, token: Token) -> None:
        if self._store is None:
            return
        try:
            self._store.put(self._key, token)
        except Exception as exc:  # noqa: BLE001 - it is not ours; the token is good all the same
            _log.warning("the token store could not be written (%s)", type(exc).__name__)


def _patience(request: httpx.Request) -> float:
    """Wait for somebody else's exchange as long as for an answer."""
    seconds: float = limited(request).extensions["timeout"]["read"]
    return seconds


def _limited(ask: httpx.Request, request: httpx.Request) -> httpx.Request:
    ask.extensions = {"timeout": request.extensions["timeout"]}
    return ask


def _too_slow() -> NotSent:
    return NotSent("no token could be had in time")


def _sentence(error: VipexError) -> str:
    """Say why. The request for a token may be repeated, whatever became of it, so nothing about it is unknown."""
    return "no token could be had: no answer came" if isinstance(error, OutcomeUnknown) else str(error)


def _read(response: httpx.Response) -> WireResponse:
    """Take the whole answer; it holds a token, so no frame that an error passes through keeps it."""
    with closing(response):
        body = Body(response.headers.get("content-encoding"), what=_WHAT, limit=_MAX_ANSWER_BYTES)
        for chunk in chunks(response):
            body.take(chunk)
    return WireResponse(status=response.status_code, headers=headers_of(response), body=body.finish())


async def _read_later(response: httpx.Response) -> WireResponse:
    async with aclosing(response):
        body = Body(response.headers.get("content-encoding"), what=_WHAT, limit=_MAX_ANSWER_BYTES)
        async for chunk in chunks_later(response):
            body.take(chunk)
    return WireResponse(status=response.status_code, headers=headers_of(response), body=body.finish())
