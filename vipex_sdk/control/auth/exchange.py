"""How a token is had, without I/O: a generator that yields requests and takes their answers."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Generator, Mapping
from typing import Any, Protocol, TypeAlias

import httpx

from vipex_sdk.control.auth.credentials import Credentials
from vipex_sdk.control.auth.token import Token
from vipex_sdk.control.transport import QuietRequest
from vipex_sdk.errors import AuthError, NotSent
from vipex_sdk.wire.failures import read_fields, retry_after
from vipex_sdk.wire.formats import TokenFormat
from vipex_sdk.wire.media import render_body
from vipex_sdk.wire.messages import WireResponse
from vipex_sdk.wire.paths import value_at

__all__ = ["Exchange", "Login", "TokenSource"]

Exchange: TypeAlias = Generator[httpx.Request, WireResponse, Token]

_VISIBLE = re.compile(r"[\x21-\x7e]+")
_LATER = frozenset({429, 500, 502, 503, 504})
_SUCCESSES = range(200, 300)
_LEAST_SHARE = 4
"""A token is used for three quarters of its life at least, however short that is."""


class TokenSource(Protocol):
    """Asks for tokens in one way."""

    def exchange(self, last: Token | None) -> Exchange:
        """Ask for a token.

        Args:
            last: the one before, which may tell how to have the next one.

        Raises:
            AuthError: the credentials are refused, or the answer holds no token.
            NotSent: the server cannot give one now.
        """
        ...


class Login:
    """A token for name and password, from the exchange's own login address."""

    def __init__(
        self, credentials: Credentials, shape: TokenFormat, *, url: str, now: Callable[[], float] = time.time
    ) -> None:
        credentials.needs_user()
        credentials.needs_password()
        self._credentials = credentials
        self._shape = shape
        self._url = url
        self._now = now

    def exchange(self, last: Token | None) -> Exchange:  # noqa: ARG002 - each login stands for itself
        """Log in."""
        names, who = self._shape, self._credentials
        kind, body = render_body(names.body, {names.user: who.user, names.password: who.password})
        answer = yield token_request(self._url, body, {"Content-Type": kind or "application/json"})
        return token_in(answer, self._shape, now=self._now())


def token_request(url: str, body: bytes | str, headers: Mapping[str, str]) -> httpx.Request:
    """Write a request for a token."""
    content = body if isinstance(body, bytes) else body.encode("ascii")
    return QuietRequest(
        "POST",
        url,
        headers={
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            **{name: value for name, value in headers.items() if name.lower() != "content-length"},
        },
        content=content,
    )


def token_in(answer: WireResponse, shape: TokenFormat, *, now: float) -> Token:
    """Read the token in *answer*; error texts repeat nothing of it.

    Raises:
        AuthError: the credentials are refused, or there is no token in it.
        NotSent: the server cannot give one now.
    """
    if answer.status in _LATER:
        asked = retry_after(answer.headers)
        raise NotSent(f"no token could be had: VIPeX answered {answer.status}", retry_after=asked)
    if answer.status not in _SUCCESSES:
        raise AuthError(f"no token was given: VIPeX answered {answer.status}", status=answer.status)
    token = _token(read_fields(answer), shape, now)
    if token is None:
        raise AuthError("no token was given: none is where the profile says", status=answer.status)
    return token


def _token(fields: Any, shape: TokenFormat, now: float) -> Token | None:
    access = _text(fields, shape.token)
    if access is None or not _VISIBLE.fullmatch(access):
        return None
    lifetime = _seconds(fields, shape.expires_in)
    return Token(
        access=access,
        refresh=_text(fields, shape.refresh),
        expires_at=None if lifetime is None else now + lifetime,
        stale_at=None if lifetime is None else now + lifetime - min(shape.leeway_seconds, lifetime / _LEAST_SHARE),
    )


def _text(fields: Any, paths: tuple[str, ...]) -> str | None:
    found = (value_at(fields, path) for path in paths)
    return next((one for one in found if isinstance(one, str) and one), None)


def _seconds(fields: Any, paths: tuple[str, ...]) -> float | None:
    for path in paths:
        try:
            seconds = float(value_at(fields, path))
        except (TypeError, ValueError):
            continue
        if 0 < seconds < float("inf"):
            return seconds
    return None
