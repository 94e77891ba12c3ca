"""Recordings as iterators of bytes: the one pair in the package that is written twice, for it is nothing but I/O."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Generator, Iterator
from types import TracebackType
from typing import Any, Self

from vipex_sdk.control.download.fetch import Fetch
from vipex_sdk.control.procedure import AsyncRunner, Runner
from vipex_sdk.control.transport import as_ours
from vipex_sdk.errors import NotSent, OutcomeUnknown

__all__ = ["AsyncRecordingStream", "RecordingStream"]


class _Stream:
    """What both streams are made of."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._answer: Any = None
        self._first = b""

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.content_type or 'not entered'}, {self.received_bytes} bytes so far>"

    @property
    def content_type(self) -> str:
        """By the audio's own first bytes, not by what VIPeX says; empty before the stream is entered."""
        return self._fetch.content_type or ""

    @property
    def total_bytes(self) -> int | None:
        """How long the recording is, when VIPeX says so."""
        return self._fetch.total

    @property
    def received_bytes(self) -> int:
        """How much of it has come."""
        return self._fetch.done


class RecordingStream(_Stream):
    """A recording that comes chunk by chunk; enter it to ask for it, then iterate over it once."""

    def __init__(self, runner: Runner, fetch: Fetch) -> None:
        super().__init__(fetch)
        self._runner = runner
        self._chunks = self._receive()

    def __enter__(self) -> Self:
        self._first = next(self._chunks)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._chunks.close()

    def __iter__(self) -> Iterator[bytes]:
        yield self._first
        yield from self._chunks

    def _receive(self) -> Generator[bytes, None, None]:
        fetch, steps = self._fetch, self._fetch.first()
        while not fetch.is_whole:
            answer = self._runner.run(steps)
            try:
                with as_ours(fetch.operation.name):
                    # Without a chunk size: httpx then hands on what it read, and copies nothing.
                    for chunk in answer.iter_raw():
                        if piece := fetch.take(chunk):
                            yield piece
                if rest := fetch.end():
                    yield rest
            except (NotSent, OutcomeUnknown) as error:
                steps = fetch.again(fetch.broke(error))
            finally:
                answer.close()


class AsyncRecordingStream(_Stream):
    """A recording that comes chunk by chunk; enter it to ask for it, then iterate over it once."""

    def __init__(self, runner: AsyncRunner, fetch: Fetch) -> None:
        super().__init__(fetch)
        self._runner = runner
        self._chunks = self._receive()

    async def __aenter__(self) -> Self:
        self._first = await anext(self._chunks)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._chunks.aclose()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._first
        async for chunk in self._chunks:
            yield chunk

    async def _receive(self) -> AsyncGenerator[bytes, None]:
        fetch, steps = self._fetch, self._fetch.first()
        while not fetch.is_whole:
            answer = await self._runner.run(steps)
            try:
                with as_ours(fetch.operation.name):
                    async for chunk in answer.aiter_raw():
                        if piece := fetch.take(chunk):
                            yield piece
                if rest := fetch.end():
                    yield rest
            except (NotSent, OutcomeUnknown) as error:
                steps = fetch.again(fetch.broke(error))
            finally:
                await answer.aclose()
