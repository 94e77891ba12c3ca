"""Where texts begin and end in the raw bytes of XML."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator
from typing import TypeAlias

from vipex_sdk.webhooks.scanners.protocol import Stretch, StretchKind

__all__ = ["XmlScanner"]

_Read: TypeAlias = Callable[[bytes, int], Generator[Stretch, None, int]]

_REFERENCE = re.compile(rb"&#(?:([0-9]{1,7})|x([0-9A-Fa-f]{1,6}));")
_BEGUN_REFERENCE = re.compile(rb"&[#x0-9A-Fa-f]{0,8}\Z")
_LONGEST_BEGUN = 9
# Tags, each with the text behind it up to the next tag: nothing that a comment or a section could go on with.
_WHOLE_TAGS = re.compile(rb"""(?:<[^!?>"'][^>"']*(?:(?:"[^"]*"|'[^']*')[^>"']*)*>[^<]*(?=<[^!?]))+""")
_WHOLE_VALUES = re.compile(rb"""[^>"']*(?:(?:"[^"]*"|'[^']*')[^>"']*)*""")
_MOST_INTERRUPTIONS = 10_000
_CDATA_END = b"]]>"


class XmlScanner:
    """Texts are the content of elements and the values of attributes.

    Comments, processing instructions and the marks of CDATA do not end a text. A document type is read as a tag: no
    such body is taken, and nothing of it is lost either. Behind more of all these than a report can have, nothing is
    looked for: it would cost seconds.
    """

    base64 = re.compile(
        rb"[ \t\r\n]{0,256}(?![ \t\r\n])[A-Za-z0-9+/= \t\r\n]*"
        rb"(?:&#(?:[0-9]{1,7}|x[0-9A-Fa-f]{1,6});[A-Za-z0-9+/= \t\r\n]*)*"
    )

    def __init__(self) -> None:
        self._rest = b""
        self._read: _Read = self._content
        self._end = b""
        self._section = StretchKind.TEXT
        self._interruptions = 0

    def scan(self, chunk: bytes) -> Iterator[Stretch]:
        """Take the next bytes of the body."""
        data, self._rest = self._rest + chunk, b""
        place = 0
        while place < len(data):
            place = yield from self._read(data, place)

    def rest(self) -> bytes:
        """Give what waits for bytes that will not come any more."""
        return self._rest

    def unescaped(self, text: bytes) -> bytes:
        """Undo the escapes of a text: references to characters by number."""
        return text if b"&" not in text else _REFERENCE.sub(_character, text)

    def _content(self, data: bytes, place: int) -> Generator[Stretch, None, int]:
        return (yield from self._text(data, place, end=b"<", then=self._markup))

    def _value(self, data: bytes, place: int) -> Generator[Stretch, None, int]:
        return (yield from self._text(data, place, end=self._end, then=self._value_end))

    def _text(self, data: bytes, place: int, *, end: bytes, then: _Read) -> Generator[Stretch, None, int]:
        found = data.find(end, place)
        if found >= 0:
            self._read = then
            yield StretchKind.TEXT, data[place:found]
            return found
        begun = _BEGUN_REFERENCE.search(data, max(place, len(data) - _LONGEST_BEGUN))
        stop = begun.start() if begun else len(data)
        yield StretchKind.TEXT, data[place:stop]
        self._rest = data[stop:]
        return len(data)

    def _value_end(self, data: bytes, place: int) -> Generator[Stretch, None, int]:
        self._read = self._tag
        yield StretchKind.OUTSIDE, data[place : place + 1]
        return place + 1

    def _markup(self, data: bytes, place: int) -> Generator[Stretch, None, int]:
        if self._interruptions > _MOST_INTERRUPTIONS:
            self._read = self._remainder
            return place
        if whole := _WHOLE_TAGS.match(data, place):
            yield StretchKind.OUTSIDE, whole[0]
            return whole.end()
        for opening, read, end in (
            (b"<!--", self._hidden, b"-->"),
            (b"<?", self._hidden, b"?>"),
            (b"<![CDATA[", self._cdata, _CDATA_END),
        ):
            begins = data[place : place + len(opening)]
            if begins == opening:
                self._interruptions += 1
                self._read, self._end, self._section = read, end, StretchKind.TEXT
                yield StretchKind.BETWEEN, opening
                return place + len(opening)
            if opening.startswith(begins):
                self._rest = data[place:]
                return len(data)
        self._interruptions += data[place + 1 : place + 2] == b"!"
        self._read = self._tag
        yield StretchKind.OUTSIDE, b"<"
        return place + 1

    def _remainder(self, data: bytes, place: int) -> Generator[Stretch, None, int]:
        yield StretchKind.OUTSIDE, data[place:]
        return len(data)

    def _tag(self, data: bytes, place: int) -> Generator[Stretch, None, int]:
        found = _WHOLE_VALUES.match(data, place)
        end = found.end() if found else place
        self._end = data[end : end + 1]
        if self._end:
            self._read = self._content if self._end == b">" else self._value
        yield StretchKind.OUTSIDE, data[place : end + 1]
        return end + 1

    def _hidden(self, data: bytes, place: int) -> Generator[Stretch, None, int]:
        found, stop = self._up_to_end(data, place)
        yield StretchKind.BETWEEN, data[place:stop]
        return (yield from self._over(data, stop)) if found else len(data)

    def _cdata(self, data: bytes, place: int) -> Generator[Stretch, None, int]:
        found, stop = self._up_to_end(data, place)
        reference = data.find(b"&", place, stop)
        if self._section is StretchKind.TEXT and reference >= 0:
            # Here it is none, so this is no base64; what follows is as good as markup.
            self._rest, self._section = b"", StretchKind.OUTSIDE
            yield StretchKind.TEXT, data[place:reference]
            return reference
        yield self._section, data[place:stop]
        return (yield from self._over(data, stop)) if found else len(data)

    def _up_to_end(self, data: bytes, place: int) -> tuple[bool, int]:
        """Look for the end of what was opened; what may be its beginning waits for the next chunk."""
        found = data.find(self._end, place)
        if found >= 0:
            return True, found
        stop = max(place, len(data) - len(self._end) + 1)
        self._rest = data[stop:]
        return False, stop

    def _over(self, data: bytes, place: int) -> Generator[Stretch, None, int]:
        self._read = self._content
        yield StretchKind.BETWEEN, data[place : place + len(self._end)]
        return place + len(self._end)


def _character(reference: re.Match[bytes]) -> bytes:
    code = int(reference[1]) if reference[1] else int(reference[2], 16)
    return chr(code).encode("ascii")
