from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from vipex_sdk.crm import (
    CallEnd,
    CallLeg,
    CallOutcome,
    Direction,
    Disposition,
    Journal,
    JournalSettings,
    LegResult,
    LegType,
    Match,
    OwnerRule,
    RecordingLink,
    RecordingRef,
    Ref,
)
from vipex_sdk.crm.journal.conversation import Conversation
from vipex_sdk.numbers import PhoneNumber
from vipex_sdk.testing import SHAPES, build_call

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CALLER = PhoneNumber.parse("+36300000001")


def call(**fields: object) -> CallEnd:
    given = {"call_id": "c", "started_at": START, "caller": CALLER, "direction": Direction.INBOUND, **fields}
    return CallEnd(**given)  # type: ignore[arg-type]  # what the tests change is of many types


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        (call(), CallOutcome.MISSED),
        (call(disposition=Disposition.ANSWERED), CallOutcome.ANSWERED),
        (call(answered_at=START), CallOutcome.ANSWERED),
        (call(answered_at=START, talk_seconds=0), CallOutcome.MISSED),
        (call(disposition=Disposition.FORWARDED, answered_at=START, talk_seconds=3), CallOutcome.ANSWERED),
        (call(disposition=Disposition.FORWARDED), CallOutcome.MISSED),
        (call(disposition=Disposition.VOICEMAIL, answered_at=START, talk_seconds=3), CallOutcome.MISSED),
        (call(disposition=Disposition.BUSY, answered_at=START), CallOutcome.MISSED),
        (call(disposition=Disposition("hold_hangup"), answered_at=START), CallOutcome.MISSED),
        (call(disposition=Disposition.ANSWERED, answered_at=START), CallOutcome.ANSWERED),
        (call(disposition=Disposition.ABANDONED, final_extension="101", talk_seconds=5), CallOutcome.ANSWERED),
        (call(direction=Direction.OUTBOUND, called=CALLER), CallOutcome.OUTBOUND_UNANSWERED),
        (call(direction=Direction.OUTBOUND, called=CALLER, answered_at=START), CallOutcome.OUTBOUND),
    ],
)
def test_the_summary_alone_says_what_a_call_without_legs_was(facts: CallEnd, outcome: CallOutcome) -> None:
    assert Conversation.of(facts).outcome is outcome


def leg(**fields: object) -> CallLeg:
    given = {"leg_id": "l", "seq": 1, "type": LegType.INITIAL, "extension": "101", **fields}
    return CallLeg(**given)  # type: ignore[arg-type]  # what the tests change is of many types


@pytest.mark.parametrize(
    ("part", "talk"),
    [
        (leg(result=LegResult.ANSWERED, talk_seconds=9, duration_seconds=20), 9),
        (leg(result=LegResult.ANSWERED, ring_seconds=5, duration_seconds=20), 15),
        (leg(result=LegResult.ANSWERED, answered_at=START, ended_at=START + timedelta(seconds=7)), 7),
        (leg(result=LegResult.ANSWERED), 30),
        (leg(answered_at=START, talk_seconds=4), 4),
        (leg(result=LegResult.TRANSFERRED, talk_seconds=0), None),
        (leg(result=LegResult.PICKED_UP, answered_at=START, talk_seconds=4), None),
        (leg(result=LegResult.LOST_RACE, answered_at=START, talk_seconds=4), None),
        (leg(type=LegType.CONSULTATION, result=LegResult.ANSWERED, talk_seconds=4), None),
        (leg(type=LegType.OTHER, extension=None, result=LegResult.ANSWERED, talk_seconds=4), None),
        (leg(extension=None, target=PhoneNumber.parse("101"), result=LegResult.ANSWERED, talk_seconds=4), 4),
    ],
)
def test_what_a_leg_counts_for(part: CallLeg, talk: int | None) -> None:
    conversation = Conversation.of(call(ended_at=START + timedelta(seconds=30), legs=(part,)))
    assert [stretch.talk_seconds for stretch in conversation.talks] == ([] if talk is None else [talk])
    assert conversation.talk_seconds == (talk or 0)


