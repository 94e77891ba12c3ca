"""The quick way from JSON bytes to models: it answers only what it is sure of, else the readers of ``decode`` decide.

A sender writes the same keys in every message of a kind. From a message that the readers understood, its *shape* is
learnt: which key of which object is which field, and how its value is written. For a shape msgspec decodes a whole
message into objects that are laid out as our models and become them. Sure means: every key of the shape is there, and
every value is of the one kind that msgspec and the readers understand alike. That no key is there twice, and none that
the shape does not know, msgspec does not tell: a message's :func:`skeleton` does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from enum import Enum
from types import NoneType
from typing import Annotated, Any, Union, get_args, get_origin

import attrs
import msgspec

from vipex_sdk.numbers import NumberRules, PhoneNumber, is_read_late
from vipex_sdk.values import OpenEnum, Seconds
from vipex_sdk.wire import plan
from vipex_sdk.wire.decode import Decoders
from vipex_sdk.wire.paths import SELF
from vipex_sdk.wire.profile import WireProfile
from vipex_sdk.wire.scalars import Bad
from vipex_sdk.wire.shadows import Code, Ignored, Kept, Shadow, Unlearnable, default_of

__all__ = ["Shape", "Unlearnable", "learn", "skeleton"]

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
_ESCAPE = re.compile(rb"\\.", re.DOTALL)
_NO_PUNCTUATION = bytes(set(range(256)) - set(b'":,{}[]'))


def skeleton(body: bytes) -> bytes:
    """Give the punctuation of a JSON body: where its texts, objects, lists and keys stand, and nothing else.

    Bodies with one skeleton have the same number of keys in each object. So when one has every key of a shape once and
    no other, all of them do that have every key of the shape.
    """
    return (_ESCAPE.sub(b"", body) if b"\\" in body else body).translate(None, _NO_PUNCTUATION)


@attrs.frozen(eq=False)
class Shape:
    """How messages of one kind are written.

    Attributes:
        keys: paths of all keys of the message it was learnt from.
        decode: gives objects that wait to be finished.
        finish: makes models of them, in place.
    """

    keys: frozenset[str]
    decode: Callable[[bytes], Any]
    finish: Callable[[Any], None]

    def read(self, body: bytes) -> Any:
        """Give the model, or ``None`` when this is not surely a message of this shape."""
        if b"\\" in body and b"\\u0000" in body:
            return None  # the readers refuse it
        try:
            found = self.decode(body)
            self.finish(found)
        except _UNSURE:
            return None
        return found


def learn(profile: WireProfile, decoders: Decoders, model: type, wire: object, *, strangers: bool = False) -> Shape:
    """Learn the shape of *wire*, which *decoders* read as a *model*.

    Args:
        profile: the wire format.
        decoders: the readers.
        model: what it is.
        wire: the message.
        strangers: read messages too that have keys beside those of the shape, which the model does not keep.

    Raises:
        Unlearnable: it has none.
    """
    if not isinstance(wire, dict):
        raise Unlearnable
    code = Code()
    learner = _Learner(profile, decoders, strangers=strangers)
    decoder: Any = msgspec.json.Decoder(learner.shadow(model, wire, code))
    return Shape(frozenset(key_paths(wire)), decoder.decode, code.compiled())


def key_paths(wire: object, before: str = "") -> Iterator[str]:
    """Give the paths of all keys in *wire*, items of a list together."""
    if isinstance(wire, dict):
        for key, value in wire.items():
            yield f"{before}.{key}"
            yield from key_paths(value, f"{before}.{key}")
    elif isinstance(wire, list):
        for value in wire:
            yield from key_paths(value, f"{before}[]")


class _Learner:
    def __init__(self, profile: WireProfile, decoders: Decoders, *, strangers: bool) -> None:
        self._profile = profile
        self._decoders = decoders
        self._strangers = strangers
        self._usual_numbers = profile.numbers.rules == NumberRules()

    def shadow(self, model: type, wire: Mapping[str, Any], code: Code) -> type:
        """Make a class laid out as *model* for objects with the keys of *wire*, and write what makes models of them."""
        shadow = Shadow.of(model, code)
        by_key = self._by_key(model, wire)
        types = {key: self._place(shadow, key, by_key[key], value) for key, value in wire.items() if key in by_key}
        idle = [name for name in shadow.slots if not any(name in names for names in by_key.values())]
        types |= self._unknown(shadow, {key: value for key, value in wire.items() if key not in by_key}, idle)
        if self._strangers:
            types |= self._absent(shadow, wire)
        for one in attrs.fields(model):
            if one.name in idle:
                code.write(f"{code.slot(one.name)} = {default_of(one, code)}")
        return shadow.becomes(types)

    def _unknown(self, shadow: Shadow, wire: Mapping[str, Any], idle: list[str]) -> dict[str, Any]:
        """Give keys that are no field's a place: in ``extra``, or where what is *idle* is filled later."""
        mark = plan.envelope(self._profile, shadow.model)
        kept = [key for key in wire if plan.EXTRA in shadow.slots and not (mark and key == mark[0])]
        if kept:
            idle.remove(plan.EXTRA)
        places = iter(idle)
        types = {}
        for key, value in wire.items():
            if key in kept:
                setattr(shadow.cls, key, Kept(key, shadow.slots[plan.EXTRA]))
            elif self._strangers:
                continue
            elif place := next(places, None):
                setattr(shadow.cls, key, shadow.slots[place])
            elif kept:
                setattr(shadow.cls, key, Kept(key, shadow.slots[plan.EXTRA]))
                shadow.code.write(f"del {shadow.code.slot(plan.EXTRA)}[{shadow.code.name(key)}]")
            else:
                raise Unlearnable  # there is nowhere to see whether it came
            types[key] = _scalar(value)
        return types

    def _absent(self, shadow: Shadow, wire: Mapping[str, Any]) -> dict[str, Any]:
        """Let no other message have a field where this one does not."""
        paths = plan.candidates(self._profile, shadow.model).values()
        absent = sorted({key for candidates in paths for key in plan.heads(candidates)} - {*wire})
        if any(key.startswith("_") for key in absent):
            raise Unlearnable
        for key in absent:
            setattr(shadow.cls, key, Ignored())
        return dict.fromkeys(absent, NoneType)

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

    def _place(self, shadow: Shadow, key: str, names: list[str], value: Any) -> Any:
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
            code.write(f"{code.slot(home)} = {default_of(fields[home], code)}")
            return NoneType
        if self._usual_numbers and is_read_late(shadow.model, home) and isinstance(value, str):
            wire_type: Any = _Text
        else:
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

    def _wire_type(self, cls: Any, value: Any, slot: str, code: Code) -> Any:
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

    def _model(self, model: type, value: Any, slot: str, code: Code) -> Any:
        if not isinstance(value, dict):
            raise Unlearnable
        return self.shadow(model, value, code.inner(f"{{0}} = {slot}\nif {{0}} is not None:"))

    def _list(self, item: Any, value: Any, slot: str, code: Code) -> Any:
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
