"""Single values on the wire: numbers, durations, words; a reader and a writer each, made from the profile."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any

from vipex_sdk.numbers import NumberKind, PhoneNumber
from vipex_sdk.values import OpenEnum
from vipex_sdk.wire.formats import DurationFormat, NumberFormat
from vipex_sdk.wire.profile import spelling

__all__ = [
    "Bad",
    "bad",
    "duration_reader",
    "duration_writer",
    "number_reader",
    "number_writer",
    "read_float",
    "read_int",
    "read_text",
    "word_reader",
]


class Bad(Exception):
    """A value that cannot be read. Raised and caught inside the converter only.

    Args:
        problems: (path below the value, what was expected).
    """

    def __init__(self, *problems: tuple[str, str]) -> None:
        self.problems = problems


def bad(expected: str) -> Bad:
    """Build the error of a single value."""
    return Bad(("", expected))


def read_text(value: object) -> str:
    """Read text; ids and extensions may come as integers, never as anything that went through a float."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise bad("expected text")


def read_int(value: object) -> int:
    """Read a whole number, or its decimal text."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str):
        try:
            return int(value)
        except ValueError:
            raise bad("expected a whole number") from None
    raise bad("expected a whole number")


def read_float(value: object) -> float:
    """Read a finite number, or its decimal text."""
    if isinstance(value, (int, float, str)) and not isinstance(value, bool):
        try:
            number = float(value)
        except (ValueError, OverflowError):
            raise bad("expected a number") from None
        if isfinite(number):
            return number
    raise bad("expected a number")


def duration_reader(rules: DurationFormat) -> Callable[[object], int]:
    """Make the reader of durations, to whole seconds; half a second and more counts up."""
    unit = 1000 if rules.unit == "ms" else 1

    def read(value: object) -> int:
        if isinstance(value, str) and ":" in value:
            return _clock(value)
        if type(value) is int and unit == 1:
            seconds: float = value
        else:
            seconds = read_float(value) / unit
        if seconds < 0:
            raise bad("expected a duration")
        return int(seconds + 0.5)

    return read


def _clock(text: str) -> int:
    """Read ``HH:MM:SS`` or ``MM:SS``."""
    parts = text.strip().split(":")
    if not 2 <= len(parts) <= 3 or not all(part.isdecimal() for part in parts):  # noqa: PLR2004 - as the docstring says
        raise bad("expected a duration")
    seconds = 0
    for part in parts:
        seconds = seconds * 60 + int(part)
    return seconds


def duration_writer(rules: DurationFormat) -> Callable[[int], str | int]:
    """Make the writer of durations."""
    match rules.unit:
        case "s":
            return int
        case "ms":
            return lambda seconds: seconds * 1000
        case "hms":
            return lambda seconds: f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def number_reader(rules: NumberFormat) -> Callable[[object], PhoneNumber]:
    """Make the reader of telephone numbers; it understands everything, if only as unparsed text."""
    number_rules = rules.rules
    return lambda value: PhoneNumber.parse(read_text(value), number_rules)


def number_writer(rules: NumberFormat) -> Callable[[PhoneNumber | str], str | None]:
    """Make the writer of telephone numbers; text is understood first."""
    number_rules, style = rules.rules, rules.write

    def write(number: PhoneNumber | str) -> str | None:
        if isinstance(number, str):
            number = PhoneNumber.parse(number, number_rules)
        if number.kind is NumberKind.ANONYMOUS:
            return rules.write_anonymous
        if number.kind is not NumberKind.E164 or style == "e164":
            return number.value
        if style == "national":
            return _dialled_from(rules.region, number)
        return number.digits if style == "digits" else f"00{number.digits}"

    return write


def _dialled_from(region: str, number: PhoneNumber) -> str | None:
    """Write as dialled inside *region*: the national form at home, ``00`` and the country code abroad."""
    import phonenumbers

    home = str(phonenumbers.country_code_for_region(region))
    return number.national if number.digits.startswith(home) else f"00{number.digits}"


def word_reader(cls: type[OpenEnum], words: Mapping[str, tuple[str, ...]]) -> Callable[[object], Any]:
    """Make the reader of a vocabulary; a word nobody knows becomes an open member with its own text."""
    members = {spelling(one.value): one for one in cls}
    members |= {spelling(word): cls(ours) for ours, spellings in words.items() for word in spellings}
    exact = {word: members[spelling(word)] for spellings in words.values() for word in spellings}

    def read(value: object) -> OpenEnum:
        if isinstance(value, str) and (member := exact.get(value)) is not None:
            return member
        text = read_text(value).strip()
        return members.get(spelling(text)) or cls(text)

    return read
