"""What a finished call was: who talked with the customer, for how long, or whom it rang for.

Only facts about the call are read here; whose record it becomes is decided in ``journal.py``. The traps are in
``facts/vipex.md`` section 4, points 9 to 12: losers of a group ring missed nothing, legs overlap, a queue or an IVR
that answers is nobody, given durations are better than differences of times.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from attrs import field, frozen

from vipex_sdk.crm.model import CallOutcome
from vipex_sdk.numbers import NumberKind, PhoneNumber
from vipex_sdk.values import Seconds
from vipex_sdk.webhooks.events import CallEnd, CallLeg, Direction, Disposition, LegResult, LegType, RecordingRef

__all__ = ["Conversation", "Talk", "direction_of", "remote_of"]

_NOT_THE_CUSTOMER = frozenset({LegType.CONSULTATION, LegType.IVR})
_LEAVES_THE_HOUSE = frozenset({LegType.FORWARD, LegType.TRANSFER_BLIND, LegType.TRANSFER_ATTENDED})
_NOT_ANSWERED = frozenset(
    {
        LegResult.PICKED_UP,
        LegResult.NO_ANSWER,
        LegResult.BUSY,
        LegResult.REJECTED,
        LegResult.CANCELLED,
        LegResult.LOST_RACE,
        LegResult.FAILED,
    }
)


@frozen(kw_only=True)
class Talk:
    """One stretch of the customer's conversation with one party of ours.

    Attributes:
        extension: our extension; ``None`` when the call had left the house, for example to a mobile.
        via: the extension that sent the call out of the house.
    """

    extension: str | None
    started_at: datetime
    answered_at: datetime | None
    ended_at: datetime
    talk_seconds: Seconds
    via: str | None = None
    recording: RecordingRef | None = field(default=None, repr=False)


@frozen(kw_only=True)
class Conversation:
    """The customer's side of a call.

    Attributes:
        talks: stretches in the order of the legs; empty when nobody talked.
        talk_seconds: the customer's whole conversation, counted once.
        rang: the extension that rang first; ``None`` when none did.
    """

    direction: Direction
    outcome: CallOutcome
    started_at: datetime
    ended_at: datetime
    talk_seconds: Seconds
    talks: tuple[Talk, ...] = ()
    rang: str | None = None
    last: str | None = None

    @classmethod
    def of(cls, call: CallEnd) -> Conversation:
        """Read *call*."""
        direction = direction_of(call)
        talks = _talks(call, direction)
        talked = bool(talks) or _talked_by_summary(call)
        outbound = direction is Direction.OUTBOUND
        if talked:
            outcome = CallOutcome.OUTBOUND if outbound else CallOutcome.ANSWERED
        else:
            outcome = CallOutcome.OUTBOUND_UNANSWERED if outbound else CallOutcome.MISSED
        return cls(
            direction=direction,
            outcome=outcome,
            started_at=call.started_at,
            ended_at=_end_of(call),
            talk_seconds=_whole_talk(call, talks) if talked else 0,
            talks=talks,
            rang=_rang_first(call, direction),
            last=(call.final_extension or _last_extension(talks)) if talked else None,
        )


def direction_of(call: CallEnd) -> Direction:
    """Give the call's direction; where VIPeX did not say, or both parties are ours, the parties tell it."""
    if call.direction is Direction.INTERNAL:
        return Direction.INTERNAL
    caller_inside = call.caller.kind is NumberKind.EXTENSION
    called_inside = call.called is not None and call.called.kind is NumberKind.EXTENSION
    if call.direction is Direction.OUTBOUND:
        return Direction.INTERNAL if called_inside else Direction.OUTBOUND
    if not caller_inside:
        return Direction.INBOUND
    return Direction.INTERNAL if called_inside or call.direction is Direction.INBOUND else Direction.OUTBOUND


def remote_of(call: CallEnd, direction: Direction) -> PhoneNumber:
    """Give the party outside."""
    if direction is Direction.OUTBOUND:
        return call.called or PhoneNumber.anonymous()
    return call.caller


def _talks(call: CallEnd, direction: Direction) -> tuple[Talk, ...]:
    """Find the answered customer legs; a call without legs is one leg of its own."""
    if not call.legs:
        return (_talk_of_summary(call, direction),) if _talked_by_summary(call) else ()
    talks = []
    for leg in sorted(call.legs, key=lambda leg: leg.seq):
        extension = _extension_of(leg, call, direction)
        outside = leg.type in _LEAVES_THE_HOUSE
        if leg.type not in _NOT_THE_CUSTOMER and _answered(leg) and (extension or outside):
            talks.append(_talk_of(leg, call, extension))
    return tuple(talks)


