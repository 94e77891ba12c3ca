"""What MiniCRM knows, as values. Ids are text, times are aware, "no date" and "" are ``None``.

A list row and a detail of the same thing differ: rows give ids, details give names in the tenant's language
(``facts/minicrm.md`` quirks 6 and 7), so they are different types here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import IntEnum
from typing import Generic, TypeAlias, TypeVar

from attrs import field, frozen

__all__ = [
    "CallLogAnswer",
    "CallLogEntry",
    "CallType",
    "Category",
    "Contact",
    "ContactRow",
    "Page",
    "Project",
    "ProjectRow",
    "Schema",
    "Todo",
    "TodoRow",
    "Values",
]

Values: TypeAlias = Mapping[str, str | int]
"""Field names of MiniCRM with what to write; names are case-sensitive."""

R = TypeVar("R")


@frozen(kw_only=True)
class Page(Generic[R]):
    """One page of a search.

    Attributes:
        count: how many there are on all pages together.
        rows: at most 100, in no order that may be relied on.
        skipped: rows that could not be understood.
    """

    count: int
    rows: tuple[R, ...]
    skipped: int = 0

    @property
    def size(self) -> int:
        """How many rows MiniCRM sent on this page."""
        return len(self.rows) + self.skipped


@frozen(kw_only=True)
class ContactRow:
    """A person or a company in a list."""

    id: str
    name: str = field(repr=False)
    is_company: bool
    phone: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    business_id: str | None = None

    @property
    def main_contact_id(self) -> str:
        """The company's id for a person of a company, else their own."""
        return self.business_id or self.id


@frozen(kw_only=True)
class Contact:
    """A person or a company in detail."""

    id: str
    name: str = field(repr=False)
    is_company: bool
    phone: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    description: str = field(default="", repr=False)
    business_id: str | None = None
    deleted: bool = False
    updated_at: datetime | None = None

    @property
    def row(self) -> ContactRow:
        """The same as a list would show it."""
        return ContactRow(
            id=self.id,
            name=self.name,
            is_company=self.is_company,
            phone=self.phone,
            email=self.email,
            business_id=self.business_id,
        )


@frozen(kw_only=True)
class ProjectRow:
    """A card in a list: ids of status and owner, but neither module nor time of change."""

    id: str
    name: str = field(repr=False)
    contact_id: str
    status_id: str
    user_id: str | None
    business_id: str | None = None
    deleted: bool = False


@frozen(kw_only=True)
class Project:
    """A card in detail: names of status and owner, not their ids."""

    id: str
    name: str = field(repr=False)
    category_id: str
    contact_id: str
    status_name: str
    user_name: str = field(repr=False)
    business_id: str | None = None
    deleted: bool = False
    created_at: datetime | None = None
    updated_at: datetime | None = None


@frozen(kw_only=True)
class TodoRow:
    """A to-do in the list of its card."""

    id: str
    is_open: bool
    comment: str = field(repr=False)
    user_id: str | None = None
    type: str = ""
    deadline: datetime | None = None


@frozen(kw_only=True)
class Todo:
    """A to-do in detail.

    Attributes:
        attachments: file names.
        closed_at: ``None`` while open.
    """

    id: str
    project_id: str
    is_open: bool
    comment: str = field(repr=False)
    user_name: str = field(default="", repr=False)
    type: str = ""
    deadline: datetime | None = None
    closed_at: datetime | None = None
    attachments: tuple[str, ...] = field(default=(), repr=False)


@frozen(kw_only=True)
class Category:
    """A module."""

    id: str
    name: str


@frozen(kw_only=True)
class Schema:
    """Fields of a module's cards, of persons or of companies.

    Attributes:
        types: field name to type, for example ``Text(512)``.
        options: field name to option id to visible name, for drop-downs.
    """

    types: Mapping[str, str]
    options: Mapping[str, Mapping[str, str]]

    @property
    def statuses(self) -> Mapping[str, str]:
        """Status id to name; empty for contacts."""
        return self.options.get("StatusId", {})

    @property
    def users(self) -> Mapping[str, str]:
        """User id to name: the only user directory that MiniCRM's API has."""
        return self.options.get("UserId", {})


class CallType(IntEnum):
    """Direction of a CallLog entry; there is no "outgoing, not answered"."""

    OUTGOING = 0
    INCOMING = 1
    MISSED = 2


@frozen(kw_only=True)
class CallLogEntry:
    """One call for the CallLog.

    Attributes:
        started_at: aware; sent in UTC, unlike every other time of MiniCRM.
        number: the other party.
        duration_seconds: conversation.
        reference_id: name of the recording that MiniCRM will ask our proxy for.
    """

    started_at: datetime
    number: str = field(repr=False)
    call_type: CallType
    duration_seconds: int
    reference_id: str | None = field(default=None, repr=False)


@frozen(kw_only=True)
class CallLogAnswer:
    """How many entries became what. Prose and samples of the manual name different counters (quirk 23).

    Attributes:
        processed: stored now.
        exists: number and start were already there.
        skipped: not stored; the samples do not say why.
        missing: a parameter was missing.
        not_found: nobody has that number.
    """

    processed: int | None = None
    exists: int | None = None
    skipped: int | None = None
    missing: int | None = None
    not_found: int | None = None
