"""Answers, shaped like ``vipex.toml``: from an earlier run, from a file, or from a person."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from attrs import define, field

from vipex_sdk.errors import ConfigError
from vipex_sdk.gateway.config.secret import resolve

__all__ = ["Answers", "plain_text"]


@define
class Answers:
    """A tree of tables.

    Attributes:
        tables: what is known.
        folder: what relative paths of secrets belong to.
    """

    tables: dict[str, Any] = field(factory=dict, repr=False)
    folder: Path = field(factory=Path)

    @classmethod
    def before(cls, config: Path) -> Answers:
        """Begin with what an earlier run wrote into *config*, if it did."""
        known = cls(folder=config.parent)
        if config.is_file():
            known.take_in(config)
        return known

    def take_in(self, path: Path) -> None:
        """Add the answers of *path*; they win over what is known.

        Raises:
            ConfigError: it cannot be read.
        """
        try:
            document = tomllib.loads(path.read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise ConfigError(f"expected TOML: {error}", file=path) from error
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError("cannot read the answers", file=path) from error
        _merge(self.tables, document)

    def get(self, key: str) -> Any:
        """Give the answer of the dotted *key*; ``None`` when there is none."""
        place: Any = self.tables
        for name in key.split("."):
            if not isinstance(place, Mapping) or name not in place:
                return None
            place = place[name]
        return place

    def text(self, key: str) -> str:
        """Give the answer as text, a secret resolved; empty when there is none."""
        return plain_text(self.get(key), self.folder)

    def put(self, key: str, value: Any) -> None:
        """Set the answer of the dotted *key*."""
        *tables, name = key.split(".")
        place = self.tables
        for table in tables:
            place = place.setdefault(table, {})
        place[name] = value

    def drop(self, key: str) -> None:
        """Forget the answer of the dotted *key*."""
        table, _, name = key.rpartition(".")
        place = self.get(table)
        if isinstance(place, dict):
            place.pop(name, None)


def plain_text(value: Any, folder: Path) -> str:
    """Give *value* as text; a secret that cannot be read counts as not given."""
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, Mapping):
        try:
            return resolve(value, folder)
        except ValueError:
            return ""
    return str(value)


def _merge(into: dict[str, Any], new: Mapping[str, Any]) -> None:
    for name, value in new.items():
        there = into.get(name)
        is_secret = isinstance(value, Mapping) and value.keys() in ({"file"}, {"env"})
        if isinstance(there, dict) and isinstance(value, Mapping) and not is_secret:
            _merge(there, value)
        else:
            into[name] = dict(value) if isinstance(value, Mapping) else value
