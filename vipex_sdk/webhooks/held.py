"""Audio on its way to where it is kept: written as it arrives, and kept only once the message is proved and whole."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Protocol, TypeAlias

__all__ = ["Held", "HeldFile", "KeepFile"]

KeepFile: TypeAlias = Callable[[AsyncIterator[bytes], str], Awaitable[str | None]]
"""Takes chunks and content type of a file, gives the key it was stored under, or ``None`` when it was dropped."""

_WAITING_CHUNKS = 4


class Held(Protocol):
    """Audio that the store has begun to write, and that is kept or forgotten later."""

    @property
    def content_type(self) -> str:
        """As the sender said, or as its first bytes look."""
        ...

    async def keep(self) -> str | None:
        """Let the store keep it and give its key; ``None`` when it is dropped.

        Raises:
            StoreUnavailable: from the store.
        """
        ...

    async def abandon(self) -> None:
        """Let the store forget it, unless it has been kept."""
        ...


class HeldFile:
    """A file that the store writes while it comes, and whose end the store is not told before :meth:`keep`.

    The message pushes, the store pulls; at no time is more in memory than a few chunks. A store that is not told the
    end leaves nothing behind.
    """

    def __init__(self, keep: KeepFile, content_type: str) -> None:
        self.content_type = content_type
        self._queue: asyncio.Queue[bytes | None] = asyncio.Queue(_WAITING_CHUNKS)
        self._task = asyncio.ensure_future(self._store(keep))

    async def _store(self, keep: KeepFile) -> str | None:
        return await keep(self._chunks(), self.content_type)

    async def _chunks(self) -> AsyncIterator[bytes]:
        while (chunk := await self._queue.get()) is not None:
            yield chunk

    async def feed(self, data: bytes | None) -> None:
        """Hand over, or drop when the store is done already: it may have refused the file."""
        if self._task.done():
            return
        putting = asyncio.ensure_future(self._queue.put(data))
        try:
            await asyncio.wait({putting, self._task}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            putting.cancel()

    async def keep(self) -> str | None:
        """Tell the store that this was all, and give the key; ``None`` when the store refused it.

        Raises:
            StoreUnavailable: from the store.
        """
        await self.feed(None)
        return await self._task

    async def abandon(self) -> None:
        """Let the store forget it, unless it has been kept."""
        self._task.cancel()
        await asyncio.wait({self._task})
        if not self._task.cancelled():
            self._task.exception()  # asked for, so that nobody complains that it was not
