"""Models whose fields stand beside their parent's (path ``.``) must not take the parent's names."""

from __future__ import annotations

from typing import Any

import attrs

from vipex_sdk.numbers import PhoneNumber
from vipex_sdk.wire import plan
from vipex_sdk.wire.paths import SELF
from vipex_sdk.wire.profile import WireProfile
from vipex_sdk.wire.toml import Key

__all__ = ["check_collisions"]


def check_collisions(profile: WireProfile, model: type) -> None:
    """Refuse a nested model at ``.`` that shares a path with its parent: each would read the other's value.

    Raises:
        ProfileError: names the field that needs a path of its own.
    """
    table = plan.snake(model.__name__)
    taken: dict[str, str] = {}
    nested: list[tuple[str, type]] = []
    types = plan.field_types(model)
    for name, paths in plan.candidates(profile, model).items():
        inner = _model_of(types[name])
        if SELF in paths and inner is not None:
            nested.append((name, inner))
        else:
            taken |= dict.fromkeys(paths, f"{table}.{name}")
    for name, inner in nested:
        for own, paths in plan.candidates(profile, inner).items():
            for path in paths:
                if path != SELF and path in taken:
                    raise profile.error(
                        f'"{path}" is {taken[path]} already, and {name} stands beside it; give {own} another path',
                        key=_key(profile, (table, name), (plan.snake(inner.__name__), own)),
                    )
                taken.setdefault(path, f"{name}.{own}")
    for cls in types.values():
        if (inner_model := _model_of(cls)) is not None:
            check_collisions(profile, inner_model)


def _key(profile: WireProfile, parent: tuple[str, str], own: tuple[str, str]) -> Key:
    """Point at the field itself where a deployment sets it, else at what put the model beside its parent."""
    mine: Key = ("fields", *own)
    return mine if any(document.sets(mine) for document in profile.documents[:-1]) else ("fields", *parent)


def _model_of(cls: Any) -> type | None:
    inner = plan.bare(cls)
    if getattr(inner, "__origin__", None) is tuple:
        inner = plan.bare(inner.__args__[0])
    # A telephone number is one value on the wire.
    return inner if isinstance(inner, type) and attrs.has(inner) and inner is not PhoneNumber else None
