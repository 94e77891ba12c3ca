"""What an engine is: it calls ``deliver(seq)`` at least once, one at a time per call, and again when a row is due.

The inbox row is the truth: ``deliver`` writes into it what happened and when to try again, so an engine keeps no
state that could be lost. A second delivery of the same row is harmless: ``deliver`` re-reads the row first.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeAlias

from vipex_sdk.gateway.inbox.jobs import Jobs

__all__ = ["Deliver", "Engine", "Gate", "always_open"]

Deliver: TypeAlias = Callable[[int], Awaitable[None]]
"""Delivers one row and leaves it settled, or pending with a later ``next_at``. Raises only when the store fails."""

Gate: TypeAlias = Callable[[], Awaitable[float | None]]
"""Gives the time before which nothing should be delivered at all (the CRM is down), or ``None``."""


async def always_open() -> float | None:
    """Hold nothing back."""
    return None


class Engine(Jobs, Protocol):
    """Who delivers."""

    async def prepare(self) -> None:
        """Make ready what :meth:`enqueue` needs; called once, after the store is open and before the first event.

        Raises:
            StoreUnavailable: the store cannot be reached.
        """
        ...

    async def run(self, deliver: Deliver, gate: Gate = always_open) -> None:
        """Deliver until cancelled. Rows in work when it is cancelled are delivered again by whoever runs next."""
        ...
