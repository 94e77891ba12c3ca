"""All customers, page by page, for the gateway's directory.

A full scan reads the cards first and keeps of each only ids (about 300 bytes a card), then streams companies and
persons; nothing else is held. A scan since a moment asks for what changed and then for each changed contact's cards,
so that every yielded contact is complete. One request per page of 100.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import datetime
from typing import TypeVar

from attrs import evolve

from vipex_minicrm.cards import Cards, last_page
from vipex_minicrm.catalogue import Catalogue
from vipex_minicrm.client import MiniCrmClient
from vipex_minicrm.model import ContactRow, Page, ProjectRow
from vipex_minicrm.refusals import Refused
from vipex_sdk.crm import CustomerCard

__all__ = ["Scan"]

log = logging.getLogger("vipex_minicrm")

R = TypeVar("R", ContactRow, ProjectRow)
Search = Callable[[Mapping[str, str], int], Awaitable[Page[R]]]


class Scan:
    """Reads the tenant's customers."""

    def __init__(self, client: MiniCrmClient, catalogue: Catalogue, cards: Cards) -> None:
        self._client = client
        self._catalogue = catalogue
        self._cards = cards

    def since(self, moment: datetime | None) -> AsyncIterator[CustomerCard]:
        """Give all customers, or all that changed since *moment*, deleted ones marked."""
        return self._all() if moment is None else self._changed(self._client.since(moment))

    async def _all(self) -> AsyncIterator[CustomerCard]:
        by_customer: defaultdict[str, list[ProjectRow]] = defaultdict(list)
        for category in (await self._catalogue.modules()).names:
            async for row in self._projects({"CategoryId": category}):
                by_customer[row.business_id or row.contact_id].append(evolve(row, name=""))
        companies: dict[str, str] = {}
        async for contact in self._contacts({"Type": "Business"}):
            companies[contact.id] = contact.name
            async for customer in self._built(contact, by_customer, companies):
                yield customer
        async for contact in self._contacts({"Type": "Person"}):
            async for customer in self._built(contact, by_customer, companies):
                yield customer

    async def _built(
        self, contact: ContactRow, cards: Mapping[str, list[ProjectRow]], companies: Mapping[str, str]
    ) -> AsyncIterator[CustomerCard]:
        rows = cards.get(contact.main_contact_id, [])
        company = companies.get(contact.business_id or "")
        for customer in await self._cards.build(contact, rows, company=company):
            yield customer

    async def _changed(self, since: str) -> AsyncIterator[CustomerCard]:
        changed = {"UpdatedSince": since}
        async for contact in self._contacts({**changed, "Deleted": "1"}):
            yield self._cards.bare(contact, deleted=True)
        contacts: dict[str, ContactRow] = {}
        async for contact in self._contacts(changed):
            contacts[contact.id] = contact
        wanted: dict[str, None] = dict.fromkeys(contacts)
        for filters in (changed, {**changed, "Deleted": "1"}):
            async for row in self._projects(filters):
                wanted[row.contact_id] = None
                if row.deleted:
                    deleted = await self._deleted(row, contacts)
                    if deleted is not None:
                        yield deleted
        for contact_id in wanted:
            found = await self._contact(contact_id, contacts)
            if found is not None:
                for customer in await self._complete(found, contacts):
                    yield customer

    async def _complete(self, contact: ContactRow, contacts: dict[str, ContactRow]) -> tuple[CustomerCard, ...]:
        company = await self._contact(contact.business_id, contacts) if contact.business_id else None
        rows = await self._cards.of_main_contact(contact.main_contact_id)
        return await self._cards.build(contact, rows, company=company.name if company else None)

    async def _deleted(self, row: ProjectRow, contacts: dict[str, ContactRow]) -> CustomerCard | None:
        contact = await self._contact(row.contact_id, contacts)
        return self._cards.of_deleted(contact, row) if contact is not None else None

    async def _contact(self, contact_id: str, contacts: dict[str, ContactRow]) -> ContactRow | None:
        """Give a contact, asking only for those not seen in this scan."""
        if contact_id not in contacts:
            try:
                contacts[contact_id] = (await self._client.contact(contact_id)).row
            except Refused as error:
                log.warning("contact %s of a changed card cannot be read: status %d", contact_id, error.status)
                return None
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
