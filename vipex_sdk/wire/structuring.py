"""A strict cattrs converter for configuration, and its errors as one key and one sentence."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from enum import Enum, StrEnum
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

import attrs
from cattrs import Converter
from cattrs.errors import (
    AttributeValidationNote,
    BaseValidationError,
    ForbiddenExtraKeysError,
    IterableValidationError,
    IterableValidationNote,
)
from cattrs.gen import make_dict_structure_fn, override

from vipex_sdk.errors import ConfigError
from vipex_sdk.wire.toml_lines import Key

__all__ = ["Problem", "first_problem", "nearest", "structurer"]

_NAMES = {bool: "true or false", int: "a whole number", float: "a number", str: "text", dict: "a table", list: "a list"}


_ATTRS_TEXT = re.compile(r"'(?P<name>\w+)' (?P<expected>must .*?)(?:: .*| \(.*)?$", re.DOTALL)


@attrs.frozen
class Problem:
    """What is wrong, and at which key."""

    key: Key
    expected: str


def nearest(word: str, words: object) -> str:
    """Give ``; did you mean "x"?``, or nothing when no word is near."""
    known = [str(one) for one in words] if isinstance(words, (Mapping, list, tuple, set, frozenset)) else []
    found = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return f'; did you mean "{found[0]}"?' if found else ""


@cache
def structurer() -> Converter:
    """Give the converter; compiled hooks are kept for the life of the process."""
    converter = Converter(forbid_extra_keys=True, detailed_validation=True)
    for scalar in (bool, int, str):
        converter.register_structure_hook(scalar, _exactly(scalar))
    # Enumerations of text are text to cattrs, which would leave the bare word in the place of the member.
    for words in (Enum, StrEnum):
        converter.register_structure_hook(words, _member)
    converter.register_structure_hook(float, _number)
    converter.register_structure_hook(Path, lambda value, _: Path(_check(value, str)))
    converter.register_structure_hook_factory(lambda cls: _origin(cls) is Literal, _literal)
    converter.register_structure_hook_factory(lambda cls: _origin(cls) in {Union, UnionType}, _union)
    converter.register_structure_hook_factory(lambda cls: _origin(cls) in {tuple, frozenset}, _sequence)
    converter.register_structure_hook_factory(_is_mapping, _mapping)
    converter.register_structure_hook_factory(attrs.has, _attrs_class)
    return converter


def first_problem(error: BaseException, cls: Any) -> Problem:
    """Find the problem to tell a person first: a key nobody knows explains a missing one, so it comes before."""
    if isinstance(error, BaseValidationError):
        inner = sorted(error.exceptions, key=lambda one: not isinstance(one, ForbiddenExtraKeysError))
        found = first_problem(inner[0], getattr(error, "cl", cls))
        return attrs.evolve(found, key=(*_step(inner[0]), *found.key))
    if isinstance(error, ForbiddenExtraKeysError):
        unknown = min(error.extra_fields)
        names = [one.name for one in attrs.fields(error.cl) if one.metadata.get("configured", True)]
        return Problem((unknown,), f"unknown key{nearest(unknown, names)}")
    if isinstance(error, ConfigError):
        return Problem(tuple(error.key.split(".")) if error.key else (), error.expected)
    if isinstance(error, KeyError):
        return Problem((), "is missing")
    return _validation(error)


def _validation(error: BaseException) -> Problem:
    """Take key and sentence from a validator's error; attrs writes ``'name' must be > 0: value``."""
    expected = str(error.args[0]) if error.args else str(error)
    if own := _ATTRS_TEXT.match(expected):
        return Problem((own["name"],), own["expected"])
    return Problem((), expected)


def _step(error: BaseException) -> Key:
    for note in getattr(error, "__notes__", ()):
        if isinstance(note, AttributeValidationNote):
            return (note.name,)
        if isinstance(note, IterableValidationNote):
            return (note.index,)
    return ()


def _check(value: object, cls: type) -> Any:
    if type(value) is not cls:
        raise TypeError(f"expected {_NAMES[cls]}, not {_NAMES.get(type(value), type(value).__name__)}")
    return value


def _origin(cls: Any) -> Any:
    return get_origin(cls)


def _exactly(cls: type) -> Callable[[object, object], Any]:
    return lambda value, _: _check(value, cls)


def _number(value: object, _: object) -> float:
    return float(_check(value, int if type(value) is int else float))


def _literal(cls: Any) -> Callable[[object, object], Any]:
    allowed = get_args(cls)

    def structure(value: object, _: object) -> Any:
        if value not in allowed or isinstance(value, bool):
            words = ", ".join(f'"{one}"' for one in allowed)
            raise ValueError(f"expected one of {words}{nearest(str(value), allowed)}")
        return value

    return structure


def _member(value: object, cls: type[Enum]) -> Enum:
    return cls(_literal(Literal[tuple(member.value for member in cls)])(value, cls))


def _union(cls: Any) -> Callable[[object, object], Any]:
    """TOML has no null: an optional value is there or its key is not. Else the first alternative that fits is taken."""
    members = [member for member in get_args(cls) if member is not NoneType]

    def structure(value: object, _: object) -> Any:
        problem: Exception | None = None
        for member in members:
            try:
                return structurer().structure(value, member)
            except Exception as exc:  # noqa: BLE001 - told below when nothing fits
                problem = exc if problem is None or _fit(exc) < _fit(problem) else problem
        assert problem is not None  # noqa: S101 - a union has members
        raise problem

    return structure


def _fit(error: Exception) -> int:
    """Tell how near an alternative was: 0 for a table with the right keys, 1 for a table, 2 for nothing of the kind."""
    if not isinstance(error, BaseValidationError):
        return 2
    return int(any(isinstance(one, ForbiddenExtraKeysError) for one in error.exceptions))


def _each(pairs: Any, member: Any, cls: Any) -> list[Any]:
    """Structure the values of (index, value) pairs and report every wrong one by its index."""
    values, problems = [], []
    for index, value in pairs:
        try:
            values.append(structurer().structure(value, member))
        except Exception as exc:  # noqa: BLE001 - collected into the group below
            exc.add_note(IterableValidationNote("", index, member))
            problems.append(exc)
    if problems:
        raise IterableValidationError("", problems, cls)
    return values


def _sequence(cls: Any) -> Callable[[object, object], Any]:
    make, member = get_origin(cls), get_args(cls)[0]
    return lambda value, _: make(_each(enumerate(_check(value, list)), member, cls))


def _is_mapping(cls: Any) -> bool:
    origin = get_origin(cls)
    return isinstance(origin, type) and issubclass(origin, Mapping)


def _mapping(cls: Any) -> Callable[[object, object], Any]:
    member = get_args(cls)[1]

    def structure(value: object, _: object) -> dict[str, Any]:
        table = _check(value, dict)
        return dict(zip(table, _each(table.items(), member, cls), strict=True))

    return structure


def _attrs_class(cls: Any, converter: Converter) -> Callable[[object, object], Any]:
    attrs.resolve_types(cls)
    hidden: dict[str, Any] = {
        one.name: override(omit=True) for one in attrs.fields(cls) if not one.metadata.get("configured", True)
    }
    structure: Any = make_dict_structure_fn(
        cls, converter, _cattrs_forbid_extra_keys=True, _cattrs_detailed_validation=True, **hidden
    )
    return lambda value, target: structure(_check(value, dict), target)
