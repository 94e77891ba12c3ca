"""A clock that a test moves by hand."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time


class HandClock:
    """Stands still; ``advance`` wakes, in order, whoever sleeps until then."""

    def __init__(self, now: float | None = None) -> None:
        self._now = float(int(time.time())) if now is None else now
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._count = itertools.count()

    def now(self) -> float:
        return self._now

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._now + seconds, next(self._count), future))
        await future

    def advance(self, seconds: float) -> None:
        """Let *seconds* pass at once."""
        self._now += seconds
        while self._sleepers and self._sleepers[0][0] <= self._now:
            _, _, future = heapq.heappop(self._sleepers)
            if not future.done():
                future.set_result(None)

    def set_back(self, seconds: float) -> None:
        """Set the clock back, as an operator or a bad time server would; sleepers wake as if time had passed."""
        self._now -= seconds
        sleepers, self._sleepers = self._sleepers, []
        for _, _, future in sleepers:
            if not future.done():
                future.set_result(None)

    @property
    def next_wake(self) -> float | None:
        """Say when the next sleeper wants to wake."""
        waiting = [at for at, _, future in self._sleepers if not future.done()]
        return min(waiting) if waiting else None


async def eventually(condition: object, *, seconds: float = 15.0) -> None:
    """Wait until ``condition()`` (or ``await condition()``) is true; fail after *seconds* of real time."""
    async with asyncio.timeout(seconds):
        while True:
            result = condition()  # type: ignore[operator]
            if asyncio.iscoroutine(result):
                result = await result
            if result:
                return
            await asyncio.sleep(0.005)
