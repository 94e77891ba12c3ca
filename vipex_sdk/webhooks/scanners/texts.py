"""Bodies in which texts and what is no text come in turn: JSON and forms."""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Generator, Iterator
from urllib.parse import unquote_to_bytes

from vipex_sdk.webhooks.scanners.protocol import Stretch, StretchKind

__all__ = ["FormScanner", "JsonScanner"]


class _Alternating(ABC):
    """Goes from text to text; what waits for the next chunk stands in ``_rest``."""

    def __init__(self) -> None:
        self._rest = b""
        self._inside = False

    def scan(self, chunk: bytes) -> Iterator[Stretch]:
        """Take the next bytes of the body."""
        data, self._rest = self._rest + chunk, b""
        place = 0
        while place < len(data):
            place = yield from (self._text if self._inside else self._outside)(data, place)

    @abstractmethod
    def _outside(self, data: bytes, place: int) -> Generator[Stretch, None, int]:
        """Give what is no text; returns where to go on."""

    @abstractmethod
    def _text(self, data: bytes, place: int) -> Generator[Stretch, None, int]:
        """Give what is of a text; returns where to go on."""

    def rest(self) -> bytes:
        """Give what waits for bytes that will not come any more."""
        return self._rest


class JsonScanner(_Alternating):
    """Texts are what stands between quotes, keys too."""

    base64 = re.compile(rb"[A-Za-z0-9+/=]*(?:\\(?:[/nrt]|u00[0-9A-Fa-f]{2})[A-Za-z0-9+/=]*)*")

    _LONGEST_ESCAPE = 6
    # Unrolled loops, here and in the other patterns, each byte in one place only: linear without possessive
    # quantifiers, which Python 3.11.2 gets wrong.
    _RUN = re.compile(rb'[^"\\]*(?:\\(?:u[0-9A-Fa-f]{4}|[^u])[^"\\]*)*', re.DOTALL)

    _WHOLE_TEXTS = re.compile(rb'[^"]*(?:"[^"\\]*(?:\\.[^"\\]*)*"[^"]*)*', re.DOTALL)

    def _outside(self, data: bytes, place: int) -> Generator[Stretch, None, int]:
        found = self._WHOLE_TEXTS.match(data, place)
        end = found.end() + 1 if found else place + 1  # what stops it is a quote, or the end
        yield StretchKind.OUTSIDE, data[place:end]
        self._inside = end <= len(data)
        return end

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

    def unescaped(self, text: bytes) -> bytes:
        """Undo the escapes of a text."""
        text = text.replace(b"\\/", b"/")
        return text if b"\\" not in text else json.loads(b'"' + text + b'"').encode("ascii")


class FormScanner(_Alternating):
    """Texts are what stands behind the first equals sign of a field; keys are none, however long."""

    base64 = re.compile(rb"[A-Za-z0-9+/=\r\n]*(?:%[0-7][0-9A-Fa-f][A-Za-z0-9+/=\r\n]*)*")

    def _outside(self, data: bytes, place: int) -> Generator[Stretch, None, int]:
        equals = data.find(b"=", max(place, data.rfind(b"&") + 1))
        end = equals + 1 if equals >= 0 else len(data)
        yield StretchKind.OUTSIDE, data[place:end]
        self._inside = equals >= 0
        return end

    def _text(self, data: bytes, place: int) -> Generator[Stretch, None, int]:
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

    def unescaped(self, text: bytes) -> bytes:
        """Undo the escapes of a text; a bare plus sign is a space in forms, and whoever wrote it meant none."""
        if b"+" in text:
            raise ValueError("a plus sign is not escaped")
        return unquote_to_bytes(text) if b"%" in text else text
