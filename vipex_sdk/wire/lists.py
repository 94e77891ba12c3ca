"""Long lists quickly: from the bytes of a JSON answer to models, without a dictionary for each item.

A server writes every item of a list alike. From the first one the shape of the list is learnt (see ``shapes``), and
msgspec reads the rest by it; whatever does not fit exactly is left to the converter, which has the readable errors.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import attrs
import msgspec
from attrs import define, frozen

from vipex_sdk.wire.decode import Decoders
from vipex_sdk.wire.profile import WireProfile
from vipex_sdk.wire.shadows import Unlearnable
from vipex_sdk.wire.shapes import Shape, learn

__all__ = ["LongList", "read_list"]

_LONG = 4096
"""Shorter answers are read by the converter: there is nothing to win."""

_MANY_OBJECTS = 10_000
_MOST_LESSONS = 8
_LOOKED_AT = 200
"""Items that are looked at to learn how a list is written."""


@frozen(kw_only=True)
class LongList:
    """What a list answer holds.

    Attributes:
        items: what is in it.
        total: how many items there are on all pages, as the answer has it.
        next: what the answer says about the next page, where pages are told by cursors.
        bare: whether the answer is the list itself, without anything around it.
    """

    items: tuple[Any, ...]
    total: Any
    next: Any
    bare: bool


def read_list(profile: WireProfile, model: type, body: bytes) -> LongList | None:
    """Read a long list of *model*; ``None`` when the converter must see to it."""
    if len(body) < _LONG or not attrs.has(model):
        return None
    bare = body.lstrip()[:1] == b"["
    if bare:
        body = b'{"%s":%s}' % (profile.control.items[0].encode(), body)
    with _collector_paused():
        found = _pupil(profile, model).read(body)
    return None if found is None else LongList(items=found.items, total=found.total, next=found.next, bare=bare)


@define
class _Pupil:
    """Knows how lists of one model are written, or finds out."""

    profile: WireProfile
    model: type
    shapes: list[Shape] = attrs.Factory(list)
    lessons: int = 0

    def read(self, body: bytes) -> Any:
        for shape in self.shapes:
            found = shape.read(body)
            if found is not None:
                return found
        if self.lessons >= _MOST_LESSONS:
            return None  # a server that never writes twice the same way is not worth learning from
        self.lessons += 1
        try:
            shape = learn(self.profile, Decoders(self.profile), self.model, self._sample(body), strangers=True)
        except (Unlearnable, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return None
        self.shapes.append(shape)
        return shape.read(body)

    def _sample(self, body: bytes) -> dict[str, Any]:
        """Give the answer with one item that says as much as possible about how all are written."""
        wire: dict[str, Any] = msgspec.json.decode(body, type=dict[str, Any])
        return {key: _telling(value) if isinstance(value, list) else value for key, value in wire.items()}


def _telling(items: list[Any]) -> list[Any]:
    tables = [one for one in items[:_LOOKED_AT] if isinstance(one, dict)]
    item: dict[str, Any] = {}
    for table in tables:
        for key, value in table.items():
            if isinstance(value, list):
                before = item.get(key)
                item[key] = [*(before if isinstance(before, list) else ()), *value]
            elif item.get(key) in (None, ""):
                item[key] = value
    return [item] if item else items


@lru_cache(maxsize=64)
def _pupil(profile: WireProfile, model: type) -> _Pupil:
    """Make the model of a list, whose places stand elsewhere in the profile than those of other models."""
    fields = {
        "items": attrs.field(type=tuple[model, ...]),  # type: ignore[valid-type]  # a type that is computed
        "total": attrs.field(type=int | None, default=None),  # type: ignore[arg-type]  # attrs takes it
        "next": attrs.field(type=Any, default=None),
    }
    around = attrs.make_class("LongListOf", fields, frozen=True, slots=True, weakref_slot=False)
    paging = profile.control.paging
    places: dict[str, tuple[str, ...]] = {"items": profile.control.items, "total": (paging.total,)}
    if paging.style == "cursor":
        places["next"] = paging.next
    return _Pupil(attrs.evolve(profile, fields={**profile.fields, "long_list_of": places}), around)


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Nothing that is read here is garbage before it is all there; looking for some is half the time of a page.

    Afterwards the collector would look through all of it at once. To freeze and to thaw it puts it among what has been
    looked at often, where it would have come anyhow; unless the program itself has frozen something.
    """
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if gc.get_count()[0] > _MANY_OBJECTS and not gc.get_freeze_count():
            gc.freeze()
            gc.unfreeze()
        if running:
            gc.enable()
