"""One exchange with MiniCRM: credentials in headers, a bounded answer, no redirects, every failure an error class."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping
from types import TracebackType
from typing import Self

import httpx
from attrs import frozen

from vipex_minicrm.refusals import Sent, refusal
from vipex_minicrm.settings import MiniCrmSettings
from vipex_sdk.errors import OutcomeUnknown, Unavailable, VipexError

__all__ = ["Request", "Transport"]

_BEFORE_SENDING = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


@frozen(kw_only=True)
class Request:
    """One request.

    Attributes:
        sent: what it means, for the errors.
        path: after the base address, ids already in it.
        query: search parameters; percent-encoded here, because a raw ``+`` reads as a blank.
        body: JSON to send.
        basic: user and password, when this address wants HTTP Basic.
    """

    sent: Sent
    method: str
    path: str
    query: Mapping[str, str] | None = None
    body: Mapping[str, object] | None = None
    basic: tuple[str, str] | None = None


class Transport:
    """Sends requests; knows nothing of what they ask.

    Args:
        settings: base address, time limits and the size limit of an answer.
        transport: where httpx should send to instead of the network.
    """

    def __init__(self, settings: MiniCrmSettings, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._settings = settings
        self._http = httpx.AsyncClient(
            base_url=settings.base,
            timeout=httpx.Timeout(settings.read_timeout, connect=settings.connect_timeout),
            # Idle connections are let go before servers usually do: a write on a dying one has an unknown outcome.
            limits=httpx.Limits(max_connections=4, max_keepalive_connections=4, keepalive_expiry=2.0),
            follow_redirects=False,
            transport=transport,
        )
        _hush_addresses()

    async def __aenter__(self) -> Self:
        await self._http.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.__aexit__(kind, error, trace)

    async def send(self, request: Request) -> object:
        """Send *request* and give the decoded JSON of a 200.

        Raises:
            Unavailable: certainly nothing was written.
            OutcomeUnknown: a write was sent, and whether it was carried out cannot be known.
            RateLimited: 429.
            NeedsReauth: 401, or 404 where an address without an id cannot be missing.
            NotPermitted: 403.
            Refused: MiniCRM does not accept what was asked.
        """
        sent = request.sent
        try:
            async with asyncio.timeout(self._settings.total_timeout):
                status, headers, body = await self._exchange(request)
        except _BEFORE_SENDING as error:
            raise Unavailable(f"cannot reach MiniCRM for {sent.what}: {type(error).__name__}") from error
        except (httpx.TransportError, TimeoutError) as error:
            raise _unsure(sent, type(error).__name__) from error
        error_answer = refusal(sent, status, headers, body)
        if error_answer is not None:
            raise error_answer
        return _decode(sent, body)

    async def _exchange(self, request: Request) -> tuple[int, Mapping[str, str], bytes]:
        async with self._http.stream(
            request.method,
            request.path,
            params=request.query,
            json=request.body,
            auth=request.basic,
            headers={"Accept": "application/json"},
        ) as response:
            body = bytearray()
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > self._settings.max_answer_bytes:
                    raise _unsure(request.sent, f"the answer is longer than {self._settings.max_answer_bytes} bytes")
            return response.status_code, response.headers, bytes(body)


def _unsure(sent: Sent, reason: str) -> VipexError:
    if sent.writes:
        return OutcomeUnknown(f"no usable answer from MiniCRM to {sent.what}: {reason}", operation=sent.what)
    return Unavailable(f"no usable answer from MiniCRM to {sent.what}: {reason}")


def _decode(sent: Sent, body: bytes) -> object:
    """Decode JSON after a byte order mark; a web page with 200 is MiniCRM's log-in or maintenance page."""
    try:
        return json.loads(body.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        page = body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
        reason = "a web page came instead of data; check base_url" if page else "the answer is not JSON"
        raise _unsure(sent, reason) from error


def _hush_addresses() -> None:
    """Keep httpx from logging whole addresses: a search's address holds a telephone number."""
    for name in ("httpx", "httpcore"):
        logger = logging.getLogger(name)
        if logger.level == logging.NOTSET:
            logger.setLevel(logging.WARNING)
