"""What a row of the inbox looks like from outside."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from attrs import field, frozen

from vipex_sdk.crm.model import Ref
from vipex_sdk.gateway.database import Row
from vipex_sdk.webhooks.message import Hook, Message

__all__ = ["Delivery", "Detail", "Receipt", "Status", "WrittenRecord", "delivery_of", "message_of", "written_of"]


class Status(StrEnum):
    """Where an acknowledged event has got to; every event has exactly one."""

    PENDING = "pending"
    DELIVERED = "delivered"
    IGNORED = "ignored"
    DEAD = "dead"
    PARKED = "parked"
    QUARANTINED = "quarantined"


@frozen
class Receipt:
    """Proof that an event is durable.

    Attributes:
        seq: the row's number, growing by arrival.
        new: ``False`` when the same event with the same content was here already.
    """

    seq: int
    new: bool


@frozen(kw_only=True)
class Delivery:
    """One acknowledged event, without its content.

    Attributes:
        seq: the row's number.
        call: VIPeX's call; events of one call are delivered together.
        kind: the webhook it came to.
        attempts: failed attempts so far.
        next_at: when it is tried next; meaningful while pending.
        last_error: the last failure, or the rule that ignored it; without personal data.
    """

    seq: int
    call: str
    kind: str
    status: Status
    attempts: int
    received_at: datetime
    next_at: datetime
    updated_at: datetime
    last_error: str | None = None


@frozen(kw_only=True)
class WrittenRecord:
    """What became of one record of a call in the CRM.

    Attributes:
        key: the record's key, which the CRM's entry carries as its marker.
        state: ``intent`` (sent, answer unknown), ``withdrawn`` (certainly not written) or ``recorded``.
        revision: grows when late facts changed the record.
        maybe_duplicate: it was sent again although the CRM may have had it.
        note: something a person should know, for example that the CRM cannot be updated.
    """

    key: str
    state: str
    revision: int
    ref: Ref | None = None
    task: Ref | None = None
    maybe_duplicate: bool = False
    note: str | None = None


@frozen(kw_only=True)
class Detail:
    """An event with everything that is known about it."""

    delivery: Delivery
    message: Message = field(repr=False)
    records: tuple[WrittenRecord, ...] = ()


def delivery_of(row: Row) -> Delivery:
    """Read a row of ``events``."""
    return Delivery(
        seq=row["seq"],
        call=row["call"],
        kind=row["kind"],
        status=Status(row["status"]),
        attempts=row["attempts"],
        received_at=_time(row["received_at"]),
        next_at=_time(row["next_at"]),
        updated_at=_time(row["updated_at"]),
        last_error=row["last_error"],
    )


def message_of(row: Row) -> Message:
    """Give back the request as it was kept."""
    return Message(
        hook=Hook(row["kind"]),
        content_type=row["content_type"] or "",
        body=bytes(row["body"]),
        received_at=_time(row["received_at"]),
    )


def written_of(row: Row) -> WrittenRecord:
    """Read a row of ``records``."""
    return WrittenRecord(
        key=row["key"],
        state="intent" if row["intent"] else "recorded" if row["digest"] else "withdrawn",
        revision=row["revision"],
        ref=_ref(row["ref_kind"], row["ref_id"]),
        task=_ref(row["task_kind"], row["task_id"]),
        maybe_duplicate=bool(row["maybe_duplicate"]),
        note=row["note"],
    )


def _time(seconds: Any) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _ref(kind: str | None, identifier: str | None) -> Ref | None:
    return Ref(kind, identifier) if kind is not None and identifier is not None else None
