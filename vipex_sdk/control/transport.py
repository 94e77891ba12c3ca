"""Between our messages and httpx: requests, answers, failures, and the way to the server.

Requests go to an httpx transport directly. The machinery of ``httpx.Client`` around it (redirects, cookies, merging of
URLs and headers) is what we do not want: credentials never follow a redirect, and no line of ours is logged with a URL.
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version
from typing import TypeVar
from urllib.parse import urlencode

import httpx

from vipex_sdk.control.body import Body
from vipex_sdk.control.retry import Timeouts
from vipex_sdk.control.steps import Send
from vipex_sdk.errors import DecodeError, NotSent, OutcomeUnknown, VipexError
from vipex_sdk.wire.messages import WireResponse

__all__ = [
    "QuietRequest",
    "Reply",
    "Writer",
    "as_ours",
    "chunks",
    "chunks_later",
    "headers_of",
    "is_kept",
    "limits",
    "own_transport",
    "tls_context",
    "transport_error",
    "user_agent",
    "without_frames",
]

Transport = TypeVar("Transport", httpx.HTTPTransport, httpx.AsyncHTTPTransport)
_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)


@cache
def tls_context(*, trust_env: bool = False) -> ssl.SSLContext:
    """Give one context for all clients of the process: making it is most of what a client costs.

    Args:
        trust_env: whether ``SSL_CERT_FILE`` and ``SSL_CERT_DIR`` count.
    """
    return httpx.create_ssl_context(trust_env=trust_env)


def own_transport(
    kind: type[Transport], *, verify: ssl.SSLContext, proxy: httpx.Proxy | None, connections: int
) -> Transport:
    """Make a transport whose every wait keeps to the total budget."""
    from vipex_sdk.control.network import bounded  # loaded with httpcore, when a client is made

    return bounded(kind(verify=verify, proxy=proxy, limits=httpx.Limits(max_connections=connections)))


@cache
def user_agent() -> str:
    """Give what we are called in VIPeX's logs."""
    return f"vipex-sdk/{version('vipex-sdk')}"


class QuietRequest(httpx.Request):
    """A request whose representation shows no address: it may hold a number or a key, and tracebacks show it."""

    def __repr__(self) -> str:
        return f"<QuietRequest {self.method}>"


class Writer:
    """Writes steps as requests to one VIPeX."""

    def __init__(self, base_url: str, *, agent: str | None) -> None:
        self._base_url = base_url
        name = " ".join(part for part in (agent, user_agent()) if part)
        self._host = httpx.URL(base_url).netloc
        self._headers = (
            (b"Accept", b"application/json, */*;q=0.5"),
            (b"Accept-Encoding", b"identity"),
            (b"Connection", b"keep-alive"),
            (b"User-Agent", name.encode("ascii", "replace")),
        )

    def request(self, step: Send) -> httpx.Request:
        """Write *step*. Its path is quoted already."""
        wire = step.request
        target = f"{wire.path}?{urlencode(wire.query)}" if wire.query else wire.path
        headers = [(b"Host", httpx.URL(wire.origin).netloc if wire.origin else self._host), *self._headers]
        for key, value in wire.headers:
            headers.append((key.encode("ascii"), value.encode("ascii")))
        if wire.body or wire.method not in {"GET", "DELETE"}:
            headers.append((b"Content-Length", b"%d" % len(wire.body)))
        if wire.content_type is not None:
            headers.append((b"Content-Type", wire.content_type.encode("ascii")))
        return QuietRequest(
            wire.method,
            (wire.origin or self._base_url) + target,
            headers=headers,
            stream=httpx.ByteStream(wire.body),
            extensions={"timeout": limits(step.timeouts)},
        )


def limits(times: Timeouts) -> dict[str, float]:
    """Write limits as httpx's transports take them."""
    return {"connect": times.connect, "read": times.read, "write": times.read, "pool": times.pool}


def transport_error(error: httpx.HTTPError, operation: str) -> VipexError:
    """Say whether the request certainly never left. The texts of httpx may hold addresses, so they are not repeated."""
    what = type(error).__name__
    if isinstance(error, httpx.DecodingError):
        found: VipexError = DecodeError(("$: expected an uncompressed body",), what=f"the answer to {operation}")
    elif isinstance(error, _NEVER_LEFT):
        found = NotSent(f"{operation}: VIPeX could not be reached ({what})", operation=operation)
    else:
        found = OutcomeUnknown(f"{operation}: no complete answer came ({what})", operation=operation)
    found.__cause__ = without_frames(error)
    return found


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


def without_frames(error: BaseException) -> BaseException:
    """Take the frames out of *error* and of what led to it: their locals hold headers and addresses."""
    one: BaseException | None = error
    while one is not None:
        one.__traceback__ = None
        one = one.__cause__ or one.__context__
    return error


def headers_of(response: httpx.Response) -> dict[str, str]:
    """Give the headers of *response*, their names in lower case."""
    found: dict[str, str] = {}
    for raw_key, raw_value in response.headers.raw:
        key, value = raw_key.decode("latin-1").lower(), raw_value.decode("latin-1")
        found[key] = f"{found[key]}, {value}" if key in found else value
    return found


def is_kept(response: httpx.Response, step: Send) -> bool:
    """Tell whether whoever asked reads the body of *response* itself."""
    return step.keep is not None and step.keep(response.status_code, headers_of(response))


def chunks(response: httpx.Response) -> Iterator[bytes]:
    """Give a body as it comes from the wire; ``iter_raw`` refuses answers that a test's transport made whole."""
    stream = response.stream
    assert isinstance(stream, httpx.SyncByteStream)  # noqa: S101 - a synchronous transport gives nothing else
    return iter(stream)


def chunks_later(response: httpx.Response) -> AsyncIterator[bytes]:
    """Do the same in a task."""
    stream = response.stream
    assert isinstance(stream, httpx.AsyncByteStream)  # noqa: S101 - an asynchronous transport gives nothing else
    return aiter(stream)


class Reply:
    """An answer while it comes into memory, up to a bound in bytes and in time.

    Raises:
        DecodeError: it is compressed in a way that we do not understand.
    """

    def __init__(self, response: httpx.Response, step: Send, clock: Callable[[], float]) -> None:
        self._deadline = step.deadline
        self._clock = clock
        self._status = response.status_code
        self._headers = headers_of(response)
        self._body = Body(self._headers.get("content-encoding"), what=f"the answer to {step.operation.name}")

    def take(self, chunk: bytes) -> None:
        """Take the next bytes as they came.

        Raises:
            httpx.ReadTimeout: the total budget is used up.
            DecodeError: the answer is longer than any real one.
        """
        self._body.take(chunk)
        if self._clock() > self._deadline:
            raise httpx.ReadTimeout("total budget used up")

    def finish(self) -> WireResponse:
        """Give the answer as it came."""
        return WireResponse(status=self._status, headers=self._headers, body=self._body.finish())
