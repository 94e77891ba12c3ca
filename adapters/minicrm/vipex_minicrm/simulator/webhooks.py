"""MiniCRM's own webhooks: a contact or a card was changed.

One address is registered with MiniCRM's support. It gets a POST of JSON whose values are all text; any answer but 200
is followed by six more attempts, and who writes back causes the next message. [D] The fields of a message about a
contact are printed nowhere, nor whether a change of nothing, a to-do or a call causes one [I, no switch]: a receiver
can rely on nothing but the ids, and our own asks for the customer anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import httpx
from attrs import define

from vipex_minicrm.simulator.answers import wall
from vipex_minicrm.simulator.records import Card, Contact
from vipex_minicrm.simulator.tenant import Tenant

__all__ = ["PAUSES", "TOLD", "Message", "Webhooks", "facts"]

TOLD = ("Contact", "Project")
"""What messages are about. [D]"""

PAUSES = (10.0, 60.0, 300.0, 900.0, 1800.0, 3600.0)
"""Seconds before each further attempt. [D]"""
_SECONDS = 10.0


@define(kw_only=True)
class Message:
    """One message and what became of it.

    Attributes:
        status: of the last answer, 0 when nothing answered.
    """

    body: Mapping[str, Any]
    attempts: int = 0
    status: int = 0

    def shown(self) -> dict[str, Any]:
        """Give it for the control address."""
        return {**self.body, "attempts": self.attempts, "status": self.status}


class Webhooks:
    """Sends messages in the background, each until it is taken or its attempts are used up.

    Args:
        pauses: seconds before each further attempt.
    """

    def __init__(self, pauses: Sequence[float] = PAUSES) -> None:
        self._pauses = pauses
        self._sending: set[asyncio.Task[None]] = set()
        self.messages: list[Message] = []

    def tell(self, tenant: Tenant, entity: str, item_id: int, before: Mapping[str, str]) -> None:
        """Tell the registered address what became of a record, unless nothing changed."""
        data = facts(tenant, entity, item_id)
        changed = [name for name, value in data.items() if name != "UpdatedAt" and before.get(name) != value]
        if not changed:
            return
        message = Message(body={"Id": str(item_id), "Type": entity, "Data": data, "Changed": changed})
        self.messages.append(message)
        task = asyncio.create_task(self._send(tenant.switches.webhook_address, message))
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    def stop(self) -> None:
        """Give up what is still to be sent."""
        for task in self._sending:
            task.cancel()

    async def finish(self) -> None:
        """Wait until each message is taken or given up."""
        await asyncio.gather(*self._sending, return_exceptions=True)

    async def _send(self, address: str, message: Message) -> None:
        async with httpx.AsyncClient(timeout=_SECONDS, trust_env=False) as http:
            for pause in (0.0, *self._pauses):
                await asyncio.sleep(pause)
                message.attempts += 1
                try:
                    message.status = (await http.post(address, json=message.body)).status_code
                except (httpx.HTTPError, httpx.InvalidURL):
                    message.status = 0
                if message.status == HTTPStatus.OK:
                    return


def facts(tenant: Tenant, entity: str, item_id: int | None) -> dict[str, str]:
    """Give what a message tells of a contact or a card; nothing when there is none, or of other things."""
    if entity == "Project" and item_id in tenant.cards:
        return _of_card(tenant, tenant.cards[item_id])
    if entity == "Contact" and item_id in tenant.contacts:
        return _of_contact(tenant.contacts[item_id])
    return {}


def _of_card(tenant: Tenant, card: Card) -> dict[str, str]:
    return {
        "CategoryId": str(card.category_id),
        "ContactId": str(card.contact_id),
        "MainContactId": str(card.main_contact_id),
        "StatusId": str(card.status_id),
        "UserId": str(card.user_id),
        "Name": card.name,
        "Deleted": str(int(card.deleted)),
        **card.fields,
        "CreatedAt": wall(card.created_at),
        "UpdatedAt": wall(card.updated_at),
        "InternalUrl": f"https://r3.minicrm.hu/{tenant.system_id}/#Project-{card.category_id}/{card.id}",
    }


def _of_contact(contact: Contact) -> dict[str, str]:
    names = (
        {"Name": contact.name}
        if contact.company
        else {
            "FirstName": contact.first_name,
            "LastName": contact.last_name,
            "BusinessId": str(contact.business_id or ""),
        }
    )
    return {
        "Type": "Business" if contact.company else "Person",
        **names,
        "Phone": contact.phone,
        "Email": contact.email,
        "Description": contact.description,
        "Position": contact.position,
        "Deleted": str(int(contact.deleted)),
        "CreatedAt": wall(contact.created_at),
        "UpdatedAt": wall(contact.updated_at),
    }
