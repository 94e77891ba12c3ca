"""Long base64 found in the raw bytes of a body as they arrive, and taken out before anything is parsed.

What is not audio is passed on byte for byte. Where a text was taken out, a mark stands that no sender can guess.
"""

from __future__ import annotations

import binascii
import secrets
from collections.abc import Callable, Iterator

from attrs import frozen

from vipex_sdk.webhooks.scanners import Scanner, StretchKind

__all__ = ["LONG_TEXT_BYTES", "Base64Reader", "Cutter", "Marks", "Piece"]

LONG_TEXT_BYTES = 64 * 1024
"""Texts shorter than this stay where they are."""

_SLICE_BYTES = LONG_TEXT_BYTES // 2
_MOST_CUTS = 64
_SPACE = b" \t\r\n"


class Marks:
    """What stands in one message where texts were taken out; no encoding escapes it, and base64 it is none.

    Attributes:
        prefix: what all of them begin with, and nothing else.
    """

    def __init__(self) -> None:
        self.prefix = f"cut.{secrets.token_hex(16)}."
        self._count = 0

    def new(self) -> str | None:
        """Give one that was not given before; ``None`` when there are enough."""
        if self._count >= _MOST_CUTS:
            return None
        self._count += 1
        return f"{self.prefix}{self._count}."


@frozen
class Piece:
    """A stretch of a text that is taken out, as it stands in the body.

    Attributes:
        mark: what stands in its place.
        data: escapes as they came.
    """

    mark: str
    data: bytes


class Cutter:
    """Reads the bytes of a body in any cuts.

    A text is taken out when its first :data:`LONG_TEXT_BYTES` look like base64, be it so to its end or not.

    Attributes:
        scanner: of the body's encoding.
        kept: everything but the long base64.
    """

    def __init__(self, scanner: Scanner, marks: Marks) -> None:
        self.scanner = scanner
        self.kept = bytearray()
        self._marks = marks
        self._mark: str | None = None
        self._start = 0
        self._looked = False

    def feed(self, chunk: bytes) -> Iterator[Piece]:
        """Take the next bytes; gives what is to be stored elsewhere."""
        for place in range(0, len(chunk), _SLICE_BYTES):
            for kind, data in self.scanner.scan(chunk[place : place + _SLICE_BYTES]):
                if kind is StretchKind.TEXT:
                    yield from self._text(data)
                else:
                    self._pass(kind, data)

    def finish(self) -> None:
        """Take note that the body has ended, be it in the middle of something."""
        self.kept += self.scanner.rest()

    def _pass(self, kind: StretchKind, data: bytes) -> None:
        if kind is StretchKind.OUTSIDE:
            self._mark, self._looked = None, False
        elif self._mark is None:
            # What goes on behind nothing but space begins there; behind anything else it stays as it is.
            self._looked = self._looked or bool(self.kept[self._start :].strip())
        self.kept += data
        self._start = len(self.kept)

    def _text(self, data: bytes) -> Iterator[Piece]:
        if self._mark is not None:
            if data:
                yield Piece(self._mark, data)
            return
        self.kept += data
        if self._looked or len(self.kept) - self._start < LONG_TEXT_BYTES:
            return
        self._looked = True
        begun = bytes(self.kept[self._start :])
        found = self.scanner.base64.match(begun)
        if found and found.end() >= LONG_TEXT_BYTES and (mark := self._marks.new()):
            self.kept[self._start :] = mark.encode()
            self._mark = mark
            yield Piece(mark, begun)


class Base64Reader:
    """Decodes base64 that comes in pieces, with line breaks and an encoding's escapes in it, and nothing else."""

    def __init__(self, unescaped: Callable[[bytes], bytes]) -> None:
        self._unescaped = unescaped
        self._rest = b""
        self._padded = False

    def read(self, piece: bytes) -> bytes:
        """Decode as much as is whole.

        Raises:
            ValueError: this is not base64.
        """
        text = self._rest + self._unescaped(piece).translate(None, _SPACE)
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
