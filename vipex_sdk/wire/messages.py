"""HTTP messages as values."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, frozen

__all__ = ["WireRequest", "WireResponse"]


@frozen(kw_only=True)
class WireRequest:
    """An HTTP request.

    Attributes:
        method: HTTP method.
        origin: scheme, host and port of another server; empty: the base URL's.
        path: below the base URL; begins with the profile's prefix and is percent-quoted. On another server with what
            that server calls its query.
        query: names and texts, not yet quoted.
        headers: names and texts, without credentials.
        content_type: of the body.
        body: bytes to send.
    """

    method: str
    origin: str = field(default="", repr=False)
    path: str = field(repr=False)
    query: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    content_type: str | None = None
    body: bytes = field(default=b"", repr=False)


@frozen(kw_only=True)
class WireResponse:
    """An HTTP response. Header names are in lower case."""

    status: int
    headers: Mapping[str, str] = field(factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
