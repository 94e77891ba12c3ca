"""The closed list of filters, each with the kinds of values it takes and the kind it gives."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import Enum
from typing import TypeAlias
from zoneinfo import ZoneInfo

from attrs import frozen

from vipex_sdk.errors import Misconfigured
from vipex_sdk.numbers import PhoneNumber

__all__ = ["FILTERS", "Filter", "Kind", "Value", "make_filter"]

Value: TypeAlias = str | int | float | bool | datetime


class Kind(Enum):
    """What a value is."""

    PHONE = "a telephone number"
    TEXT = "text"
    INTEGER = "a whole number"
    MOMENT = "a time"
    WORD = "a word of a table"


@frozen
class Filter:
    """One filter with its argument."""

    apply: Callable[[Value], Value]
    gives: Kind


FILTERS: Mapping[str, str] = {
    "digits": "digits only",
    "national": "a telephone number as dialled at home: 06301234567",
    "last:N": "the last N characters",
    "truncate:N": "at most N characters, ending in … when shortened",
    "date:FORMAT": "a time in the spec's zone, by strftime: date:%Y-%m-%d %H:%M:%S",
    "word:TABLE": "the value's entry in [words.TABLE]",
    "integer": "an id as a JSON number; not for telephone numbers",
    "text": "a number as text",
}
"""Every filter, for people."""

_TEXTS = frozenset({Kind.PHONE, Kind.TEXT})
_TAKES: Mapping[str, frozenset[Kind]] = {
    "digits": _TEXTS,
    "national": frozenset({Kind.PHONE}),
    "last": _TEXTS,
    "truncate": _TEXTS,
    "date": frozenset({Kind.MOMENT}),
    "word": frozenset({Kind.TEXT}),
    "integer": frozenset({Kind.TEXT}),
    "text": frozenset({Kind.INTEGER}),
}
_WITHOUT_ARGUMENT = frozenset({"digits", "national", "integer", "text"})


def make_filter(text: str, kind: Kind, *, words: Mapping[str, Mapping[str, Value]], zone: str) -> Filter:
    """Compile one filter for a value of *kind*.

    Raises:
        ValueError: unknown, wrong argument, or not for this kind of value.
    """
    name, _, argument = text.partition(":")
    name = name.strip()
    if name not in _TAKES:
        raise ValueError(f"unknown filter {name!r}; expected one of: {', '.join(FILTERS)}")
    if kind not in _TAKES[name]:
        raise ValueError(f"the filter {name!r} is not for {kind.value}")
    if name in _WITHOUT_ARGUMENT and argument:
        raise ValueError(f"the filter {name!r} takes no argument")
    if name in ("last", "truncate"):
        return Filter(_cutter(name, argument), kind)
    if name == "date":
        return Filter(_dater(argument, ZoneInfo(zone)), Kind.TEXT)
    if name == "word":
        return Filter(_translator(argument, words), Kind.WORD)
    simple: Mapping[str, tuple[Callable[[Value], Value], Kind]] = {
        "digits": (lambda value: re.sub(r"\D", "", str(value)), kind),
        "national": (_national, Kind.PHONE),
        "integer": (_integer, Kind.INTEGER),
        "text": (str, Kind.TEXT),
    }
    return Filter(*simple[name])


def _cutter(name: str, argument: str) -> Callable[[Value], Value]:
    if not (argument.isascii() and argument.isdigit()) or int(argument) < 1:
        raise ValueError(f"expected a number above 0, as in {name}:9")
    size = int(argument)
    if name == "last":
        return lambda value: str(value)[-size:]
    return lambda value: text if len(text := str(value)) <= size else f"{text[: size - 1]}…"


def _dater(pattern: str, zone: ZoneInfo) -> Callable[[Value], Value]:
    if "%" not in pattern:
        raise ValueError("expected a format, as in date:%Y-%m-%d %H:%M:%S")

    def write(value: Value) -> Value:
        assert isinstance(value, datetime)  # noqa: S101 - the kinds were checked when the spec was read
        return value.astimezone(zone).strftime(pattern)

    return write


def _translator(table: str, words: Mapping[str, Mapping[str, Value]]) -> Callable[[Value], Value]:
    if table not in words:
        raise ValueError(f"expected a table [words.{table or 'NAME'}] for the filter 'word'")
    entries = words[table]

    def translate(value: Value) -> Value:
        try:
            return entries[str(value)]
        except KeyError as error:
            raise Misconfigured(f"the table [words.{table}] has no entry {value!r}") from error

    return translate


def _national(value: Value) -> Value:
    national = PhoneNumber.parse(str(value)).national
    if national is None:
        raise Misconfigured("the filter 'national' is only for subscribers' numbers")
    return national


def _integer(value: Value) -> Value:
    try:
        return int(str(value))
    except ValueError as error:
        raise Misconfigured("the filter 'integer' was given an id that is no whole number") from error
