"""Time as a parameter, so that a test can let three days pass in a millisecond."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol

__all__ = ["SYSTEM_CLOCK", "Clock", "SystemClock"]


class Clock(Protocol):
    """What the durable half of the gateway knows about time."""

    def now(self) -> float:
        """Give seconds since the epoch, UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return after *seconds*."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> float:
        """Give seconds since the epoch, UTC."""
        return time.time()

    async def sleep(self, seconds: float) -> None:
        """Return after *seconds*."""
        await asyncio.sleep(seconds)


SYSTEM_CLOCK = SystemClock()
