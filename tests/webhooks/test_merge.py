"""Whatever order the messages about a call come in, and however often, the call is the same."""

from datetime import UTC, datetime, timedelta, timezone
from functools import reduce

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.webhooks.strategies import START, call_ends
from vipex_sdk.numbers import PhoneNumber
from vipex_sdk.webhooks.events import (
    CallEnd,
    CallLeg,
    DataQuery,
    Disposition,
    IncomingCall,
    LegResult,
    LegType,
    Phase,
    RecordingRef,
    UserRef,
)
from vipex_sdk.webhooks.merge import call_key, content_digest, event_key, merge

few = settings(max_examples=40)  # generating calls is what takes the time
CALL = CallEnd(
    call_id="20260302-090000-11aa",
    started_at=START,
    event_id="ev-1",
    attempt=1,
    sent_at=START + timedelta(minutes=4),
    caller=PhoneNumber.parse("+36300000001"),
    disposition=Disposition.ANSWERED,
    talk_seconds=200,
    recording=RecordingRef(code="R-1"),
)


@few
@given(call_ends, call_ends)
def test_merging_is_commutative(a: CallEnd, b: CallEnd) -> None:
    assert merge(a, b) == merge(b, a)


@few
@given(call_ends, call_ends, call_ends)
def test_merging_is_associative(a: CallEnd, b: CallEnd, c: CallEnd) -> None:
    assert merge(merge(a, b), c) == merge(a, merge(b, c))


@few
@given(call_ends, call_ends)
def test_merging_is_idempotent(a: CallEnd, b: CallEnd) -> None:
    assert merge(a, a) == a
    both = merge(a, b)
    assert merge(both, both) == both
    assert merge(both, a) == both


@few
@given(st.lists(call_ends, min_size=1, max_size=5), st.data())
def test_any_order_with_any_repetition_gives_the_same_call(messages: list[CallEnd], data: st.DataObject) -> None:
    again = data.draw(st.lists(st.sampled_from(messages), max_size=5))
    shuffled = data.draw(st.permutations(messages + again))
    assert reduce(merge, shuffled) == reduce(merge, messages)


def test_what_a_later_message_leaves_out_stays_known() -> None:
    late = CallEnd(call_id=CALL.call_id, started_at=START, sent_at=START + timedelta(hours=1))
    merged = merge(CALL, late)
    assert (merged.talk_seconds, merged.disposition, merged.caller) == (200, Disposition.ANSWERED, CALL.caller)
    assert merged.recording == RecordingRef(code="R-1")
    assert merged.sent_at == late.sent_at


def test_a_correction_replaces_even_by_a_smaller_value_and_even_after_a_detour() -> None:
    corrected = evolve(CALL, talk_seconds=180, sent_at=START + timedelta(hours=1))
    silent = evolve(CALL, talk_seconds=None, sent_at=START + timedelta(hours=2))
    assert merge(corrected, CALL).talk_seconds == 180
    assert merge(merge(CALL, silent), corrected).talk_seconds == 180


def test_a_later_attempt_wins_when_nothing_says_when_it_was_sent() -> None:
    first, second = evolve(CALL, sent_at=None), evolve(CALL, sent_at=None, attempt=2, talk_seconds=1)
    assert merge(second, first).talk_seconds == 1


def test_a_hidden_caller_is_no_knowledge_and_a_number_is() -> None:
    hidden = evolve(CALL, caller=PhoneNumber.anonymous(), sent_at=START + timedelta(hours=1))
    assert merge(CALL, hidden).caller == CALL.caller


def test_a_code_and_stored_audio_of_one_recording_come_together() -> None:
    inline = evolve(CALL, recording=RecordingRef(stored="k1"), sent_at=START + timedelta(hours=1))
    assert merge(CALL, inline).recording == RecordingRef(code="R-1", stored="k1")


def test_a_person_is_never_put_together_from_two() -> None:
    first = evolve(CALL, user=UserRef(id="17", name="Nagy Béla"))
    later = evolve(CALL, user=UserRef(id="18"), sent_at=START + timedelta(hours=1))
    assert merge(first, later).user == UserRef(id="18")


