"""Which file each key of a profile comes from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from attrs import frozen

from vipex_sdk.wire.profile import WireProfile
from vipex_sdk.wire.toml import Key, dotted

__all__ = ["Origin", "origins"]


@frozen
class Origin:
    """Where one key of a profile comes from."""

    key: str
    value: str
    file: str
    line: int | None


def origins(profile: WireProfile) -> list[Origin]:
    """List every key of *profile* with its value as JSON, and the file and line that set it."""
    rows: dict[str, Origin] = {}
    for document in reversed(profile.documents):
        for key, value in _keys(document.data, ()):
            place, name = document.place_of(key), document.path.name if document.path else ""
            rows[dotted(key)] = Origin(dotted(key), json.dumps(value, ensure_ascii=False), name, place and place[0])
    return list(rows.values())


def _keys(value: object, key: Key) -> Iterator[tuple[Key, object]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _keys(inner, (*key, name))
    else:
        yield key, value
