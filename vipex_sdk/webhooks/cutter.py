"""Long base64 inside JSON, found in the raw bytes as they arrive and taken out before anything is parsed.

Nothing is understood here but where texts begin and end, so that broken JSON is handled like any other: what is not
audio is passed on byte for byte. Where a text was taken out, a mark stands that no sender can guess.
"""

from __future__ import annotations

import binascii
import json
import re
import secrets
from collections.abc import Generator, Iterator

from attrs import frozen

__all__ = ["LONG_TEXT_BYTES", "Base64Reader", "Cutter", "Piece"]

LONG_TEXT_BYTES = 64 * 1024
"""Texts shorter than this stay where they are."""

_MOST_CUTS = 64
_LONGEST_ESCAPE = 6
# Unrolled loops, each byte in one place only: linear without possessive quantifiers, which Python 3.11.2 gets wrong.
_RUN = re.compile(rb'[^"\\]*(?:\\(?:u[0-9A-Fa-f]{4}|[^u])[^"\\]*)*', re.DOTALL)
_BASE64_TEXT = re.compile(rb"[A-Za-z0-9+/=]*(?:\\(?:[/nrt]|u00[0-9A-Fa-f]{2})[A-Za-z0-9+/=]*)*")
_SPACE = b" \t\r\n"


@frozen
class Piece:
    """A stretch of a text that is taken out, as it stands in the JSON.

    Attributes:
        number: which text, counted from 0.
        data: without the quotes, escapes as they came.
    """

    number: int
    data: bytes


class Cutter:
    """Reads the bytes of a JSON body in any cuts.

    Attributes:
        kept: everything but the long base64.
    """

    def __init__(self) -> None:
        self.kept = bytearray()
        self._nonce = secrets.token_hex(16)
        self._count = 0
        self._rest = b""
        self._inside = False
        self._cutting = False
        self._start = 0
        self._looked = False

    def mark(self, number: int) -> str:
        """Give the text that stands in :attr:`kept` where text *number* was."""
        return f"cut:{self._nonce}:{number}"

    def feed(self, chunk: bytes) -> Iterator[Piece]:
        """Take the next bytes; gives what is to be stored elsewhere."""
        data, self._rest = self._rest + chunk, b""
        place = 0
        while place < len(data):
            place = self._outside(data, place) if not self._inside else (yield from self._text(data, place))

    def finish(self) -> None:
        """Take note that the body has ended, be it in the middle of something."""
        self.kept += self._rest
        self._rest = b""

    def _outside(self, data: bytes, place: int) -> int:
        quote = data.find(b'"', place)
        end = len(data) if quote < 0 else quote + 1
        self.kept += data[place:end]
        if quote >= 0:
            self._inside, self._looked, self._start = True, False, len(self.kept)
        return end

    def _text(self, data: bytes, place: int) -> Generator[Piece, None, int]:
        found = _RUN.match(data, place)
        end = found.end() if found else place
        yield from self._pass(data[place:end])
        if end < len(data) and data[end : end + 1] != b'"':
            if len(data) - end < _LONGEST_ESCAPE:
                self._rest = data[end:]  # an escape that the next chunk completes
                return len(data)
            yield from self._pass(data[end : end + 1])  # an escape that JSON does not have; whoever parses will say so
            return end + 1
        if end < len(data):
            self.kept += b'"'
            self._inside = self._cutting = False
        return end + 1

    def _pass(self, text: bytes) -> Iterator[Piece]:
        if self._cutting:
            if text:
                yield Piece(self._count - 1, text)
            return
        self.kept += text
        if self._looked or len(self.kept) - self._start < LONG_TEXT_BYTES or self._count >= _MOST_CUTS:
            return
        self._looked = True
        if _BASE64_TEXT.fullmatch(self.kept, self._start):
            begun = bytes(self.kept[self._start :])
            del self.kept[self._start :]
            self.kept += self.mark(self._count).encode()
            self._count, self._cutting = self._count + 1, True
            yield Piece(self._count - 1, begun)


class Base64Reader:
    """Decodes base64 that comes in pieces, with JSON's escapes and line breaks in it, and nothing else."""

    def __init__(self) -> None:
        self._rest = b""
        self._padded = False

    def read(self, piece: bytes) -> bytes:
        """Decode as much as is whole.

        Raises:
            ValueError: this is not base64.
        """
        text = piece.replace(b"\\/", b"/")
        if b"\\" in text:
            text = json.loads(b'"' + text + b'"').encode("ascii")
        text = self._rest + text.translate(None, _SPACE)
        if self._padded and text:
            raise ValueError("there is more after the end")
        whole = len(text) - len(text) % 4
        self._rest = text[whole:]
        self._padded = b"=" in text[max(0, whole - 2) : whole]
        return binascii.a2b_base64(text[:whole], strict_mode=True) if whole else b""

    def finish(self) -> None:
        """Take note that this was all.

        Raises:
            ValueError: the end is missing.
        """
        if self._rest:
            raise ValueError("the end is missing")
