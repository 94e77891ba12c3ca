"""The directory's tables: cards by telephone number, as transactions without I/O."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from attrs import frozen

from vipex_sdk.crm.model import CardKind, CustomerCard, Ref
from vipex_sdk.crm.spelling import numbers_of
from vipex_sdk.gateway.database import Row, Statement, Transaction
from vipex_sdk.numbers import NumberRules

__all__ = [
    "Known",
    "Size",
    "Times",
    "cards_in",
    "drop_rest",
    "find",
    "known",
    "known_by",
    "learnt",
    "remember_scan",
    "size",
    "store",
    "sweep",
]

_FIND = """
SELECT c.contact_kind, c.contact_id, c.card_kind, c.card_id, c.name, c.kind, c.company, c.owner_kind, c.owner_id,
       c.owner_name, c.is_open, c.url, c.updated_at, c.seen_at
FROM directory_numbers n
JOIN directory_cards c
  ON c.contact_kind = n.contact_kind AND c.contact_id = n.contact_id AND c.card_id = n.card_id
WHERE n.e164 = :e164
"""

_PUT_CARD = """
INSERT INTO directory_cards (contact_kind, contact_id, card_kind, card_id, name, kind, company, owner_kind, owner_id,
                             owner_name, is_open, url, updated_at, seen_at)
VALUES (:contact_kind, :contact_id, :card_kind, :card_id, :name, :kind, :company, :owner_kind, :owner_id,
        :owner_name, :is_open, :url, :updated_at, :seen_at)
ON CONFLICT (contact_kind, contact_id, card_id) DO UPDATE SET
    card_kind = excluded.card_kind, name = excluded.name, kind = excluded.kind, company = excluded.company,
    owner_kind = excluded.owner_kind, owner_id = excluded.owner_id, owner_name = excluded.owner_name,
    is_open = excluded.is_open, url = excluded.url, updated_at = excluded.updated_at, seen_at = excluded.seen_at
"""

_PUT_NUMBER = """
INSERT INTO directory_numbers (e164, contact_kind, contact_id, card_id)
VALUES (:e164, :contact_kind, :contact_id, :card_id)
ON CONFLICT (e164, contact_kind, contact_id, card_id) DO NOTHING
"""

_ORPHANS = """
DELETE FROM directory_numbers WHERE NOT EXISTS (
    SELECT 1 FROM directory_cards c WHERE c.contact_kind = directory_numbers.contact_kind
    AND c.contact_id = directory_numbers.contact_id AND c.card_id = directory_numbers.card_id)
