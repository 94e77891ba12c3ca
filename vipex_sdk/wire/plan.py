"""Which wire paths belong to which field of a model, read from a profile."""

from __future__ import annotations

import re
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import attrs

from vipex_sdk.values import Seconds
from vipex_sdk.wire.paths import SELF
from vipex_sdk.wire.profile import WireProfile
from vipex_sdk.wire.structuring import nearest
from vipex_sdk.wire.webhook_formats import HookFormat

__all__ = [
    "EXTRA",
    "bare",
    "candidates",
    "envelope",
    "field_types",
    "heads",
    "is_optional",
    "required",
    "snake",
    "vocabulary",
]

EXTRA = "extra"
"""The field that keeps keys nobody knows."""

_RAW = "_raw"
"""A field ``x_raw`` keeps the wire's own word of field ``x``."""


@cache
def snake(name: str) -> str:
    """Give the profile's name of a class: ``CallEnd`` is ``call_end``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


@cache
def field_types(model: type) -> dict[str, Any]:
    """Give the types of a model's fields, with their annotations (``Seconds``) kept.

    A field with ``metadata={"wire": False}`` is ours alone and not among them.
    """
    hints = get_type_hints(model, include_extras=True)
    return {one.name: hints[one.name] for one in attrs.fields(model) if one.metadata.get("wire", True)}


def candidates(profile: WireProfile, model: type) -> dict[str, tuple[str, ...]]:
    """Give the candidate paths of every field of *model* but ``extra``.

    Raises:
        ProfileError: the profile names a field that the model does not have.
    """
    table = _table_of(profile, model)
    listed = profile.fields.get(table, {})
    names = [name for name in field_types(model) if name != EXTRA]
    for name, paths in listed.items():
        if name not in names:
            raise profile.error(f"unknown field{nearest(name, names)}", key=("fields", table, name))
        if not paths:
            raise profile.error("expected at least one path", key=("fields", table, name))
    return {
        name: listed.get(name) or listed.get(name.removesuffix(_RAW)) or (name.removesuffix(_RAW),) for name in names
    }


def _table_of(profile: WireProfile, model: type) -> str:
    """Give the profile's table of a model, of the nearest model it derives from."""
    names = [snake(cls.__name__) for cls in model.__mro__]
    return next((name for name in names if name in profile.fields), names[0])


def is_optional(cls: Any) -> bool:
    """Say whether ``None`` belongs to the type."""
    return get_origin(cls) in {Union, UnionType} and NoneType in get_args(cls)


def bare(cls: Any) -> Any:
    """Give the type without ``None`` and annotations; of a union with text the other one, which knows more."""
    if get_origin(cls) is Annotated and cls != Seconds:
        return bare(get_args(cls)[0])
    if get_origin(cls) not in {Union, UnionType}:
        return cls
    members = [one for one in get_args(cls) if one is not NoneType]
    return bare(next((one for one in members if one is not str), str))


def required(cls: Any) -> Any:
    """Give the type without ``None``."""
    if not is_optional(cls):
        return cls
    return Union[tuple(one for one in get_args(cls) if one is not NoneType)]  # noqa: UP007 - built, not written


def envelope(profile: WireProfile, model: type) -> tuple[str, str] | None:
    """Give path and word that mark a message as this event, when *model* is one."""
    hook = getattr(profile.webhooks, _table_of(profile, model), None)
    if not isinstance(hook, HookFormat) or not profile.webhooks.selector or not hook.words:
        return None
    return profile.webhooks.selector[0], hook.words[0]


def vocabulary(profile: WireProfile, cls: type) -> dict[str, tuple[str, ...]]:
    """Give our word to wire words of an enumeration; empty when the profile says nothing about it."""
    return dict(profile.values.get(snake(cls.__name__), {}))


def heads(paths: tuple[str, ...]) -> set[str]:
    """Give the top-level keys that *paths* read, each whole and up to its first dot."""
    return {key for path in paths if path != SELF for key in (path, path.partition(".")[0])}
