"""A delivery that does what a test tells it, and writes into the row what a real one would."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from vipex_sdk.gateway.database import Database, select
from vipex_sdk.gateway.engine import Engine, Gate, always_open
from vipex_sdk.gateway.inbox import Status


class Trial:
    """Counts, orders and checks deliveries.

    ``decide`` gives the status of a row after a delivery, or the time at which to try again.
    """

    def __init__(self, database: Database, *, seconds: float = 0.0) -> None:
        self.database = database
        self.seconds = seconds
        self.decide: Callable[[int], Status | float] = lambda seq: Status.DELIVERED  # noqa: ARG005
        self.done: list[tuple[str, int]] = []
        self.tries: Counter[int] = Counter()
        self.at: dict[int, float] = {}
        self.busy: set[str] = set()
        self.overlaps = 0

    async def deliver(self, seq: int) -> None:
        rows = await self.database.read(select("SELECT call, status FROM events WHERE seq = :seq", seq=seq))
        call = rows[0]["call"]
        if rows[0]["status"] != Status.PENDING:
            return
        self.overlaps += call in self.busy
        self.busy.add(call)
        try:
            self.tries[seq] += 1
            await asyncio.sleep(self.seconds)
            await self._write(seq, call)
        finally:
            self.busy.discard(call)

    async def _write(self, seq: int, call: str) -> None:
        decision = self.decide(seq)
        if isinstance(decision, Status):
            self.done.append((call, seq))
            self.at[seq] = time.time()
            sql = "UPDATE events SET status = :status WHERE seq = :seq"
            await self.database.write(select(sql, status=str(decision), seq=seq))
        else:
            await self.database.write(select("UPDATE events SET next_at = :at WHERE seq = :seq", at=decision, seq=seq))

    @property
    def in_order(self) -> bool:
        """Whether the rows of each call were done in the order of their arrival."""
        calls = {call for call, _ in self.done}
        lanes = [[seq for call, seq in self.done if call == each] for each in calls]
        return all(lane == sorted(lane) for lane in lanes)


@asynccontextmanager
async def running(engine: Engine, trial: Trial, gate: Gate = always_open) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(engine.run(trial.deliver, gate))
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
