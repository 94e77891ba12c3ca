"""Multipart bodies: text parts into memory, files to where they are kept, while they arrive."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeAlias

from attrs import Factory, define, field, frozen
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from vipex_sdk.errors import BadPayload

__all__ = ["KeepFile", "Parts", "read_parts"]

KeepFile: TypeAlias = Callable[[AsyncIterator[bytes], str], Awaitable[str | None]]
"""Takes chunks and content type of a file, gives the key it was stored under, or ``None`` when it was dropped."""

_WAITING_CHUNKS = 4
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
        texts: name and bytes of each text part, in order.
        files: name, content type and key of each stored file, in order; the key is ``None`` when it was dropped.
    """

    texts: list[tuple[str, bytes]] = field(factory=list)
    files: list[tuple[str, str, str | None]] = field(factory=list)


async def read_parts(chunks: AsyncIterator[bytes], content_type: str, keep: KeepFile) -> Parts:
    """Read a multipart body; at no time is more of a file in memory than a few chunks.

    Raises:
        BadPayload: the body is not well-formed multipart data.
        StoreUnavailable: from *keep*.
    """
    parts = Parts()
    current: _Text | _File | None = None
    try:
        async for event in _events(chunks, content_type):
            match event:
                case _Began(part):
                    current = _File(part, keep) if part.is_file else _Text(part)
                case _Data(data) if current is not None:
                    await current.feed(data)
                case _Ended() if current is not None:
                    await current.finish(parts)
                    current = None
    finally:
        if isinstance(current, _File):
            await current.abandon()
    return parts


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


class _Text:
    """A text part on its way into memory; the whole body's length is bounded elsewhere."""

    def __init__(self, part: _Part) -> None:
        self._part = part
        self._data = bytearray()

    async def feed(self, data: bytes) -> None:
        self._data += data

    async def finish(self, parts: Parts) -> None:
        parts.texts.append((self._part.name, bytes(self._data)))


class _File:
    """A file on its way to where it is kept: the parser pushes, the store pulls."""

    def __init__(self, part: _Part, keep: KeepFile) -> None:
        self._part = part
        self._queue: asyncio.Queue[bytes | None] = asyncio.Queue(_WAITING_CHUNKS)
        self._task = asyncio.ensure_future(self._keep(keep))

    async def _keep(self, keep: KeepFile) -> str | None:
        return await keep(self._chunks(), self._part.content_type)

    async def _chunks(self) -> AsyncIterator[bytes]:
        while (chunk := await self._queue.get()) is not None:
            yield chunk

    async def feed(self, data: bytes | None) -> None:
        """Hand over, or drop when the store is done already: it may have refused the file."""
        putting = asyncio.ensure_future(self._queue.put(data))
        try:
            await asyncio.wait({putting, self._task}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            putting.cancel()

    async def finish(self, parts: Parts) -> None:
        await self.feed(None)
        parts.files.append((self._part.name, self._part.content_type, await self._task))

    async def abandon(self) -> None:
        self._task.cancel()
        await asyncio.wait({self._task})