def test_legs_are_merged_by_their_ids_and_ordered() -> None:
    one = CallLeg(leg_id="x-1", seq=1, type=LegType.INITIAL, talk_seconds=45)
    two = CallLeg(leg_id="x-2", seq=2, type=LegType.TRANSFER_BLIND, extension="102")
    late = evolve(one, type=LegType.OTHER, talk_seconds=None, result=LegResult.TRANSFERRED)
    merged = merge(evolve(CALL, legs=(two,)), merge(evolve(CALL, legs=(late,)), evolve(CALL, legs=(one,))))
    assert merged.legs == (evolve(one, result=LegResult.TRANSFERRED), two)


def test_a_call_starts_when_its_first_part_does() -> None:
    part = evolve(CALL, started_at=START + timedelta(minutes=3), sent_at=START + timedelta(hours=1))
    assert merge(CALL, part).started_at == START


def test_two_calls_are_not_merged() -> None:
    with pytest.raises(ValueError, match="two different calls"):
        merge(CALL, evolve(CALL, call_id="other"))


def test_the_key_of_a_message_survives_stamped_attempts() -> None:
    again = evolve(CALL, attempt=2, sent_at=START + timedelta(hours=3))
    assert event_key(again) == event_key(CALL)
    assert content_digest(again) == content_digest(CALL)
    nameless = evolve(CALL, event_id=None)
    assert event_key(evolve(again, event_id=None)) == event_key(nameless) != event_key(CALL)


def test_more_in_the_same_message_is_the_same_message_with_other_content() -> None:
    richer = evolve(CALL, recording=RecordingRef(code="R-1", duration_seconds=200))
    assert event_key(richer) == event_key(CALL)
    assert content_digest(richer) != content_digest(CALL)


def test_the_digest_does_not_see_zones_unknown_fields_or_where_audio_was_stored() -> None:
    local = evolve(CALL, started_at=START.astimezone(timezone(timedelta(hours=1))), extra={"retry": 3})
    assert content_digest(local) == content_digest(CALL)
    leg = CallLeg(leg_id="1", seq=1, recording=RecordingRef(stored="a"))
    first, second = evolve(CALL, legs=(leg,)), evolve(CALL, legs=(evolve(leg, recording=RecordingRef(stored="b")),))
    assert content_digest(first) == content_digest(second)
    assert content_digest(evolve(CALL, legs=(evolve(leg, recording=None),))) != content_digest(first)


def test_keys_tell_kinds_phases_and_parts_apart() -> None:
    query = DataQuery(call_id=CALL.call_id, started_at=START)
    ringing = IncomingCall(call_id=CALL.call_id, started_at=START)
    answered = evolve(ringing, phase=Phase.ANSWERED)
    parts = [
        evolve(CALL, event_id=None, legs=(CallLeg(leg_id=leg_id, seq=seq),)) for seq, leg_id in enumerate(("a", "b"))
    ]
    keys = [event_key(event) for event in (query, ringing, answered, CALL, *parts)]
    assert len(set(keys)) == len(keys)
    assert all(len(key) == 64 for key in keys)
    assert len({content_digest(query), content_digest(ringing)}) == 2


@pytest.mark.parametrize(
    ("started", "same"),
    [
        (START + timedelta(seconds=2), True),
        (START + timedelta(hours=3), True),
        (START.replace(tzinfo=UTC).astimezone(timezone(timedelta(hours=-9))), True),
        (START + timedelta(days=1), False),
        (START - timedelta(days=90), False),
    ],
)
def test_a_call_id_used_again_on_another_day_is_another_call(started: datetime, *, same: bool) -> None:
    later = evolve(CALL, started_at=started)
    assert (call_key(later) == call_key(CALL)) is same
    assert (event_key(later) == event_key(CALL)) is same


def test_every_message_about_a_call_names_the_same_call() -> None:
    assert call_key(DataQuery(call_id=CALL.call_id, started_at=START)) == call_key(CALL)
    assert call_key(IncomingCall(call_id=CALL.call_id, sent_at=START)) == call_key(CALL)
    assert call_key(DataQuery(call_id=CALL.call_id)) == CALL.call_id
    earliest = evolve(CALL, started_at=datetime(1, 1, 1, tzinfo=UTC))
    assert call_key(earliest).endswith("@0001-01-01")
