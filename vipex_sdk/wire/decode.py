"""Wire data to models: one closure a type, compiled once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import attrs

from vipex_sdk.errors import DecodeError
from vipex_sdk.numbers import PhoneNumber
from vipex_sdk.values import OpenEnum, Seconds
from vipex_sdk.wire import plan
from vipex_sdk.wire.media import parse_json
from vipex_sdk.wire.paths import SELF, first_at
from vipex_sdk.wire.profile import WireProfile, spelling
from vipex_sdk.wire.scalars import (
    Bad,
    duration_reader,
    number_reader,
    read_float,
    read_int,
    read_text,
    word_reader,
)
from vipex_sdk.wire.times import time_reader

__all__ = ["Decoders", "Reader"]

Reader = Callable[[Any], Any]
Getter = Callable[[Mapping[str, Any], Any], Any]
"""Takes the table that is being read (empty for text) and the value itself; gives ``None`` for what is not there."""


@attrs.frozen
class _Field:
    """How one field of a model is read; ``key`` is the short way to the only path that most fields have."""

    name: str
    label: str
    key: str | None
    get: Getter
    read: Reader
    required: bool
    absent_is_none: bool


class Decoders:
    """Readers by type, made when first asked for."""

    def __init__(self, profile: WireProfile) -> None:
        self._profile = profile
        self._readers: dict[Any, Reader] = {
            Any: _anything,
            object: _anything,
            str: read_text,
            int: read_int,
            float: read_float,
            bool: _flag_reader(profile),
            datetime: time_reader(profile.time),
            PhoneNumber: number_reader(profile.numbers),
            Seconds: duration_reader(profile.durations),
        }

    def reader(self, cls: Any) -> Reader:
        """Give the reader of *cls*, compiling it when it is new."""
        found = self._readers.get(cls)
        if found is None:
            found = self._readers[cls] = self._compile(cls)
        return found

    def _compile(self, cls: Any) -> Reader:
        origin, arguments = get_origin(cls), get_args(cls)
        if origin is Annotated or origin in {Union, UnionType}:
            return self.reader(plan.bare(cls))
        if origin is tuple:
            return _list_reader(self.reader(arguments[0]), splits=arguments[0] is str)
        if isinstance(origin, type) and issubclass(origin, Mapping):
            return _table_reader(self.reader(arguments[1]))
        if isinstance(cls, type) and issubclass(cls, OpenEnum):
            return word_reader(cls, plan.vocabulary(self._profile, cls))
        if attrs.has(cls):
            return self._model_reader(cls)
        raise TypeError(f"no wire form for {cls!r}")

    def _model_reader(self, model: type) -> Reader:
        paths, types = plan.candidates(self._profile, model), plan.field_types(model)
        fields, known = [], set[str]()
        for one in attrs.fields(model):
            if one.name not in paths:
                continue
            cls, where = types[one.name], paths[one.name]
            has_default = one.default is not attrs.NOTHING
            fields.append(
                _Field(
                    name=one.name,
                    label=f".{where[0]}" if where[0] != SELF else "",
                    key=where[0] if len(where) == 1 and SELF not in where[0] else None,
                    get=self._getter(where, cls),
                    read=self.reader(cls),
                    required=not has_default and not plan.is_optional(cls),
                    absent_is_none=not has_default,
                )
            )
            known |= self._keys(cls, where)
        if mark := plan.envelope(self._profile, model):
            known |= plan.heads((mark[0],))
        takes_text = any(SELF in paths[name] and not attrs.has(plan.bare(types[name])) for name in paths)
        return _model_reader(
            model, tuple(fields), known=frozenset(known) if plan.EXTRA in types else None, takes_text=takes_text
        )

    def _getter(self, paths: tuple[str, ...], cls: Any) -> Getter:
        """Look in each path in turn; at ``.`` a model finds its parent's table, a single value the text itself."""
        elsewhere = tuple(path for path in paths if path != SELF)
        if len(elsewhere) == len(paths):
            return lambda table, _: first_at(table, paths)
        inner = plan.bare(cls)
        if not attrs.has(inner):
            return lambda table, value: first_at(table, elsewhere) if value is table else value
        inside = [path for where in plan.candidates(self._profile, inner).values() for path in where if path != SELF]

        def get(table: Mapping[str, Any], _value: Any) -> Any:
            found = first_at(table, elsewhere)
            return table if found is None and first_at(table, inside) is not None else found

        return get

    def _keys(self, cls: Any, paths: tuple[str, ...]) -> set[str]:
        """Give the keys a field reads, those of a model whose fields stand beside its parent's included."""
        known, inner = plan.heads(paths), plan.bare(cls)
        if SELF in paths and attrs.has(inner):
            types = plan.field_types(inner)
            for name, deeper in plan.candidates(self._profile, inner).items():
                known |= self._keys(types[name], deeper)
        return known


