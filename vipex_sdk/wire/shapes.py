"""The quick way from JSON bytes to models: it answers only what it is sure of, else the readers of ``decode`` decide.

A sender writes the same keys in every message of a kind. From a message that the readers understood, its *shape* is
learnt: which key of which object is which field, and how its value is written. For a shape msgspec decodes a whole
message into objects that are laid out as our models and become them. Sure means: every key of the shape is there
exactly once, there is no other, and every value is of the one kind that msgspec and the readers understand alike.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import Enum
from types import MemberDescriptorType, NoneType
from typing import Annotated, Any, Union, get_args, get_origin

import attrs
import msgspec

from vipex_sdk.numbers import PhoneNumber
from vipex_sdk.values import OpenEnum, Seconds
from vipex_sdk.wire import plan
from vipex_sdk.wire.decode import Decoders
from vipex_sdk.wire.paths import SELF
from vipex_sdk.wire.profile import WireProfile
from vipex_sdk.wire.scalars import Bad

__all__ = ["Shape", "Unlearnable", "learn"]

_WHITESPACE = b" \t\n\r"
_BEFORE_COLONS = tuple(bytes((white, 58)) for white in _WHITESPACE)
_SAFE = 2**53
_Text = Annotated[str, msgspec.Meta(min_length=1)]
_Whole = Annotated[int, msgspec.Meta(ge=-_SAFE, le=_SAFE)]
_Duration = Annotated[int, msgspec.Meta(ge=0, le=_SAFE)]
_Time = Annotated[datetime, msgspec.Meta(tz=True)]
_Number = Union[_Text, _Whole, float]  # noqa: UP007 - a value, not an annotation
_Scalar = Union[str, _Whole, float, bool, None]  # noqa: UP007
_LIKELY: Mapping[Any, Any] = {str: _Text, int: _Whole, datetime: _Time}
"""What stands where the message that is learnt from had null."""

_UNSURE = (msgspec.MsgspecError, Bad, ArithmeticError, LookupError, TypeError, ValueError)
_SLOT = "_vipex_"
"""Begins the names by which the code made below reaches the slots of an object that is not yet a model."""


class Unlearnable(Exception):
    """The message has something that only the readers understand."""


@attrs.frozen
class Shape:
    """How messages of one kind are written.

    Attributes:
        decode: gives objects that wait to be finished.
        finish: makes models of them, in place, and counts the keys they came from.
    """

    decode: Callable[[bytes], Any]
    finish: Callable[[Any], int]

    def read(self, body: bytes) -> Any:
        """Give the model, or ``None`` when this is not surely a message of this shape."""
        if b"\\" in body and b"\\u0000" in body:
            return None  # the readers refuse it
        try:
            found = self.decode(body)
            keys = self.finish(found)
        except _UNSURE:
            return None
        # A key that came twice is for the readers to refuse. Text with a quote before a colon counts too, so be it.
        if b"\n" in body or b"\t" in body or b"\r" in body or (b" " in body and b" :" in body):
            body = body.translate(None, _WHITESPACE)
        return found if body.count(b'":') == keys else None


def learn(profile: WireProfile, decoders: Decoders, model: type, wire: object) -> Shape:
    """Learn the shape of *wire*, which *decoders* read as a *model*.

    Raises:
        Unlearnable: it has none.
    """
    if not isinstance(wire, dict):
        raise Unlearnable
    code = _Code()
    decoder: Any = msgspec.json.Decoder(_Learner(profile, decoders).shadow(model, wire, code))
    return Shape(decoder.decode, code.compiled())


@attrs.frozen
class _Code:
    """The function that finishes what msgspec decoded, while it is written: one for the whole tree of objects.

    Attributes:
        it: the variable that holds the object the next lines are about.
    """

    lines: list[str] = attrs.Factory(list)
    names: dict[str, Any] = attrs.Factory(dict)
    it: str = "it"
    indent: str = "    "

    def write(self, line: str) -> None:
        """Add a line."""
        self.lines.append(self.indent + line)

    def slot(self, name: str) -> str:
        """Write the value of a field."""
        return f"{self.it}.{_SLOT}{name}"

    def name(self, value: object) -> str:
        """Give a name for *value* inside the function."""
        found = f"c{len(self.names)}"
        self.names[found] = value
        return found

    def inner(self, head: str) -> _Code:
        """Begin an indented block, about another object, whose variable replaces ``{0}`` in *head*."""
        it = f"it{len(self.lines)}"
        self.lines.extend(self.indent + line for line in head.format(it).split("\n"))
        return attrs.evolve(self, it=it, indent=self.indent + "    ")

    def compiled(self) -> Callable[[Any], int]:
        """Compile the function."""
        source = "\n".join(["def finish(it):", "    n = 0", *self.lines, "    return n"])
        exec(source, self.names)  # noqa: S102 - our own text: no name or word from the wire or a profile is in it
        made: Callable[[Any], int] = self.names["finish"]
        return made


class _Extra:
    """Takes the value of a key that nobody knows: into ``extra``, or nowhere where the model has none."""

    def __init__(self, key: str, slot: MemberDescriptorType | None) -> None:
        self._key = key
        self._slot = slot

    def __get__(self, it: object, _owner: type) -> object:
        return self  # msgspec asks whether it was set; the count of keys tells

    def __set__(self, it: object, value: object) -> None:
        if self._slot is None:
            return
        try:
            self._slot.__get__(it, None)[self._key] = value
        except AttributeError:
            self._slot.__set__(it, {self._key: value})


@attrs.frozen
class _Shadow:
    """A class laid out as *model*, while it is made; *slots* are its own, by the model's names."""

    model: type
    cls: type
    slots: Mapping[str, MemberDescriptorType]
    code: _Code


