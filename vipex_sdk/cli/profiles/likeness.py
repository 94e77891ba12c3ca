"""How well a value on the wire may be a field of ours: by its name, and by what the value looks like."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any, get_args, get_origin

import attrs

from vipex_sdk.cli.profiles.hints import NAMES, WORDS
from vipex_sdk.errors import DecodeError
from vipex_sdk.numbers import NumberKind, PhoneNumber
from vipex_sdk.values import OpenEnum, Seconds
from vipex_sdk.wire import plan
from vipex_sdk.wire.convert import converter_for
from vipex_sdk.wire.profile import WireProfile

__all__ = ["folded", "is_nested", "name_likeness", "shape_likeness", "word_meaning"]

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_SUFFIXES = re.compile(r"_(seconds|at|id)$")
_NUMBER_DIGITS = range(7, 16)
_NEAR = 0.8


def folded(text: str) -> str:
    """Write a name in one way: ``hívóSzám`` is ``hivo_szam``."""
    plainly = "".join(
        one for one in unicodedata.normalize("NFD", _CAMEL.sub("_", text)) if not unicodedata.combining(one)
    )
    return "_".join(re.findall(r"[a-z0-9]+", plainly.casefold()))


def name_likeness(field: str, path: str) -> float:
    """Compare our *field* with the last parts of a wire *path*; 1.0 is a name we know for it."""
    parts = [folded(part) for part in path.split(".")]
    ours = {field, _SUFFIXES.sub("", field), *NAMES.get(field, ())}
    best = 0.0
    for weight, theirs in ((1.0, parts[-1]), (0.95, "_".join(parts[-2:]))):
        for name in ours:
            if name == theirs or name.replace("_", "") == theirs.replace("_", ""):
                best = max(best, weight)
            elif len(theirs) > 3:  # noqa: PLR2004 - shorter names are like everything
                best = max(best, weight * 0.9 * difflib.SequenceMatcher(a=name, b=theirs).ratio())
    return best


def shape_likeness(profile: WireProfile, cls: Any, raw: Any) -> float:
    """Say whether *raw* may be a *cls*: 0 no, 1 hardly anything else."""
    if get_origin(cls) is tuple:
        return _list_likeness(cls, raw)
    model = isinstance(cls, type) and attrs.has(cls) and cls is not PhoneNumber
    if isinstance(raw, (Mapping, list)):
        return 0.8 if model and isinstance(raw, Mapping) else 0.0
    if model:
        return 0.4  # a model that is written as one text
    return _duration_likeness(raw) if cls == Seconds else _value_likeness(profile, cls, raw)


def _value_likeness(profile: WireProfile, cls: Any, raw: Any) -> float:
    try:
        value = converter_for(profile).decode(cls, raw)
    except DecodeError:
        text = isinstance(raw, str) and any(one.isdigit() for one in raw)
        return 0.2 if cls is datetime and text else 0.0  # a time in a format we do not know yet
    match value:
        case PhoneNumber():
            digits = sum(one.isdigit() for one in str(raw))
            return 1.0 if value.kind is NumberKind.E164 and digits in _NUMBER_DIGITS else 0.3
        case OpenEnum():
            return 1.0 if value.known else 0.6 if word_meaning(type(value), str(raw)) else 0.3
        case datetime():
            return 1.0 if 2000 <= value.year <= 2100 else 0.0  # noqa: PLR2004 - calls of our time
    return 0.5


def is_nested(cls: Any) -> bool:
    """Say whether a field holds a model, or a list of them."""
    inner = plan.bare(get_args(cls)[0]) if get_origin(cls) is tuple else cls
    return isinstance(inner, type) and attrs.has(inner) and inner is not PhoneNumber


def _list_likeness(cls: Any, raw: Any) -> float:
    inner = plan.bare(get_args(cls)[0])
    if isinstance(inner, type) and attrs.has(inner):
        many = raw if isinstance(raw, list) else [raw]
        if not many or not all(isinstance(one, Mapping) for one in many):
            return 0.0
        return 1.0 if isinstance(raw, list) else 0.5  # a single one, as XML and forms have it
    return 0.6 if isinstance(raw, (list, str)) else 0.3


def _duration_likeness(raw: Any) -> float:
    text = str(raw)
    if re.fullmatch(r"\d{1,2}:\d\d(:\d\d)?", text):
        return 0.9
    return 0.6 if re.fullmatch(r"\d{1,8}(\.\d+)?", text) else 0.0


def word_meaning(cls: type[OpenEnum], word: str) -> str | None:
    """Guess which member of a vocabulary a wire *word* means."""
    theirs = folded(word)
    best, meaning = _NEAR, None
    for member in cls:
        for hint in (member.value, *WORDS.get(member.value, ())):
            likeness = difflib.SequenceMatcher(a=folded(hint), b=theirs).ratio()
            if likeness > best:
                best, meaning = likeness, member.value
    return meaning
