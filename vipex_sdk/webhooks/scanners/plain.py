"""Bodies, or parts of one, that are one text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from vipex_sdk.webhooks.scanners.protocol import Scanner, Stretch, StretchKind
from vipex_sdk.webhooks.scanners.texts import JsonScanner

__all__ = ["PartScanner", "PlainScanner"]


class PlainScanner:
    """All of it is one text."""

    base64 = re.compile(rb"[ \t\r\n]{0,256}(?![ \t\r\n])[A-Za-z0-9+/= \t\r\n]*")

    def scan(self, chunk: bytes) -> Iterator[Stretch]:
        """Take the next bytes of the body."""
        yield StretchKind.TEXT, chunk

    def rest(self) -> bytes:
        """Give nothing: nothing ever waits."""
        return b""

    def unescaped(self, text: bytes) -> bytes:
        """Give the text: it has no escapes."""
        return text


class PartScanner:
    """A text part of a multipart body: JSON when it begins like that, else one text."""

    _MOST_SPACE = 256

    def __init__(self) -> None:
        self._begun = b""
        self._looked = False
        self._inner: Scanner = PlainScanner()

    @property
    def base64(self) -> re.Pattern[bytes]:
        """Matches as much of a text as may be base64."""
        return self._inner.base64

    def scan(self, chunk: bytes) -> Iterator[Stretch]:
        """Take the next bytes of the part."""
        if not self._looked:
            self._begun += chunk
            start = self._begun.lstrip()[:1]
            if not start and len(self._begun) < self._MOST_SPACE:
                return
            if start in {b"{", b"["}:
                self._inner = JsonScanner()
            self._looked, chunk, self._begun = True, self._begun, b""
        yield from self._inner.scan(chunk)

    def rest(self) -> bytes:
        """Give what waits for bytes that will not come any more."""
        return self._begun + self._inner.rest()

    def unescaped(self, text: bytes) -> bytes:
        """Undo the escapes of a text."""
        return self._inner.unescaped(text)
