"""Models to wire data: one closure a type, compiled once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import Enum
from typing import Any, get_args, get_origin

import attrs

from vipex_sdk.numbers import PhoneNumber
from vipex_sdk.values import OpenEnum, Seconds
from vipex_sdk.wire import plan
from vipex_sdk.wire.paths import put_at
from vipex_sdk.wire.profile import WireProfile
from vipex_sdk.wire.scalars import duration_writer, number_writer
from vipex_sdk.wire.times import time_writer

__all__ = ["Encoders", "Writer"]

Writer = Callable[[Any], Any]


class Encoders:
    """Writers by type, made when first asked for."""

    def __init__(self, profile: WireProfile) -> None:
        self._profile = profile
        self._writers: dict[Any, Writer] = {
            datetime: time_writer(profile.time),
            PhoneNumber: number_writer(profile.numbers),
            Seconds: duration_writer(profile.durations),
        }

    def writer(self, cls: Any) -> Writer:
        """Give the writer of *cls*, compiling it when it is new."""
        found = self._writers.get(cls)
        if found is None:
            inner = plan.bare(cls)
            found = self._writers[cls] = self._writers.get(inner) or self._compile(inner)
        return found

    def _compile(self, cls: Any) -> Writer:
        origin = get_origin(cls)
        if cls is Any or cls is object:
            return self.write
        if origin is tuple:
            return self._list_writer(get_args(cls)[0])
        if isinstance(origin, type) and issubclass(origin, Mapping):
            return self._table_writer(get_args(cls)[1])
        if isinstance(cls, type) and issubclass(cls, OpenEnum):
            return _word_writer(plan.vocabulary(self._profile, cls))
        if attrs.has(cls):
            return self._model_writer(cls)
        if cls in {str, int, float, bool}:
            return _as_it_is
        raise TypeError(f"no wire form for {cls!r}")

    def write(self, value: object) -> Any:
        """Write *value* by what it is; lists and tables by what is in them."""
        if value is None or type(value) in {str, int, float, bool}:
            return value
        if isinstance(value, (list, tuple)):
            return [self.write(one) for one in value]
        if isinstance(value, Mapping):
            return {str(key): self.write(one) for key, one in value.items()}
        return self.writer(type(value))(value)

    def _list_writer(self, cls: Any) -> Writer:
        write_one = self.writer(cls)
        return lambda values: [write_one(value) for value in values]

    def _table_writer(self, cls: Any) -> Writer:
        write_one = self.writer(cls)
        return lambda table: {str(key): write_one(value) for key, value in table.items()}

    def _model_writer(self, model: type) -> Writer:
        types = plan.field_types(model)
        fields = [
            (name, paths[0], self.writer(types[name]), "." not in paths[0])
            for name, paths in plan.candidates(self._profile, model).items()
        ]
        taken, repeated = set[str](), set[str]()
        for name, path, *_ in fields:
            if path in taken:
                repeated.add(name)
            taken.add(path)
        mark = plan.envelope(self._profile, model)
        keeps_extra = plan.EXTRA in types

        def write(value: Any) -> dict[str, Any]:
            wire: dict[str, Any] = {}
            if mark is not None:
                put_at(wire, *mark)
            for name, path, write_one, is_plain in fields:
                inner = getattr(value, name)
                if inner is None and name in repeated:
                    continue  # `disposition_raw` does not undo `disposition`
                written = None if inner is None else write_one(inner)
                if is_plain:  # a tenth of the time
                    wire[path] = written
                else:
                    put_at(wire, path, written)
            if keeps_extra:
                wire |= {key: self.write(one) for key, one in value.extra.items() if key not in wire}
            return wire

        return write


def _word_writer(vocabulary: Mapping[str, tuple[str, ...]]) -> Writer:
    words = {ours: spellings[0] for ours, spellings in vocabulary.items() if spellings}

    def write(member: Any) -> Any:
        word = member.value if isinstance(member, Enum) else member
        return words.get(word, word)

    return write


def _as_it_is(value: Any) -> Any:
    return value
