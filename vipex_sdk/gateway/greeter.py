"""Make a customer of an unknown caller while it still rings, where the deployment wants that."""

from __future__ import annotations

import asyncio
from collections import OrderedDict

import structlog

from vipex_sdk.crm.blocklist import BlockList
from vipex_sdk.crm.matching import choose
from vipex_sdk.errors import VipexError
from vipex_sdk.gateway.budget import Lane, lane
from vipex_sdk.gateway.config import CallSettings
from vipex_sdk.gateway.delivery.newcomers import Newcomers, SomebodyElseIsAtIt
from vipex_sdk.gateway.delivery.policy import DeliveryPolicy
from vipex_sdk.gateway.desk import Pops
from vipex_sdk.gateway.directory import Directory
from vipex_sdk.numbers import NumberRules
from vipex_sdk.webhooks.events import Direction, IncomingCall

__all__ = ["Greeter"]

MAX_REMEMBERED = 1000
MAX_AT_ONCE = 20

_log = structlog.get_logger(__name__)


class Greeter:
    """Creates cards in the background; a failure costs only the pop, because the end of the call tries again."""

    def __init__(
        self,
        settings: CallSettings,
        policy: DeliveryPolicy,
        *,
        newcomers: Newcomers,
        directory: Directory,
        pops: Pops,
        rules: NumberRules | None = None,
    ) -> None:
        self._wanted = settings.unknown_callers_at == "ring"
        self._blocked = BlockList.of(settings.block, rules)
        self._policy = policy
        self._newcomers = newcomers
        self._directory = directory
        self._pops = pops
        self._rules = rules
        self._greeted: OrderedDict[str, None] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()

    def incoming(self, call: IncomingCall) -> None:
        """Begin to create a card for *call*'s caller, should nobody be known by the number; returns at once."""
        if not self._wanted or not self._newcomers.possible or call.call_id in self._greeted:
            return
        if len(self._tasks) >= MAX_AT_ONCE or call.direction is Direction.INTERNAL:
            return
        self._greeted[call.call_id] = None
        if len(self._greeted) > MAX_REMEMBERED:
            self._greeted.popitem(last=False)
        task = asyncio.create_task(self._greet(call), name="greeter")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Stop what is under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _greet(self, call: IncomingCall) -> None:
        number = call.called if call.direction is Direction.OUTBOUND and call.called else call.caller
        try:
            found = await self._directory.lookup(number, within=10.0, urgency=Lane.POP)
            match = choose(number, found.cards, own_numbers=self._policy.own_numbers, rules=self._rules)
            # Who could not be looked up is not unknown.
            welcome = found.sure and self._policy.welcomes(number, call.direction, match)
            if not welcome or self._blocked.has(number):
                return
            with lane(Lane.POP):
                await self._newcomers.welcome(number, own_numbers=self._policy.own_numbers)
            await self._pops.refresh(number)
        except (VipexError, SomebodyElseIsAtIt, TimeoutError) as error:
            _log.warning("greeter.failed", call_id=call.call_id, error=type(error).__name__)
