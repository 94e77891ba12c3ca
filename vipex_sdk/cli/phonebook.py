"""``vipex phonebook``: the exchange's own list of names and numbers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import attrs
from cyclopts import App, Parameter

from vipex_sdk.cli.connection import Here, connect
from vipex_sdk.cli.failure import FAILED, WrongUse
from vipex_sdk.cli.output import Json, print_json, say, show, show_table
from vipex_sdk.cli.progress import bar
from vipex_sdk.errors import ConfigError

if TYPE_CHECKING:
    from vipex_sdk.cli.address_file import AddressFile
    from vipex_sdk.control.phonebook import PhonebookEntry, PhonebookNumber
    from vipex_sdk.control.sync import SyncPlan, SyncResult

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


@app.command(name="sync")
def sync_entries(
    file: Annotated[Path, Parameter(help="CSV with the columns of the phonebook, in English or Hungarian.")],
    /,
    *,
    dry_run: Annotated[bool, Parameter(help="Say what would be done, and change nothing.")] = False,
    delete: Annotated[bool, Parameter(help="Delete entries whose external id FILE does not have.")] = False,
    json: Json = False,
    connection: Here = None,
) -> int:
    """Bring the phonebook in line with a list, by external id; going on after an interruption is running it again."""
    from vipex_sdk.cli.address_file import read_addresses

    with connect(connection) as client:
        listed = read_addresses(file, client.plan.profile.numbers.rules)
        _check_keys(listed, file)
        if dry_run:
            return _show_plan(client.phonebook.plan_sync(listed.entries, delete=delete), as_json=json)
        with bar("phonebook", as_json=json) as progress:
            result = client.phonebook.sync(listed.entries, delete=delete, progress=progress)
    return _show_result(result, listed, file, as_json=json)


def _check_keys(listed: AddressFile, file: Path) -> None:
    """Say by lines what the SDK would say by places in the list."""
    seen: dict[str | None, int] = {}
    for entry, line in zip(listed.entries, listed.lines, strict=True):
        first = seen.setdefault(entry.external_id, line)
        if first != line:
            raise ConfigError(f"expected another id than in line {first}", file=file, line=line, key="external_id")


def _show_plan(plan: SyncPlan, *, as_json: bool) -> int:
    if as_json:
        counts = {"create": len(plan.creates), "update": len(plan.updates), "delete": len(plan.deletes)}
        changes = [{"change": kind, "entry": entry, "fields": fields} for kind, entry, fields in _changes(plan)]
        print_json(counts | {"unchanged": plan.unchanged, "foreign": plan.foreign, "changes": changes})
        return 0
    rows = [
        {"change": kind, "id": entry.id, "external_id": entry.external_id, "name": entry.name, "fields": fields}
        for kind, entry, fields in _changes(plan)
    ]
    show_table(rows, ("change", "id", "external_id", "name", "fields"), as_json=False)
    would = f"would create {len(plan.creates)}, update {len(plan.updates)}, delete {len(plan.deletes)}"
    say(f"{would}; {plan.unchanged} unchanged, {plan.foreign} left alone")
    return 0


def _changes(plan: SyncPlan) -> Iterator[tuple[str, PhonebookEntry, tuple[str, ...]]]:
    for entry in plan.creates:
        yield "create", entry, ()
    for change in plan.updates:
        yield "update", change.after, change.fields
    for entry in plan.deletes:
        yield "delete", entry, ()


def _show_result(result: SyncResult, listed: AddressFile, file: Path, *, as_json: bool) -> int:
    refused = [
        {"line": listed.lines[one.place - 1] if one.place else None, "id": one.entry.id, "code": one.error.code}
        for one in result.refused
    ]
    counts = {name: getattr(result, name) for name in ("created", "updated", "deleted", "unchanged", "foreign")}
    if as_json:
        print_json(counts | {"refused": refused})
    else:
        for row in refused:
            say(f"{file}:{row['line'] or '?'}: refused ({row['code'] or 'no reason given'})")
        show_table([counts], tuple(counts), as_json=False)
    return FAILED if refused else 0


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
