"""The durable half of a gateway in front of the simulated MiniCRM, with one clock for everybody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import httpx
from attrs import frozen
from vipex_minicrm import MiniCrmAdapter, MiniCrmSettings
from vipex_minicrm.simulator import REST_KEY, SYSTEM_ID, VOIP_KEY, Simulation, create_app

from tests.gateway.calls import a_message
from tests.gateway.clock import HandClock
from vipex_sdk.crm.journal import Journal, JournalSettings
from vipex_sdk.crm.model import Ref
from vipex_sdk.gateway.budget import Budget
from vipex_sdk.gateway.database import Database
from vipex_sdk.gateway.delivery import DeliveryPolicy, Worker
from vipex_sdk.gateway.directory import Directory, Scanner, holding
from vipex_sdk.gateway.engine import LocalEngine
from vipex_sdk.gateway.inbox import Inbox, Status
from vipex_sdk.webhooks.events import CallEnd
from vipex_sdk.webhooks.parse import parse
from vipex_sdk.wire.profile import default_profile


@frozen(kw_only=True)
class MiniCrmHouse:
    simulation: Simulation
    adapter: MiniCrmAdapter
    database: Database
    inbox: Inbox
    worker: Worker
    directory: Directory
    scanner: Scanner
    clock: HandClock

    async def put(self, call: CallEnd) -> int:
        message = a_message(call, at=self.clock.now())
        event = parse(message, default_profile())
        assert isinstance(event, CallEnd)
        return (await self.inbox.put(event, message)).seq

    async def status(self, seq: int) -> Status:
        detail = await self.inbox.show(seq)
        assert detail is not None
        return detail.delivery.status

    async def note(self, seq: int) -> str | None:
        detail = await self.inbox.show(seq)
        assert detail is not None
        return detail.records[0].note

    async def all_settled(self) -> bool:
        return not (await self.inbox.counts())[Status.PENDING]


@asynccontextmanager
async def minicrm_house(
    database: Database, clock: HandClock, *, journal: JournalSettings | None = None, **settings: Any
) -> AsyncIterator[MiniCrmHouse]:
    """Open everything; nothing runs by itself."""
    simulation = Simulation(now=lambda: datetime.fromtimestamp(clock.now(), UTC), clock=clock.now)
    simulation.switches.rate_window = "rolling"
    budget = Budget(database, "minicrm", requests_per_minute=60, clock=clock)
    chosen = MiniCrmSettings(
        **{
            "base_url": "http://127.0.0.1",
            "system_id": SYSTEM_ID,
            "api_key": REST_KEY,
            "voip_key": VOIP_KEY,
            **settings,
        }
    )
    hold = holding(budget)
    async with MiniCrmAdapter(chosen, budget, transport=httpx.ASGITransport(create_app(simulation))) as adapter:
        directory = Directory(database, adapter, clock=clock, hold=hold)
        engine = LocalEngine(database, concurrency=8, clock=clock)
        inbox = Inbox(database, jobs=engine, settle_seconds=0, clock=clock)

        async def release() -> None:
            directory.forget_nobodies()
            await inbox.release(await directory.no_longer_unknown())

        yield MiniCrmHouse(
            simulation=simulation,
            adapter=adapter,
            database=database,
            inbox=inbox,
            worker=Worker(
                inbox=inbox,
                engine=engine,
                adapter=adapter,
                journal=Journal(journal or JournalSettings()),
                lookup=directory,
                profile=default_profile(),
                policy=DeliveryPolicy(settle_seconds=0, patience_seconds=600),
                users=lambda: {"101": Ref("user", "2001"), "102": Ref("user", "2002")},
                throttle=budget,
                clock=clock,
                jitter=lambda: 0.5,
            ),
            directory=directory,
            scanner=Scanner(database, adapter, clock=clock, after=release, hold=hold),
            clock=clock,
        )
        await directory.close()


@asynccontextmanager
async def passing(clock: HandClock, *, step: float = 1.0) -> AsyncIterator[None]:
    """Let time pass as fast as the tasks take it: whenever they all sleep, the next one wakes."""

    async def run() -> None:
        while True:
            await asyncio.sleep(0.0005)
            wake = clock.next_wake
            if wake is not None:
                clock.advance(max(min(wake - clock.now(), step), 0.01))

    task = asyncio.create_task(run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
