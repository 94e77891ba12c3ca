"""From MiniCRM's JSON to :mod:`vipex_minicrm.model`, tolerant where live tenants differ from the manual.

Every function takes decoded JSON and raises ``DecodeError`` (paths, never values) when it cannot be understood.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import tzinfo
from typing import Any, TypeVar

from vipex_minicrm.model import (
    CallLogAnswer,
    Category,
    Contact,
    ContactRow,
    Page,
    Project,
    ProjectRow,
    Schema,
    Todo,
    TodoRow,
)
from vipex_minicrm.values import as_flag, as_id, as_optional_id, as_text, as_time
from vipex_sdk.errors import DecodeError

__all__ = [
    "call_log_answer",
    "categories",
    "contact",
    "contact_row",
    "created_id",
    "page",
    "project",
    "project_row",
    "schema",
    "todo",
    "todo_row",
]

log = logging.getLogger("vipex_minicrm")

R = TypeVar("R")
_COMPANY_WORDS = frozenset({"business", "cég", "ceg", "company", "firma"})


def _object(data: object, what: str) -> Mapping[str, Any]:
    """Take an object; PHP writes an empty one as ``[]``."""
    if data == []:
        return {}
    if not isinstance(data, Mapping):
        raise DecodeError(("$: expected an object",), what=what)
    return data


def page(data: object, row: Callable[[Mapping[str, Any]], R], what: str) -> Page[R]:
    """Read a list answer: ``Results`` is an object keyed by id, or a list, and ``[]`` when there is nothing.

    The key is not trusted, because samples show keys that differ from the row's ``Id`` (quirk 17).
    """
    envelope = _object(data, what)
    results = envelope.get("Results")
    if isinstance(results, Mapping):
        raw_rows = list(results.values())
    elif isinstance(results, list):
        raw_rows = results
    else:
        raise DecodeError(("$.Results: expected an object or a list",), what=what)
    rows: list[R] = []
    for number, raw in enumerate(raw_rows):
        try:
            rows.append(row(_object(raw, what)))
        except (DecodeError, KeyError, ValueError) as error:
            log.warning("%s: row %d of the page is skipped: %s", what, number, type(error).__name__)
    try:
        count = int(envelope.get("Count", len(raw_rows)))
    except (TypeError, ValueError) as error:
        raise DecodeError(("$.Count: expected a number",), what=what) from error
    return Page(count=count, rows=tuple(rows), skipped=len(raw_rows) - len(rows))


def detail(data: object, read: Callable[[Mapping[str, Any]], R], what: str) -> R:
    """Read a detail answer with *read*."""
    fields = _object(data, what)
    try:
        return read(fields)
    except (KeyError, ValueError) as error:
        raise DecodeError((f"$: {type(error).__name__}",), what=what) from error


def created_id(data: object) -> str:
    """Read ``{"Id": 12345}``, the answer to every create and update."""
    return detail(data, lambda fields: as_id(fields["Id"]), "the answer to a write")


def contact_row(row: Mapping[str, Any]) -> ContactRow:
    """Read one row of a contact search."""
    return ContactRow(
        id=as_id(row["Id"]),
        name=as_text(row.get("Name")),
        is_company=as_text(row.get("Type")).lower() in _COMPANY_WORDS,
        phone=as_text(row.get("Phone")),
        email=as_text(row.get("Email")),
        business_id=as_optional_id(row.get("BusinessId")),
    )


def contact(data: object, zone: tzinfo) -> Contact:
    """Read a contact in detail; its ``Type`` is a localised word, so a company is known by having a ``Name``."""

    def read(fields: Mapping[str, Any]) -> Contact:
        person = "FirstName" in fields or "LastName" in fields
        parts = (as_text(fields.get("LastName")), as_text(fields.get("FirstName")))
        return Contact(
            id=as_id(fields["Id"]),
            name=" ".join(part for part in parts if part) if person else as_text(fields.get("Name")),
            is_company=not person,
            phone=as_text(fields.get("Phone")),
            email=as_text(fields.get("Email")),
            description=as_text(fields.get("Description")),
            business_id=as_optional_id(fields.get("BusinessId")),
            deleted=as_flag(fields.get("Deleted")),
            updated_at=as_time(fields.get("UpdatedAt"), zone),
        )

    return detail(data, read, "a contact")


def project_row(row: Mapping[str, Any]) -> ProjectRow:
    """Read one row of a card search."""
    return ProjectRow(
        id=as_id(row["Id"]),
        name=as_text(row.get("Name")),
        contact_id=as_id(row["ContactId"]),
        status_id=as_text(row.get("StatusId")),
        user_id=as_optional_id(row.get("UserId")),
        business_id=as_optional_id(row.get("BusinessId")),
        deleted=as_flag(row.get("Deleted")),
    )


def project(data: object, zone: tzinfo) -> Project:
    """Read a card in detail."""

    def read(fields: Mapping[str, Any]) -> Project:
        return Project(
            id=as_id(fields["Id"]),
            name=as_text(fields.get("Name")),
            category_id=as_id(fields["CategoryId"]),
            contact_id=as_id(fields["ContactId"]),
            status_name=as_text(fields.get("StatusId")),
            user_name=as_text(fields.get("UserId")),
            business_id=as_optional_id(fields.get("BusinessId")),
            deleted=as_flag(fields.get("Deleted")),
            created_at=as_time(fields.get("CreatedAt"), zone),
            updated_at=as_time(fields.get("UpdatedAt"), zone),
        )

    return detail(data, read, "a card")


def todo_row(row: Mapping[str, Any], zone: tzinfo) -> TodoRow:
    """Read one row of a card's to-do list."""
    return TodoRow(
        id=as_id(row["Id"]),
        is_open=as_text(row.get("Status")).lower() != "closed",
        comment=as_text(row.get("Comment")),
        user_id=as_optional_id(row.get("UserId")),
        type=as_text(row.get("Type")),
        deadline=as_time(row.get("Deadline"), zone),
    )


