"""The circuit breaker of one CRM account: after some failures in a row nobody asks it for a while, then one does.

Its state is a row of ``settings``, so that all workers share it and a restart keeps it. A refused credential uses the
same switch: it is a pause with another reason.
"""

from __future__ import annotations

import json

from attrs import asdict, evolve, frozen

from vipex_sdk.gateway.clock import SYSTEM_CLOCK, Clock
from vipex_sdk.gateway.database import Database, Statement, Transaction

__all__ = ["Breaker", "BreakerState"]


@frozen(kw_only=True)
class BreakerState:
    """How a CRM account is doing.

    Attributes:
        failures: in a row.
        open_until: nobody asks before this time (epoch seconds); ``None`` while it works.
        reason: why, without personal data.
    """

    failures: int = 0
    open_until: float | None = None
    reason: str = ""


class Breaker:
    """The switch of one CRM account.

    Args:
        database: an open store.
        name: the CRM's name in the configuration.
        threshold: failures in a row that open it.
        pause: seconds of the first pause, doubled by each failed probe up to *longest*.
        probe_seconds: how long one worker may take to probe before another may.
        clock: time.
    """

    def __init__(
        self,
        database: Database,
        name: str,
        *,
        threshold: int = 5,
        pause: float = 30.0,
        longest: float = 600.0,
        probe_seconds: float = 90.0,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self._database = database
        self._name = f"breaker:{name}"
        self._threshold = threshold
        self._pause = pause
        self._longest = longest
        self._probe_seconds = probe_seconds
        self._clock = clock

    async def state(self) -> BreakerState:
        """Give the state all workers share."""
        return await self._database.read(self._load())

    async def closed_until(self) -> float | None:
        """Give the time before which nothing is delivered, or ``None``: the engine's gate."""
        until = (await self.state()).open_until
        return until if until is not None and until > self._clock.now() else None

    async def enter(self) -> float | None:
        """Ask to go through: ``None`` means go; else the time to come back.

        After a pause only the first to ask may go, as the probe.
        """
        if (await self.state()).open_until is None:
            return None
        return await self._database.write(self._enter())

    async def succeeded(self) -> None:
        """The CRM answered: forget the failures."""
        if await self.state() != BreakerState():
            await self.reset()

    async def failed(self, reason: str) -> None:
        """The CRM did not answer."""
        await self._database.write(self._fail(reason))

    async def pause(self, seconds: float, reason: str) -> None:
        """Nobody asks for *seconds*: a person must do something first."""
        until = self._clock.now() + seconds
        await self._database.write(self._store(BreakerState(failures=self._threshold, open_until=until, reason=reason)))

    async def reset(self) -> None:
        """Go on at once: the CRM answered, or a person has replaced the credential."""
        await self._database.write(self._clear())

    def _load(self) -> Transaction[BreakerState]:
        rows = yield Statement("SELECT value FROM settings WHERE name = :name", {"name": self._name})
        return BreakerState(**json.loads(rows[0]["value"])) if rows else BreakerState()

    def _store(self, state: BreakerState) -> Transaction[None]:
        yield Statement(
            """
            INSERT INTO settings (name, value) VALUES (:name, :value)
            ON CONFLICT (name) DO UPDATE SET value = excluded.value
            """,
            {"name": self._name, "value": json.dumps(asdict(state))},
        )

    def _clear(self) -> Transaction[None]:
        yield Statement("DELETE FROM settings WHERE name = :name", {"name": self._name})

    def _enter(self) -> Transaction[float | None]:
        state = yield from self._load()
        now = self._clock.now()
        if state.open_until is None:
            return None
        if now < state.open_until:
            return state.open_until
        yield from self._store(evolve(state, open_until=now + self._probe_seconds))
        return None

    def _fail(self, reason: str) -> Transaction[None]:
        state = yield from self._load()
        failures = state.failures + 1
        until = None
        if failures >= self._threshold or state.open_until is not None:
            doublings = min(max(failures - self._threshold, 0), 10)
            until = self._clock.now() + min(self._pause * 2**doublings, self._longest)
        yield from self._store(BreakerState(failures=failures, open_until=until, reason=reason))
