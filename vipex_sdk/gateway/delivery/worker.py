"""The durable half of the gateway in one piece: what the front half starts and talks to."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection

from vipex_sdk.crm.adapter import CrmAdapter
from vipex_sdk.crm.journal import Journal
from vipex_sdk.gateway.clock import SYSTEM_CLOCK, Clock
from vipex_sdk.gateway.delivery.abilities import (
    CardLookup,
    Learn,
    RecordingLinks,
    Throttle,
    Users,
    no_links,
    nobody_mapped,
    nothing_to_learn,
)
from vipex_sdk.gateway.delivery.breaker import Breaker, BreakerState
from vipex_sdk.gateway.delivery.callbacks import Callbacks
from vipex_sdk.gateway.delivery.deliverer import Deliverer
from vipex_sdk.gateway.delivery.newcomers import Newcomers
from vipex_sdk.gateway.delivery.policy import DeliveryPolicy
from vipex_sdk.gateway.delivery.recorder import Recorder
from vipex_sdk.gateway.engine import Engine
from vipex_sdk.gateway.inbox import Inbox
from vipex_sdk.wire.profile import WireProfile

__all__ = ["Worker"]


class Worker:
    """Delivers what the inbox holds to one CRM.

    The inbox, its store and the adapter are opened and closed by whoever makes the worker. Make the engine first and
    give it to both the inbox (``jobs=``) and the worker::

        async with open_database(path) as database, adapter:
            engine = engine_for(database, crm=adapter.manifest.name)
            await engine.prepare()
            inbox = Inbox(database, jobs=engine, settle_seconds=policy.settle_seconds, profile=profile)
            worker = Worker(inbox=inbox, engine=engine, adapter=adapter, journal=journal, lookup=directory, ...)
            task = asyncio.create_task(worker.run())

    Args:
        inbox: where acknowledged events lie.
        engine: who delivers.
        adapter: the CRM, entered.
        journal: what a call becomes.
        lookup: whose number it is.
        profile: how VIPeX writes.
        policy: what the deployment decided.
        users: gives the present map from extension to CRM user.
        links: prepares the links of a call's recordings.
        learn: is told about cards that were created.
        throttle: the CRM's request budget.
        clock: time.
        jitter: gives a number in [0, 1).
    """

    def __init__(
        self,
        *,
        inbox: Inbox,
        engine: Engine,
        adapter: CrmAdapter,
        journal: Journal,
        lookup: CardLookup,
        profile: WireProfile,
        policy: DeliveryPolicy | None = None,
        users: Users = nobody_mapped,
        links: RecordingLinks = no_links,
        learn: Learn = nothing_to_learn,
        throttle: Throttle | None = None,
        clock: Clock = SYSTEM_CLOCK,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        policy = policy or DeliveryPolicy()
        database = inbox.database
        self._inbox = inbox
        self._engine = engine
        self._breaker = Breaker(
            database,
            adapter.manifest.name,
            threshold=policy.breaker_failures,
            pause=policy.breaker_seconds,
            longest=policy.breaker_longest,
            probe_seconds=policy.patience_seconds + policy.breaker_seconds,
            clock=clock,
        )
        patience = policy.patience_seconds
        callbacks = Callbacks(database=database, adapter=adapter, patience=patience, clock=clock)
        self.newcomers = Newcomers(
            database=database,
            adapter=adapter,
            breaker=self._breaker,
            learn=learn,
            patience=patience,
            clock=clock,
            name=policy.newcomer_name,
        )
        self._deliverer = Deliverer(
            database=database,
            adapter=adapter,
            journal=journal,
            profile=profile,
            lookup=lookup,
            policy=policy,
            breaker=self._breaker,
            recorder=Recorder(
                database=database,
                adapter=adapter,
                breaker=self._breaker,
                callbacks=callbacks,
                patience=patience,
                clock=clock,
            ),
            newcomers=self.newcomers,
            throttle=throttle,
            users=users,
            links=links,
            clock=clock,
            random=jitter,
        )

    async def run(self) -> None:
        """Deliver until cancelled. A pause left by an earlier process is lifted: its cause may be mended."""
        await self._breaker.reset()
        await self._engine.run(self._deliverer.deliver, self._breaker.closed_until)

    def wake(self) -> None:
        """Look for due rows now; the inbox does so by itself after each new event."""
        self._engine.wake()

    async def deliver(self, seq: int) -> None:
        """Deliver one row now, as the engine would.

        Raises:
            StoreUnavailable: what happened could not be written down.
        """
        await self._deliverer.deliver(seq)

    async def release(self, numbers: Collection[str]) -> int:
        """Deliver what was parked for *numbers* (E.164), which the directory has just learnt; give how many."""
        return await self._inbox.release(numbers)

    async def resume(self) -> None:
        """End a pause at once: the credential was replaced, the CRM is back."""
        await self._breaker.reset()
        self._engine.wake()

    async def crm_state(self) -> BreakerState:
        """Say how the CRM account is doing, for readiness and the dashboard."""
        return await self._breaker.state()
