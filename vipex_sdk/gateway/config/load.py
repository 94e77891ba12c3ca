"""From a file to a :class:`Configuration`, or to one error that says where and what."""

from __future__ import annotations

import difflib
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
from attrs import frozen

from vipex_sdk.crm.registry import names, plugin
from vipex_sdk.errors import ConfigError
from vipex_sdk.gateway.config.checks import problems
from vipex_sdk.gateway.config.secret import Secret, resolve
from vipex_sdk.gateway.config.settings import Configuration, CrmSettings, Tables
from vipex_sdk.wire.toml import TomlDocument, read_toml

__all__ = ["load"]

Key = tuple[str | int, ...]


@frozen(kw_only=True)
class _File(Tables):
    """The file as it stands: the adapter's table is not understood yet."""

    crm: Mapping[str, Any]


def load(path: Path | str) -> Configuration:
    """Read ``vipex.toml``.

    Secrets are resolved, paths made absolute (relative ones belong to the file's folder), and the adapter's own table
    is structured into the settings class of the installed plug-in.

    Raises:
        ConfigError: names file, line, key, what was expected, and the nearest right key.
    """
    file = Path(path).absolute()
    document = read_toml(file)
    document = attrs.evolve(document, data=_resolved(document, document.data, Tables, ()))
    tables = document.structure(_File)
    values = {entry.name: getattr(tables, entry.name) for entry in attrs.fields(Tables)}
    configuration = Configuration(file=file, crm=_adapter(document, tables.crm), **values)
    for key, expected in problems(configuration):
        raise document.error(expected, key=key)
    return _absolute(configuration, file.parent)


def _resolved(document: TomlDocument, table: Any, cls: type, at: Key) -> Any:
    """Put in the place of every secret what it stands for, so that structuring sees finished values."""
    if not isinstance(table, Mapping):
        return table
    types = typing.get_type_hints(cls)
    done: dict[str, Any] = dict(table)
    for name in table.keys() & types.keys():
        value, asked = table[name], types[name]
        if attrs.has(asked) and asked is not Secret:
            done[name] = _resolved(document, value, asked, (*at, name))
        elif asked is Secret or (isinstance(value, Mapping) and _is_text(asked)):
            text = _secret(document, value, (*at, name))
            done[name] = {"text": text} if asked is Secret else text
    return done


def _secret(document: TomlDocument, value: object, key: Key) -> str:
    try:
        return resolve(value, (document.path or Path()).parent)
    except ValueError as error:
        raise document.error(str(error), key=key) from error


def _is_text(asked: Any) -> bool:
    """Whether a value of type *asked* is text, so that a table in its place can only be a secret's source."""
    return asked is str or set(typing.get_args(asked)) == {str, type(None)}


def _adapter(document: TomlDocument, table: Mapping[str, Any]) -> CrmSettings:
    name = table.get("adapter")
    if not isinstance(name, str) or name not in names():
        installed = ", ".join(names()) or "none"
        raise document.error(f"expected the name of an installed adapter ({installed})", key=("crm", "adapter"))
    _only_known_tables(document, table)
    try:
        chosen = plugin(name)
    except ConfigError as error:
        raise document.error(error.expected, key=("crm", "adapter")) from error
    at: Key = ("crm", name)
    own = _resolved(document, table.get(name, {}), chosen.settings, at)
    document = attrs.evolve(document, data={**document.data, "crm": {**table, name: own}})
    settings = _with_absolute_paths(document.structure(chosen.settings, at=at), (document.path or Path()).parent)
    return CrmSettings(adapter=name, plugin=chosen, settings=settings)


def _only_known_tables(document: TomlDocument, table: Mapping[str, Any]) -> None:
    """Accept tables of adapters that are not chosen, so that switching back and forth needs one key."""
    known = ["adapter", *names()]
    for name in table:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise document.error(f"unknown key{hint}", key=("crm", name))


def _with_absolute_paths(settings: Any, folder: Path) -> Any:
    """Make the paths of an adapter's settings absolute; an adapter does not know where the file lies."""
    if not attrs.has(type(settings)):
        return settings
    values = {each.name: getattr(settings, each.name) for each in attrs.fields(type(settings)) if each.init}
    return attrs.evolve(settings, **{name: folder / value for name, value in values.items() if isinstance(value, Path)})


def _absolute(configuration: Configuration, folder: Path) -> Configuration:
    gateway = attrs.evolve(configuration.gateway, data=(folder / configuration.gateway.data).resolve())
    profile = configuration.vipex.profile
    vipex = attrs.evolve(configuration.vipex, profile=folder / profile if profile else None)
    return attrs.evolve(configuration, gateway=gateway, vipex=vipex)