def _model_reader(model: type, fields: tuple[_Field, ...], *, known: frozenset[str] | None, takes_text: bool) -> Reader:
    plans = tuple((one.name, one.key, one.get, one.read, one) for one in fields)

    def read(wire: Any) -> Any:
        table, value = _opened(wire, takes_text=takes_text)
        values: dict[str, Any] = {}
        problems: list[tuple[str, str]] = []
        for name, key, get, convert, field in plans:
            found = table.get(key) if key is not None else get(table, value)
            if found is None or found == "":
                if field.required:
                    problems.append((field.label, "is missing"))
                elif field.absent_is_none:
                    values[name] = None
                continue
            try:
                values[name] = convert(found)
            except Bad as bad:
                problems += [(field.label + path, expected) for path, expected in bad.problems]
        if problems:
            raise Bad(*problems)
        if known is not None:
            values[plan.EXTRA] = {key: value for key, value in table.items() if key not in known}
        return model(**values)

    return read


def _opened(wire: Any, *, takes_text: bool) -> tuple[Mapping[str, Any], Any]:
    """Give the table to read fields from, and the value itself where a model may be a single text."""
    if type(wire) is dict or isinstance(wire, Mapping):  # asking for the usual type first is a third of the cost
        return wire, wire
    opened = _from_text(wire, "{")
    if isinstance(opened, dict):
        return opened, opened
    if takes_text and isinstance(wire, (str, int)):
        return {}, wire
    raise Bad(("", "expected an object"))


def _from_text(wire: Any, opening: str) -> Any:
    """Read JSON that stands in a text, as it does in form fields."""
    if not isinstance(wire, str) or not wire.lstrip().startswith(opening):
        return None
    try:
        return parse_json(wire)
    except DecodeError:
        raise Bad(("", "expected JSON")) from None


def _anything(value: Any) -> Any:
    return value


def _list_reader(read_one: Reader, *, splits: bool) -> Reader:
    """Make the reader of a list; a single value is a list of one, and single texts may be joined by commas."""

    def read(wire: Any) -> tuple[Any, ...]:
        opened = _from_text(wire, "[")
        values = wire if opened is None else opened
        if splits and isinstance(values, str):
            values = [part.strip() for part in values.split(",") if part.strip()]
        if not isinstance(values, (list, tuple)):
            values = [values]
        items, problems = [], []
        for position, value in enumerate(values):
            try:
                items.append(read_one(value))
            except Bad as bad:
                problems += [(f"[{position}]{path}", expected) for path, expected in bad.problems]
        if problems:
            raise Bad(*problems)
        return tuple(items)

    return read


def _table_reader(read_one: Reader) -> Reader:
    """Make the reader of a free table; a null in it is a key that is not there."""

    def read(wire: Any) -> dict[str, Any]:
        table, _ = _opened(wire, takes_text=False)
        items: dict[str, Any] = {}
        for key, value in table.items():
            if value is not None:
                try:
                    items[str(key)] = read_one(value)
                except Bad as bad:
                    raise Bad(*((f".{key}{path}", expected) for path, expected in bad.problems)) from None
        return items

    return read


def _flag_reader(profile: WireProfile) -> Reader:
    words = {spelling(word): ours == "true" for ours, these in profile.values["flag"].items() for word in these}

    def read(value: Any) -> bool:
        if isinstance(value, bool):
            return value
        found = words.get(spelling(read_text(value)))
        if found is None:
            raise Bad(("", "expected true or false"))
        return found

    return read
