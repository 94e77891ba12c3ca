"""One call out of many messages: whatever order they come in, however often, the call is the same.

A message is a set of facts. Each fact has a rank (nothing known, something, a proper value), the stamp of the message
that brought it (time sent, attempt), and a canonical text; the greatest of the three wins, fact by fact. Choosing the
greatest is commutative, associative and idempotent, and so is :func:`merge`: a corrected duration replaces the old
one, and what a later message leaves out stays known. Sources: ``facts/reliability.md`` 2.2, F33 to F38.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, TypeAlias

import attrs

from vipex_sdk.numbers import NumberKind, PhoneNumber
from vipex_sdk.values import OpenEnum
from vipex_sdk.webhooks.events import (
    CallEnd,
    CallLeg,
    DataQuery,
    Event,
    IncomingCall,
    LegType,
    RecordingRef,
    RecordingUpload,
)
from vipex_sdk.webhooks.plain import canonical, plain

__all__ = ["MergedCall", "call_key", "content_digest", "event_key", "merge"]

Path: TypeAlias = tuple[str, ...]
Stamp: TypeAlias = tuple[float, int]

_NO_STAMP: Stamp = (float("-inf"), 0)
_PRESENT = "is"
_OF_THE_MESSAGE = frozenset({"attempt", "event_id", "sent_at", "stamps"})
_EPOCH = date(1970, 1, 1)
_DAY_SECONDS = 24 * 60 * 60
_QUIET_HOUR_SECONDS = 2 * 60 * 60


@attrs.frozen(kw_only=True)
class MergedCall(CallEnd):
    """A call put together from messages of different age.

    Attributes:
        stamps: the facts that come from an older message than the newest, and the stamp of that message.
    """

    stamps: Mapping[Path, Stamp] = attrs.field(factory=dict, repr=False)


@attrs.frozen
class _Fact:
    rank: int
    stamp: Stamp
    value: Any

    def beats(self, other: _Fact) -> bool:
        """Compare by rank, stamp and, only where those are equal, by text: it is the costly part."""
        mine, yours = (self.rank, self.stamp), (other.rank, other.stamp)
        return mine > yours or (mine == yours and canonical(self.value) > canonical(other.value))


def merge(a: CallEnd, b: CallEnd) -> CallEnd:
    """Put together what two messages say about one call. Commutative, associative, idempotent.

    Legs are merged by their ids and ordered by ``seq``, then by time; the call starts when the earlier of the two says.

    Raises:
        ValueError: the two are not about one call.
    """
    if a.call_id != b.call_id:
        raise ValueError("two different calls cannot be merged")
    newest = max(a, b, key=lambda call: (_stamp(call), canonical((call.sent_at, call.attempt))))
    facts = dict(_facts(a))
    for path, fact in _facts(b):
        known = facts.get(path)
        if known is None or fact.beats(known):
            facts[path] = fact
    own = _stamp(newest)
    fields = {
        "call_id": a.call_id,
        "started_at": min(a.started_at, b.started_at),
        "sent_at": newest.sent_at,
        "attempt": newest.attempt,
        **_fields({path: fact.value for path, fact in facts.items()}),
    }
    stamps = {path: fact.stamp for path, fact in facts.items() if fact.rank and fact.stamp != own}
    return MergedCall(stamps=stamps, **fields) if stamps else CallEnd(**fields)


def _stamp(call: CallEnd) -> Stamp:
    return (call.sent_at.timestamp() if call.sent_at else 0.0, call.attempt or 0)


def _facts(call: CallEnd) -> Iterator[tuple[Path, _Fact]]:
    own = _stamp(call)
    stamps = call.stamps if isinstance(call, MergedCall) else {}
    for path, value in _values(call, apart=frozenset({"call_id", "started_at", "sent_at", "attempt", "stamps"})):
        rank = _rank(value)
        yield path, _Fact(rank, stamps.get(path, own) if rank else _NO_STAMP, value)


def _values(part: CallEnd | CallLeg, *, apart: frozenset[str]) -> Iterator[tuple[Path, Any]]:
    """Take a call or a leg apart into values that are chosen one by one."""
    for name in (field.name for field in attrs.fields(type(part)) if field.name not in apart):
        value = getattr(part, name)
        if name == "legs":
            for leg in value:
                yield ("legs", leg.leg_id, _PRESENT), True
                for path, leg_value in _values(leg, apart=frozenset({"leg_id"})):
                    yield ("legs", leg.leg_id, *path), leg_value
        elif name == "extra":
            yield from ((("extra", key), item) for key, item in value.items())
        elif isinstance(value, RecordingRef):
            yield ("recording", _PRESENT), True
            yield from ((("recording", key), getattr(value, key)) for key in attrs.fields_dict(RecordingRef))
        elif name != "recording":
            yield (name,), value


def _rank(value: object) -> int:
    """0 when nothing is known, 1 when something is, 2 for a proper value."""
    if value is None or value in ("", ()):
        return 0
    if isinstance(value, PhoneNumber):
        return {NumberKind.ANONYMOUS: 0, NumberKind.UNPARSED: 1}.get(value.kind, 2)
    if isinstance(value, OpenEnum):
        return 0 if value == "unknown" or value is LegType.OTHER else 1 + value.known
    return 2


def _fields(values: Mapping[Path, Any]) -> dict[str, Any]:
    """Put chosen values together again."""
    fields: dict[str, Any] = {}
    nested: defaultdict[str, dict[Path, Any]] = defaultdict(dict)
    for (name, *rest), value in values.items():
        if rest:
            nested[name][tuple(rest)] = value
        else:
            fields[name] = value
    if "extra" in nested:
        fields["extra"] = {key: value for (key,), value in sorted(nested["extra"].items())}
    if "recording" in nested:
        fields["recording"] = RecordingRef(**{k: v for (k,), v in nested["recording"].items() if k != _PRESENT})
    if "legs" in nested:
        fields["legs"] = _legs(nested["legs"])
    return fields


def _legs(values: Mapping[Path, Any]) -> tuple[CallLeg, ...]:
    by_id: defaultdict[str, dict[Path, Any]] = defaultdict(dict)
    for (leg_id, *rest), value in values.items():
        if rest != [_PRESENT]:
            by_id[leg_id][tuple(rest)] = value
    legs = [CallLeg(leg_id=leg_id, **_fields(leg)) for leg_id, leg in by_id.items()]
    return tuple(sorted(legs, key=_place))


def _place(leg: CallLeg) -> tuple[int, float, str]:
    return leg.seq, leg.started_at.timestamp() if leg.started_at else float("inf"), leg.leg_id


def call_key(event: Event) -> str:
    """Give the name of the call that *event* is about: the same for all its messages, another for the next call.

    A PBX that was reset counts its call ids from the beginning again, so the day on which the call started is part of
    the name. The day changes at two in the morning UTC, when hardly any call is in progress, because messages about
    one call may differ in the time it started. A recording is often sent much later and does not say when the call
    started: then its name has no day.
    """
    started = event.started_at or (None if isinstance(event, RecordingUpload) else event.sent_at)
    return f"{event.call_id}@{_day(started)}" if started else event.call_id


def _day(time: datetime) -> str:
    days = (time.timestamp() - _QUIET_HOUR_SECONDS) // _DAY_SECONDS
    return date.fromordinal(max(1, _EPOCH.toordinal() + int(days))).isoformat()


def _kind(event: Event) -> str:
    kinds = (DataQuery, IncomingCall, CallEnd, RecordingUpload)
    return next(cls.__name__ for cls in kinds if isinstance(event, cls))


def event_key(event: Event) -> str:
    """Give the name of the message, in hex: the same for every attempt to send it, however attempts are stamped.

    A message may come again with more in it under the same key; :func:`content_digest` tells.
    """
    phase = event.phase.value if isinstance(event, IncomingCall) else None
    parts: list[object] = [_kind(event), call_key(event), phase, event.event_id]
    if event.event_id is None and isinstance(event, CallEnd):
        parts += [event.ended_at, [leg.leg_id for leg in event.legs]]
    if isinstance(event, RecordingUpload):
        # Often nothing but the audio itself tells one recording of a call from another.
        parts += [event.leg_id, event.recording and (event.recording.stored or event.recording.code)]
    return hashlib.sha256(canonical(parts).encode()).hexdigest()


def content_digest(event: Event) -> str:
    """Give a digest, in hex, of the facts of *event*: not of the attempt, the time or the id of the message.

    Fields that the wire profile does not know are left out, because senders stamp their attempts there too. Where
    inline audio was stored is left out as well: each attempt stores its own copy.
    """
    facts = plain(event)
    for name in (*_OF_THE_MESSAGE, "extra"):
        facts.pop(name, None)
    parts = [facts, *facts.get("legs", ())]
    for part in parts:
        part.pop("extra", None)
        if part.get("recording"):
            part["recording"]["stored"] = bool(part["recording"]["stored"])
    return hashlib.sha256(canonical([_kind(event), facts]).encode()).hexdigest()
