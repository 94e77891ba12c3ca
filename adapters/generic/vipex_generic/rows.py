"""From the rows of the CRM's answers to customers' cards and ids."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from jmespath.exceptions import JMESPathError

from vipex_generic.plan import Operation, Select
from vipex_sdk.crm import CardKind, CustomerCard, Ref
from vipex_sdk.errors import Misconfigured

__all__ = ["card_of", "id_of", "rows_of", "text_of"]


def rows_of(operation: Operation, body: Any) -> list[Any]:
    """Select the rows; nothing selected is no row.

    Raises:
        Misconfigured: ``rows`` selects something that is no list.
    """
    rows = selected(operation, "rows", body)
    if rows is None:
        return []
    if not isinstance(rows, list):
        raise Misconfigured(f"[{operation.name}]: rows selects no list but {type(rows).__name__}")
    return rows


def selected(operation: Operation, name: str, data: Any) -> Any:
    """Apply the selector *name*; ``None`` when the spec has none, or it finds nothing."""
    select: Select | None = operation.selects.get(name)
    try:
        return None if select is None else select(data)
    except JMESPathError:
        # The library's own text quotes the data, which is a customer's.
        raise Misconfigured(f"[{operation.name}]: {name} does not fit what the CRM answered") from None


def text_of(operation: Operation, name: str, data: Any) -> str | None:
    """Select a text; numbers become text, emptiness becomes ``None``."""
    value = selected(operation, name, data)
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Misconfigured(f"[{operation.name}]: {name} selects no text but {type(value).__name__}")
    return str(value)


def id_of(operation: Operation, name: str, kind: str, data: Any) -> Ref | None:
    """Select an id."""
    text = text_of(operation, name, data)
    return None if text is None else Ref(kind, text)


def card_of(operation: Operation, row: Any, *, zone: ZoneInfo) -> CustomerCard:
    """Read one customer.

    Raises:
        Misconfigured: a selector finds something of a wrong kind, or no id or name at all.
    """
    contact = id_of(operation, "contact", "contact", row)
    name = text_of(operation, "name", row)
    if contact is None or name is None:
        raise Misconfigured(f"[{operation.name}]: a row has no {'contact' if contact is None else 'name'}")
    # A CRM without cards records calls at the contact.
    card = id_of(operation, "card", "card", row) if "card" in operation.selects else contact
    is_open = selected(operation, "is_open", row)
    return CustomerCard(
        contact=contact,
        name=name,
        kind=_kind(operation, row),
        card=card,
        company=text_of(operation, "company", row),
        numbers=_numbers(operation, row),
        owner=id_of(operation, "owner", "user", row),
        owner_name=text_of(operation, "owner_name", row),
        is_open="is_open" not in operation.selects or bool(is_open),
        url=text_of(operation, "url", row),
        updated_at=_moment(operation, row, zone),
        deleted=bool(selected(operation, "deleted", row)),
    )


def _kind(operation: Operation, row: Any) -> CardKind:
    word = text_of(operation, "kind", row)
    if word is None:
        return CardKind.PERSON
    kind = CardKind(word)
    if not kind.known:
        raise Misconfigured(f"[{operation.name}]: kind must select person or company")
    return kind


def _numbers(operation: Operation, row: Any) -> tuple[str, ...]:
    value = selected(operation, "numbers", row)
    found = value if isinstance(value, list) else [value]
    if any(isinstance(item, Mapping | list | bool | float) for item in found):
        raise Misconfigured(f"[{operation.name}]: numbers must select a text or a list of texts")
    return tuple(str(item) for item in found if item not in (None, ""))


def _moment(operation: Operation, row: Any, zone: ZoneInfo) -> datetime | None:
    value = selected(operation, "updated_at", row)
    if value is None or value == "":
        return None
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, tz=UTC)
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError, OverflowError, OSError):
        raise Misconfigured(
            f"[{operation.name}]: updated_at must select an ISO 8601 time or seconds since 1970"
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)
