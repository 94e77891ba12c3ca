"""From a notice of an incoming call to the pages of the agents it concerns."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, defaultdict, deque
from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from typing import Any

import structlog

from vipex_sdk.crm.blocklist import BlockList
from vipex_sdk.crm.matching import Match, choose
from vipex_sdk.errors import VipexError
from vipex_sdk.gateway.budget import Lane
from vipex_sdk.gateway.clock import SYSTEM_CLOCK, Clock
from vipex_sdk.gateway.desk.call import CallOnDesk, State
from vipex_sdk.gateway.desk.hub import Hub
from vipex_sdk.gateway.directory import Directory, Source
from vipex_sdk.numbers import NumberRules, PhoneNumber
from vipex_sdk.webhooks.events import CallEnd, Direction, IncomingCall, Phase

__all__ = ["Pops", "topic"]

SOON_SECONDS = 0.25
"""A card that is not found sooner comes as a second event: a pop without a name beats a late one."""

LATER_SECONDS = 10.0
MAX_CALLS = 1000
MAX_RECENT = 20

_log = structlog.get_logger(__name__)


def topic(extension: str) -> str:
    """Name the events of *extension*'s desks."""
    return f"desk:{extension}"


class Pops:
    """Calls in progress, who sees them, and the last calls of each extension. In memory: a lost pop is tolerable."""

    def __init__(
        self,
        directory: Directory,
        hub: Hub,
        *,
        own_numbers: Collection[str] = (),
        block: Collection[str] = (),
        rules: NumberRules | None = None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self._directory = directory
        self._hub = hub
        self._own_numbers = own_numbers
        self._blocked = BlockList.of(block, rules)
        self._rules = rules
        self._clock = clock
        self._calls: OrderedDict[str, CallOnDesk] = OrderedDict()
        self._recent: defaultdict[str, deque[dict[str, Any]]] = defaultdict(lambda: deque(maxlen=MAX_RECENT))
        self._tasks: set[asyncio.Task[None]] = set()

    async def incoming(self, call: IncomingCall) -> None:
        """Show *call* on the desks concerned; a later notice of the same call changes what they show."""
        if call.direction is Direction.INTERNAL:
            return
        number = call.called if call.direction is Direction.OUTBOUND and call.called else call.caller
        if self._blocked.has(number):
            return
        shown = self._calls.get(call.call_id)
        if shown is None:
            shown = CallOnDesk(
                call_id=call.call_id,
                number=number,
                began=call.started_at or datetime.fromtimestamp(self._clock.now(), UTC),
                heard_at=self._clock.now(),
                outbound=call.direction is Direction.OUTBOUND,
                caller_name=call.caller_name,
            )
            self._add(shown)
        if shown.over:
            return
        changed = _take_in(shown, call)
        shown.heard_at = self._clock.now()
        if not shown.looked_up:
            await self._look_up(shown)
        self._push(shown, changed)
        _log.info("pop.pushed", call_id=call.call_id, phase=call.phase.value, extensions=changed)

    async def ended(self, call: CallEnd) -> None:
        """Close what is shown of *call*, and add it to the last calls of everybody who took part."""
        if call.direction is Direction.INTERNAL or self._blocked.has(call.remote):
            return
        shown = self._calls.pop(call.call_id, None)
        if shown is None:
            shown = CallOnDesk(
                call_id=call.call_id, number=call.remote, began=call.started_at, heard_at=self._clock.now()
            )
            await self._look_up(shown, patient=False)
        shown.end(call)
        self._push(shown, list(shown.states))
        for extension in shown.states:
            recent = self._recent[extension]
            same = next((entry for entry in recent if entry["call_id"] == call.call_id), None)
            if same is not None:
                recent.remove(same)
            recent.appendleft(shown.view(extension))

    async def refresh(self, number: PhoneNumber) -> None:
        """Look up again who *number* is, after the CRM learnt it while it rings, and tell the desks."""
        for shown in [call for call in self.live() if call.number == number]:
            await self._look_up(shown, patient=False)
            self._push(shown, list(shown.states))

    def current(self, extension: str) -> list[dict[str, Any]]:
        """Give what a desk that opens now should show, oldest first."""
        return [call.view(extension) for call in self.live() if extension in call.states]

    def recent(self, extension: str) -> list[dict[str, Any]]:
        """Give the last calls of *extension*, newest first; since this process began."""
        return list(self._recent.get(extension, ()))

    def live(self) -> list[CallOnDesk]:
        """Give the calls in progress, oldest first; a call whose end was never told is forgotten in time."""
        now = self._clock.now()
        for call in [call for call in self._calls.values() if call.is_stale(now)]:
            del self._calls[call.call_id]
        return list(self._calls.values())

    async def close(self) -> None:
        """Stop lookups that are under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _add(self, call: CallOnDesk) -> None:
        self._calls[call.call_id] = call
        if len(self._calls) > MAX_CALLS:
            self._calls.popitem(last=False)

    def _push(self, call: CallOnDesk, extensions: Iterable[str]) -> None:
        for extension in extensions:
            self._hub.publish(topic(extension), "pop", call.view(extension))

    async def _look_up(self, shown: CallOnDesk, *, patient: bool = True) -> None:
        match, source = await self._match(shown.number, SOON_SECONDS)
        shown.learn(match, looking=patient and source is Source.DEADLINE)
        if shown.looking:
            task = asyncio.create_task(self._look_up_later(shown), name="pop-lookup")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _look_up_later(self, shown: CallOnDesk) -> None:
        match, _ = await self._match(shown.number, LATER_SECONDS)
        shown.learn(match, looking=False)
        self._push(shown, list(shown.states))

    async def _match(self, number: PhoneNumber, within: float) -> tuple[Match, Source]:
        try:
            found = await self._directory.lookup(number, within=within, urgency=Lane.POP)
        except VipexError as error:
            _log.warning("pop.lookup_failed", error=type(error).__name__)
            return Match(), Source.FAILED
        return choose(number, found.cards, own_numbers=self._own_numbers, rules=self._rules), found.source


def _take_in(shown: CallOnDesk, call: IncomingCall) -> list[str]:
    """Change *shown* by the notice *call*; returns the extensions whose pages have to know."""
    answered = call.phase is Phase.ANSWERED or call.answered_at is not None
    if answered and call.extension:
        return shown.answer(call.extension)
    ringing = dict.fromkeys((*call.extensions, *((call.extension,) if call.extension else ())))
    new = [extension for extension in ringing if extension not in shown.states]
    for extension in new:
        shown.states[extension] = State.RINGING
    return new
