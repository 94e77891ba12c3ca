"""What a command prints: one JSON document, a table for people, or tab-separated lines for a pipe."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import attrs
from cyclopts import Parameter

from vipex_sdk.numbers import PhoneNumber

__all__ = ["Json", "plain", "print_json", "say", "show", "show_mapping", "show_table"]

Json: TypeAlias = Annotated[bool, Parameter(name="--json", help="Print one JSON document and nothing else.")]
"""The option every command has."""


def plain(value: object) -> Any:  # noqa: PLR0911 - one line a kind
    """Turn models into what JSON has. Numbers come in full: who asks on a terminal wants to see them."""
    match value:
        case PhoneNumber():
            return value.value or None
        case Enum():
            return value.value
        case None | bool() | int() | float() | str():
            return value
        case datetime():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case Path():
            return str(value)
        case Mapping():
            return {str(plain(key)): plain(item) for key, item in value.items()}
        case Iterable():
            return [plain(item) for item in value]
    kind = type(value)
    if attrs.has(kind):
        return {each.name: plain(getattr(value, each.name)) for each in attrs.fields(kind)}
    return str(value)


def print_json(value: object) -> None:
    """Print *value* as the one document of standard output."""
    sys.stdout.write(json.dumps(plain(value), ensure_ascii=False, indent=2) + "\n")


def say(text: str) -> None:
    """Tell a person something; never on standard output."""
    sys.stderr.write(text + "\n")


def show(value: object, *, as_json: bool) -> None:
    """Print one model: as JSON, else a line a field."""
    show_mapping(plain(value), as_json=as_json)


def show_mapping(value: Mapping[str, object], *, as_json: bool) -> None:
    """Print what has names: as JSON, else a line a name."""
    if as_json:
        print_json(value)
        return
    fields = plain(value)
    _table(("field", "value"), [(name, _cell(item)) for name, item in fields.items() if item not in (None, [], {})])


def show_table(items: Sequence[object], columns: Sequence[str], *, as_json: bool) -> None:
    """Print models: as a JSON list with every field, else a table of *columns*."""
    if as_json:
        print_json(items)
        return
    rows = [plain(item) for item in items]
    _table(columns, [[_cell(row.get(name)) for name in columns] for row in rows])


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(_cell(item) for item in value)
        case dict():
            return " ".join(_cell(item) for item in value.values() if item is not None)
    return str(value)


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    if not sys.stdout.isatty():
        for line in (columns, *rows):
            sys.stdout.write("\t".join(cell.replace("\t", " ").replace("\n", " ") for cell in line) + "\n")
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(*(name.replace("_", " ") for name in columns))
    for row in rows:
        table.add_row(*row)
    # Markup is off: a name with brackets must look as it is.
    Console(markup=False, highlight=False).print(table)
