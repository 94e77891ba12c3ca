"""A large tenant: invented persons and companies, each person with a number that rings nowhere and a card."""

from __future__ import annotations

from datetime import UTC, datetime

from vipex_minicrm.simulator.fixture import SALES, SUPPORT
from vipex_minicrm.simulator.records import Card, Contact
from vipex_minicrm.simulator.tenant import Tenant

__all__ = ["FIRST_ID", "add", "number_of"]

FIRST_ID = 1_000_000
_BEGIN = datetime(2025, 1, 13, 8, 0, tzinfo=UTC)
_PEOPLE_A_COMPANY = 10
_STATUSES = ((SALES, 2602), (SALES, 2604), (SUPPORT, 2702))
_OWNERS = (2001, 2002, 2003, 2004)
_SPELLINGS = ("06 30 1{0:06}", "+36301{0:06}", "0036/30-1{0:06}", "06-30/1{0:06}")


def number_of(place: int) -> str:
    """Give the number (E.164) of the person at *place*, counted from 0; a million differ."""
    return f"+36301{place % 1_000_000:06}"


def add(tenant: Tenant, contacts: int) -> None:
    """Add *contacts* contacts, every tenth of them a company, the others with a card each."""
    company = None
    for place in range(contacts):
        contact_id = FIRST_ID + place
        if place % _PEOPLE_A_COMPANY == 0:
            company = contact_id
            tenant.contacts[contact_id] = Contact(
                id=contact_id, company=True, name=f"Minta {place} Kft.", created_at=_BEGIN, updated_at=_BEGIN
            )
            continue
        tenant.contacts[contact_id] = Contact(
            id=contact_id,
            last_name="Próba",
            first_name=str(place),
            phone=_SPELLINGS[place % len(_SPELLINGS)].format(place % 1_000_000),
            business_id=company if place % 2 else None,
            created_at=_BEGIN,
            updated_at=_BEGIN,
        )
        tenant.cards[contact_id] = _card(contact_id, place, company if place % 2 else None)


def _card(contact_id: int, place: int, company: int | None) -> Card:
    category, status = _STATUSES[place % len(_STATUSES)]
    return Card(
        id=contact_id,
        category_id=category,
        contact_id=contact_id,
        business_id=company,
        status_id=status,
        user_id=_OWNERS[place % len(_OWNERS)],
        name=f"Próba {place}",
        created_at=_BEGIN,
        updated_at=_BEGIN,
        status_updated_at=_BEGIN,
    )
