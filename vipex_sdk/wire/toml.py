"""TOML into attrs classes, with errors that name file, line and key.

For the wire profile and for every other configuration file of ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from attrs import field, frozen

from vipex_sdk.errors import ConfigError

__all__ = ["TomlDocument", "load_toml", "parse_toml", "read_toml"]

T = TypeVar("T")
Key = tuple[str | int, ...]


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
        """Build attrs class *cls* from the document, or from the table *at* inside it.

        Strict: no unknown keys, no coercion (``"7"`` is no integer), whole numbers where ``int`` is asked, integers
        taken for ``float``, lists for ``tuple[X, ...]``, free tables as ``Mapping[str, X]`` or ``Mapping[str, Any]``,
        ``Path`` from text (as written, not made absolute), and unions such as ``str | SecretFile``.

        A validator or ``__attrs_post_init__`` may raise ``ValueError(expected)``, or ``ConfigError(expected, key=...)``
        with a key relative to its table.

        Raises:
            ConfigError: names file, line, key, and the nearest right key.
        """
        raise NotImplementedError

    def line_of(self, key: Key) -> int | None:
        """Give the 1-based line where *key* is set; of the nearest table around it when it is not set itself."""
        raise NotImplementedError

    def error(self, expected: str, *, key: Key = ()) -> ConfigError:
        """Build the error that points at *key*, for checks that need more than one table."""
        raise NotImplementedError


def read_toml(path: Path | str, *, error: type[ConfigError] = ConfigError) -> TomlDocument:
    """Read a TOML file.

    Raises:
        ConfigError: the file cannot be read, is not UTF-8, or is not TOML (with the line).
    """
    raise NotImplementedError


def parse_toml(text: str, *, path: Path | None = None, error: type[ConfigError] = ConfigError) -> TomlDocument:
    """Read TOML text as if it stood in *path*."""
    raise NotImplementedError


def load_toml(path: Path | str, cls: type[T], *, error: type[ConfigError] = ConfigError) -> T:
    """Read the TOML file *path* as attrs class *cls*."""
    return read_toml(path, error=error).structure(cls)
