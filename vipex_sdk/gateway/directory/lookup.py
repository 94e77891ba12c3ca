"""Whose number is it: from the index when it can know, from the CRM when it cannot."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from enum import Enum

import structlog
from attrs import frozen

from vipex_sdk.crm.adapter import CrmAdapter
from vipex_sdk.crm.model import CustomerCard
from vipex_sdk.crm.spelling import numbers_of
from vipex_sdk.errors import RateLimited, VipexError
from vipex_sdk.gateway.budget import Lane, lane
from vipex_sdk.gateway.clock import SYSTEM_CLOCK, Clock
from vipex_sdk.gateway.database import Database, Transaction
from vipex_sdk.gateway.directory import index
from vipex_sdk.gateway.directory.throttle import Hold, no_hold
from vipex_sdk.gateway.flights import SingleFlight
from vipex_sdk.numbers import NumberRules, PhoneNumber, mask

__all__ = ["Directory", "Found", "Source"]

STALE_SECONDS = 3600.0
"""A directory scanned longer ago than this can no longer tell who is unknown."""

POSITIVE_SECONDS = 600.0
"""How long a card found live is believed without a scan."""

NEGATIVE_SECONDS = 60.0
"""How long "nobody" is believed without a scan: short, because agents create customers while they talk to them."""

MAX_NOBODIES = 10_000

_log = structlog.get_logger(__name__)


class Source(Enum):
    """How we came to know."""

    INDEX = "index"
    LIVE = "live"
    STALE = "stale"
    DEADLINE = "deadline"
    FAILED = "failed"
    NOT_A_SUBSCRIBER = "not_a_subscriber"


@frozen(kw_only=True)
class Found:
    """The cards of a number, and how we came to know."""

    cards: tuple[CustomerCard, ...] = ()
    source: Source

    @property
    def sure(self) -> bool:
        """Whether no card means an unknown caller, rather than that nobody could be asked."""
        return self.source in (Source.INDEX, Source.LIVE)


class Directory:
    """Cards by telephone number. One a process; implements the delivery's ``CardLookup``."""

    def __init__(
        self,
        database: Database,
        adapter: CrmAdapter,
        *,
        rules: NumberRules | None = None,
        clock: Clock = SYSTEM_CLOCK,
        hold: Hold = no_hold,
    ) -> None:
        """Make the directory; *hold* is awaited when the CRM says "too many"."""
        self._database = database
        self._adapter = adapter
        self._rules = rules or NumberRules()
        self._clock = clock
        self._hold = hold
        self._flights: SingleFlight[tuple[CustomerCard, ...]] = SingleFlight("directory.lookup")
        self._nobodies: dict[str, float] = {}
        self._times = index.Times()

    async def lookup(self, number: PhoneNumber, *, within: float | None = None, urgency: Lane = Lane.LOOKUP) -> Found:
        """Find the cards of *number* for somebody who waits on the line.

        The CRM is asked only when the index cannot know (never filled, or too old), at most *within* seconds; a
        lookup that came too late still fills the index for the next call. A CRM that fails is no error here.

        Raises:
            StoreUnavailable: the index itself cannot be read.
        """
        if number.e164 is None:
            return Found(source=Source.NOT_A_SUBSCRIBER)
        known = await self._known(number.e164)
        if self._can_know(known) or self._is_nobody(number.e164):
            return Found(cards=known.cards, source=Source.INDEX)
        try:
            async with asyncio.timeout(within):
                with lane(urgency):
                    return Found(cards=await self._live(number, number.e164), source=Source.LIVE)
        except TimeoutError:
            return Found(cards=known.cards, source=Source.STALE if known.cards else Source.DEADLINE)
        except VipexError as error:
            _log.warning("directory.live_lookup_failed", number=mask(number.e164), error=type(error).__name__)
            return Found(cards=known.cards, source=Source.STALE if known.cards else Source.FAILED)

    def lookup_at_once(self, number: PhoneNumber) -> Found | None:
        """Find the cards of *number* where the index can know and can be asked without waiting; else ``None``.

        Raises:
            StoreUnavailable: the index itself cannot be read.
        """
        e164 = number.e164
        if e164 is None:
            return Found(source=Source.NOT_A_SUBSCRIBER)
        if not self._is_recent():
            return None
        rows = self._database.look(index.find(e164))
        if rows is None:
            return None
        return Found(cards=index.cards_in(rows, e164), source=Source.INDEX)

    async def find(self, number: PhoneNumber) -> Sequence[CustomerCard]:
        """Find the cards of *number* for the journal, which has time.

        Whom the index does not know may have become a customer during the call: the CRM is asked.

        Raises:
            CrmError: the CRM was asked and failed, and the index knows nothing either.
            StoreUnavailable: the index cannot be read.
        """
        if number.e164 is None:
            return ()
        known = await self._known(number.e164)
        if (known.cards and self._can_know(known)) or self._is_nobody(number.e164):
            return known.cards
        try:
            return await self._live(number, number.e164)
        except VipexError:
            if known.cards:
                return known.cards
            raise

    async def size(self) -> index.Size:
        """Count what the index holds."""
        return await self._database.read(index.size())

    def forget_nobodies(self) -> None:
        """Ask again about everybody who was unknown: something changed in the CRM."""
        self._nobodies.clear()

    async def learn(self, card: CustomerCard) -> None:
        """Take in a card that was just created, before the next scan sees it."""
        await self._database.write(index.store([card], seen_at=self._clock.now(), rules=self._rules))
        for e164 in numbers_of(card, self._rules):
            self._nobodies.pop(e164, None)

    async def replace(self, cards: Sequence[CustomerCard]) -> None:
        """Take in all cards of the contacts they name, as the CRM has them now; what else was known of them leaves."""
        now = self._clock.now()

        def transaction() -> Transaction[None]:
            yield from index.store(cards, seen_at=now, rules=self._rules)
            yield from index.drop_rest(cards, seen_at=now)

        await self._database.write(transaction())
        for card in cards:
            for e164 in numbers_of(card, self._rules):
                self._nobodies.pop(e164, None)

    async def no_longer_unknown(self) -> list[str]:
        """Give the numbers of parked calls that belong to somebody now."""
        return await self._database.read(index.learnt())

    async def close(self) -> None:
        """Stop lookups that are under way."""
        await self._flights.close()

    async def _known(self, e164: str) -> index.Known:
        """Ask the index; a scan that is recent enough needs no second look, because scans only get younger."""
        known = await self._database.read(index.known(e164, times=self._times if self._is_recent() else None))
        self._times = known.times
        return known

    def _is_recent(self) -> bool:
        return self._clock.now() - self._times.scanned <= STALE_SECONDS

    def _can_know(self, known: index.Known) -> bool:
        """Say so of what :meth:`_known` has just given."""
        return self._is_recent() or (bool(known.cards) and self._clock.now() - known.seen_at <= POSITIVE_SECONDS)

    def _is_nobody(self, e164: str) -> bool:
        return self._nobodies.get(e164, 0.0) > self._clock.now()

    async def _live(self, number: PhoneNumber, e164: str) -> tuple[CustomerCard, ...]:
        """Ask the CRM, once for all who ask about the same number at the same time."""
        return await self._flights.run(e164, lambda: self._ask(number, e164))

    async def _ask(self, number: PhoneNumber, e164: str) -> tuple[CustomerCard, ...]:
        try:
            cards = tuple(await self._adapter.find(number))
        except RateLimited as error:
            await self._hold(error)
            raise
        shown = [card for card in cards if e164 in numbers_of(card, self._rules)]
        if shown:
            await self._database.write(index.store(shown, seen_at=self._clock.now(), rules=self._rules))
        elif not cards:
            self._remember_nobody(e164)
        return cards

    def _remember_nobody(self, e164: str) -> None:
        while len(self._nobodies) >= MAX_NOBODIES:
            self._nobodies.pop(next(iter(self._nobodies)))
        self._nobodies[e164] = self._clock.now() + NEGATIVE_SECONDS
