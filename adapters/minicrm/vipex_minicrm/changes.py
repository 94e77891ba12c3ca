"""Customers that changed since a moment: ``UpdatedSince`` for contacts and cards, thrown away ones asked for apart.

Of each changed contact all cards are asked for, so that what comes out is complete. A company's people without cards
of their own show the company's: when one of these changes, all its people are read again, 100 a request.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import datetime
from typing import TypeVar

from attrs import field, frozen

from vipex_minicrm.cards import Cards, last_page
from vipex_minicrm.client import MiniCrmClient
from vipex_minicrm.model import ContactRow, Page, ProjectRow
from vipex_minicrm.refusals import Refused
from vipex_sdk.crm import CustomerCard

__all__ = ["Changes"]

log = logging.getLogger("vipex_minicrm")

R = TypeVar("R", ContactRow, ProjectRow)
Search = Callable[[Mapping[str, str], int], Awaitable[Page[R]]]

_MOST = 1_000
"""Each changed contact costs a request or two; after an import of many, reading 100 a request is quicker."""


@frozen(kw_only=True)
class Changed:
    """What ``UpdatedSince`` gave.

    Attributes:
        contacts: rows by id, as far as they came; more are asked for one by one.
        wanted: contacts whose customers are to be built.
        with_cards: those of them of whom a card changed.
        thrown: cards that were thrown away, by their contact.
        gone: customers that left.
    """

    contacts: dict[str, ContactRow] = field(factory=dict)
    wanted: dict[str, None] = field(factory=dict)
    with_cards: set[str] = field(factory=set)
    thrown: dict[str, list[ProjectRow]] = field(factory=dict)
    gone: list[CustomerCard] = field(factory=list)


class Changes:
    """Reads what changed."""

    def __init__(self, client: MiniCrmClient, cards: Cards) -> None:
        self._client = client
        self._cards = cards

    async def since(self, moment: datetime) -> Changed | None:
        """Ask what changed since *moment*; ``None`` when it is so much that a full scan is quicker."""
        since = {"UpdatedSince": self._client.since(moment)}
        changed = Changed()
        async for contact in self._contacts({**since, "Deleted": "1"}):
            changed.gone.append(self._cards.bare(contact, deleted=True))
        gone = {customer.contact.id for customer in changed.gone}
        async for contact in self._contacts(since):
            changed.contacts[contact.id] = contact
            if contact.id not in gone:
                changed.wanted[contact.id] = None
            if len(changed.wanted) > _MOST:
                return None
        for filters in (since, {**since, "Deleted": "1"}):
            async for row in self._projects(filters):
                if row.contact_id not in gone:
                    changed.wanted[row.contact_id] = None
                    changed.with_cards.add(row.contact_id)
                    if row.deleted:
                        changed.thrown.setdefault(row.contact_id, []).append(row)
                if len(changed.wanted) > _MOST:
                    return None
        return changed

    async def customers(self, changed: Changed) -> AsyncIterator[tuple[CustomerCard, ...]]:
        """Give what left, then each changed contact with all its cards, then the colleagues it shares them with."""
        yield tuple(changed.gone)
        rows: dict[str, tuple[ProjectRow, ...]] = {}
        companies: dict[str, ContactRow] = {}
        for contact_id in changed.wanted:
            contact = await self._contact(contact_id, changed.contacts)
            if contact is None:
                continue
            company = await self._contact(contact.business_id, changed.contacts) if contact.business_id else None
            main = contact.main_contact_id
            if main not in rows:
                rows[main] = await self._cards.of_main_contact(main)
            thrown = (self._cards.of_deleted(contact, row) for row in changed.thrown.get(contact_id, ()))
            cards = await self._cards.of_contact(contact, shared=rows[main])
            built = await self._cards.build(contact, cards, company=company.name if company else None)
            yield (*thrown, *built)
            whole = contact if contact.is_company else company if contact_id in changed.with_cards else None
            if whole is not None:
                companies[whole.id] = whole
        told = {*changed.wanted, *(customer.contact.id for customer in changed.gone)}
        for company in companies.values():
            async for colleague in self._contacts({"MainContactId": company.id}):
                if colleague.id not in told:
                    cards = await self._cards.of_contact(colleague, shared=rows[company.id])
                    yield await self._cards.build(colleague, cards, company=company.name)

    async def _contact(self, contact_id: str, contacts: dict[str, ContactRow]) -> ContactRow | None:
        """Give a contact, asking only for those not seen in this scan."""
        if contact_id not in contacts:
            try:
                found = await self._client.contact(contact_id)
            except Refused as error:
                log.warning("contact %s of a changed card cannot be read: status %d", contact_id, error.status)
                return None
            contacts[contact_id] = found.row
        return contacts[contact_id]

    async def _contacts(self, filters: Mapping[str, str]) -> AsyncIterator[ContactRow]:
        async for row in _paged(lambda some, page: self._client.contacts(some, page=page), filters):
            yield row

    async def _projects(self, filters: Mapping[str, str]) -> AsyncIterator[ProjectRow]:
        async for row in _paged(lambda some, page: self._client.projects(some, page=page), filters):
            yield row


async def _paged(search: Search[R], filters: Mapping[str, str]) -> AsyncIterator[R]:
    number = 0
    while True:
        page = await search(filters, number)
        for row in page.rows:
            yield row
        if last_page(page, number):
            return
        number += 1
