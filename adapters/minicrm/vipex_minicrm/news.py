"""MiniCRM's own webhooks: a customer changed (``facts/minicrm.md`` 1.10).

A message says only where to look: what the directory takes in is asked from MiniCRM. All values are text.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from attrs import evolve

from vipex_minicrm.cards import Cards
from vipex_minicrm.client import MiniCrmClient
from vipex_minicrm.model import Contact, ContactRow
from vipex_minicrm.refusals import Refused
from vipex_sdk.crm import CustomerCard, News, Ref
from vipex_sdk.errors import DecodeError

__all__ = ["Changed", "read_news"]

_CONTACT = "contact"


def read_news(body: bytes) -> News:
    """Name the contacts that a message is about: the person or company itself, or those a card belongs to.

    Raises:
        DecodeError: it is no message of MiniCRM.
    """
    try:
        message = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise DecodeError(("$: expected JSON",), what="a message of MiniCRM") from error
    if not isinstance(message, Mapping) or message.get("Type") not in ("Contact", "Project"):
        raise DecodeError(("$.Type: expected Contact or Project",), what="a message of MiniCRM")
    if message["Type"] == "Contact":
        return News(about=_refs(message, "Id"))
    data = message.get("Data")
    return News(about=_refs(data if isinstance(data, Mapping) else {}, "ContactId", "MainContactId"))


def _refs(fields: Mapping[str, Any], *names: str) -> tuple[Ref, ...]:
    ids = [str(fields.get(name) or "") for name in names]
    found = tuple(dict.fromkeys(Ref(_CONTACT, text) for text in ids if text.isascii() and text.isdigit()))
    if not found:
        raise DecodeError((f"$.{names[0]}: expected the id of a contact",), what="a message of MiniCRM")
    return found


class Changed:
    """Reads one customer as they are now."""

    def __init__(self, client: MiniCrmClient, cards: Cards) -> None:
        self._client = client
        self._cards = cards

    async def customers(self, about: Ref) -> tuple[CustomerCard, ...]:
        """Give all cards of a contact; of one that is gone a deleted customer. Two or three requests, none writes."""
        try:
            contact = await self._client.contact(about.id)
        except Refused as error:
            if error.status != HTTPStatus.NOT_FOUND:
                raise
            return self._gone(ContactRow(id=about.id, name="", is_company=False))
        if contact.deleted:
            return self._gone(contact.row)
        rows = await self._cards.of_contact(contact.row)
        return await self._cards.build(contact.row, rows, company=await self._company(contact))

    async def _company(self, contact: Contact) -> str | None:
        if contact.business_id is None:
            return None
        try:
            return (await self._client.contact(contact.business_id)).name
        except Refused:
            return None

    def _gone(self, row: ContactRow) -> tuple[CustomerCard, ...]:
        """Say it of both kinds: who is gone no longer tells whether it was a person or a company."""
        both = (evolve(row, is_company=False), evolve(row, is_company=True))
        return tuple(self._cards.bare(kind, deleted=True) for kind in both)