def test_the_dialler_is_known_even_when_only_the_caller_names_it() -> None:
    out = {"direction": Direction.OUTBOUND, "caller": PhoneNumber.parse("101"), "called": CALLER}
    assert Conversation.of(call(**out)).rang == "101"
    assert Conversation.of(call(**out, answered_at=START)).talks[0].extension == "101"
    dialled = leg(extension=None, result=LegResult.ANSWERED, talk_seconds=4)
    assert Conversation.of(call(**out, legs=(dialled,))).talks[0].extension == "101"


def test_the_end_is_found_where_it_stands() -> None:
    end = START + timedelta(seconds=12)
    assert Conversation.of(call(ended_at=end)).ended_at == end
    assert Conversation.of(call(duration_seconds=12)).ended_at == end
    assert Conversation.of(call(legs=(leg(ended_at=end),))).ended_at == end
    assert Conversation.of(call()).ended_at == START


moments = st.none() | st.integers(0, 600).map(lambda seconds: START + timedelta(seconds=seconds))
seconds = st.none() | st.integers(0, 600)
extensions = st.none() | st.sampled_from(("101", "102", "103"))
numbers = st.sampled_from((None, CALLER, PhoneNumber.parse("101"), PhoneNumber.parse("112"), PhoneNumber.anonymous()))
recordings = st.none() | st.sampled_from(("R-1", "R-2")).map(lambda code: RecordingRef(code=code))
legs = st.builds(
    CallLeg,
    leg_id=st.sampled_from(("a", "b", "c")),
    seq=st.integers(1, 5),
    type=st.sampled_from(LegType),
    parent_leg_id=st.sampled_from((None, "a", "z")),
    target=numbers,
    extension=extensions,
    by_extension=extensions,
    started_at=moments,
    answered_at=moments,
    ended_at=moments,
    ring_seconds=seconds,
    talk_seconds=seconds,
    duration_seconds=seconds,
    result=st.sampled_from(LegResult),
    recording=recordings,
)
calls = st.builds(
    CallEnd,
    call_id=st.just("c-1"),
    started_at=st.just(START),
    direction=st.sampled_from(Direction),
    caller=numbers.map(lambda number: number or PhoneNumber.anonymous()),
    called=numbers,
    extension=extensions,
    final_extension=extensions,
    answered_at=moments,
    ended_at=moments,
    ring_seconds=seconds,
    talk_seconds=seconds,
    duration_seconds=seconds,
    disposition=st.sampled_from(Disposition),
    recording=recordings,
    legs=st.lists(legs, max_size=4).map(tuple),
)


@given(calls, st.sampled_from(OwnerRule), st.booleans())
def test_any_call_gives_sound_records(facts: CallEnd, owner: OwnerRule, anonymous: bool) -> None:  # noqa: FBT001
    journal = Journal(JournalSettings(owner=owner, record_anonymous=anonymous))
    users = {"101": Ref("user", "1")}
    records = journal.records(
        facts,
        Match(),
        revision=1,
        users=users,
        recording=lambda ref: RecordingLink(key=ref.code or "", url="https://x"),
    )
    assert (records == ()) == (journal.ignored(facts) is not None)
    assert len(records) <= (max(len(facts.legs), 1) if owner is OwnerRule.EACH else 1)
    assert len({record.key for record in records}) == len(records)
    assert len({int(record.started_at.timestamp()) for record in records}) == len(records)
    for record in records:
        assert record.key.startswith("c-1")
        assert record.text.endswith(f"[vipex:{record.key}]")
        assert record.talk_seconds >= 0
        assert record.outcome in (CallOutcome.ANSWERED, CallOutcome.OUTBOUND) or record.talk_seconds == 0
        assert (record.task is not None) <= (record.outcome is CallOutcome.MISSED)
        assert record.owner == users.get(record.extension or "")


@given(st.sampled_from(SHAPES), st.sampled_from(OwnerRule), st.integers(1, 9))
def test_the_key_is_the_same_for_ever(shape: str, owner: OwnerRule, revision: int) -> None:
    facts = build_call(shape)
    later = evolve(facts, attempt=revision, event_id="other", recording=RecordingRef(code="late"))
    keys = [
        [
            record.key
            for record in Journal(JournalSettings(owner=owner)).records(
                each, Match(), revision=revision, users={}, recording=lambda _: None
            )
        ]
        for each in (facts, later)
    ]
    assert keys[0] == keys[1]