"""

_THIS = "contact_kind = :contact_kind AND contact_id = :contact_id AND card_id = :card_id"


@frozen(kw_only=True)
class Times:
    """When the directory was last filled; epoch seconds, 0 for never.

    Attributes:
        scanned: start of the last scan that came to its end.
        full: start of the last one that saw every card.
    """

    scanned: float = 0.0
    full: float = 0.0


@frozen(kw_only=True)
class Known:
    """What the index says about one number.

    Attributes:
        seen_at: when the oldest of the cards was last seen in the CRM.
    """

    cards: tuple[CustomerCard, ...]
    seen_at: float
    times: Times


@frozen(kw_only=True)
class Size:
    """How much the directory holds."""

    cards: int
    numbers: int
    times: Times


def known(e164: str, *, times: Times | None = None) -> Transaction[Known]:
    """Give the cards of *e164*, and how old what we know is; *times* where they need not be asked for."""
    rows = yield find(e164)
    if times is None:
        times = yield from _times()
    return known_by(rows, e164, times=times)


def find(e164: str) -> Statement:
    """Ask for the rows of :func:`known_by`."""
    return Statement(_FIND, {"e164": e164})


def known_by(rows: Sequence[Row], e164: str, *, times: Times) -> Known:
    """Read what the index says about *e164*."""
    return Known(
        cards=cards_in([row.values() for row in rows], e164),
        seen_at=min((float(row["seen_at"]) for row in rows), default=0.0),
        times=times,
    )


def cards_in(rows: Iterable[Iterable[Any]], e164: str) -> tuple[CustomerCard, ...]:
    """Read the cards of *e164*, each row as its columns."""
    return tuple([_card(columns, e164) for columns in rows])


def size() -> Transaction[Size]:
    """Count cards and numbers."""
    cards = yield Statement("SELECT COUNT(*) AS n FROM directory_cards")
    numbers = yield Statement("SELECT COUNT(DISTINCT e164) AS n FROM directory_numbers")
    times = yield from _times()
    return Size(cards=int(cards[0]["n"]), numbers=int(numbers[0]["n"]), times=times)


def store(cards: Iterable[CustomerCard], *, seen_at: float, rules: NumberRules) -> Transaction[int]:
    """Take in what the CRM has now; deleted cards leave. Returns how many cards can be found by a number."""
    stored = 0
    for card in cards:
        place = {
            "contact_kind": card.contact.kind,
            "contact_id": card.contact.id,
            "card_id": card.card.id if card.card else "",
        }
        yield Statement(f"DELETE FROM directory_numbers WHERE {_THIS}", place)  # noqa: S608 - constant text
        numbers = () if card.deleted else sorted(numbers_of(card, rules))
        if not numbers:
            yield Statement(f"DELETE FROM directory_cards WHERE {_THIS}", place)  # noqa: S608 - constant text
            continue
        yield Statement(_PUT_CARD, place | _columns(card) | {"seen_at": seen_at})
        for e164 in numbers:
            yield Statement(_PUT_NUMBER, place | {"e164": e164})
        if card.card is not None:
            yield from _forget_cardless(card)
        stored += 1
    return stored


def sweep(*, unseen_since: float) -> Transaction[int]:
    """Drop what a scan of everything did not see; returns how many cards left."""
    gone = yield Statement(
        "DELETE FROM directory_cards WHERE seen_at < :since RETURNING contact_id", {"since": unseen_since}
    )
    if gone:
        yield Statement(_ORPHANS)
    return len(gone)


def drop_rest(cards: Iterable[CustomerCard], *, seen_at: float) -> Transaction[int]:
    """Drop what else is known of the contacts of *cards*, which the CRM gave completely; returns how many cards left.

    So a contact that was deleted takes all its cards along, and a card that was given to somebody else (two contacts
    were merged) leaves the one who had it.
    """
    left = 0
    for contact in {card.contact for card in cards}:
        gone = yield Statement(
            "DELETE FROM directory_cards WHERE contact_kind = :kind AND contact_id = :id AND seen_at < :seen_at "
            "RETURNING card_id",
            {"kind": contact.kind, "id": contact.id, "seen_at": seen_at},
        )
        left += len(gone)
    if left:
        yield Statement(_ORPHANS)
    return left


def learnt() -> Transaction[list[str]]:
    """Give the numbers that deliveries are parked for and that the directory knows by now."""
    rows = yield Statement(
        "SELECT DISTINCT number FROM events WHERE status = 'parked' AND number IN (SELECT e164 FROM directory_numbers)"
    )
    return [str(row["number"]) for row in rows]


def remember_scan(times: Times) -> Transaction[None]:
    """Note when the scan that just ended began."""
    for name, value in (("directory.scanned", times.scanned), ("directory.full", times.full)):
        yield Statement(
            "INSERT INTO settings (name, value) VALUES (:name, :value) "
            "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            {"name": name, "value": repr(value)},
        )


def _times() -> Transaction[Times]:
    rows = yield Statement("SELECT name, value FROM settings WHERE name IN ('directory.scanned', 'directory.full')")
    values = {row["name"]: float(row["value"]) for row in rows}
    return Times(scanned=values.get("directory.scanned", 0.0), full=values.get("directory.full", 0.0))


def _forget_cardless(card: CustomerCard) -> Transaction[None]:
    """A contact that has a card now is no longer a contact without one."""
    place = {"contact_kind": card.contact.kind, "contact_id": card.contact.id, "card_id": ""}
    yield Statement(f"DELETE FROM directory_numbers WHERE {_THIS}", place)  # noqa: S608 - constant text
    yield Statement(f"DELETE FROM directory_cards WHERE {_THIS}", place)  # noqa: S608 - constant text


def _columns(card: CustomerCard) -> dict[str, object]:
    return {
        "card_kind": card.card.kind if card.card else "",
        "name": card.name,
        "kind": str(card.kind),
        "company": card.company,
        "owner_kind": card.owner.kind if card.owner else None,
        "owner_id": card.owner.id if card.owner else None,
        "owner_name": card.owner_name,
        "is_open": int(card.is_open),
        "url": card.url,
        "updated_at": card.updated_at.timestamp() if card.updated_at else None,
    }


def _card(columns: Iterable[Any], e164: str) -> CustomerCard:
    """Read what ``_FIND`` selects."""
    (
        contact_kind,
        contact_id,
        card_kind,
        card_id,
        name,
        kind,
        company,
        owner_kind,
        owner_id,
        owner_name,
        is_open,
        url,
        updated_at,
        _seen_at,
    ) = columns
    return CustomerCard(
        contact=Ref(contact_kind, contact_id),
        card=Ref(card_kind, card_id) if card_id else None,
        name=name,
        kind=CardKind(kind),
        company=company,
        numbers=(e164,),
        owner=None if owner_kind is None or owner_id is None else Ref(owner_kind, owner_id),
        owner_name=owner_name,
        is_open=bool(is_open),
        url=url,
        updated_at=None if updated_at is None else datetime.fromtimestamp(updated_at, UTC),
    )
