"""What the simulated tenant holds. Times are aware; MiniCRM's wall times are made when something is shown."""

from __future__ import annotations

from copy import copy
from datetime import datetime
from typing import TypeVar

from attrs import Factory, define, field, fields, frozen

__all__ = [
    "Attachment",
    "Call",
    "Card",
    "Contact",
    "Email",
    "Field",
    "Module",
    "Status",
    "StatusChange",
    "Todo",
    "User",
    "copied",
]


@frozen(kw_only=True)
class User:
    """A colleague; the extension stands in their profile, which no API shows [D]."""

    id: int
    name: str
    extension: str
    active: bool = True


@frozen
class Status:
    """A status and its group: Lead, Open, Success or Failed [D]."""

    name: str
    group: str


@frozen(kw_only=True)
class Field:
    """A custom field of a module.

    Attributes:
        type: as the schema shows it, for example ``Text(512)``.
        options: option id to visible name of a drop-down; ids of a multi-select are bits. [L]
        many: a multi-select.
    """

    name: str
    type: str = ""
    options: dict[int, str] = Factory(dict)
    many: bool = False


@frozen(kw_only=True)
class Module:
    """A module with its statuses, fields, and fields that a status requires [D]."""

    id: int
    name: str
    statuses: dict[int, Status]
    fields: tuple[Field, ...] = ()
    required: dict[int, tuple[str, ...]] = Factory(dict)


@define(kw_only=True)
class Contact:
    """A person or a company; ``hidden_phones`` are found by ``Query`` and shown nowhere [I: hidden_phones]."""

    id: int
    company: bool = False
    name: str = ""
    last_name: str = ""
    first_name: str = ""
    phone: str = ""
    hidden_phones: tuple[str, ...] = ()
    email: str = ""
    description: str = ""
    position: str = ""
    business_id: int | None = None
    deleted: bool = False
    created_at: datetime
    updated_at: datetime

    @property
    def full_name(self) -> str:
        """The name in Hungarian order."""
        return self.name if self.company else f"{self.last_name} {self.first_name}".strip()


@frozen(kw_only=True)
class StatusChange:
    """A step in a card's life."""

    at: datetime
    user_id: int
    old_status_id: int | None
    new_status_id: int


@define(kw_only=True)
class Card:
    """An opportunity card (adatlap).

    Attributes:
        reference_id: what another system calls it.
        files: of its fields for files.
    """

    id: int
    category_id: int
    contact_id: int
    business_id: int | None = None
    status_id: int
    user_id: int
    name: str
    reference_id: str = ""
    deleted: bool = False
    fields: dict[str, str] = Factory(dict)
    files: dict[str, list[Attachment]] = Factory(dict)
    created_at: datetime
    updated_at: datetime
    status_updated_at: datetime
    changes: list[StatusChange] = Factory(list)

    @property
    def main_contact_id(self) -> int:
        """The company, where there is one, else the person."""
        return self.business_id or self.contact_id


@frozen(kw_only=True)
class Email:
    """An e-mail that was sent from a card or came to it."""

    id: int
    card_id: int
    sender: str
    recipient: str
    subject: str
    created_at: datetime


@frozen(kw_only=True)
class Attachment:
    """A file that was fetched from the address given for it."""

    file_name: str
    url: str
    size: int
    content_type: str
    sniffed: str


@define(kw_only=True)
class Todo:
    """A to-do (teendő) on a card."""

    id: int
    card_id: int
    user_id: int
    comment: str
    type: str = ""
    deadline: datetime | None = None
    duration: str = ""
    reminder: str = ""
    status: str = "Open"
    attachments: list[Attachment] = Factory(list)
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None = None
    closed_by: int | None = None


@define(kw_only=True)
class Call:
    """An entry of the CallLog in the history of a card; ``None`` when the customer has no card."""

    id: int
    card_id: int | None
    contact_id: int
    number: str
    started_at: datetime
    duration: int
    type: int
    extension: str
    user_id: int | None
    reference_id: str = field(default="", repr=False)


R = TypeVar("R", Card, Contact, Todo)


def copied(record: R) -> R:
    """Copy a record with its own lists and tables, so that a change can be given up halfway."""
    twin = copy(record)
    for entry in fields(type(record)):
        value = getattr(record, entry.name)
        if isinstance(value, (dict, list)):
            setattr(twin, entry.name, copy(value))
    return twin
