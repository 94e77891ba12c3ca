"""What an unknown caller's card gets, proved against the schema before the first of them calls.

The schema names fields and what a drop-down may hold, but not which fields a status requires (``facts/minicrm.md`` 1.6
and 1.7): a missing one is only told when a card is created.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC

from attrs import frozen

from vipex_minicrm.catalogue import Modules
from vipex_minicrm.model import Schema
from vipex_minicrm.settings import NewCards
from vipex_minicrm.values import as_time
from vipex_sdk.errors import Misconfigured

__all__ = ["Template", "prove"]

_TABLE = "crm.minicrm.new_cards"
_OURS = frozenset({"Id", "CategoryId", "ContactId", "BusinessId", "StatusId", "UserId", "Name", "Deleted"})
_SHOWN = 12
_EXPECTED = {"Int": "a whole number", "DateTime": "a time such as 2026-01-31 12:00:00"}


@frozen(kw_only=True)
class Template:
    """A new card's settings, proved against the schema.

    Attributes:
        category: module id.
        status: status id.
        owner: user id, or ``None`` for MiniCRM's choice.
        fields: further fields of the module.
    """

    category: str
    status: str
    owner: str | None
    fields: Mapping[str, str]


def prove(wanted: NewCards | None, modules: Modules) -> Template:
    """Compare the settings of new cards with what MiniCRM has.

    Raises:
        Misconfigured: there are none, or MiniCRM does not know what they name; it names all that is wrong.
    """
    if wanted is None:
        raise Misconfigured(f"{_TABLE}: needed to create cards for unknown callers")
    schema = modules.schemas.get(wanted.category)
    if schema is None:
        known = _listed(modules.names)
        raise Misconfigured(f"{_TABLE}.category: no module {wanted.category} among those in use; there are {known}")
    status = _option(wanted.status, schema.statuses)
    owner = modules.user_id(wanted.owner) if wanted.owner else None
    problems = [f"fields.{name}: {problem}" for name, problem in _wrong_fields(wanted.fields, schema)]
    if wanted.owner and owner is None:
        problems.insert(0, "owner: no active user with this id or name")
    if status is None:
        known = _listed(schema.statuses)
        problems.insert(0, f"status: module {wanted.category} has no such status; there are {known}")
    if status is None or problems:
        raise Misconfigured("; ".join(f"{_TABLE}.{problem}" for problem in problems))
    return Template(category=wanted.category, status=status, owner=owner, fields=wanted.fields)


def _option(value: str, options: Mapping[str, str]) -> str | None:
    return next((key for key, name in options.items() if value in {key, name}), None)


def _listed(options: Mapping[str, str]) -> str:
    shown = [f"{key} ({name})" for key, name in list(options.items())[:_SHOWN]]
    return ", ".join(shown) + (", ..." if len(options) > _SHOWN else "")


def _wrong_fields(fields: Mapping[str, str], schema: Schema) -> Iterator[tuple[str, str]]:
    for name, value in fields.items():
        if name in _OURS:
            yield name, "is set by the gateway or by a setting of its own"
        elif name in schema.options:
            if not _fits_options(value, schema.options[name]):
                yield name, f"no such option; there are {_listed(schema.options[name])}"
        elif name not in schema.types:
            yield name, "the module has no such field"
        elif not _fits_type(value, schema.types[name]):
            yield name, f"expected {_EXPECTED[schema.types[name]]}"


def _fits_options(value: str, options: Mapping[str, str]) -> bool:
    """Whether it is an option, or several by comma or as the sum of their bits."""
    parts = [part.strip() for part in value.split(",")]
    if all(_option(part, options) is not None for part in parts):
        return True
    bits = [int(key) for key in options if key.isdigit()]
    are_bits = all(bit and bit & (bit - 1) == 0 for bit in bits)
    return are_bits and value.isdigit() and int(value) > 0 and not int(value) & ~sum(bits)


def _fits_type(value: str, kind: str) -> bool:
    if kind == "Int":
        return value.removeprefix("-").isdigit()
    return kind != "DateTime" or _is_time(value)


def _is_time(value: str) -> bool:
    try:
        return as_time(value, UTC) is not None
    except ValueError:
        return False
