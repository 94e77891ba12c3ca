"""The closed list of names that placeholders may use, and what they stand for in a call."""

from __future__ import annotations

from collections.abc import Mapping

from vipex_generic.filters import Kind, Value
from vipex_sdk.crm import CallRecord, Ref, marker
from vipex_sdk.numbers import PhoneNumber

__all__ = ["CALL", "NUMBER", "PREVIOUS", "call_values", "number_values"]

NUMBER: Mapping[str, Kind] = {
    "number.e164": Kind.PHONE,
    "number.digits": Kind.PHONE,
    "number.national": Kind.PHONE,
    "number.display": Kind.PHONE,
}
"""The party outside; in every operation but ``check``."""

CALL: Mapping[str, Kind] = {
    **NUMBER,
    "call.id": Kind.TEXT,
    "call.key": Kind.TEXT,
    "call.marker": Kind.TEXT,
    "call.revision": Kind.INTEGER,
    "call.direction": Kind.TEXT,
    "call.outcome": Kind.TEXT,
    "call.title": Kind.TEXT,
    "call.text": Kind.TEXT,
    "call.started_at": Kind.MOMENT,
    "call.ended_at": Kind.MOMENT,
    "call.talk_seconds": Kind.INTEGER,
    "call.extension": Kind.TEXT,
    "contact.id": Kind.TEXT,
    "card.id": Kind.TEXT,
    "owner.id": Kind.TEXT,
    "recording.url": Kind.TEXT,
    "recording.key": Kind.TEXT,
    "task.text": Kind.TEXT,
    "task.due_at": Kind.MOMENT,
    "task.owner.id": Kind.TEXT,
}
"""A finished call; in ``record``, ``find_record`` and ``update``."""

PREVIOUS: Mapping[str, Kind] = {"previous.id": Kind.TEXT}
"""What an earlier revision became; in ``update``."""


def number_values(number: PhoneNumber) -> dict[str, Value | None]:
    """Give what the names of :data:`NUMBER` stand for."""
    return {
        "number.e164": number.e164,
        "number.digits": number.digits,
        "number.national": number.national,
        "number.display": number.display,
    }


def call_values(record: CallRecord, previous: Ref | None) -> dict[str, Value | None]:
    """Give what the names of :data:`CALL` and :data:`PREVIOUS` stand for."""
    card, task, recording = record.card, record.task, record.recording
    return {
        **number_values(record.number),
        "call.id": record.call_id,
        "call.key": record.key,
        "call.marker": marker(record.key),
        "call.revision": record.revision,
        "call.direction": record.direction.value,
        "call.outcome": record.outcome.value,
        "call.title": record.title,
        "call.text": record.text,
        "call.started_at": record.started_at,
        "call.ended_at": record.ended_at,
        "call.talk_seconds": record.talk_seconds,
        "call.extension": record.extension,
        "contact.id": card.contact.id if card else None,
        "card.id": card.card.id if card and card.card else None,
        "owner.id": record.owner.id if record.owner else None,
        "recording.url": recording.url if recording else None,
        "recording.key": recording.key if recording else None,
        "task.text": task.text if task else None,
        "task.due_at": task.due_at if task else None,
        "task.owner.id": task.owner.id if task and task.owner else None,
        "previous.id": previous.id if previous else None,
    }