def _answered(leg: CallLeg) -> bool:
    if leg.result is LegResult.ANSWERED:
        return True
    return leg.result not in _NOT_ANSWERED and (leg.answered_at is not None or bool(leg.talk_seconds))


def _talked_by_summary(call: CallEnd) -> bool:
    """Read the summary alone: ``final_extension`` is whoever talked last, and nobody on a miss."""
    if call.final_extension is not None:
        return call.answered_at is not None or bool(call.talk_seconds)
    if call.legs or call.answered_at is None:
        # With legs, "answered" without anybody who talked was a queue or an IVR.
        return call.disposition is Disposition.ANSWERED and not call.legs
    if call.disposition in (Disposition.UNKNOWN, Disposition.FORWARDED):
        return call.talk_seconds != 0
    return call.disposition is Disposition.ANSWERED


def _talk_of_summary(call: CallEnd, direction: Direction) -> Talk:
    extension = call.final_extension or call.extension or _caller_extension(call, direction)
    return Talk(
        extension=extension,
        started_at=call.started_at,
        answered_at=call.answered_at,
        ended_at=_end_of(call),
        talk_seconds=_summary_talk(call),
        recording=call.recording,
    )


def _talk_of(leg: CallLeg, call: CallEnd, extension: str | None) -> Talk:
    started = leg.started_at or leg.answered_at or call.started_at
    ended = leg.ended_at or _end_of(call)
    talk = leg.talk_seconds
    if talk is None and leg.duration_seconds is not None:
        talk = max(0, leg.duration_seconds - (leg.ring_seconds or 0))
    if talk is None:
        talk = _seconds(leg.answered_at or started, ended)
    return Talk(
        extension=extension,
        via=leg.by_extension,
        started_at=started,
        answered_at=leg.answered_at,
        ended_at=ended,
        talk_seconds=talk,
        recording=leg.recording,
    )


def _extension_of(leg: CallLeg, call: CallEnd, direction: Direction) -> str | None:
    if leg.extension:
        return leg.extension
    if leg.target is not None and leg.target.kind is NumberKind.EXTENSION:
        return leg.target.value
    if direction is Direction.OUTBOUND and leg.type is LegType.INITIAL:
        return call.extension or _caller_extension(call, direction)
    return None


def _caller_extension(call: CallEnd, direction: Direction) -> str | None:
    outbound = direction is Direction.OUTBOUND and call.caller.kind is NumberKind.EXTENSION
    return call.caller.value if outbound else None


def _rang_first(call: CallEnd, direction: Direction) -> str | None:
    if call.extension:
        return call.extension
    legs = (leg for leg in sorted(call.legs, key=lambda leg: leg.seq) if leg.type not in _NOT_THE_CUSTOMER)
    from_legs = next((leg.extension for leg in legs if leg.extension), None)
    return from_legs or _caller_extension(call, direction)


def _last_extension(talks: Sequence[Talk]) -> str | None:
    return next((talk.extension for talk in reversed(talks) if talk.extension), None)


def _whole_talk(call: CallEnd, talks: Sequence[Talk]) -> int:
    """Trust the summary; else add the stretches up, and where they overlap count the time once."""
    if call.talk_seconds is not None:
        return call.talk_seconds
    if not call.legs or not talks:
        return _summary_talk(call)
    spans = sorted((talk.answered_at or talk.started_at, talk.ended_at) for talk in talks)
    if all(first[1] <= second[0] for first, second in pairwise(spans)):
        return sum(talk.talk_seconds for talk in talks)
    return _union(spans)


def _union(spans: Sequence[tuple[datetime, datetime]]) -> int:
    total, until = 0, spans[0][0]
    for start, end in spans:
        if end > until:
            total += _seconds(max(start, until), end)
            until = end
    return total


def _summary_talk(call: CallEnd) -> int:
    if call.talk_seconds is not None:
        return call.talk_seconds
    if call.duration_seconds is not None and call.ring_seconds is not None:
        return max(0, call.duration_seconds - call.ring_seconds)
    return _seconds(call.answered_at or call.started_at, _end_of(call))


def _end_of(call: CallEnd) -> datetime:
    if call.ended_at is not None:
        return call.ended_at
    if call.duration_seconds is not None:
        # In UTC: adding seconds to a local time is wrong in the hour the clocks change.
        return call.started_at.astimezone(UTC) + timedelta(seconds=call.duration_seconds)
    return max((leg.ended_at for leg in call.legs if leg.ended_at is not None), default=call.started_at)


def _seconds(start: datetime, end: datetime) -> int:
    return max(0, int((end.astimezone(UTC) - start.astimezone(UTC)).total_seconds()))
