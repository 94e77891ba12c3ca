"""Every key a profile has, walked from its classes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_args, get_origin, get_type_hints

import attrs

from vipex_sdk.wire.profile import WireProfile
from vipex_sdk.wire.webhook_formats import HookFormat


def every_key(cls: Any = WireProfile, prefix: str = "") -> Iterator[str]:
    """Give dotted keys; ``*`` stands for a name that is free, ``hook`` for any of the three webhooks."""
    hints = get_type_hints(cls)
    for field in attrs.fields(cls):
        if field.inherited or not field.metadata.get("configured", True):
            continue  # what all webhooks have comes with those that have nothing else
        hint = hints[field.name]
        name = "hook" if hint is HookFormat else field.name
        inner = (
            get_args(hint)[1] if isinstance(get_origin(hint), type) and issubclass(get_origin(hint), Mapping) else hint
        )
        below = f"{prefix}{name}.*" if inner is not hint and attrs.has(inner) else f"{prefix}{name}"
        if attrs.has(inner):
            yield from every_key(inner, f"{below}.")
        else:
            yield below
