"""Invented messages about one call, for Hypothesis."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

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

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

times = st.none() | st.integers(0, 20).map(lambda minutes: START + timedelta(minutes=minutes))
seconds = st.none() | st.integers(0, 3)
words = st.none() | st.sampled_from(["", "101", "102"])
numbers = st.sampled_from(["", "+36300000001", "+36300000002", "101", "zz"]).map(PhoneNumber.parse)
extras = st.dictionaries(st.sampled_from(["a", "b"]), st.none() | st.integers(0, 2) | st.just({"c": [1]}), max_size=2)
recordings = st.none() | st.builds(
    RecordingRef, code=words, stored=words, content_type=st.none() | st.just("audio/mpeg"), duration_seconds=seconds
)
users = st.none() | st.builds(UserRef, id=words, name=words)


@st.composite
def legs(draw: st.DrawFn) -> tuple[CallLeg, ...]:
    ids = draw(st.lists(st.sampled_from(["l1", "l2", "l3"]), unique=True, max_size=3))
    return tuple(
        draw(
            st.builds(
                CallLeg,
                leg_id=st.just(leg_id),
                seq=st.just(int(leg_id[1])),
                type=st.sampled_from([LegType.INITIAL, LegType.OTHER, LegType("odd")]),
                target=st.none() | numbers,
                extension=words,
                started_at=times,
                talk_seconds=seconds,
                result=st.sampled_from([LegResult.ANSWERED, LegResult.UNKNOWN]),
                recording=recordings,
                extra=extras,
            )
        )
        for leg_id in sorted(ids)
    )


call_ends = st.builds(
    CallEnd,
    call_id=st.just("20260302-090000-11aa"),
    started_at=st.integers(0, 2).map(lambda step: START + timedelta(seconds=step)),
    event_id=words,
    attempt=st.none() | st.integers(0, 3),
    sent_at=times,
    direction=st.sampled_from([Direction.INBOUND, Direction.UNKNOWN]),
    caller=numbers,
    called=st.none() | numbers,
    extension=words,
    user=users,
    talk_seconds=seconds,
    disposition=st.sampled_from([Disposition.ANSWERED, Disposition.UNKNOWN, Disposition("furcsa")]),
    recording=recordings,
    legs=legs(),
    extra=extras,
)
