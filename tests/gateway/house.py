"""Inbox, engine and worker around one CRM, as the gateway composes them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from attrs import frozen

from tests.gateway.calls import a_message
from tests.gateway.clock import HandClock
from tests.gateway.crm import PlainCrm
from vipex_sdk.crm.journal import Journal, JournalSettings
from vipex_sdk.gateway.database import Database
from vipex_sdk.gateway.delivery import DeliveryPolicy, Worker
from vipex_sdk.gateway.engine import LocalEngine
from vipex_sdk.gateway.inbox import Inbox, Status
from vipex_sdk.webhooks.events import CallEnd
from vipex_sdk.webhooks.parse import parse
from vipex_sdk.wire.profile import WireProfile, default_profile

SCHEDULE = (5.0, 30.0, 300.0)


@frozen
class House:
    database: Database
    inbox: Inbox
    engine: LocalEngine
    worker: Worker
    crm: PlainCrm
    clock: HandClock
    profile: WireProfile

    async def put(self, call: CallEnd, *, body: bytes | None = None) -> int:
        message = a_message(call, at=self.clock.now(), body=body)
        event = parse(message, self.profile)
        assert isinstance(event, CallEnd)
        return (await self.inbox.put(event, message)).seq

    async def status(self, seq: int) -> Status:
        detail = await self.inbox.show(seq)
        assert detail is not None
        return detail.delivery.status

    async def error(self, seq: int) -> str | None:
        detail = await self.inbox.show(seq)
        assert detail is not None
        return detail.delivery.last_error

    async def settle(self, seconds: float = 20.0) -> None:
        """Let time pass and deliver by hand what is due, lowest row first."""
        self.clock.advance(seconds)
        await self.deliver_due()

    async def deliver_due(self) -> None:
        while True:
            pending = await self.inbox.page(Status.PENDING, limit=1000)
            due = [row for row in pending if row.next_at.timestamp() <= self.clock.now()]
            if not due:
                return
            await self.worker.deliver(min(row.seq for row in due))

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.worker.run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


def a_house(
    database: Database,
    clock: HandClock,
    crm: PlainCrm,
    *,
    policy: DeliveryPolicy | None = None,
    profile: WireProfile | None = None,
    **parts: Any,
) -> House:
    policy, profile = policy or DeliveryPolicy(schedule=SCHEDULE), profile or default_profile()
    engine = LocalEngine(database, clock=clock)
    inbox = Inbox(database, jobs=engine, settle_seconds=policy.settle_seconds, profile=profile, clock=clock)
    parts = {"lookup": crm, "jitter": lambda: 0.5, **parts}
    journal = parts.pop("journal", None) or Journal(JournalSettings(language="en"))
    worker = Worker(
        inbox=inbox,
        engine=engine,
        adapter=crm,
        journal=journal,
        profile=profile,
        policy=policy,
        clock=clock,
        **parts,
    )
    return House(database, inbox, engine, worker, crm, clock, profile)
