"""A CRM's request budget: never too many in any minute, urgent ones first, a throttle for all workers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.gateway.clock import HandClock, eventually
from vipex_sdk.gateway.budget import Budget, Lane, lane
from vipex_sdk.gateway.database import Database, select


@asynccontextmanager
async def passing(clock: HandClock, *, step: float = 0.25) -> AsyncIterator[None]:
    """Let time pass as fast as the tasks take it."""

    async def run() -> None:
        while True:
            await asyncio.sleep(0.001)
            wake = clock.next_wake
            if wake is not None:
                clock.advance(max(min(wake - clock.now(), step), 0.001))

    task = asyncio.create_task(run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def ask(budget: Budget, times: list[float], clock: HandClock, urgency: Lane = Lane.LOOKUP) -> None:
    with lane(urgency):
        await budget()
    times.append(clock.now())


@pytest.mark.parametrize("per_minute", [2, 7, 60, 600])
async def test_no_minute_ever_holds_too_many(database: Database, clock: HandClock, per_minute: int) -> None:
    budgets = [Budget(database, "crm", requests_per_minute=per_minute, clock=clock) for _ in range(2)]
    times: list[float] = []
    async with passing(clock, step=60 / per_minute), asyncio.timeout(20):
        await asyncio.gather(*(ask(budgets[n % 2], times, clock) for n in range(min(per_minute * 2, 100))))
    for start in times:
        assert sum(start <= at < start + 60 for at in times) <= per_minute


async def test_the_first_few_need_not_wait(database: Database, clock: HandClock) -> None:
    budget = Budget(database, "crm", requests_per_minute=60, clock=clock)
    with lane(Lane.LOOKUP):
        for _ in range(10):
            await budget()


async def test_an_urgent_request_overtakes_a_backlog(database: Database, clock: HandClock) -> None:
    budget = Budget(database, "crm", requests_per_minute=60, clock=clock)
    backlog: list[float] = []
    waiting = [asyncio.create_task(ask(budget, backlog, clock, Lane.SCAN)) for _ in range(30)]
    async with asyncio.timeout(5):
        await eventually(lambda: clock.next_wake is not None)
        served = len(backlog)
        urgent: list[float] = []
        for _ in range(3):
            await ask(budget, urgent, clock, Lane.LOOKUP)
    assert urgent == [clock.now()] * 3
    assert len(backlog) == served < 30
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)


async def test_a_hold_is_for_every_worker_and_ends(database: Database, clock: HandClock) -> None:
    one, other = (Budget(database, "crm", requests_per_minute=60, clock=clock) for _ in range(2))
    await one.hold(30)
    began = clock.now()
    times: list[float] = []
    async with passing(clock), asyncio.timeout(5):
        await ask(other, times, clock)
    assert times[0] - began == pytest.approx(30, abs=0.5)


async def test_an_absurd_hold_is_cut_to_an_hour(database: Database, clock: HandClock) -> None:
    budget = Budget(database, "crm", requests_per_minute=60, clock=clock)
    await budget.hold(1e9)
    began = clock.now()
    times: list[float] = []
    async with passing(clock, step=600), asyncio.timeout(5):
        await ask(budget, times, clock)
    assert times[0] - began <= 3700


async def test_a_clock_set_back_does_not_stop_everything(database: Database, clock: HandClock) -> None:
    budget = Budget(database, "crm", requests_per_minute=60, clock=clock)
    await budget()
    clock.set_back(86_400)
    async with asyncio.timeout(1):
        await budget()


async def test_a_crm_without_a_limit_costs_nothing(database: Database, clock: HandClock) -> None:
    budget = Budget(database, "crm", requests_per_minute=None, clock=clock)
    for _ in range(1000):
        await budget()
    assert await database.read(select("SELECT * FROM budgets")) == []


async def test_crms_do_not_share(database: Database, clock: HandClock) -> None:
    await Budget(database, "one", requests_per_minute=60, clock=clock).hold(600)
    async with asyncio.timeout(1):
        await Budget(database, "other", requests_per_minute=60, clock=clock)()
