"""Between our messages and httpx: requests, answers, failures, and what httpx may log."""

from __future__ import annotations

import logging
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.metadata import version
from ipaddress import ip_address
from urllib.parse import urlencode, urlsplit

import httpx

from vipex_sdk.control.steps import Send
from vipex_sdk.errors import ConfigError, DecodeError, NotSent, OutcomeUnknown, VipexError
from vipex_sdk.wire.exchange import WireResponse

__all__ = [
    "MAX_ANSWER_BYTES",
    "Reply",
    "as_ours",
    "base_url_of",
    "build_request",
    "is_kept",
    "quiet",
    "tls_context",
    "transport_error",
]

MAX_ANSWER_BYTES = 64 * 1024 * 1024
"""The longest answer taken into memory; recordings go to a file."""

_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)


def base_url_of(url: str, *, allow_insecure: bool) -> str:
    """Check the address of a VIPeX and give it without a slash at its end.

    Raises:
        ConfigError: it is no address, holds credentials, or is plain HTTP to another machine.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in {"http", "https"} or parts.query or parts.fragment:
        raise ConfigError('expected an address such as "https://pbx.example.hu"', key="base_url")
    if parts.username or parts.password:
        raise ConfigError("expected an address without credentials; give user and password apart", key="base_url")
    if parts.scheme == "http" and not allow_insecure and not _is_loopback(host):
        raise ConfigError("expected https: the password would travel readable", key="base_url")
    return url.rstrip("/")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@cache
def tls_context() -> ssl.SSLContext:
    """Give one context for all clients: making it is most of what a client costs."""
    return httpx.create_ssl_context()


@cache
def user_agent() -> str:
    """Give what we are called in VIPeX's logs."""
    return f"vipex-sdk/{version('vipex-sdk')}"


def build_request(client: httpx.Client | httpx.AsyncClient, base_url: str, step: Send) -> httpx.Request:
    """Write a step as httpx has it. The path is quoted already."""
    wire, times = step.request, step.timeouts
    query = f"?{urlencode(wire.query)}" if wire.query else ""
    headers = dict(wire.headers)
    if wire.content_type is not None:
        headers["Content-Type"] = wire.content_type
    timeout = httpx.Timeout(times.read, connect=times.connect, pool=times.connect)
    return client.build_request(
        wire.method, f"{base_url}{wire.path}{query}", headers=headers, content=wire.body or None, timeout=timeout
    )


def transport_error(error: Exception, operation: str) -> VipexError:
    """Say whether the request certainly never left. The texts of httpx may hold addresses, so they are not repeated."""
    what = type(error).__name__
    if isinstance(error, httpx.DecodingError):
        found: VipexError = DecodeError(("$: expected an uncompressed body",), what=f"the answer to {operation}")
    elif isinstance(error, _NEVER_LEFT):
        found = NotSent(f"{operation}: VIPeX could not be reached ({what})", operation=operation)
    else:
        found = OutcomeUnknown(f"{operation}: no complete answer came ({what})", operation=operation)
    found.__cause__ = error
    return found


class Reply:
    """An answer while it comes into memory."""

    def __init__(self, response: httpx.Response, step: Send, clock: Callable[[], float]) -> None:
        self._step = step
        self._clock = clock
        self._status = response.status_code
        self._headers = _headers(response)
        self._body = bytearray()

    def take(self, chunk: bytes) -> None:
        """Take the next bytes.

        Raises:
            httpx.ReadTimeout: the total budget is used up.
            DecodeError: the answer is longer than any real one.
        """
        self._body += chunk
        if len(self._body) > MAX_ANSWER_BYTES:
            raise DecodeError(("$: too long",), what=f"the answer to {self._step.operation.name}")
        if self._clock() > self._step.deadline:
            raise httpx.ReadTimeout("total budget used up")

    def finish(self) -> WireResponse:
        """Give the answer as it came."""
        return WireResponse(status=self._status, headers=self._headers, body=bytes(self._body))


def is_kept(response: httpx.Response, step: Send) -> bool:
    """Tell whether whoever asked reads the body of *response* itself."""
    return step.keep is not None and step.keep(response.status_code, _headers(response))


def _headers(response: httpx.Response) -> dict[str, str]:
    return {key.lower(): value for key, value in response.headers.items()}


@contextmanager
def as_ours(operation: str) -> Iterator[None]:
    """Raise what goes wrong on the way as our errors.

    Raises:
        NotSent: the request certainly never left.
        OutcomeUnknown: it may have been carried out.
    """
    try:
        yield
    except httpx.HTTPError as exc:
        raise transport_error(exc, operation) from exc


_ours: ContextVar[bool] = ContextVar("vipex_request", default=False)


def _is_not_ours(_record: logging.LogRecord) -> bool:
    return not _ours.get()


@contextmanager
def quiet() -> Iterator[None]:
    """Keep httpx from logging our addresses at INFO: they may hold numbers. Other users of httpx log as before."""
    logger = logging.getLogger("httpx")
    if _is_not_ours not in logger.filters:
        logger.addFilter(_is_not_ours)
    token = _ours.set(True)
    try:
        yield
    finally:
        _ours.reset(token)
