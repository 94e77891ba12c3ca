"""What a profile understands of a message, field by field: for people who are learning a dialect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, get_args, get_origin

import attrs

from vipex_sdk.errors import DecodeError
from vipex_sdk.numbers import NumberKind, PhoneNumber
from vipex_sdk.values import OpenEnum
from vipex_sdk.wire import plan
from vipex_sdk.wire.convert import converter_for
from vipex_sdk.wire.paths import SELF, value_at
from vipex_sdk.wire.profile import WireProfile

__all__ = ["Explained", "Leaf", "Verdict", "explain", "leaves"]

Verdict = Literal["understood", "absent", "wrong", "unknown word"]


@attrs.frozen(kw_only=True)
class Explained:
    """One field of one model.

    Attributes:
        model: the profile's table of the model, ``call_leg``.
        name: our field.
        type: of its value.
        verdict: what became of it.
        place: where on the wire it was found, ``legs[0].from``; empty when it is absent.
        raw: what stands there.
        problem: what was expected.
    """

    model: str
    name: str
    type: Any = attrs.field(repr=False)
    verdict: Verdict
    place: str = ""
    raw: Any = attrs.field(default=None, repr=False)
    problem: str = ""


@attrs.frozen(kw_only=True)
class Leaf:
    """A single value that no field reads.

    Attributes:
        models: tables of the models that could read it, the nearest first.
        path: below the table of those models, as a profile would name it.
        place: from the top of the message.
        raw: the value.
    """

    models: tuple[str, ...]
    path: str
    place: str
    raw: Any = attrs.field(repr=False)


@attrs.define
class _Reading:
    fields: list[Explained] = attrs.field(factory=list)
    taken: set[str] = attrs.field(factory=set)
    tables: list[tuple[str, Mapping[str, Any], list[str]]] = attrs.field(factory=list)


def explain(profile: WireProfile, model: type, wire: Mapping[str, Any]) -> tuple[list[Explained], list[Leaf]]:
    """Tell of every field of *model* where it was found, and which values of *wire* nobody reads."""
    reading = _Reading()
    _model(profile, model, wire, prefix="", reading=reading)
    if mark := plan.envelope(profile, model):
        reading.taken |= {mark[0]}
    reading.taken |= {profile.webhooks.legs.part, profile.webhooks.legs.final, *profile.webhooks.selector}
    return reading.fields, list(_unread(wire, reading))


def _model(profile: WireProfile, model: type, table: Mapping[str, Any], *, prefix: str, reading: _Reading) -> None:
    name = plan.snake(model.__name__)
    known = next((models for where, _, models in reading.tables if where == prefix), None)
    if known is None:
        reading.tables.append((prefix, table, [name]))
    else:
        known.append(name)
    types = plan.field_types(model)
    for field, paths in plan.candidates(profile, model).items():
        cls = plan.bare(types[field])
        if attrs.has(cls) and cls is not PhoneNumber and SELF in paths:
            _model(profile, cls, table, prefix=prefix, reading=reading)
            continue
        found = next((path for path in paths if path != SELF and value_at(table, path) not in (None, "")), None)
        if found is None:
            reading.fields.append(Explained(model=name, name=field, type=cls, verdict="absent"))
            continue
        place, raw = prefix + found, value_at(table, found)
        reading.taken.add(place)
        reading.fields.append(_judged(profile, name, field, cls, place=place, raw=raw))
        _inside(profile, cls, raw, place=place, reading=reading)


def _inside(profile: WireProfile, cls: Any, raw: Any, *, place: str, reading: _Reading) -> None:
    """Go on into a nested model, or into each of a list of them."""
    many = get_origin(cls) is tuple
    inner = plan.bare(get_args(cls)[0]) if many else cls
    if not (isinstance(inner, type) and attrs.has(inner)) or inner is PhoneNumber:
        return
    several = many and isinstance(raw, list)
    for index, one in enumerate(raw if several else [raw]):
        if isinstance(one, Mapping):
            _model(profile, inner, one, prefix=f"{place}[{index}]." if several else f"{place}.", reading=reading)


def _judged(profile: WireProfile, model: str, field: str, cls: Any, *, place: str, raw: Any) -> Explained:
    verdict: Verdict = "understood"
    problem = ""
    try:
        value = converter_for(profile).decode(cls, raw)
    except DecodeError as exc:
        verdict, problem = "wrong", exc.problems[0].partition(": ")[2]
    else:
        if isinstance(value, OpenEnum) and not value.known:
            verdict = "unknown word"
            problem = f"expected one of {', '.join(member.value for member in type(value))}"
        elif isinstance(value, PhoneNumber) and value.kind is NumberKind.UNPARSED:
            verdict, problem = "wrong", "expected a telephone number"
    return Explained(model=model, name=field, type=cls, verdict=verdict, place=place, raw=raw, problem=problem)


def _unread(wire: Mapping[str, Any], reading: _Reading) -> Iterator[Leaf]:
    whole = {place for place in reading.taken if _is_read_whole(place, reading)}
    for place, raw in leaves(wire, ""):
        inside = any(place.startswith((f"{one}.", f"{one}[")) for one in whole)
        if inside or place in reading.taken or raw in (None, ""):
            continue
        around = (entry for entry in reading.tables if place.startswith(entry[0]))
        prefix, _, models = max(around, key=lambda entry: len(entry[0]))
        yield Leaf(models=tuple(models), path=place[len(prefix) :], place=place, raw=raw)


def _is_read_whole(place: str, reading: _Reading) -> bool:
    """Say whether what stands there is read whole, rather than by a nested model."""
    return not any(prefix.startswith((f"{place}.", f"{place}[")) for prefix, _, _ in reading.tables)


def leaves(value: Any, place: str) -> Iterator[tuple[str, Any]]:
    """Give the place and value of every single value in wire data."""
    if isinstance(value, Mapping) and value:
        for key, inner in value.items():
            yield from leaves(inner, f"{place}.{key}" if place else str(key))
    elif isinstance(value, list) and any(isinstance(one, Mapping) for one in value):
        for index, inner in enumerate(value):
            yield from leaves(inner, f"{place}[{index}]")
    else:
        yield place, value
