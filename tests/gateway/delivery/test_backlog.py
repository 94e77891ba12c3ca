"""After an outage: a thousand calls drain at MiniCRM's pace, and nobody on the telephone notices."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from tests.gateway.calls import STARTED, a_call
from tests.gateway.clock import HandClock, eventually
from tests.gateway.delivery.minicrm_house import MiniCrmHouse, minicrm_house, passing
from vipex_sdk.gateway.budget import Lane, lane
from vipex_sdk.gateway.database import Database
from vipex_sdk.gateway.inbox import Status
from vipex_sdk.numbers import PhoneNumber

CALLS = {"sqlite": 1000, "postgresql": 300}
"""Fewer where each commit of the test costs a round trip."""

CUSTOMERS = ("+36300000001", "+36300000002", "+36300000003")
MOST_OVERTAKING = 6
"""How many requests of the backlog may go while a lookup waits to. Counted, not timed: the hand-moved clock runs ahead
of a slow disk."""


async def live_work(house: MiniCrmHouse, overtaken: dict[Lane, list[int]]) -> None:
    """Ask about strangers, for a telephone that rings and for a desk, again and again."""
    for number in range(10_000):
        await house.clock.sleep(20)
        urgency = Lane.LOOKUP if number % 2 else Lane.POP
        before = len(house.simulation.requests)
        with lane(urgency):
            await house.adapter.find(PhoneNumber.parse(f"+3620{number:07}"))
        overtaken[urgency].append(len(house.simulation.requests) - before - 1)


async def test_a_thousand_calls_drain_without_starving_live_work(database: Database, clock: HandClock) -> None:
    async with minicrm_house(database, clock, recorder="todo") as house:
        async with passing(clock):
            await house.scanner.scan()
        calls = [
            a_call(f"c-{number}", caller=CUSTOMERS[number % 3], started_at=STARTED + timedelta(seconds=number))
            for number in range(CALLS[database.dialect])
        ]
        await asyncio.gather(*(house.put(call) for call in calls))
        overtaken: dict[Lane, list[int]] = {Lane.LOOKUP: [], Lane.POP: []}
        async with passing(clock), asyncio.timeout(120):
            tasks = [
                asyncio.create_task(work)
                for work in (house.worker.run(), house.scanner.run(), live_work(house, overtaken))
            ]
            await eventually(house.all_settled, seconds=110)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
    assert (await house.inbox.counts())[Status.DELIVERED] == len(calls)
    assert len(house.simulation.tenant.todos) == len(calls)
    assert house.simulation.limit.refused == 0
    assert len(overtaken[Lane.LOOKUP]) > 10
    assert max(overtaken[Lane.LOOKUP]) <= MOST_OVERTAKING
    assert max(overtaken[Lane.POP]) <= MOST_OVERTAKING
