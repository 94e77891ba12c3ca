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
from vipex_sdk.errors import VipexError
from vipex_sdk.gateway.clock import SYSTEM_CLOCK, Clock
from vipex_sdk.gateway.database import Database
from vipex_sdk.gateway.directory import index
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
        self, database: Database, adapter: CrmAdapter, *, rules: NumberRules | None = None, clock: Clock = SYSTEM_CLOCK
    ) -> None:
        self._database = database
        self._adapter = adapter
        self._rules = rules or NumberRules()
        self._clock = clock
        self._flights: dict[str, asyncio.Task[tuple[CustomerCard, ...]]] = {}
        self._nobodies: dict[str, float] = {}

    async def lookup(self, number: PhoneNumber, *, within: float | None = None) -> Found:
        """Find the cards of *number* for somebody who waits on the line.

        The CRM is asked only when the index cannot know (never filled, or too old), at most *within* seconds; a
        lookup that came too late still fills the index for the next call. A CRM that fails is no error here.

        Raises:
            StoreUnavailable: the index itself cannot be read.
        """
        if number.e164 is None:
            return Found(source=Source.NOT_A_SUBSCRIBER)
        known = await self._database.read(index.known(number.e164))
        if self._can_know(known) or self._is_nobody(number.e164):
            return Found(cards=known.cards, source=Source.INDEX)
        try:
            async with asyncio.timeout(within):
                return Found(cards=await self._live(number, number.e164), source=Source.LIVE)
        except TimeoutError:
            return Found(cards=known.cards, source=Source.STALE if known.cards else Source.DEADLINE)
        except VipexError as error:
            _log.warning("directory.live_lookup_failed", number=mask(number.e164), error=type(error).__name__)
            return Found(cards=known.cards, source=Source.STALE if known.cards else Source.FAILED)

    async def find(self, number: PhoneNumber) -> Sequence[CustomerCard]:
        """Find the cards of *number* for the journal, which has time.

        Whom the index does not know may have become a customer during the call: the CRM is asked.

        Raises:
            CrmError: the CRM was asked and failed, and the index knows nothing either.
            StoreUnavailable: the index cannot be read.
        """
        if number.e164 is None:
            return ()
        known = await self._database.read(index.known(number.e164))
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

    async def close(self) -> None:
        """Stop lookups that are under way."""
        flights = list(self._flights.values())
        for flight in flights:
            flight.cancel()
        await asyncio.gather(*flights, return_exceptions=True)

    def _can_know(self, known: index.Known) -> bool:
        now = self._clock.now()
        if now - known.times.scanned <= STALE_SECONDS:
            return True
        return bool(known.cards) and now - known.seen_at <= POSITIVE_SECONDS

    def _is_nobody(self, e164: str) -> bool:
        return self._nobodies.get(e164, 0.0) > self._clock.now()

    async def _live(self, number: PhoneNumber, e164: str) -> tuple[CustomerCard, ...]:
        """Ask the CRM, once for all who ask about the same number at the same time."""
        flight = self._flights.get(e164)
        if flight is None:
            flight = asyncio.create_task(self._ask(number, e164), name="directory-lookup")
            self._flights[e164] = flight
            flight.add_done_callback(lambda done: self._landed(e164, done))
        return await asyncio.shield(flight)

    async def _ask(self, number: PhoneNumber, e164: str) -> tuple[CustomerCard, ...]:
        cards = tuple(await self._adapter.find(number))
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

    def _landed(self, e164: str, done: asyncio.Task[tuple[CustomerCard, ...]]) -> None:
        self._flights.pop(e164, None)
        if not done.cancelled() and (error := done.exception()) is not None:
            # Everybody who waited may have given up by now: without this nobody would hear of it.
            _log.info("directory.lookup_ended", number=mask(e164), error=type(error).__name__)
