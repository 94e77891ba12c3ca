"""Calls to test with: the shapes of ``facts/vipex.md`` 3.5, with invented people and numbers.

:func:`build_call` gives a finished call by the name of its shape; ``attrs.evolve`` changes any field of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from attrs import evolve, frozen

from vipex_sdk.numbers import PhoneNumber
from vipex_sdk.webhooks.events import (
    CallEnd,
    CallLeg,
    Direction,
    Disposition,
    LegResult,
    LegType,
    RecordingRef,
    UserRef,
)

__all__ = ["OUR_NUMBER", "SHAPES", "build_call"]

OUR_NUMBER = "+3610000100"
"""The number that was called, in every inbound shape."""

_BUDAPEST = ZoneInfo("Europe/Budapest")
_NORMAL_CLEARING = 16
_NAMES = {"101": UserRef(id="17", name="Nagy Béla"), "105": UserRef(id="21", name="Szabó Éva")}


@frozen(kw_only=True)
class _Script:
    """A call before it has a summary; all times in seconds after its start."""

    call_id: str
    caller: str | None
    start: datetime

    def at(self, seconds: int) -> datetime:
        return self.start + timedelta(seconds=seconds)

    def leg(
        self,
        seq: int,
        kind: LegType,
        extension: str,
        *,
        times: tuple[int, int | None, int],
        result: LegResult = LegResult.ANSWERED,
        by: str | None = None,
        parent: int | None = None,
        source: str | None = None,
    ) -> CallLeg:
        """Make a leg; *times* are start, answer and end."""
        started, answered, ended = times
        return CallLeg(
            leg_id=f"{self.call_id}-{seq}",
            seq=seq,
            parent_leg_id=f"{self.call_id}-{parent}" if parent else None,
            type=kind,
            source=PhoneNumber.parse(source or self.caller),
            target=PhoneNumber.parse(extension),
            extension=extension,
            by_extension=by,
            started_at=self.at(started),
            answered_at=None if answered is None else self.at(answered),
            ended_at=self.at(ended),
            ring_seconds=(ended if answered is None else answered) - started,
            talk_seconds=0 if answered is None else ended - answered,
            duration_seconds=ended - started,
            result=result,
        )

    def end(
        self,
        extension: str | None,
        final: str | None,
        *,
        answered: int | None,
        ended: int,
        talk: int,
        recording: RecordingRef | None = None,
        legs: tuple[CallLeg, ...] = (),
    ) -> CallEnd:
        """Close an inbound call."""
        return CallEnd(
            event_id=f"ev-{self.call_id}",
            attempt=1,
            sent_at=self.at(ended + 1),
            call_id=self.call_id,
            direction=Direction.INBOUND,
            caller=PhoneNumber.parse(self.caller),
            called=PhoneNumber.parse(OUR_NUMBER),
            extension=extension,
            final_extension=final,
            user=None if answered is None else _NAMES.get(extension or ""),
            started_at=self.start,
            answered_at=None if answered is None else self.at(answered),
            ended_at=self.at(ended),
            ring_seconds=ended if answered is None else answered,
            talk_seconds=talk,
            duration_seconds=ended,
            disposition=Disposition.ABANDONED if answered is None else Disposition.ANSWERED,
            disposition_raw="abandoned" if answered is None else "answered",
            hangup_cause=_NORMAL_CLEARING,
            hangup_by="caller",
            recording=recording,
            legs=legs,
        )


def _answered(script: _Script) -> CallEnd:
    audio = RecordingRef(code="R-5f1c9b7e", content_type="audio/mpeg", size_bytes=800_000, duration_seconds=200)
    return script.end("101", "101", answered=10, ended=210, talk=200, recording=audio)


def _missed(script: _Script) -> CallEnd:
    return evolve(script.end("101", None, answered=None, ended=25, talk=0), group="sales")


def _blind_transfer(script: _Script) -> CallEnd:
    first = script.leg(1, LegType.INITIAL, "101", times=(0, 8, 53), result=LegResult.TRANSFERRED)
    second = script.leg(2, LegType.TRANSFER_BLIND, "102", times=(53, 63, 243), by="101", parent=1)
    legs = tuple(
        evolve(leg, recording=RecordingRef(code=f"R-7f3a-{leg.seq}", content_type="audio/mpeg"))
        for leg in (first, second)
    )
    return script.end("101", "102", answered=8, ended=243, talk=225, legs=legs)


def _attended_transfer(script: _Script) -> CallEnd:
    first = script.leg(1, LegType.INITIAL, "101", times=(0, 5, 100), result=LegResult.TRANSFERRED)
    legs = (
        evolve(first, hold_seconds=40),
        script.leg(2, LegType.CONSULTATION, "102", times=(60, 66, 100), by="101", parent=1, source="101"),
        script.leg(3, LegType.TRANSFER_ATTENDED, "102", times=(100, 100, 340), by="101", parent=1),
    )
    audio = RecordingRef(code="R-44dd", content_type="audio/mpeg")
    ended = script.end("101", "102", answered=5, ended=340, talk=335, recording=audio, legs=legs)
    return evolve(ended, attempt=2, queue="support")


def _pickup(script: _Script) -> CallEnd:
    legs = (
        script.leg(1, LegType.INITIAL, "103", times=(0, None, 9), result=LegResult.PICKED_UP),
        script.leg(2, LegType.PICKUP, "105", times=(9, 9, 129), by="105", parent=1),
    )
    audio = RecordingRef(code="R-33cc", content_type="audio/mpeg")
    ended = script.end("105", "105", answered=9, ended=129, talk=120, recording=audio, legs=legs)
    return evolve(ended, hangup_by="callee")


def _outbound(script: _Script) -> CallEnd:
    ended = script.end("101", "101", answered=12, ended=72, talk=60)
    return evolve(
        ended,
        direction=Direction.OUTBOUND,
        caller=PhoneNumber.parse("101"),
        called=PhoneNumber.parse(script.caller),
        client_ref="ref-0001",
    )


def _outbound_unanswered(script: _Script) -> CallEnd:
    return evolve(
        _outbound(script),
        final_extension=None,
        user=None,
        answered_at=None,
        ended_at=script.at(30),
        sent_at=script.at(31),
        ring_seconds=30,
        talk_seconds=0,
        duration_seconds=30,
        disposition=Disposition.NO_ANSWER,
        disposition_raw="no_answer",
        hangup_by="caller",
    )


_Builder = Callable[[_Script], CallEnd]
_BUILDERS: Mapping[str, tuple[_Builder, str, str | None, tuple[int, int, int]]] = {
    "answered": (_answered, "20260302-090000-11aa", "+36300000001", (9, 0, 0)),
    "missed": (_missed, "20260302-091000-22bb", "+36300000001", (9, 10, 0)),
    "blind_transfer": (_blind_transfer, "20260302-101512-7f3a", "+36300000001", (10, 15, 12)),
    "pickup": (_pickup, "20260302-140200-33cc", "+36300000002", (14, 2, 0)),
    "attended_transfer": (_attended_transfer, "20260302-143000-44dd", "+36300000003", (14, 30, 0)),
    "outbound": (_outbound, "20260302-150000-55ee", "+36300000001", (15, 0, 0)),
    "outbound_unanswered": (_outbound_unanswered, "20260302-151000-66ff", "+36300000001", (15, 10, 0)),
}
_CALLER = "as in the shape"

SHAPES: tuple[str, ...] = tuple(_BUILDERS)
"""Names that :func:`build_call` knows."""


def build_call(
    shape: str = "answered",
    *,
    call_id: str | None = None,
    remote: str | None = _CALLER,
    started_at: datetime | None = None,
) -> CallEnd:
    """Build a finished call.

    Args:
        shape: one of :data:`SHAPES`.
        call_id: the call's id; each shape has one of its own.
        remote: the party outside, in any spelling; ``None`` is a hidden number.
        started_at: aware start; all other times follow it. By default a Monday in March, Budapest time.

    Raises:
        KeyError: no such shape.

    >>> build_call("blind_transfer").final_extension
    '102'
    """
    builder, own_id, caller, (hour, minute, second) = _BUILDERS[shape]
    script = _Script(
        call_id=call_id or own_id,
        caller=caller if remote == _CALLER else remote,
        start=started_at or datetime(2026, 3, 2, hour, minute, second, tzinfo=_BUDAPEST),
    )
    return builder(script)
