"""TOML into attrs classes, with errors that name file, line, column and key.

For the wire profile and for every other configuration file of ours.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from attrs import field, frozen

from vipex_sdk.errors import ConfigError
from vipex_sdk.wire.structuring import first_problem, structurer
from vipex_sdk.wire.toml_lines import BARE_KEY, Key, Place, key_places

__all__ = ["Key", "TomlDocument", "dotted", "load_toml", "parse_toml", "read_toml", "structure_over"]

T = TypeVar("T")


@frozen(eq=False)
class TomlDocument:
    """A TOML file that was read, and can say where a key stands.

    Attributes:
        data: the tables as ``tomllib`` gives them.
        text: the source.
        path: the file; ``None`` for text from elsewhere.
        error_class: what :meth:`error` builds.
    """

    data: Mapping[str, Any] = field(repr=False)
    text: str = field(repr=False)
    path: Path | None = None
    error_class: type[ConfigError] = ConfigError

    def structure(self, cls: type[T], *, at: Key = ()) -> T:
        """Build attrs class *cls* from the document, or from the table *at* inside it (empty when it is absent).

        Strict: no unknown keys, no coercion (``"7"`` is no integer); integers are taken for ``float``, arrays for
        ``tuple[X, ...]`` and ``frozenset[X]``, free tables for ``Mapping[str, X]`` and ``Mapping[str, Any]``, text
        for ``Path`` (as written, not made absolute), and unions such as ``str | SecretFile`` by what fits. A field
        with ``metadata={"configured": False}`` is none of the file's keys.

        A validator or ``__attrs_post_init__`` may raise ``ValueError(expected)``, or ``ConfigError(expected, key=...)``
        with a key relative to its table.

        Raises:
            ConfigError: names file, line, key, and the nearest right key.
        """
        return structure_over(cls, self.table(at), (self,), at=at)

    def table(self, key: Key) -> Any:
        """Give what stands at *key*, an empty table when nothing does."""
        found: Any = self.data
        for part in key:
            try:
                found = found[part]
            except (KeyError, IndexError, TypeError):
                return {}
        return found

    def place_of(self, key: Key) -> Place | None:
        """Give line and column where *key* is set; of the nearest table around it when it is not set itself."""
        for length in range(len(key), 0, -1):
            if (place := self._places.get(tuple(key[:length]))) is not None:
                return place
        return None

    def sets(self, key: Key) -> bool:
        """Say whether *key* stands in this document."""
        return tuple(key) in self._places

    def error(self, expected: str, *, key: Key = ()) -> ConfigError:
        """Build the error that points at *key*, for checks that need more than one table."""
        line, column = self.place_of(key) or (None, None)
        return self.error_class(expected, file=self.path, line=line, column=column, key=dotted(key) or None)

    @cached_property
    def _places(self) -> dict[Key, Place]:
        return key_places(self.text.replace("\r\n", "\n"))


def structure_over(cls: type[T], data: object, documents: tuple[TomlDocument, ...], *, at: Key = ()) -> T:
    """Build *cls* from tables that were merged from *documents*, the overriding one first.

    Raises:
        ConfigError: pointing at the document that sets the wrong key.
    """
    try:
        return structurer().structure(data, cls)
    except Exception as exc:  # noqa: BLE001 - whatever a class's own validator raised belongs to a key
        problem = first_problem(exc, cls)
        key = (*at, *problem.key)
        document = next((one for one in documents if one.sets(key)), documents[0])
        raise document.error(problem.expected, key=key) from None


def dotted(key: Key) -> str:
    """Write a key as a person would: ``crm.minicrm.users[2]``."""
    text = ""
    for part in key:
        name = part if isinstance(part, int) or BARE_KEY.fullmatch(part) else f'"{part}"'
        text += f"[{name}]" if isinstance(part, int) else f".{name}" if text else str(name)
    return text


def read_toml(path: Path | str, *, error: type[ConfigError] = ConfigError) -> TomlDocument:
    """Read a TOML file.

    Raises:
        ConfigError: the file cannot be read, is not UTF-8, or is not TOML (with the line).
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise error("there is no such file", file=path) from None
    except OSError as exc:
        raise error(f"cannot be read: {exc.strerror}", file=path) from exc
    except UnicodeDecodeError as exc:
        line = exc.object.count(b"\n", 0, exc.start) + 1
        raise error("expected text in UTF-8", file=path, line=line) from exc
    return parse_toml(text, path=path, error=error)


def parse_toml(text: str, *, path: Path | None = None, error: type[ConfigError] = ConfigError) -> TomlDocument:
    """Read TOML text as if it stood in *path*.

    Raises:
        ConfigError: it is not TOML; with the line.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as exc:
        reason, _, place = str(exc).partition(" (at ")
        numbers = [int(number) for number in re.findall(r"\d+", place)]
        line, column = numbers if len(numbers) == 2 else (text.count("\n") + 1, None)  # noqa: PLR2004 - line, column
        raise error(f"not valid TOML: {reason}", file=path, line=line, column=column) from exc
    return TomlDocument(data, text, path, error)


def load_toml(path: Path | str, cls: type[T], *, error: type[ConfigError] = ConfigError) -> T:
    """Read the TOML file *path* as attrs class *cls*.

    Raises:
        ConfigError: see :func:`read_toml` and :meth:`TomlDocument.structure`.
    """
    return read_toml(path, error=error).structure(cls)
