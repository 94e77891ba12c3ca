"""From a contact and its cards to the :class:`CustomerCard` the core works with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from attrs import evolve

from vipex_minicrm.catalogue import Catalogue, Modules
from vipex_minicrm.client import MiniCrmClient
from vipex_minicrm.model import ContactRow, Page, ProjectRow
from vipex_minicrm.search import stored_numbers
from vipex_minicrm.settings import MainContact, MiniCrmSettings
from vipex_sdk.crm import CardKind, CustomerCard, Ref

__all__ = ["PAGE_SIZE", "Cards", "contact_ref", "last_page"]

PAGE_SIZE = 100
_MOST_PAGES = 10


def contact_ref(contact: ContactRow) -> Ref:
    """Name a contact."""
    return Ref("company" if contact.is_company else "person", contact.id)


def last_page(page: Page[ContactRow] | Page[ProjectRow], number: int) -> bool:
    """Tell whether nothing can come after page *number*, counted from 0."""
    return page.size == 0 or (number + 1) * PAGE_SIZE >= page.count


class Cards:
    """Finds and builds customers' cards.

    Args:
        client: asks MiniCRM.
        catalogue: module and openness of a status.
        settings: which modules count, and the address of a card.
    """

    def __init__(self, client: MiniCrmClient, catalogue: Catalogue, settings: MiniCrmSettings) -> None:
        self._client = client
        self._catalogue = catalogue
        self._settings = settings

    async def customers(
        self, contact: ContactRow, *, verified: bool, compared: bool = False
    ) -> tuple[CustomerCard, ...]:
        """Ask for a contact's cards and build one customer per card; one without a card when there is none."""
        return await self.build(contact, await self.of_contact(contact), verified=verified, compared=compared)

    async def of_contact(
        self, contact: ContactRow, *, shared: Sequence[ProjectRow] | None = None
    ) -> tuple[ProjectRow, ...]:
        """Give the cards of a contact and of their company; *shared* are the company's, when known already."""
        rows = await self.of_main_contact(contact.main_contact_id) if shared is None else shared
        if contact.business_id and self._settings.main_contact is MainContact.PERSON:
            rows = [*rows, *await self.of_main_contact(contact.id)]
        return tuple({row.id: row for row in rows}.values())

    async def of_main_contact(self, main_contact_id: str) -> tuple[ProjectRow, ...]:
        """Give the cards of a company with its people, or of a person without company; 1,000 at most."""
        rows: list[ProjectRow] = []
        for number in range(_MOST_PAGES):
            page = await self._client.projects({"MainContactId": main_contact_id}, page=number)
            rows += page.rows
            if last_page(page, number):
                break
        return tuple(rows)

    async def build(
        self,
        contact: ContactRow,
        rows: Sequence[ProjectRow],
        *,
        verified: bool = True,
        company: str | None = None,
        compared: bool = True,
    ) -> tuple[CustomerCard, ...]:
        """Build the customers of *contact* from the cards of its company or person.

        Args:
            contact: who they belong to.
            rows: cards of the company or person.
            verified: whether a shown number proves the contact.
            company: name of the person's company.
            compared: whether they will be compared with others' cards, so that openness is worth asking for.
        """
        usable = await self._usable(belonging(contact, rows))
        if not usable:
            return (self.bare(contact, verified=verified, company=company),)
        must_know = compared or len(usable) > 1
        return tuple(
            [
                await self._customer(contact, row, verified=verified, company=company, must_know=must_know)
                for row in usable
            ]
        )

    async def created(
        self, contact: ContactRow, card_id: str, *, category_id: str, status_id: str, owner_id: str | None
    ) -> CustomerCard:
        """Build the customer of a card that was just created."""
        row = ProjectRow(id=card_id, name="", contact_id=contact.id, status_id=status_id, user_id=owner_id)
        customer = await self._customer(contact, row, verified=True, company=None, must_know=False)
        return evolve(customer, url=self.url(category_id, card_id), is_open=True)

    def bare(
        self, contact: ContactRow, *, verified: bool = True, company: str | None = None, deleted: bool = False
    ) -> CustomerCard:
        """Build a customer without a card."""
        return CustomerCard(
            contact=contact_ref(contact),
            name=contact.name,
            kind=CardKind.COMPANY if contact.is_company else CardKind.PERSON,
            company=company,
            numbers=stored_numbers(contact.phone),
            verified=verified,
            deleted=deleted,
        )

    def of_deleted(self, contact: ContactRow, row: ProjectRow) -> CustomerCard:
        """Build the customer of a card that was thrown away."""
        return evolve(self.bare(contact, deleted=True), card=Ref("card", row.id))

    def url(self, category_id: str, card_id: str) -> str:
        """Give a card's address for a browser."""
        return self._settings.card_url.format(
            base=self._settings.base, system_id=self._settings.system_id, category=category_id, id=card_id
        )

    async def _usable(self, rows: Iterable[ProjectRow]) -> list[ProjectRow]:
        """Leave out deleted cards and other modules; best module first, then newest."""
        ranked = []
        for row in rows:
            modules = await self._catalogue.modules(knowing_status=row.status_id)
            category = modules.category_of.get(row.status_id)
            if category is not None and not row.deleted:
                ranked.append((modules.rank(category), -int(row.id), row))
        return [row for _, _, row in sorted(ranked, key=lambda place: place[:2])]

    async def _customer(
        self, contact: ContactRow, row: ProjectRow, *, verified: bool, company: str | None, must_know: bool
    ) -> CustomerCard:
        modules = await self._catalogue.modules()
        return CustomerCard(
            contact=contact_ref(contact),
            name=contact.name,
            kind=CardKind.COMPANY if contact.is_company else CardKind.PERSON,
            card=Ref("card", row.id),
            company=company,
            numbers=stored_numbers(contact.phone),
            verified=verified,
            owner=Ref("user", row.user_id) if row.user_id else None,
            owner_name=modules.users.get(row.user_id or ""),
            is_open=await self._is_open(row.status_id, must_know=must_know),
            url=self._address(modules, row),
        )

    def _address(self, modules: Modules, row: ProjectRow) -> str:
        return self.url(modules.category_of[row.status_id], row.id)

    async def _is_open(self, status_id: str, *, must_know: bool) -> bool:
        """Spend requests on openness only where it decides something: a single card is the card."""
        if must_know:
            return await self._catalogue.is_open(status_id)
        return self._catalogue.known_open(status_id) is not False


def belonging(contact: ContactRow, rows: Sequence[ProjectRow]) -> Sequence[ProjectRow]:
    """Choose the cards that are the contact's: all of a company; a person's own, else those of their company."""
    if contact.is_company:
        return rows
    own = [row for row in rows if row.contact_id == contact.id]
    return own if any(not row.deleted for row in own) else rows
