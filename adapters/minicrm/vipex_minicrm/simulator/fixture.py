"""The invented tenant: nobody in it exists, no number in it rings, and its keys open nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from vipex_minicrm.simulator.records import Card, Contact, Email, Field, Module, Status, StatusChange, User
from vipex_minicrm.simulator.switches import Switches
from vipex_minicrm.simulator.tenant import Tenant

__all__ = ["REST_KEY", "SYSTEM_ID", "VOIP_KEY", "build"]

SYSTEM_ID = "12345"
REST_KEY = "simulated-rest-key-of-nobody-001"
VOIP_KEY = "simulated-voip-key-of-nobody-001"

SALES, SUPPORT = 21, 23
_BEGIN = datetime(2025, 1, 13, 8, 0, tzinfo=UTC)

USERS = (
    User(id=2001, name="Nagy Béla", extension="101"),
    User(id=2002, name="Kovács Dóra", extension="102"),
    User(id=2003, name="Szabó Éva", extension="103"),
    User(id=2004, name="Tóth Gábor", extension="105"),
    User(id=2009, name="Régi Kolléga", extension="109", active=False),
)

MODULES = (
    Module(
        id=SALES,
        name="Értékesítés",
        statuses={
            2601: Status("Érdeklődő", "Lead"),
            2602: Status("Ajánlatot kapott", "Open"),
            2603: Status("Megrendelte", "Success"),
            2604: Status("Elutasította", "Failed"),
        },
        fields=(
            Field(name="Forras", options={1507: "Személyes", 1508: "Telefon", 1509: "Weboldal"}),
            Field(name="Erdeklodes", options={1: "Gép", 2: "Szerviz", 1 << 35: "Bérlés"}, many=True),
            Field(name="SzerzodesSzama", type="Text(512)"),
            Field(name="Szerzodes", type="File(10MB)"),
        ),
        required={2603: ("SzerzodesSzama",)},
    ),
    Module(
        id=SUPPORT,
        name="Ügyfélszolgálat",
        statuses={
            2701: Status("Új bejelentés", "Lead"),
            2702: Status("Folyamatban", "Open"),
            2703: Status("Megoldva", "Success"),
            2704: Status("Nem megoldható", "Failed"),
        },
        fields=(
            Field(name="Csatorna", options={1601: "Telefon", 1602: "E-mail"}),
            Field(name="Leiras", type="Text(65535)"),
        ),
        required={2701: ("Csatorna",)},
    ),
)


def build(now: Callable[[], datetime], switches: Switches) -> Tenant:
    """Build the tenant as it is when the simulator starts."""
    tenant = Tenant(system_id=int(SYSTEM_ID), rest_key=REST_KEY, voip_key=VOIP_KEY, now=now, switches=switches)
    tenant.users = {user.id: user for user in USERS}
    tenant.modules = {module.id: module for module in MODULES}
    tenant.contacts = {contact.id: contact for contact in _contacts()}
    tenant.cards = {card.id: card for card in _cards()}
    tenant.cards[1010].reference_id = "WEB-1010"
    tenant.connections = {(1010, 1007): "Ugyanaz a cég"}
    tenant.emails = _emails()
    return tenant


def _person(  # noqa: PLR0917 - one line a person reads as a table
    contact_id: int, last: str, first: str, phone: str, hidden: tuple[str, ...] = (), business: int | None = None
) -> Contact:
    at = _BEGIN + timedelta(hours=contact_id)
    return Contact(
        id=contact_id,
        last_name=last,
        first_name=first,
        phone=phone,
        hidden_phones=hidden,
        email=f"ugyfel{contact_id}@minta.example",
        business_id=business,
        created_at=at,
        updated_at=at,
    )


def _contacts() -> list[Contact]:
    """Numbers are free text in MiniCRM; the spellings are those that official samples show [D]."""
    return [
        Contact(id=100, company=True, name="Minta Kft.", phone="06-1 / 000-0200", created_at=_BEGIN, updated_at=_BEGIN),
        _person(101, "Kiss", "Anna", "06 30 000 0001", business=100),
        _person(102, "Varga", "Péter", "+36 (30) 000-0002"),
        _person(103, "Horváth", "Ilona", "0036300000003"),
        _person(104, "Farkas", "Zoltán", "06 30 000 0004", hidden=("+36300000005",)),
        _person(105, "Molnár", "Judit", "06300000007"),
        _person(106, "Molnár", "Tamás", "+36 30 000 0007"),
        _person(107, "Balogh", "Krisztina", "+36300000008"),
        _person(108, "Lakatos", "Imre", "06 20 000 0001", business=100),
    ]


def _card(  # noqa: PLR0917 - one line a card reads as a table
    card_id: int, category: int, contact: int, status: int, user: int, name: str, business: int | None = None
) -> Card:
    at = _BEGIN + timedelta(days=40, hours=card_id - 1000)
    return Card(
        id=card_id,
        category_id=category,
        contact_id=contact,
        business_id=business,
        status_id=status,
        user_id=user,
        name=name,
        created_at=at,
        updated_at=at,
        status_updated_at=at,
        changes=[StatusChange(at=at, user_id=user, old_status_id=None, new_status_id=status)],
    )


def _cards() -> list[Card]:
    cards = [
        _card(1001, SALES, 101, 2604, 2003, "Kiss Anna - régi ajánlat", 100),
        _card(1002, SALES, 102, 2602, 2003, "Varga Péter - targonca"),
        _card(1003, SALES, 103, 2601, 2001, "Horváth Ilona - érdeklődés"),
        _card(1004, SALES, 104, 2602, 2002, "Farkas Zoltán - szerviz"),
        _card(1005, SALES, 105, 2602, 2002, "Molnár Judit - bérlés"),
        _card(1006, SALES, 106, 2601, 2004, "Molnár Tamás - bérlés"),
        _card(1007, SUPPORT, 100, 2702, 2004, "Minta Kft. - karbantartás", 100),
        _card(1008, SUPPORT, 108, 2702, 2002, "Lakatos Imre - hibajegy", 100),
        _card(1009, SALES, 102, 2604, 2001, "Varga Péter - téves"),
        _card(1010, SALES, 101, 2602, 2001, "Kiss Anna - raktári polc", 100),
    ]
    cards[8].deleted = True
    return cards


def _emails() -> tuple[Email, ...]:
    return tuple(
        Email(
            id=8000 + day,
            card_id=1010,
            sender="ugyfel101@minta.example",
            recipient="simulated-1010@minta.example",
            subject=subject,
            created_at=_BEGIN + timedelta(days=40 + day),
        )
        for day, subject in ((1, "Raktári polc"), (2, "Re: Raktári polc"))
    )
