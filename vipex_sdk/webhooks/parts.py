"""Multipart bodies: text parts into memory, files and long base64 to where they are kept, while they arrive."""

from __future__ import annotations

from collections.abc import AsyncIterator

from attrs import Factory, define, field, frozen
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from vipex_sdk.errors import BadPayload, PayloadTooLarge
from vipex_sdk.webhooks.cuts import Cuts
from vipex_sdk.webhooks.cutter import Cutter
from vipex_sdk.webhooks.held import Held, HeldFile, KeepFile
from vipex_sdk.webhooks.scanners import PartScanner

__all__ = ["Parts", "read_parts"]

_MOST_PARTS = 200


@frozen
class _Part:
    name: str
    is_file: bool
    content_type: str


@frozen
class _Began:
    part: _Part


@frozen
class _Data:
    data: bytes


class _Ended:
    """The part is complete."""


@frozen
class Parts:
    """What a multipart body held.

    Attributes:
        cuts: long base64 that was taken out of the texts.
        texts: name and bytes of each text part, in order.
        files: name and content of each file, in order; the store has not been told their ends.
    """

    cuts: Cuts
    texts: list[tuple[str, bytes]] = field(factory=list)
    files: list[tuple[str, Held]] = field(factory=list)

    async def abandon(self) -> None:
        """Forget the audio that was not kept."""
        await self.cuts.abandon()
        for _, file in self.files:
            await file.abandon()


async def read_parts(
    chunks: AsyncIterator[bytes], content_type: str, keep: KeepFile, *, parts: Parts, max_text: int
) -> None:
    """Read a multipart body into *parts*; at no time is more of a file in memory than a few chunks.

    Args:
        chunks: the body.
        content_type: names the boundary.
        keep: takes the files.
        parts: what was read.
        max_text: bytes.

    Raises:
        BadPayload: the body is not well-formed multipart data.
        PayloadTooLarge: its texts are longer than *max_text* bytes together, without long base64.
    """
    file: HeldFile | None = None
    cutter: Cutter | None = None
    name = ""
    async for event in _events(chunks, content_type):
        match event:
            case _Began(part):
                name, file, cutter = part.name, None, None
                if part.is_file:
                    file = HeldFile(keep, part.content_type)
                    parts.files.append((name, file))
                else:
                    cutter = parts.cuts.begin(PartScanner())
            case _Data(data) if file is not None:
                await file.feed(data)
            case _Data(data) if cutter is not None:
                await parts.cuts.feed(cutter, data)
                if parts.cuts.size > max_text:
                    raise PayloadTooLarge(f"the fields without their audio are longer than {max_text} bytes")
            case _Ended() if cutter is not None:
                parts.texts.append((name, parts.cuts.finish(cutter)))


async def _events(chunks: AsyncIterator[bytes], content_type: str) -> AsyncIterator[_Began | _Data | _Ended]:
    collector = _Collector()
    boundary = parse_options_header(content_type)[1].get(b"boundary")
    if not boundary:
        raise BadPayload("the multipart body names no boundary")
    try:
        parser = collector.parser(boundary)
        async for chunk in chunks:
            parser.write(chunk)
            for event in collector.take():
                yield event
        parser.finalize()
    except FormParserError:
        raise BadPayload("the multipart body is not well formed") from None
    if not collector.complete:
        raise BadPayload("the multipart body ends before its last boundary")


@define
class _Collector:
    """Turns the parser's call-backs into events."""

    complete: bool = False
    _events: list[_Began | _Data | _Ended] = Factory(list)
    _header: bytearray = Factory(bytearray)
    _value: bytearray = Factory(bytearray)
    _headers: dict[bytes, bytes] = Factory(dict)
    _count: int = 0

    def parser(self, boundary: bytes) -> MultipartParser:
        return MultipartParser(
            boundary,
            {
                "on_part_begin": self._headers.clear,
                "on_header_field": lambda data, start, end: self._header.extend(data[start:end]),
                "on_header_value": lambda data, start, end: self._value.extend(data[start:end]),
                "on_header_end": self._end_header,
                "on_headers_finished": self._begin,
                "on_part_data": lambda data, start, end: self._events.append(_Data(bytes(data[start:end]))),
                "on_part_end": lambda: self._events.append(_Ended()),
                "on_end": self._end,
            },
        )

    def take(self) -> list[_Began | _Data | _Ended]:
        taken, self._events = self._events, []
        return taken

    def _end_header(self) -> None:
        self._headers[bytes(self._header).lower()] = bytes(self._value)
        self._header.clear()
        self._value.clear()

    def _begin(self) -> None:
        self._count += 1
        if self._count > _MOST_PARTS:
            raise BadPayload("the multipart body has too many parts")
        options = parse_options_header(self._headers.get(b"content-disposition", b""))[1]
        content_type = self._headers.get(b"content-type", b"").decode("latin-1")
        is_file = b"filename" in options or content_type.startswith("audio/")
        name = options.get(b"name", b"").decode("utf-8", errors="replace")
        self._events.append(_Began(_Part(name, is_file, content_type or "application/octet-stream")))

    def _end(self) -> None:
        self.complete = True
