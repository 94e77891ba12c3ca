"""Placeholders: ``{number.e164}``, ``{number.e164|digits|last:9}``, ``{owner.id?}``, ``{call.extension?none}``.

Names and filters are closed lists, checked when the spec is read. A template that is one placeholder keeps the type of
its value: seconds stay a number, a telephone number stays text whatever it looks like. What a placeholder brings is
never read as a template again. ``{{`` and ``}}`` are braces.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TypeAlias

from attrs import field, frozen

from vipex_generic.filters import Filter, Kind, Value, make_filter
from vipex_sdk.errors import Misconfigured

__all__ = ["LEFT_OUT", "LeftOut", "Template", "Values", "parse", "written"]

Values: TypeAlias = Mapping[str, Value | None]
"""What the names stand for in one request; ``None`` where this call has no such value."""

_PIECE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]|[^{}]+")


class LeftOut:
    """Says that a value is not there and may be left out."""


LEFT_OUT = LeftOut()


@frozen
class _Placeholder:
    name: str
    optional: bool
    default: str
    filters: tuple[Filter, ...]
    kind: Kind

    def value(self, values: Values) -> Value | LeftOut:
        value = values[self.name]
        if value is None or value == "":
            if self.optional:
                return self.default or LEFT_OUT
            raise Misconfigured(f"this call has no {self.name}; write {{{self.name}?}} where it may be left out")
        for change in self.filters:
            value = change.apply(value)
        return value


@frozen
class Template:
    """A compiled template.

    Attributes:
        parts: texts and placeholders in order.
    """

    parts: tuple[str | _Placeholder, ...]

    @property
    def names(self) -> frozenset[str]:
        """Every name the template asks for."""
        return frozenset(part.name for part in self.parts if isinstance(part, _Placeholder))

    @property
    def may_be_left_out(self) -> bool:
        """Whether some placeholder may bring nothing."""
        return any(isinstance(part, _Placeholder) and part.optional and not part.default for part in self.parts)

    def value(self, values: Values) -> Value | LeftOut:
        """Give the value, in its own type when the template is one placeholder.

        Raises:
            Misconfigured: a value is missing that may not be left out.
        """
        if len(self.parts) == 1 and isinstance(self.parts[0], _Placeholder):
            return self.parts[0].value(values)
        return self.text(values, lambda text: text)

    def text(self, values: Values, encode: Callable[[str], str]) -> str:
        """Give the text; *encode* is applied to what the placeholders bring, not to the template's own text."""
        pieces = []
        for part in self.parts:
            if isinstance(part, str):
                pieces.append(part)
                continue
            value = part.value(values)
            pieces.append("" if isinstance(value, LeftOut) else encode(written(value)))
        return "".join(pieces)


def written(value: Value) -> str:
    """Write a value as text: times as ISO 8601, yes and no as in JSON."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, datetime) else str(value)


@frozen(kw_only=True)
class Vocabulary:
    """What templates of one operation may name.

    Attributes:
        names: name to kind of value.
        words: tables for the filter ``word``.
        zone: zone for the filter ``date``.
    """

    names: Mapping[str, Kind]
    words: Mapping[str, Mapping[str, Value]] = field(factory=dict)
    zone: str = "UTC"


def parse(text: str, vocabulary: Vocabulary) -> Template:
    """Compile *text*.

    Raises:
        ValueError: unknown name or filter, a filter that does not fit, or an unbalanced brace; the text says what was
            expected.
    """
    parts: list[str | _Placeholder] = []
    for match in _PIECE.finditer(text):
        piece = match.group()
        if piece in ("{{", "}}"):
            parts.append(piece[0])
        elif piece in ("{", "}"):
            raise ValueError(f"expected balanced braces; write {piece * 2} for a brace")
        else:
            parts.append(piece if match.group(1) is None else _placeholder(match.group(1), vocabulary))
    return Template(tuple(parts) or ("",))


def _placeholder(text: str, vocabulary: Vocabulary) -> _Placeholder:
    head, *filters = text.split("|")
    name, question, default = head.partition("?")
    kind = vocabulary.names.get(name.strip())
    if kind is None:
        known = ", ".join(sorted(vocabulary.names))
        raise ValueError(f"unknown name {{{name}}}; expected one of: {known}")
    made = []
    for each in filters:
        change = make_filter(each, kind, words=vocabulary.words, zone=vocabulary.zone)
        made.append(change)
        kind = change.gives
    return _Placeholder(name.strip(), bool(question), default, tuple(made), kind)
