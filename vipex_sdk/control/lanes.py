"""Many asynchronous calls at once without the price of httpx's connection pool.

The pool looks at every connection and every queued call each time anything changes: a thousand calls at once cost
many times what they cost one by one. Here each connection is a lane of its own, and a lane is handed from one call to
the next. (Known upstream: https://github.com/encode/httpx/issues/3215.)
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import suppress

import httpx

__all__ = ["Lanes"]


class Lanes(httpx.AsyncBaseTransport):
    """Up to *count* connections, each its own transport; whoever waits is served in turn.

    A lane belongs to a call from the request until the answer is closed. When anything goes wrong on a lane, a call
    that was cancelled in the middle included, the lane is closed and a fresh one takes its place.

    Args:
        make: makes a transport of one connection.
        count: most connections at once.
    """

    def __init__(self, make: Callable[[], httpx.AsyncBaseTransport], *, count: int) -> None:
        self._make = make
        self._unmade = count
        self._lanes: set[httpx.AsyncBaseTransport] = set()
        self._idle: list[httpx.AsyncBaseTransport] = []
        self._waiting: deque[asyncio.Future[httpx.AsyncBaseTransport]] = deque()
        self._closed = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send *request* on a lane, waiting for one as long as the pool timeout allows.

        Raises:
            httpx.PoolTimeout: no lane became free in time; nothing was sent.
        """
        lane = self._free_lane() or await self._wait(request.extensions.get("timeout", {}).get("pool"))
        try:
            response = await lane.handle_async_request(request)
        except BaseException:
            await self._replace(lane)
            raise
        stream = response.stream
        assert isinstance(stream, httpx.AsyncByteStream)  # noqa: S101 - an asynchronous transport gives nothing else
        body = _LaneBody(stream, lane, self)
        return httpx.Response(
            response.status_code, headers=response.headers, stream=body, extensions=response.extensions
        )

    def _free_lane(self) -> httpx.AsyncBaseTransport | None:
        if self._closed:
            raise RuntimeError("the client is closed")
        if self._idle:
            return self._idle.pop()  # the one used last: its connection is the least likely to have gone stale
        if self._unmade:
            self._unmade -= 1
            return self._fresh()
        return None

    def _fresh(self) -> httpx.AsyncBaseTransport:
        lane = self._make()
        self._lanes.add(lane)
        return lane

    async def _wait(self, patience: float | None) -> httpx.AsyncBaseTransport:
        loop = asyncio.get_running_loop()
        turn: asyncio.Future[httpx.AsyncBaseTransport] = loop.create_future()
        self._waiting.append(turn)
        alarm = loop.call_later(patience, _too_late, turn) if patience is not None else None
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                self.give_back(turn.result())  # handed over, but the caller went away before it could go on
            raise
        finally:
            if alarm is not None:
                alarm.cancel()

    def give_back(self, lane: httpx.AsyncBaseTransport) -> None:
        """Hand *lane* to whoever has waited longest."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(lane)
                return
        self._idle.append(lane)

    async def _replace(self, lane: httpx.AsyncBaseTransport) -> None:
        """Close *lane*; a fresh one is at work before that can take any time."""
        self._lanes.discard(lane)
        if not self._closed:
            self.give_back(self._fresh())
        with suppress(httpx.HTTPError, OSError, RuntimeError):
            await lane.aclose()

    async def leave(self, stream: httpx.AsyncByteStream, lane: httpx.AsyncBaseTransport) -> None:
        """Close an answer and go on with its lane."""
        try:
            await stream.aclose()
        except BaseException:
            await self._replace(lane)
            raise
        if not self._closed:
            self.give_back(lane)

    async def aclose(self) -> None:
        """Close every lane, also those in use. Whoever waits is told."""
        self._closed = True
        self._idle.clear()
        waiting, self._waiting = self._waiting, deque()
        for turn in waiting:
            if not turn.done():
                turn.set_exception(httpx.PoolTimeout("the client was closed"))
        while self._lanes:
            await self._lanes.pop().aclose()


def _too_late(turn: asyncio.Future[httpx.AsyncBaseTransport]) -> None:
    if not turn.done():
        turn.set_exception(httpx.PoolTimeout("no connection became free in time"))


class _LaneBody(httpx.AsyncByteStream):
    """The body of an answer; closing it gives the lane back, once."""

    def __init__(self, stream: httpx.AsyncByteStream, lane: httpx.AsyncBaseTransport, lanes: Lanes) -> None:
        self._stream = stream
        self._lane: httpx.AsyncBaseTransport | None = lane
        self._lanes = lanes

    def __aiter__(self) -> AsyncIterator[bytes]:
        return aiter(self._stream)

    async def aclose(self) -> None:
        lane, self._lane = self._lane, None
        if lane is not None:
            await self._lanes.leave(self._stream, lane)
