"""What the exchange tells about a call: the notice while it rings, and the whole call once it is over.

The rules of ``facts/vipex.md`` 3.5, kept to the second.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from attrs import evolve

from vipex_sdk.sandbox.behaviours import assumed, documented
from vipex_sdk.sandbox.call import Call, Leg
from vipex_sdk.webhooks.events import (
    CallEnd,
    CallLeg,
    Direction,
    Disposition,
    IncomingCall,
    LegResult,
    LegType,
    Phase,
    RecordingRef,
    UserRef,
)

__all__ = ["call_end", "incoming_call", "recorded_parts", "without_recordings"]

_UNANSWERED = {
    LegResult.BUSY: Disposition.BUSY,
    LegResult.REJECTED: Disposition.REJECTED,
    LegResult.FAILED: Disposition.FAILED,
    LegResult.NO_ANSWER: Disposition.NO_ANSWER,
}


def incoming_call(
    call: Call, *, phase: Phase, event_id: str, sent_at: datetime, users: Mapping[str, UserRef]
) -> IncomingCall:
    """Describe *call* while it rings, or just after it was answered."""
    leg = call.current
    extension = leg.extension if leg and phase is Phase.ANSWERED else None
    return IncomingCall(
        call_id=call.call_id,
        phase=phase,
        event_id=event_id,
        sent_at=sent_at,
        direction=call.direction,
        caller=call.caller,
        caller_name=call.caller_name,
        called=call.called,
        extension=extension,
        extensions=leg.extensions if leg else (),
        group=call.group,
        queue=call.queue,
        started_at=call.started_at,
        answered_at=leg.answered_at if leg and phase is Phase.ANSWERED else None,
        user=users.get(extension) if extension else None,
    )


@assumed("The top level names the first answering extension, and the first ringing one when nobody answered.")
@assumed("Talk time is the customer's, consultations left out; a hold counts as talk.", source="3.5")
def call_end(
    call: Call,
    *,
    event_id: str,
    users: Mapping[str, UserRef],
    recordings: Mapping[int | None, RecordingRef],
) -> CallEnd:
    """Describe a finished *call*; *recordings* are by leg index, ``None`` for the call as a whole."""
    ended_at = call.ended_at or call.started_at
    answered_at = call.first_answer
    talked = [leg for leg in call.legs if leg.counts and leg.answered_at]
    extension = _extension(call, talked)
    answered = bool(talked)
    return CallEnd(
        call_id=call.call_id,
        event_id=event_id,
        direction=call.direction,
        caller=call.caller,
        called=call.called,
        extension=extension,
        final_extension=_final(talked),
        user=users.get(extension) if answered and extension else None,
        group=call.group,
        queue=call.queue,
        started_at=call.started_at,
        answered_at=answered_at,
        ended_at=ended_at,
        ring_seconds=_seconds(call.started_at, answered_at or ended_at),
        talk_seconds=sum(_seconds(leg.answered_at, leg.ended_at) for leg in talked),
        duration_seconds=_seconds(call.started_at, ended_at),
        disposition=_disposition(call, talked),
        hangup_cause=call.hangup_cause,
        hangup_by=call.hangup_by,
        client_ref=call.client_ref,
        recording=recordings.get(None),
        legs=_legs(call, recordings) if _has_parts(call) else (),
    )


@documented("Part-CDRs (rész CDR) come with the end of a call that was transferred or picked up.")
@assumed("A forwarded call and an IVR call have part-CDRs too; a plain call has none.", source="3.5")
def _has_parts(call: Call) -> bool:
    return len(call.legs) > 1 or any(leg.type is LegType.IVR for leg in call.legs)


@assumed("A blindly transferred call has one recording a part; any other call has one in all.", source="3.5")
def recorded_parts(call: Call) -> list[tuple[int | None, int]]:
    """List what is recorded: leg index (``None`` for the whole call) and seconds."""
    talked = [(index, leg) for index, leg in enumerate(call.legs) if leg.counts and leg.answered_at]
    if not talked:
        return []
    if any(leg.type is LegType.TRANSFER_BLIND for _, leg in talked):
        return [(index, _seconds(leg.answered_at, leg.ended_at)) for index, leg in talked]
    return [(None, sum(_seconds(leg.answered_at, leg.ended_at) for _, leg in talked))]


def leg_id(call: Call, index: int) -> str:
    """Name a part of *call*."""
    return f"{call.call_id}-{index + 1}"


def _legs(call: Call, recordings: Mapping[int | None, RecordingRef]) -> tuple[CallLeg, ...]:
    return tuple(
        CallLeg(
            leg_id=leg_id(call, index),
            seq=index + 1,
            parent_leg_id=None if leg.parent is None else leg_id(call, leg.parent),
            type=leg.type,
            source=leg.source,
            target=leg.target,
            extension=leg.first_extension,
            by_extension=leg.by_extension,
            started_at=leg.started_at,
            answered_at=leg.answered_at,
            ended_at=leg.ended_at,
            ring_seconds=_seconds(leg.started_at, leg.answered_at or leg.ended_at),
            talk_seconds=_seconds(leg.answered_at, leg.ended_at),
            hold_seconds=leg.hold_seconds or None,
            duration_seconds=_seconds(leg.started_at, leg.ended_at),
            result=leg.result,
            recording=recordings.get(index),
        )
        for index, leg in enumerate(call.legs)
    )


def _extension(call: Call, talked: list[Leg]) -> str | None:
    answered = next((leg.extension for leg in talked if leg.extension), None)
    return answered or next((leg.first_extension for leg in call.legs if leg.counts and leg.first_extension), None)


def _final(talked: list[Leg]) -> str | None:
    return next((leg.extension for leg in reversed(talked) if leg.extension), None)


def _disposition(call: Call, talked: list[Leg]) -> Disposition:
    if call.voicemail or call.rejected:
        return Disposition.VOICEMAIL if call.voicemail else Disposition.REJECTED
    if talked:
        ours = call.direction is Direction.OUTBOUND or any(leg.extension for leg in talked)
        return Disposition.ANSWERED if ours else Disposition.FORWARDED
    if call.direction is Direction.OUTBOUND and (call.dialled_at is None or call.hangup_by == "caller"):
        return Disposition.CANCELLED
    if call.hangup_by == "caller":
        return Disposition.ABANDONED
    results = [leg.result for leg in call.legs if leg.counts]
    return _UNANSWERED.get(results[-1], Disposition.NO_ANSWER) if results else Disposition.FAILED


def _seconds(start: datetime | None, end: datetime | None) -> int:
    return int((end - start).total_seconds()) if start is not None and end is not None else 0


def without_recordings(event: CallEnd) -> CallEnd:
    """Give the end of call where its recordings come in messages of their own."""
    return evolve(event, recording=None, legs=tuple(evolve(leg, recording=None) for leg in event.legs))
