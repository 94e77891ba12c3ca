"""A customer for an unknown caller: the contact, then its card, each only when it is not there yet.

MiniCRM has no idempotency key, so an interrupted creation is found again by telephone number and completed.
"""

from __future__ import annotations

from vipex_minicrm.cards import Cards
from vipex_minicrm.catalogue import Catalogue
from vipex_minicrm.client import MiniCrmClient
from vipex_minicrm.model import ContactRow
from vipex_minicrm.search import contacts_with
from vipex_minicrm.settings import MiniCrmSettings
from vipex_minicrm.template import Template, prove
from vipex_sdk.crm import CustomerCard, marker
from vipex_sdk.errors import Misconfigured
from vipex_sdk.numbers import PhoneNumber

__all__ = ["Creator"]


class Creator:
    """Creates contacts and cards."""

    def __init__(self, client: MiniCrmClient, catalogue: Catalogue, cards: Cards, settings: MiniCrmSettings) -> None:
        self._client = client
        self._catalogue = catalogue
        self._cards = cards
        self._settings = settings

    async def template(self) -> Template:
        """Check the settings of new cards against MiniCRM.

        Raises:
            Misconfigured: there are none, or MiniCRM does not know what they name.
        """
        return prove(self._settings.new_cards, await self._catalogue.modules())

    async def create(self, number: PhoneNumber, name: str, key: str) -> CustomerCard:
        """Create what is missing of the contact and the card for *number*.

        Raises:
            Misconfigured: the number is no subscriber's, or MiniCRM refuses the card; a contact made before stays.
        """
        if number.e164 is None:
            raise Misconfigured("a customer can only be created for a subscriber's number")
        template = await self.template()
        found = await contacts_with(self._client, number, searches=self._settings.phone_search)
        contact = next((candidate.contact for candidate in found if candidate.verified), None)
        if contact is not None:
            there = await self._cards.customers(contact, verified=True)
            if there[0].card is not None:
                return there[0]
        else:
            contact = await self._contact(number, name, key)
        return await self._card(contact, template, name=name or number.display)

    async def _contact(self, number: PhoneNumber, name: str, key: str) -> ContactRow:
        phone = number.e164 or number.value
        last_name, first_name = _two_names(name, number)
        contact_id = await self._client.create_contact(
            {
                "Type": "Person",
                "LastName": last_name,
                "FirstName": first_name,
                "Phone": phone,
                "Description": marker(key),
            }
        )
        return ContactRow(id=contact_id, name=name or number.display, is_company=False, phone=phone)

    async def _card(self, contact: ContactRow, template: Template, *, name: str) -> CustomerCard:
        values: dict[str, str | int] = {
            **template.fields,
            "CategoryId": int(template.category),
            "ContactId": int(contact.id),
            "StatusId": int(template.status),
            "Name": name,
        }
        if template.owner is not None:
            values["UserId"] = int(template.owner)
        card_id = await self._client.create_project(values)
        return await self._cards.created(
            contact, card_id, category_id=template.category, status_id=template.status, owner_id=template.owner
        )


def _two_names(name: str, number: PhoneNumber) -> tuple[str, str]:
    """Split "Unknown caller +36 30 ..." as MiniCRM's persons want it: last name, and the number as the first."""
    rest = name.removesuffix(number.display).strip()
    return (rest, number.display) if rest else (number.display, "")
