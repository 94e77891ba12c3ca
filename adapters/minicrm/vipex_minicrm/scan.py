"""All customers, page by page, for the gateway's directory: one request for 100 rows.

A full scan reads the cards first and keeps of each only ids (48 bytes a card), then companies, then persons; besides
the companies' names nothing else is held. Where it is and what it holds goes out with every page, so that a restart
goes on from there.
"""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime

from attrs import define, evolve, field, frozen

from vipex_minicrm.card_index import CardIndex
from vipex_minicrm.cards import PAGE_SIZE, Cards, last_page
from vipex_minicrm.catalogue import Catalogue
from vipex_minicrm.changes import Changes
from vipex_minicrm.client import MiniCrmClient
from vipex_minicrm.model import ContactRow, Page
from vipex_sdk.crm import CustomerCard, ScanPage

__all__ = ["Scan"]

log = logging.getLogger("vipex_minicrm")

_COMPANIES, _PERSONS = "companies", "persons"
_MOST_STEPS_BACK = 20


@frozen(kw_only=True)
class Place:
    """The next page to read.

    Attributes:
        plan: parts of the scan: module ids, then companies and persons.
        count: rows of the part when its last page was read; ``None`` before.
        back: how often rows were read again because others had left.
    """

    plan: tuple[str, ...]
    part: int = 0
    page: int = 0
    count: int | None = None
    back: int = 0

    @property
    def name(self) -> str:
        """The part to read: a module's id, or ``companies``, or ``persons``."""
        return self.plan[self.part]

    @property
    def ended(self) -> bool:
        """Whether nothing is left to read."""
        return self.part >= len(self.plan)

    @property
    def share(self) -> float:
        """How much is done, with every part counted alike."""
        inside = min(self.page * PAGE_SIZE / self.count, 1.0) if self.count else 0.0
        return min((self.part + inside) / len(self.plan), 1.0)

    def written(self) -> str:
        """Give the place as a cursor."""
        return json.dumps([list(self.plan), self.part, self.page, self.count, self.back])

    def after(self, count: int, *, last: bool) -> Place:
        """Give the place after a page of a part that has *count* rows now.

        Rows that left while we read have moved the others forward, past the page that was to be read next: those pages
        are read again.
        """
        gone = max((self.count or count) - count, 0)
        if gone and self.back < _MOST_STEPS_BACK:
            steps = -(-gone // PAGE_SIZE)
            return evolve(self, page=max(self.page - steps, 0), count=count, back=self.back + 1)
        if last:
            return Place(plan=self.plan, part=self.part + 1)
        return evolve(self, page=self.page + 1, count=count)


@define
class Memory:
    """What a full scan must know of earlier pages."""

    cards: CardIndex = field(factory=CardIndex)
    companies: dict[str, str] = field(factory=dict)

    def read(self, note: str) -> None:
        """Take in a note of an interrupted scan."""
        if note.startswith("{"):
            self.companies.update(json.loads(note))
        else:
            self.cards.read(note)


class Scan:
    """Reads the tenant's customers."""

    def __init__(self, client: MiniCrmClient, catalogue: Catalogue, cards: Cards) -> None:
        self._client = client
        self._catalogue = catalogue
        self._cards = cards
        self._changes = Changes(client, cards)

    async def pages(self, moment: datetime | None, *, cursor: str, notes: Sequence[str]) -> AsyncIterator[ScanPage]:
        """Give all customers, or all that changed since *moment*, deleted ones marked.

        So much may have changed that reading everything is quicker; then everything comes.
        """
        if moment is not None:
            changed = await self._changes.since(moment)
            if changed is not None:
                async for customers in self._changes.customers(changed):
                    yield ScanPage(cards=customers, cursor="")
                return
        async for page in self._all(cursor, notes):
            yield page

    async def _all(self, cursor: str, notes: Sequence[str]) -> AsyncIterator[ScanPage]:
        plan = (*(await self._catalogue.modules()).names, _COMPANIES, _PERSONS)
        place = _resumed(cursor, plan)
        memory = Memory()
        if place is None:
            place = Place(plan=plan)
        else:
            for note in notes:
                memory.read(note)
        while not place.ended:
            reads = self._contacts if place.name in {_COMPANIES, _PERSONS} else self._projects
            customers, note, place = await reads(place, memory)
            yield ScanPage(cards=customers, cursor=place.written(), note=note, share=place.share)

    async def _projects(self, place: Place, memory: Memory) -> tuple[tuple[CustomerCard, ...], str, Place]:
        page = await self._client.projects({"CategoryId": place.name}, page=place.page)
        return (), memory.cards.add(page.rows), place.after(page.count, last=last_page(page, place.page))

    async def _contacts(self, place: Place, memory: Memory) -> tuple[tuple[CustomerCard, ...], str, Place]:
        kind = "Business" if place.name == _COMPANIES else "Person"
        page = await self._client.contacts({"Type": kind}, page=place.page)
        names = {row.id: row.name for row in page.rows} if kind == "Business" else {}
        memory.companies.update(names)
        customers = await self._built(page, memory.cards, memory.companies)
        note = json.dumps(names, ensure_ascii=False) if names else ""
        return customers, note, place.after(page.count, last=last_page(page, place.page))

    async def _built(
        self, page: Page[ContactRow], cards: CardIndex, companies: Mapping[str, str]
    ) -> tuple[CustomerCard, ...]:
        customers: list[CustomerCard] = []
        for contact in page.rows:
            company = companies.get(contact.business_id or "")
            customers += await self._cards.build(contact, cards.of(contact.main_contact_id), company=company)
        return tuple(customers)


def _resumed(cursor: str, plan: tuple[str, ...]) -> Place | None:
    """Read where an interrupted scan was; ``None`` to begin again."""
    if not cursor:
        return None
    try:
        then, part, page, count, back = json.loads(cursor)
        place = Place(plan=tuple(then), part=part, page=page, count=count, back=back)
    except (TypeError, ValueError):
        return None
    if place.plan != plan:
        log.info("the modules in use have changed since the scan was interrupted; it begins again")
        return None
    return place
