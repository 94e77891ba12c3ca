"""Every setting with its type, default and explanation: the source of the documentation's table."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs
from attrs import frozen

from vipex_sdk.gateway.config.secret import Secret
from vipex_sdk.gateway.config.settings import CrmSettings, Tables

__all__ = ["SettingRow", "reference"]

_WORDS: Mapping[Any, str] = {str: "text", int: "integer", float: "number", bool: "true or false", Path: "path"}


@frozen(kw_only=True)
class SettingRow:
    """One setting.

    Attributes:
        key: dotted, for example ``gateway.port``; ``extensions.NUMBER.name`` stands for any extension.
        type: for people.
        default: as TOML; ``None`` when the setting must be given.
        en: explanation in English.
        hu: explanation in Hungarian.
    """

    key: str
    type: str
    default: str | None
    en: str
    hu: str


def reference() -> tuple[SettingRow, ...]:
    """List all settings of ``vipex.toml`` in the order of the file; an adapter's own are its own documentation's."""
    rows = list(_rows(Tables, ""))
    crm = list(_rows(CrmSettings, "crm."))
    place = next(index for index, row in enumerate(rows) if row.key.startswith("delivery."))
    return (*rows[:place], *crm, *rows[place:])


def _rows(cls: type, prefix: str) -> Iterator[SettingRow]:
    hints = typing.get_type_hints(cls)
    for entry in attrs.fields(cls):
        asked = hints[entry.name]
        inner = typing.get_args(asked)[1] if typing.get_origin(asked) is Mapping else asked
        if "en" in entry.metadata:
            yield SettingRow(
                key=prefix + entry.name,
                type=_type_name(asked),
                default=None if entry.default is attrs.NOTHING else _toml(entry.default),
                en=entry.metadata["en"],
                hu=entry.metadata["hu"],
            )
        elif isinstance(inner, type) and attrs.has(inner):
            yield from _rows(inner, f"{prefix}{entry.name}." + ("NUMBER." if inner is not asked else ""))


def _type_name(asked: Any) -> str:
    origin, arguments = typing.get_origin(asked), typing.get_args(asked)
    if origin is typing.Literal:
        return " | ".join(f'"{word}"' for word in arguments)
    if origin is tuple:
        return f"list of {_type_name(arguments[0])}"
    if origin in (typing.Union, types.UnionType):
        return _type_name(arguments[0])
    if asked is Secret:
        return "secret"
    return _WORDS[asked]


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, int):
        return str(value)
    return "" if value is None else f'"{"" if isinstance(value, Secret) else value}"'
