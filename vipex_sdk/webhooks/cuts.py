"""Long base64 of one message on its way to the store, and what stands in its place."""

from __future__ import annotations

import binascii
import hashlib
import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from vipex_sdk.webhooks.cutter import Base64Reader, Cutter, Marks
from vipex_sdk.webhooks.held import HeldFile, KeepFile
from vipex_sdk.webhooks.message import stored_mark
from vipex_sdk.webhooks.scanners import Scanner

__all__ = ["CutAudio", "Cuts"]

_log = logging.getLogger(__name__)
_UNKNOWN_AUDIO = "application/octet-stream"
_BEGINNING_CHARACTERS = 8
_BEGINNINGS = (
    (b"RIFF", "audio/wav"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
)


class CutAudio:
    """One text that was taken out: decoded and stored as it arrives."""

    def __init__(self, keep: KeepFile, max_bytes: int, unescaped: Callable[[bytes], bytes]) -> None:
        self._keep = keep
        self._file: HeldFile | None = None
        self._reader = Base64Reader(unescaped)
        self._digest = hashlib.sha256()
        self._left = max_bytes
        self._fault = ""
        self._settled = False

    async def feed(self, text: bytes) -> None:
        """Take the next piece; what is no base64, or too much of it, is dropped as a whole."""
        if self._fault:
            return
        try:
            audio = self._reader.read(text)
        except ValueError:
            await self._drop("it is not base64")
            return
        self._left -= len(audio)
        if self._left < 0:
            await self._drop("it is longer than the profile allows")
            return
        self._digest.update(audio)
        if self._file is None and audio:
            self._file = HeldFile(self._keep, _type_of(audio))
        if self._file is not None:
            await self._file.feed(audio)

    async def _drop(self, fault: str) -> None:
        self._fault = fault
        if self._file is not None:
            await self._file.abandon()

    def end(self) -> None:
        """Note that the text is complete."""
        try:
            self._reader.finish()
        except ValueError:
            self._fault = self._fault or "it is not base64"

    @property
    def content_type(self) -> str:
        """What its first bytes look like."""
        return self._file.content_type if self._file is not None else _UNKNOWN_AUDIO

    async def keep(self, *, sha256: str | None = None) -> str | None:
        """Let the store keep it and give its key, always the same; ``None`` when it is dropped.

        Raises:
            StoreUnavailable: from the store.
        """
        self._settled = True
        if not self._fault and sha256 is not None and self._digest.hexdigest() != sha256:
            self._fault = "it does not have the checksum that came with it"
        if self._fault or self._file is None:
            _log.warning("inline audio dropped: %s", self._fault or "it is empty")
            await self._drop(self._fault)
            return None
        return await self._file.keep()

    async def settle(self, *, sha256: str | None = None) -> str | None:
        """Let the store keep it and give its mark; ``None`` when it is dropped.

        Raises:
            StoreUnavailable: from the store.
        """
        key = await self.keep(sha256=sha256)
        return None if key is None else stored_mark(key)

    async def abandon(self) -> None:
        """Forget it, unless it was settled."""
        if not self._settled and self._file is not None:
            await self._file.abandon()


class Cuts:
    """All texts that are taken out of one message."""

    def __init__(self, keep: KeepFile, max_bytes: int) -> None:
        self._keep = keep
        self._max_bytes = max_bytes
        self._marks = Marks()
        self._cutters: list[Cutter] = []
        self._finished_bytes = 0
        self._audio: dict[str, CutAudio] = {}

    @property
    def size(self) -> int:
        """Bytes of the message that were not taken out."""
        return self._finished_bytes + sum(len(cutter.kept) for cutter in self._cutters)

    def begin(self, scanner: Scanner) -> Cutter:
        """Begin with the body, or with a part of it, that *scanner* can read."""
        self._cutters.append(Cutter(scanner, self._marks))
        return self._cutters[-1]

    async def feed(self, cutter: Cutter, chunk: bytes) -> None:
        """Take the next bytes of what was begun."""
        for piece in cutter.feed(chunk):
            if piece.mark not in self._audio:
                self._audio[piece.mark] = CutAudio(self._keep, self._max_bytes, cutter.scanner.unescaped)
            await self._audio[piece.mark].feed(piece.data)

    async def take(self, text: bytes) -> CutAudio | None:
        """Take a text that is short, when it is the base64 of what begins like audio; a code does not."""
        try:
            start = binascii.a2b_base64(text.strip()[:_BEGINNING_CHARACTERS], strict_mode=True)
        except ValueError:
            return None
        mark = self._marks.new() if _type_of(start) != _UNKNOWN_AUDIO else None
        if mark is None:
            return None
        audio = self._audio[mark] = CutAudio(self._keep, self._max_bytes, bytes)
        await audio.feed(text)
        audio.end()
        return audio

    def finish(self, cutter: Cutter) -> bytes:
        """Give what was begun last, without what was taken out of it."""
        cutter.finish()
        self._cutters.remove(cutter)
        self._finished_bytes += len(cutter.kept)
        for audio in self._audio.values():
            audio.end()
        return bytes(cutter.kept)

    def at(self, content: object) -> CutAudio | None:
        """Give what stood where *content* stands now."""
        return self._audio.get(content) if isinstance(content, str) else None

    async def settle_rest(self, fields: dict[str, Any]) -> None:
        """Keep what stood at places the profile says nothing about; a better profile may find its mark there.

        Raises:
            StoreUnavailable: from the store.
        """
        for holder, place, content in list(_texts(fields)):
            if (audio := self.at(content)) is not None:
                holder[place] = await audio.settle()
            elif isinstance(content, str) and self._marks.prefix in content:
                holder[place] = (await self.settle_raw(content.encode())).decode()

    async def settle_raw(self, body: bytes) -> bytes:
        """Put marks of kept audio into a body or a text that nobody can read.

        Raises:
            StoreUnavailable: from the store.
        """
        for cut, audio in self._audio.items():
            if cut.encode() in body:
                body = body.replace(cut.encode(), (await audio.settle() or "").encode())
        return body

    async def abandon(self) -> None:
        """Forget all that was not settled."""
        for audio in self._audio.values():
            await audio.abandon()

    def __bool__(self) -> bool:
        return bool(self._audio)


def _type_of(audio: bytes) -> str:
    """Tell what audio begins like this; what the sender says of it may come after it."""
    return next((content_type for start, content_type in _BEGINNINGS if audio.startswith(start)), _UNKNOWN_AUDIO)


def _texts(value: Any) -> Iterator[tuple[Any, Any, object]]:
    """Give every value with what holds it and where."""
    places = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for place, inner in places:
        yield value, place, inner
        yield from _texts(inner)
