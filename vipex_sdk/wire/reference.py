"""One row a key of a wire profile, from its classes, their docstrings and the default profile."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import attrs

from vipex_sdk.wire.docstrings import explained
from vipex_sdk.wire.profile import WireProfile, default_profile
from vipex_sdk.wire.webhook_formats import HookFormat

__all__ = ["profile_rows"]

_NAMES = {str: "text", int: "whole number", float: "number", bool: "true, false"}
_FREE = {"operations": "OPERATION"}
_EXTENDS = ("`extends`", "text", "", "another profile, relative to this file, that this one is laid over")


def profile_rows() -> list[tuple[str, str, str, str]]:
    """Give key, type, default and meaning of every key."""
    return [_EXTENDS, *dict.fromkeys(_rows(WireProfile, "", default_profile()))]


def _rows(cls: Any, prefix: str, value: Any) -> Iterator[tuple[str, str, str, str]]:
    hints, said = get_type_hints(cls), explained(cls.__doc__).parts
    for field in attrs.fields(cls):
        if field.inherited or not field.metadata.get("configured", True):
            continue  # what all webhooks have comes with those that have nothing else
        hint = hints[field.name]
        origin = get_origin(hint)
        many = isinstance(origin, type) and issubclass(origin, Mapping)
        inner = get_args(hint)[1] if many else hint
        own = getattr(value, field.name) if value is not None else field.default
        name = "WEBHOOK" if hint is HookFormat else field.name
        if not attrs.has(inner):
            yield f"`{prefix}{name}`", _type(hint), _default(own), said.get(field.name, "")
        elif many:
            yield from _rows(inner, f"{prefix}{name}.{_FREE[field.name]}.", None)
        else:
            yield from _rows(inner, f"{prefix}{name}.", None if inner is HookFormat else own)


def _type(hint: Any) -> str:
    origin, inside = get_origin(hint), get_args(hint)
    if origin is Literal:
        return ", ".join(f"`{word}`" for word in inside)
    if origin in {Union, UnionType}:
        return _type(next(one for one in inside if one is not NoneType))
    if origin is tuple:
        return f"list of {_type(inside[0])}"
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return "table" if get_origin(inside[1]) is None else "tables"
    return _NAMES[hint]


def _default(value: Any) -> str:
    if value is attrs.NOTHING or value in (None, "") or (isinstance(value, Mapping) and not value):
        return ""
    if isinstance(value, Mapping):
        return "see the file"
    if not isinstance(value, (str, int, float, tuple)):
        return ""  # a factory of something empty
    return f"`{json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)}`"
