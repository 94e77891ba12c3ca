"""Passwords in the configuration: as text, from the environment, or from a file; never in a repr."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from attrs import field, frozen

__all__ = ["Secret", "resolve"]

EXPECTED = 'text, { env = "NAME" } or { file = "PATH" }'


@frozen(repr=False, str=False)
class Secret:
    """A password or key. Printing it shows ``***``; :meth:`reveal` gives it in full.

    >>> Secret("x"), f"{Secret('x')}", bool(Secret(""))
    (Secret(***), '***', False)

    Attributes:
        text: what :meth:`reveal` gives.
    """

    text: str = field(default="", repr=False)

    def reveal(self) -> str:
        """Give the secret itself, for the one place that sends or compares it."""
        return self.text

    def __bool__(self) -> bool:
        return bool(self.text)

    def __str__(self) -> str:
        return "***"

    def __repr__(self) -> str:
        return "Secret(***)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not pickled")


def resolve(value: object, folder: Path) -> str:
    """Give the text that *value* stands for; ``file`` is relative to *folder*, its last line break is not part of it.

    Raises:
        ValueError: with what was expected, as a sentence for a person; it never holds the secret.
    """
    if isinstance(value, str):
        return value
    if not isinstance(value, Mapping) or len(value) != 1:
        raise ValueError(f"expected {EXPECTED}")
    return _from_source(value, folder)


def _from_source(source: Mapping[Any, Any], folder: Path) -> str:
    ((kind, name),) = source.items()
    if kind not in ("env", "file") or not isinstance(name, str) or not name:
        raise ValueError(f"expected {EXPECTED}")
    if kind == "env":
        text = os.environ.get(name)
        if not text:
            raise ValueError(f"the environment variable {name} is not set")
        return text
    try:
        text = (folder / name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise ValueError(f"cannot read the file {name}: {reason}") from error
    if not text.strip():
        raise ValueError(f"the file {name} is empty")
    return text.rstrip("\r\n")
