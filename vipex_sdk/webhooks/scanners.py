"""Where texts begin and end in bodies of each encoding."""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Iterator
from urllib.parse import unquote_to_bytes

from vipex_sdk.webhooks.scanner import Scanner, Stretch, StretchKind
from vipex_sdk.webhooks.xml_scanner import XmlScanner
from vipex_sdk.wire.media import kind_of_body

__all__ = ["FormScanner", "JsonScanner", "PartScanner", "PlainScanner", "scanner_of"]


def scanner_of(content_type: str, body: bytes) -> Scanner:
    """Give the scanner for a body that begins with *body*."""
    kind = kind_of_body(content_type, body)
    if kind == "xml":
        in_bytes = b"\0" not in body[:4]  # in UTF-16 and UTF-32 no text looks like base64, and no bracket like one
        return XmlScanner() if in_bytes else PlainScanner()
    return JsonScanner() if kind == "json" else FormScanner()


class JsonScanner:
    """Texts are what stands between quotes, keys too."""

    base64 = re.compile(rb"[A-Za-z0-9+/=]*(?:\\(?:[/nrt]|u00[0-9A-Fa-f]{2})[A-Za-z0-9+/=]*)*")

    _LONGEST_ESCAPE = 6
    # Unrolled loops, here and in the other patterns, each byte in one place only: linear without possessive
    # quantifiers, which Python 3.11.2 gets wrong.
    _RUN = re.compile(rb'[^"\\]*(?:\\(?:u[0-9A-Fa-f]{4}|[^u])[^"\\]*)*', re.DOTALL)

    _WHOLE_TEXTS = re.compile(rb'[^"]*(?:"[^"\\]*(?:\\.[^"\\]*)*"[^"]*)*', re.DOTALL)

    def __init__(self) -> None:
        self._rest = b""
        self._inside = False

    def scan(self, chunk: bytes) -> Iterator[Stretch]:
        """Take the next bytes of the body."""
        data, self._rest = self._rest + chunk, b""
        place = 0
        while place < len(data):
            if self._inside:
                place = yield from self._text(data, place)
            else:
                found = self._WHOLE_TEXTS.match(data, place)
                end = found.end() + 1 if found else place + 1  # what stops it is a quote, or the end
                yield StretchKind.OUTSIDE, data[place:end]
                self._inside, place = end <= len(data), end

    def _text(self, data: bytes, place: int) -> Generator[Stretch, None, int]:
        found = self._RUN.match(data, place)
        end = found.end() if found else place
        yield StretchKind.TEXT, data[place:end]
        if data[end : end + 1] == b'"':
            yield StretchKind.OUTSIDE, b'"'
            self._inside = False
        elif 0 < len(data) - end < self._LONGEST_ESCAPE:
            self._rest = data[end:]  # an escape that the next chunk completes
            return len(data)
        else:
            yield StretchKind.TEXT, data[end : end + 1]  # an escape that JSON does not have; whoever parses will say so
        return end + 1

    def rest(self) -> bytes:
        """Give what waits for bytes that will not come any more."""
        return self._rest

    def unescaped(self, text: bytes) -> bytes:
        """Undo the escapes of a text."""
        text = text.replace(b"\\/", b"/")
        return text if b"\\" not in text else json.loads(b'"' + text + b'"').encode("ascii")


class FormScanner:
    """Texts are what stands behind the first equals sign of a field; keys are none, however long."""

    base64 = re.compile(rb"[A-Za-z0-9+/=\r\n]*(?:%[0-7][0-9A-Fa-f][A-Za-z0-9+/=\r\n]*)*")

    def __init__(self) -> None:
        self._rest = b""
        self._inside = False

    def scan(self, chunk: bytes) -> Iterator[Stretch]:
        """Take the next bytes of the body."""
        data, self._rest = self._rest + chunk, b""
        place = 0
        while place < len(data):
            if self._inside:
                place = yield from self._value(data, place)
            else:
                equals = data.find(b"=", max(place, data.rfind(b"&") + 1))
                end = equals + 1 if equals >= 0 else len(data)
                yield StretchKind.OUTSIDE, data[place:end]
                self._inside, place = equals >= 0, end

    def _value(self, data: bytes, place: int) -> Generator[Stretch, None, int]:
        end = data.find(b"&", place)
        if end >= 0:
            yield StretchKind.TEXT, data[place:end]
            self._inside = False
            return end
        escape = data.find(b"%", max(place, len(data) - 2))
        end = escape if escape >= 0 else len(data)
        yield StretchKind.TEXT, data[place:end]
        self._rest = data[end:]  # an escape that the next chunk completes
        return len(data)

    def rest(self) -> bytes:
        """Give what waits for bytes that will not come any more."""
        return self._rest

    def unescaped(self, text: bytes) -> bytes:
        """Undo the escapes of a text; a bare plus sign is a space in forms, and whoever wrote it meant none."""
        if b"+" in text:
            raise ValueError("a plus sign is not escaped")
        return unquote_to_bytes(text) if b"%" in text else text


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
