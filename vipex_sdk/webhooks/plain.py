"""Events as plain, canonical data: equal facts give equal text, however they were written on the wire."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import attrs

from vipex_sdk.numbers import PhoneNumber

__all__ = ["canonical", "plain"]


def canonical(value: object) -> str:
    """Give the one text of *value*; a total order over the values of a field follows from it."""
    return json.dumps(plain(value), sort_keys=True, separators=(",", ":"), default=repr)


def plain(value: Any) -> Any:
    """Turn models, times, numbers and words into JSON-able data: times as seconds since the epoch."""
    match value:
        case PhoneNumber():
            return [value.kind.value, value.value]
        case datetime():
            return value.timestamp()
        case Mapping():
            return {str(key): plain(item) for key, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
    if attrs.has(type(value)):
        return {field.name: plain(getattr(value, field.name)) for field in attrs.fields(type(value))}
    return value
