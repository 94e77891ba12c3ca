"""Answers of the receiver. Never a redirect, never a word about what a stranger did wrong."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias

from attrs import field, frozen

__all__ = ["Reply", "Send"]

Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]
_NO_CONTENT = 204


@frozen
class Reply:
    """One answer.

    Attributes:
        status: HTTP status.
        content_type: of the body; ``None`` when there is none.
        body: as sent; empty when the status is 204.
        headers: further headers.
        close: whether the connection ends here, because the rest of the body will not be read.
    """

    status: int
    content_type: str | None = None
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = field(default=(), kw_only=True)
    close: bool = field(default=False, kw_only=True)

    @classmethod
    def text(cls, status: int, words: str, *headers: tuple[str, str], close: bool = False) -> Reply:
        """Answer with one line for the person who reads the sender's log."""
        return cls(status, "text/plain; charset=utf-8", words.encode() + b"\n", headers=headers, close=close)

    async def send(self, send: Send) -> None:
        """Send it."""
        headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in self.headers]
        if self.content_type is not None:
            headers.append((b"content-type", self.content_type.encode()))
        if self.status != _NO_CONTENT:
            headers.append((b"content-length", str(len(self.body)).encode()))
        if self.close:
            headers.append((b"connection", b"close"))
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if self.status == _NO_CONTENT else self.body})