def todo(data: object, zone: tzinfo) -> Todo:
    """Read a to-do in detail."""

    def read(fields: Mapping[str, Any]) -> Todo:
        return Todo(
            id=as_id(fields["Id"]),
            project_id=as_id(fields["ProjectId"]),
            is_open=as_text(fields.get("Status")).lower() != "closed",
            comment=as_text(fields.get("Comment")),
            user_name=as_text(fields.get("UserId")),
            type=as_text(fields.get("Type")),
            deadline=as_time(fields.get("Deadline"), zone),
            closed_at=as_time(fields.get("ClosedAt"), zone),
            attachments=_attachments(fields.get("Attachments")),
        )

    return detail(data, read, "a to-do")


def _attachments(value: object) -> tuple[str, ...]:
    """Take one ``{FileName, Url}``, a list of them, or an object of them by id."""
    if isinstance(value, Mapping):
        value = [value] if "FileName" in value else list(value.values())
    if not isinstance(value, list):
        return ()
    return tuple(as_text(item.get("FileName")) for item in value if isinstance(item, Mapping))


def categories(data: object) -> tuple[Category, ...]:
    """Read the modules: id to name, or id to an object with a ``Name`` when detailed; the key is the id."""
    modules = []
    for key, value in _object(data, "the modules").items():
        name = value.get("Name") if isinstance(value, Mapping) else value
        modules.append(Category(id=as_text(key), name=as_text(name)))
    return tuple(modules)


def schema(data: object) -> Schema:
    """Read a schema: each value is a type, or a map of options."""
    types: dict[str, str] = {}
    options: dict[str, Mapping[str, str]] = {}
    for name, value in _object(data, "a schema").items():
        if isinstance(value, Mapping):
            options[name] = {as_text(key): as_text(text) for key, text in value.items()}
        else:
            types[name] = as_text(value)
    return Schema(types=types, options=options)


def call_log_answer(data: object) -> CallLogAnswer:
    """Read the five counters, each of which may be absent."""
    counters = _object(data, "the CallLog's answer")

    def counter(name: str) -> int | None:
        value = counters.get(name)
        if value is None:
            return None
        try:
            return int(value)
        except (TypeError, ValueError) as error:
            raise DecodeError((f"$.{name}: expected a number",), what="the CallLog's answer") from error

    return CallLogAnswer(
        processed=counter("Processed"),
        exists=counter("Exists"),
        skipped=counter("Skipped"),
        missing=counter("Missing"),
        not_found=counter("NotFound"),
    )
