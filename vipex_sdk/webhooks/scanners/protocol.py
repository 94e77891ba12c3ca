"""What finds the texts in the raw bytes of a body, however it is cut on its way.

Nothing is understood there but where texts begin and end, so that a broken body is handled like any other: what a
scanner gives, put together, is what it was given.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum, auto
from typing import Protocol, TypeAlias

__all__ = ["Scanner", "Stretch", "StretchKind"]


class StretchKind(Enum):
    """What a stretch of a body is."""

    OUTSIDE = auto()
    """No text; whatever text there was is over."""

    TEXT = auto()
    """Of a text, escapes as they came and never cut in two."""

    BETWEEN = auto()
    """No text, and yet the text goes on behind it, as behind a comment in XML."""


Stretch: TypeAlias = tuple[StretchKind, bytes]


class Scanner(Protocol):
    """Reads a body of one encoding."""

    @property
    def base64(self) -> re.Pattern[bytes]:
        """Matches as much of a text as may be base64, by whole escapes; the same in any cuts."""
        ...

    def scan(self, chunk: bytes) -> Iterator[Stretch]:
        """Take the next bytes of the body.

        A text that is all in one chunk may be given as no text: whoever looks for long ones gives short chunks, and a
        body of many short ones is read quickly.
        """
        ...

    def rest(self) -> bytes:
        """Give what waits for bytes that will not come any more."""
        ...

    def unescaped(self, text: bytes) -> bytes:
        """Undo the escapes of a text.

        Raises:
            ValueError: it holds some that no base64 needs.
        """
        ...
