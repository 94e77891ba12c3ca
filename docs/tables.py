"""Writes the tables of the reference pages from the code: ``python docs/tables.py``.

A table stands between ``<!-- table: NAME -->`` and ``<!-- end -->``; a test fails when it is not what this writes.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from cyclopts import App

from vipex_sdk import errors
from vipex_sdk.cli.app import app
from vipex_sdk.cli.failure import advice_for
from vipex_sdk.control.catalogue import OPERATIONS
from vipex_sdk.control.download import Recordings
from vipex_sdk.control.forwarding_procedures import ensure_all_deleted, ensure_deleted
from vipex_sdk.control.operation import Operation
from vipex_sdk.gateway.config import reference
from vipex_sdk.wire.profile import default_profile
from vipex_sdk.wire.reference import profile_rows

__all__ = ["PAGES", "TABLES", "filled"]

PAGES = Path(__file__).parent / "en" / "reference"

_PLACE = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
# Lists are walked through and recordings are streamed: there the method is not called like the operation.
_METHODS = {"users.list": "users.all", "phonebook.list": "phonebook.all", "recordings.fetch": "recordings.download"}
_EXPLAINED: dict[str, Callable[..., object]] = {
    "forwarding.delete": ensure_deleted,
    "forwarding.delete_all": ensure_all_deleted,
    "recordings.fetch": Recordings.download,
}
_SHARED = {"--json", "--no-json", "--config", "*"}


def filled(page: str) -> str:
    """Give *page* with its tables as the code says now."""
    return _PLACE.sub(lambda place: place[1] + TABLES[place[2]]() + "\n" + place[3], page)


def error_table() -> str:
    """One row an error class: where it stands in the tree, what it means, what to do."""
    rows = []
    for error in _tree(errors.VipexError):
        depth = len(error.__mro__) - len(errors.VipexError.__mro__)
        meaning = inspect.cleandoc(error.__doc__ or "").partition("\n")[0]
        rows.append(("&nbsp;" * 4 * depth + f"`{error.__name__}`", _cell(meaning), _cell(advice_for(error))))
    return _table(("Class", "Meaning", "What to do"), rows)


def setting_table() -> str:
    """One row a key of ``vipex.toml``."""
    rows = [(f"`{row.key}`", row.type.replace("|", "\\|"), _default(row.default), _cell(row.en)) for row in reference()]
    return _table(("Key", "Type", "Default", "Meaning"), rows)


def command_table() -> str:
    """One row a command, with its arguments and its own options."""
    rows = [
        (f"`{' '.join((name, *_arguments(command)))}`", _cell(command.help), ", ".join(_options(command)))
        for name, command in commands(app, "vipex")
    ]
    return _table(("Command", "What it does", "Options"), rows)


def operation_table() -> str:
    """One row an operation of the control API."""
    control = default_profile().control
    rows = []
    for name in control.operations:
        build, wire = OPERATIONS[name], control.operations[name]
        explained = _EXPLAINED.get(name, build)
        rows.append(
            (
                f"`{name}`",
                f"`client.{_METHODS.get(name, name)}`",
                _cell(inspect.cleandoc(explained.__doc__ or "").partition("\n")[0]),
                f"`{wire.method} {control.path_prefix}{wire.path}`",
                "yes" if _asked(build).repeatable else "**no**",
            )
        )
    return _table(("Operation", "Method", "What it does", "Default request", "Repeatable"), rows)


def raises_table() -> str:
    """One row an operation: the errors its method raises besides those that every method may raise."""
    rows = []
    for name in default_profile().control.operations:
        method = _METHODS.get(name, name)
        found = _raised(_EXPLAINED.get(name, OPERATIONS[name]).__doc__ or "")
        errors_of = "<br>".join(f"`{error}`: {_cell(why)}" for error, why in found) or "only the common ones"
        rows.append((f"`client.{method}`", errors_of))
    return _table(("Method", "Errors of its own"), rows)


def profile_table() -> str:
    """One row a key of a wire profile."""
    rows = [(key, kind, default, _cell(meaning)) for key, kind, default, meaning in profile_rows()]
    return _table(("Key", "Type", "Default", "Meaning"), rows)


def commands(parent: App, name: str) -> Iterator[tuple[str, App]]:
    """Walk every command that does something, in the order of the help."""
    for word in parent:
        if word.startswith("-"):
            continue
        command = parent[word]
        if command.default_command is not None:
            yield f"{name} {word}", command
        yield from commands(command, f"{name} {word}")


TABLES = {
    "commands": command_table,
    "errors": error_table,
    "operations": operation_table,
    "profile": profile_table,
    "raises": raises_table,
    "settings": setting_table,
}


def _raised(doc: str) -> list[tuple[str, str]]:
    """Give the errors of a docstring's ``Raises`` section, and when each is raised."""
    section = inspect.cleandoc(doc).partition("\nRaises:\n")[2].partition("\n\n")[0]
    joined = re.sub(r"\n {5,}", " ", section)
    return [(name, why) for name, _, why in (line.strip().partition(": ") for line in joined.splitlines()) if why]


def _asked(build: Callable[..., Operation[object]]) -> Operation[object]:
    """Build an operation whose arguments do not matter: builders only pack them."""
    return build(**dict.fromkeys(inspect.signature(build).parameters, "x"))


def _tree(root: type[errors.VipexError]) -> Iterator[type[errors.VipexError]]:
    yield root
    for child in root.__subclasses__():
        if child.__module__ == errors.__name__:
            yield from _tree(child)


def _arguments(command: App) -> Iterator[str]:
    for argument in command.assemble_argument_collection():
        if not argument.name.startswith(("-", "*")):
            several = "..." if argument.field_info.kind is inspect.Parameter.VAR_POSITIONAL else ""
            yield f"{argument.name}{several}" if argument.required else f"[{argument.name}{several}]"


def _options(command: App) -> Iterator[str]:
    for argument in command.assemble_argument_collection():
        connection = any(group.name == "Connection" for group in argument.parameter.group)  # type: ignore[union-attr]
        if argument.name.startswith("-") and argument.name not in _SHARED and not connection:
            yield f"`{argument.name}`"


def _default(text: str | None) -> str:
    if text is None:
        return "must be given"
    return f"`{text}`" if text else "none"


def _cell(text: str) -> str:
    return " ".join(re.sub(r":\w+:`~?([^`]+)`", r"`\1`", text).replace("``", "`").split()).replace("|", "\\|")


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines)


def main() -> None:
    """Fill every reference page."""
    for path in sorted(PAGES.glob("*.md")):
        old = path.read_text(encoding="utf-8")
        new = filled(old)
        if new != old:
            path.write_text(new, encoding="utf-8")


if __name__ == "__main__":
    main()
