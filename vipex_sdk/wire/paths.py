"""Dotted paths into wire data: ``user.id``, ``errors.0.code``, and ``.`` for the value itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

__all__ = ["SELF", "first_at", "laid_over", "put_at", "value_at"]

SELF = "."
"""The path of the value that is being read: a nested model whose fields stand beside its parent's."""


def value_at(wire: object, path: str) -> Any:
    """Give what stands at *path*; ``None`` when nothing does. A key that holds dots itself comes first."""
    if path == SELF:
        return wire
    if isinstance(wire, Mapping) and path in wire:
        return wire[path]
    found = wire
    for part in path.split("."):
        if isinstance(found, Mapping):
            found = found.get(part)
        elif isinstance(found, list) and part.isdecimal() and int(part) < len(found):
            found = found[int(part)]
        else:
            return None
    return found


def first_at(wire: object, paths: Iterable[str]) -> Any:
    """Give the first value that is there and is neither null nor empty text."""
    for path in paths:
        found = value_at(wire, path)
        if found is not None and found != "":
            return found
    return None


def put_at(wire: dict[str, Any], path: str, value: object) -> None:
    """Set *path*, making the tables on the way; at :data:`SELF` the fields of *value* are laid in."""
    if path == SELF:
        if isinstance(value, Mapping):
            wire.update(value)
        return
    *outer, last = path.split(".")
    for part in outer:
        wire = wire.setdefault(part, {})
    wire[last] = value


def laid_over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Merge tables; a list or a single value replaces what was there."""
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        both_tables = isinstance(old, Mapping) and isinstance(value, Mapping)
        merged[key] = laid_over(old, value) if both_tables and old is not None else value
    return merged
