"""Time as a call lives it: real for a person at the page, faster than life for a scripted call.

Every instant is a whole second, so that the durations of a call add up exactly.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Protocol

__all__ = ["Clock", "Timeline", "VirtualClock", "WallClock"]


class Clock(Protocol):
    """What a call asks the time."""

    def now(self) -> datetime:
        """Tell the present instant: aware, whole seconds."""

    async def sleep_until(self, instant: datetime) -> None:
        """Return once :meth:`now` has reached *instant*."""


class WallClock:
    """Real time."""

    def __init__(self, zone: tzinfo = UTC) -> None:
        self._zone = zone

    def now(self) -> datetime:
        """Tell the real time, cut to the second."""
        return datetime.now(self._zone).replace(microsecond=0)

    async def sleep_until(self, instant: datetime) -> None:
        """Wait in real time."""
        await asyncio.sleep(max(0.0, (instant - datetime.now(self._zone)).total_seconds()))


class VirtualClock:
    """A clock that stands still until it is told to move, and then moves exactly.

    Args:
        start: the first instant.
        speed: seconds of the call in one real second; ``inf`` waits for nothing.
    """

    def __init__(self, start: datetime, *, speed: float = 600.0) -> None:
        self._now = start.replace(microsecond=0)
        self._speed = speed

    def now(self) -> datetime:
        """Tell the instant the script has reached."""
        return self._now

    async def sleep_until(self, instant: datetime) -> None:
        """Move to *instant*, having really waited its distance divided by the speed."""
        distance = (instant - self._now).total_seconds()
        if distance <= 0:
            return
        await asyncio.sleep(distance / self._speed)
        self._now = max(self._now, instant.replace(microsecond=0))


class Timeline:
    """Where scripted calls begin: an hour ago, one after another, never in the future.

    Args:
        now: tells the real time.
        back: how long ago the first call began.
        step: distance between two beginnings; longer than a scripted call is.
    """

    def __init__(
        self, now: Clock, *, back: timedelta = timedelta(hours=1), step: timedelta = timedelta(minutes=6)
    ) -> None:
        self._clock = now
        self._back = back
        self._step = step
        self._next: datetime | None = None

    def next_start(self) -> datetime:
        """Give the beginning of the next scripted call."""
        now = self._clock.now()
        start = self._next
        if start is None or start > now - self._step:
            start = now - self._back
        self._next = start + self._step
        return start

    def reset(self) -> None:
        """Begin an hour ago again."""
        self._next = None