class _Learner:
    def __init__(self, profile: WireProfile, decoders: Decoders) -> None:
        self._profile = profile
        self._decoders = decoders

    def shadow(self, model: type, wire: Mapping[str, Any], code: _Code) -> type:
        """Make a class laid out as *model* for objects with the keys of *wire*, and write what makes models of them."""
        slots = getattr(model, "__slots__", None)
        if not slots or "__weakref__" in slots or model.__mro__[1:] != (object,):
            raise Unlearnable  # its objects cannot take the place of a shadow's
        cls = type(f"{model.__name__}Shape", (), {"__slots__": slots})
        members = {name: cls.__dict__[name] for name in slots}
        for name, member in members.items():
            delattr(cls, name)
            setattr(cls, _SLOT + name, member)
        shadow = _Shadow(model, cls, members, code)
        code.write(f"n += {len(wire)}")
        fields = {one.name: one for one in attrs.fields(model)}
        by_key = self._by_key(model, wire)
        types = {}
        for key, value in wire.items():
            names = by_key.get(key, [])
            types[key] = self._place(shadow, key, names, value) if names else _scalar(value)
            if not names:
                kept = plan.EXTRA in fields and key not in self._envelope(model)
                setattr(cls, key, _Extra(key, members[plan.EXTRA] if kept else None))
        placed = {name for names in by_key.values() for name in names}
        unknown = any(key not in by_key and key not in self._envelope(model) for key in wire)
        for name, one in fields.items():
            if name not in placed and not (name == plan.EXTRA and unknown):
                code.write(f"{code.slot(name)} = {_default(one, code)}")
        code.write(f"{code.it}.__class__ = {code.name(model)}")
        cls.__annotations__ = types
        cls.__dataclass_fields__ = {key: _field(key) for key in types}  # type: ignore[attr-defined] # how msgspec asks
        return cls

    def _envelope(self, model: type) -> tuple[str, ...]:
        mark = plan.envelope(self._profile, model)
        return (mark[0],) if mark else ()

    def _by_key(self, model: type, wire: Mapping[str, Any]) -> dict[str, list[str]]:
        """Tell which fields each key of *wire* fills."""
        types, found = plan.field_types(model), dict[str, list[str]]()
        if any("." in key or key.startswith("_") for key in wire):
            raise Unlearnable  # a path, or what Python itself may ask objects for
        for name, paths in plan.candidates(self._profile, model).items():
            if SELF in paths and attrs.has(plan.bare(types[name])):
                raise Unlearnable
            there = [path for path in paths if path.partition(".")[0] in wire]
            if len(there) > 1 or (there and "." in there[0]):
                raise Unlearnable  # which of them counts differs from message to message
            if there:
                found.setdefault(there[0], []).append(name)
        return found

    def _place(self, shadow: _Shadow, key: str, names: list[str], value: Any) -> Any:
        """Give *key* a slot of the shadow, and its type; write what is left to be done with its value."""
        types, code = plan.field_types(shadow.model), shadow.code
        fields = {one.name: one for one in attrs.fields(shadow.model)}
        home = next((name for name in names if plan.bare(types[name]) is str), names[0])
        if len(names) > 1 and not (plan.bare(types[home]) is str and isinstance(value, str)):
            raise Unlearnable
        setattr(shadow.cls, key, shadow.slots[home])
        if value == "":
            raise Unlearnable
        if value is None and fields[home].default is not None and fields[home].default is not attrs.NOTHING:
            code.write(f"{code.slot(home)} = {_default(fields[home], code)}")
            return NoneType
        wire_type = self._wire_type(types[home], value, code.slot(home), code)
        for other in names:
            if other != home:
                read = code.name(self._decoders.reader(types[other]))
                code.write(f"{code.slot(other)} = {read}({code.slot(home)})")
        if len(names) > 1:
            return wire_type
        if fields[home].default is None or plan.is_optional(types[home]):
            return wire_type | NoneType
        return wire_type

    def _wire_type(self, cls: Any, value: Any, slot: str, code: _Code) -> Any:
        """Give the type that msgspec decodes *value* and its like as; write the rest of the reading."""
        inner = plan.bare(cls)
        if value is None:
            return _LIKELY.get(inner, NoneType)
        if attrs.has(inner) and inner is not PhoneNumber:
            return self._model(inner, value, slot, code)
        if get_origin(inner) is tuple:
            return self._list(get_args(inner)[0], value, slot, code)
        native = self._native(inner, value)
        if native is not None:
            return native
        if inner is bool or not isinstance(value, (str, int, float)) or isinstance(value, bool):
            raise Unlearnable
        if get_origin(inner) is not None and inner != Seconds:
            raise Unlearnable
        read = self._profile.numbers.rules.reader if inner is PhoneNumber and isinstance(value, str) else None
        named = code.name(read or self._decoders.reader(inner))
        test = f"if {slot} is not None: " if plan.is_optional(cls) else ""
        code.write(f"{test}{slot} = {named}({slot})")
        return _Text if isinstance(value, str) else _Number

    def _native(self, cls: Any, value: Any) -> Any:
        """Give the type whose decoding by msgspec is what the reader of *cls* does; ``None`` when there is none."""
        if isinstance(value, str):
            return self._native_text(cls, value)
        if cls is bool:
            return bool if isinstance(value, bool) else None
        if type(value) is not int:
            return None
        if cls is int:
            return _Whole
        return _Duration if cls == Seconds and self._profile.durations.unit != "ms" else None

    def _native_text(self, cls: Any, value: str) -> Any:
        if cls is str:
            return _Text
        if isinstance(cls, type) and issubclass(cls, OpenEnum):
            words = self._words(cls)
            return words if _fits(value, words) else None
        return _Time if cls is datetime and _fits(value, _Time) else None

    def _words(self, cls: type[OpenEnum]) -> Any:
        """Make the enumeration that msgspec looks words up in; it finds our own members there, by the wire's words."""
        read = self._decoders.reader(cls)
        ours = plan.vocabulary(self._profile, cls)
        spelled = {one.value for one in cls} | {word for words in ours.values() for word in words}
        words = Enum("Words", {f"w{place}": word for place, word in enumerate(sorted(spelled))})  # type: ignore[misc]
        words._value2member_map_ = {word: read(word) for word in spelled}
        return words

    def _model(self, model: type, value: Any, slot: str, code: _Code) -> Any:
        if not isinstance(value, dict):
            raise Unlearnable
        return self.shadow(model, value, code.inner(f"{{0}} = {slot}\nif {{0}} is not None:"))

    def _list(self, item: Any, value: Any, slot: str, code: _Code) -> Any:
        if not isinstance(value, list):
            raise Unlearnable
        if not value:
            return Annotated[tuple[Any, ...], msgspec.Meta(max_length=0)]
        if item is str and all(isinstance(one, str) and one for one in value):
            return tuple[_Text, ...]
        if not attrs.has(item) or not all(isinstance(one, dict) and one.keys() == value[0].keys() for one in value):
            raise Unlearnable
        # Of one key in several items, the value that says most about how it is written.
        sample = {key: next((one[key] for one in value if one[key] is not None), None) for key in value[0]}
        shadow = self.shadow(item, sample, code.inner(f"for {{0}} in {slot}:"))
        return tuple[shadow, ...]  # type: ignore[valid-type] # a class made above


def _fits(value: object, cls: Any) -> bool:
    try:
        msgspec.convert(value, cls)
    except msgspec.ValidationError:
        return False
    return True


def _scalar(value: Any) -> Any:
    if isinstance(value, (dict, list)):
        raise Unlearnable
    return _Scalar


def _default(one: attrs.Attribute[Any], code: _Code) -> str:
    """Write what stands in a field that no key fills."""
    if one.default is None or one.default is attrs.NOTHING:
        return "None"
    if isinstance(one.default, attrs.Factory):  # type: ignore[arg-type] # a class at run time
        return "{}" if one.default.factory is dict else f"{code.name(one.default.factory)}()"
    return code.name(one.default)


def _field(name: str) -> Any:
    """Describe a field without a default, as dataclasses do."""
    made: Any = dataclasses.field()
    made.name, made._field_type = name, dataclasses._FIELD  # type: ignore[attr-defined] # noqa: SLF001
    return made
