"""The company phonebook in VIPeX."""

from __future__ import annotations

from attrs import field, frozen

from vipex_sdk.control.operation import Operation
from vipex_sdk.control.paging import PAGE_SIZE
from vipex_sdk.numbers import PhoneNumber, read_late
from vipex_sdk.wire.paging import Page

__all__ = [
    "PhonebookEntry",
    "PhonebookNumber",
    "create_entry",
    "delete_entry",
    "get_entry",
    "list_entries",
    "update_entry",
]


def _number(value: PhoneNumber | str) -> PhoneNumber:
    return value if isinstance(value, PhoneNumber) else PhoneNumber.parse(value)


@read_late("number")
@frozen(kw_only=True, weakref_slot=False)
class PhonebookNumber:
    """A number of an entry; text is understood as a Hungarian would write it.

    Attributes:
        type: VIPeX's word, for example ``mobile``.
    """

    number: PhoneNumber = field(converter=_number)
    type: str | None = None


@frozen(kw_only=True, weakref_slot=False)
class PhonebookEntry:
    """Somebody in the phonebook.

    Attributes:
        id: VIPeX's; ``None`` before the entry is created.
        external_id: yours, for example the card in the CRM; finds an entry again after ``OutcomeUnknown``.
    """

    id: str | None = None
    name: str = field(repr=False)
    company: str | None = field(default=None, repr=False)
    numbers: tuple[PhonebookNumber, ...] = ()
    email: str | None = field(default=None, repr=False)
    note: str | None = field(default=None, repr=False)
    external_id: str | None = None


def create_entry(entry: PhonebookEntry) -> Operation[PhonebookEntry]:
    """Create *entry*; the answer has its id.

    Not repeatable: a second request is a second entry. After :class:`~vipex_sdk.errors.OutcomeUnknown` look for its
    ``external_id`` first.

    Raises:
        Invalid: VIPeX refused a value.
        OutcomeUnknown: the request left and no answer came.
    """
    return Operation("phonebook.create", {"entry": entry}, returns=PhonebookEntry, repeatable=False)


def get_entry(id: str) -> Operation[PhonebookEntry]:  # noqa: A002 - the field's name
    """Ask for one entry.

    Raises:
        NotFound: there is no such entry.
    """
    return Operation("phonebook.get", {"id": id}, returns=PhonebookEntry, repeatable=True)


def update_entry(entry: PhonebookEntry) -> Operation[PhonebookEntry]:
    """Replace the entry that has *entry*'s id; what is empty becomes empty.

    Raises:
        NotFound: there is no such entry.
        Invalid: VIPeX refused a value, or the entry has no id.
    """
    return Operation("phonebook.update", {"entry": entry}, returns=PhonebookEntry, repeatable=True)


def delete_entry(id: str) -> Operation[None]:  # noqa: A002 - the field's name
    """Delete one entry.

    Raises:
        NotFound: there is no such entry, or it was deleted before.
    """
    return Operation("phonebook.delete", {"id": id}, returns=None, repeatable=True)


def list_entries(
    *, page: int = 1, per_page: int = PAGE_SIZE, cursor: str | None = None
) -> Operation[Page[PhonebookEntry]]:
    """List the whole phonebook; the client's method walks through the pages."""
    arguments = {"page": page, "per_page": per_page, "cursor": cursor}
    return Operation("phonebook.list", arguments, returns=Page[PhonebookEntry], repeatable=True)
