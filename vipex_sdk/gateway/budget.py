"""A CRM's request budget: one row that all workers of a deployment share (``facts/engine.md`` section 7).

The generic cell rate algorithm keeps one number, the theoretical arrival time (``tat``): each request moves it by one
interval, and a request may go while it is at most so many intervals ahead of now. The burst is taken out of the rate,
so that no window of one minute ever holds more requests than the CRM allows.

Urgent requests may go further ahead than patient ones. A patient request does not queue for a place in the future:
it asks again, so that a telephone that rings never waits behind a backlog.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import Enum

from vipex_sdk.gateway.clock import SYSTEM_CLOCK, Clock
from vipex_sdk.gateway.database import Database, Statement, Transaction

__all__ = ["Budget", "Lane", "lane"]

_MINUTE = 60.0
_LONGEST_HOLD = 3600.0
_MOST_BURST = 10
_SHARE_OF_BURST = 4
_ROUNDING = 1e-3


class Lane(Enum):
    """How urgent a request is; the value is the share of the burst that it may use."""

    LOOKUP = 1.0
    POP = 0.9
    RECORD = 0.6
    SCAN = 0.3


_current: ContextVar[Lane] = ContextVar("vipex_budget_lane", default=Lane.RECORD)


@contextmanager
def lane(urgency: Lane) -> Iterator[None]:
    """Let the requests inside the block be as urgent as *urgency*."""
    token = _current.set(urgency)
    try:
        yield
    finally:
        _current.reset(token)


class Budget:
    """The pace to keep with one CRM account; give it to the adapter as its ``Pace``.

    Args:
        database: an open store.
        name: the CRM's name in the configuration.
        requests_per_minute: what the CRM allows; ``None`` allows everything.
        clock: time.
    """

    def __init__(
        self, database: Database, name: str, *, requests_per_minute: int | None, clock: Clock = SYSTEM_CLOCK
    ) -> None:
        self._database = database
        self._name = name
        self._clock = clock
        self._unlimited = requests_per_minute is None
        rate = max(requests_per_minute or 1, 2)
        self._burst = max(min(_MOST_BURST, rate // _SHARE_OF_BURST), 1)
        self._step = _MINUTE / (rate - self._burst)
        self._asking = {each: asyncio.Lock() for each in Lane}

    async def __call__(self) -> None:
        """Return when the next request may be sent.

        Raises:
            StoreUnavailable: nobody can tell.
        """
        if self._unlimited:
            return
        urgency = _current.get()
        # One of each lane asks the store; the others of this process wait for their turn here.
        async with self._asking[urgency]:
            while (seconds := await self._database.write(self._reserve(urgency))) > 0:
                await self._clock.sleep(seconds)

    async def hold(self, seconds: float) -> None:
        """Let nobody send a request for *seconds*, an hour at most: the CRM said so."""
        await self._database.write(self._hold(min(max(seconds, 0.0), _LONGEST_HOLD)))

    def _ahead(self, urgency: Lane) -> float:
        """Seconds by which ``tat`` may be ahead of now for a request to go at once."""
        return max(round(self._burst * urgency.value) - 1, 0) * self._step

    def _reserve(self, urgency: Lane) -> Transaction[float]:
        """Take a place and give 0, or give the seconds after which to ask again."""
        now = self._clock.now()
        tat = yield from self._tat(now)
        ahead = self._ahead(urgency)
        if tat - now > ahead + _ROUNDING:
            return tat - now - ahead
        yield from self._move(tat + self._step)
        return 0.0

    def _hold(self, seconds: float) -> Transaction[None]:
        now = self._clock.now()
        tat = yield from self._tat(now)
        yield from self._move(max(tat, now + seconds + self._ahead(Lane.LOOKUP)))

    def _tat(self, now: float) -> Transaction[float]:
        """Read and lock the row: the update does nothing but keep other workers from reading it at the same time."""
        yield Statement(
            "INSERT INTO budgets (name, tat) VALUES (:name, :now) ON CONFLICT (name) DO NOTHING",
            {"name": self._name, "now": now},
        )
        rows = yield Statement("UPDATE budgets SET tat = tat WHERE name = :name RETURNING tat", {"name": self._name})
        tat: float = rows[0]["tat"]
        # Further ahead than any hold: a clock was set back.
        too_far = now + _LONGEST_HOLD + self._ahead(Lane.LOOKUP) + self._step
        return now if tat > too_far else max(tat, now)

    def _move(self, tat: float) -> Transaction[None]:
        yield Statement("UPDATE budgets SET tat = :tat WHERE name = :name", {"name": self._name, "tat": tat})
