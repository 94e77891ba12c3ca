"""``vipex phonebook``: the exchange's own list of names and numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import attrs
from cyclopts import App, Parameter

from vipex_sdk.cli.connection import Here, connect
from vipex_sdk.cli.failure import WrongUse
from vipex_sdk.cli.output import Json, print_json, say, show, show_table

if TYPE_CHECKING:
    from vipex_sdk.control.phonebook import PhonebookNumber

__all__ = ["app"]

app = App(name="phonebook", help="Show and change the phonebook of the exchange.", help_format="plaintext")

Id = Annotated[str, Parameter(name="ID", help="Id of the entry.")]
Numbers = Annotated[tuple[str, ...], Parameter(name="--number", help="NUMBER or TYPE:NUMBER; may be repeated.")]
Company = Annotated[str | None, Parameter(help="Company.")]
Email = Annotated[str | None, Parameter(help="E-mail address.")]
Note = Annotated[str | None, Parameter(help="Note.")]
ExternalId = Annotated[str | None, Parameter(help="Your own id of the entry, to find it by.")]


@app.command(name="list")
def list_entries(*, json: Json = False, connection: Here = None) -> None:
    """List the whole phonebook."""
    with connect(connection) as client:
        entries = list(client.phonebook.all())
    show_table(entries, ("id", "name", "company", "numbers", "email", "external_id"), as_json=json)


@app.command(name="get")
def get_entry(entry_id: Id, /, *, json: Json = False, connection: Here = None) -> None:
    """Show one entry."""
    with connect(connection) as client:
        entry = client.phonebook.get(entry_id)
    show(entry, as_json=json)


@app.command(name="create")
def create_entry(
    name: Annotated[str, Parameter(name="NAME", help="Name that is shown.")],
    /,
    *,
    numbers: Numbers,
    company: Company = None,
    email: Email = None,
    note: Note = None,
    external_id: ExternalId = None,
    json: Json = False,
    connection: Here = None,
) -> None:
    """Create an entry."""
    from vipex_sdk.control.phonebook import PhonebookEntry

    entry = PhonebookEntry(
        name=name, company=company, numbers=_numbers(numbers), email=email, note=note, external_id=external_id
    )
    with connect(connection) as client:
        created = client.phonebook.create(entry)
    show(created, as_json=json)


@app.command(name="update")
def update_entry(
    entry_id: Id,
    /,
    *,
    name: Annotated[str | None, Parameter(help="Name that is shown.")] = None,
    numbers: Numbers = (),
    company: Company = None,
    email: Email = None,
    note: Note = None,
    external_id: ExternalId = None,
    json: Json = False,
    connection: Here = None,
) -> None:
    """Change an entry; what is not given stays as it is, numbers are replaced together."""
    given = {"name": name, "company": company, "email": email, "note": note, "external_id": external_id}
    changes: dict[str, Any] = {key: value for key, value in given.items() if value is not None}
    if numbers:
        changes["numbers"] = _numbers(numbers)
    if not changes:
        raise WrongUse("nothing to change: give at least one option, for example --name")
    with connect(connection) as client:
        entry = client.phonebook.get(entry_id)
        updated = client.phonebook.update(attrs.evolve(entry, **changes))
    show(updated, as_json=json)


@app.command(name="delete")
def delete_entry(entry_id: Id, /, *, json: Json = False, connection: Here = None) -> None:
    """Delete an entry."""
    with connect(connection) as client:
        client.phonebook.delete(entry_id)
    if json:
        print_json({"id": entry_id, "deleted": True})
    else:
        say("deleted")


def _numbers(texts: tuple[str, ...]) -> tuple[PhonebookNumber, ...]:
    from vipex_sdk.control.phonebook import PhonebookNumber
    from vipex_sdk.numbers import PhoneNumber

    found = []
    for text in texts:
        kind, colon, number = text.rpartition(":")
        if colon and not kind:
            raise WrongUse("--number needs NUMBER or TYPE:NUMBER")
        found.append(PhonebookNumber(number=PhoneNumber.parse(number), type=kind or None))
    return tuple(found)
