from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve

from vipex_sdk.crm import (
    CallEnd,
    CallLeg,
    CallOutcome,
    CallRecord,
    CustomerCard,
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
from vipex_sdk.numbers import PhoneNumber
from vipex_sdk.testing.calls import SHAPES, build_call

ANNA = CustomerCard(
    contact=Ref("contact", "1"),
    card=Ref("card", "11"),
    name="Kovács Anna",
    company="Minta Kft.",
    owner=Ref("user", "2002"),
)
USERS = {"101": Ref("user", "2001"), "102": Ref("user", "2002"), "105": Ref("user", "2005")}


def link(ref: RecordingRef) -> RecordingLink:
    return RecordingLink(key=f"k-{ref.code}", url=f"https://gateway.example.hu/recordings/{ref.code}")


def records(
    call: CallEnd,
    *,
    match: Match | None = None,
    owner: str = "last",
    language: str = "en",
) -> tuple[CallRecord, ...]:
    journal = Journal(JournalSettings(language=language, owner=owner, names={"102": "Kiss Ágnes"}))
    match = Match(card=ANNA, candidates=(ANNA,)) if match is None else match
    return journal.records(call, match, revision=3, users=USERS, recording=link)


def only(call: CallEnd, *, match: Match | None = None, owner: str = "last") -> CallRecord:
    (record,) = records(call, match=match, owner=owner)
    return record


@pytest.mark.parametrize(
    ("shape", "outcome", "extension", "talk"),
    [
        ("answered", CallOutcome.ANSWERED, "101", 200),
        ("missed", CallOutcome.MISSED, "101", 0),
        ("blind_transfer", CallOutcome.ANSWERED, "102", 225),
        ("attended_transfer", CallOutcome.ANSWERED, "102", 335),
        ("pickup", CallOutcome.ANSWERED, "105", 120),
        ("outbound", CallOutcome.OUTBOUND, "101", 60),
        ("outbound_unanswered", CallOutcome.OUTBOUND_UNANSWERED, "101", 0),
    ],
)
def test_every_shape_becomes_one_record_of_the_last_who_talked(
    shape: str, outcome: CallOutcome, extension: str, talk: int
) -> None:
    call = build_call(shape)
    record = only(call)
    assert (record.outcome, record.extension, record.talk_seconds) == (outcome, extension, talk)
    assert record.owner == USERS[extension]
    assert record.key == record.call_id == call.call_id
    assert record.revision == 3
    assert record.started_at == call.started_at
    assert record.text.endswith(f"[vipex:{call.call_id}]")
    assert "\n" not in record.title
    assert record.card is ANNA


@pytest.mark.parametrize(
    ("shape", "owner", "extension"),
    [
        ("blind_transfer", "first", "101"),
        ("attended_transfer", "first", "101"),
        ("pickup", "first", "105"),
        ("answered", "each", "101"),
    ],
)
def test_owner_by_setting(shape: str, owner: str, extension: str) -> None:
    assert only(build_call(shape), owner=owner).extension == extension


def test_each_answered_leg_is_a_record_with_its_own_start_talk_and_recording() -> None:
    call = build_call("blind_transfer")
    first, second = records(call, owner="each")
    assert (first.key, second.key) == (f"{call.call_id}:101", f"{call.call_id}:102")
    assert (first.talk_seconds, second.talk_seconds) == (45, 180)
    assert first.started_at == call.started_at
    assert second.started_at == call.legs[1].started_at
    assert [record.recording and record.recording.key for record in (first, second)] == ["k-R-7f3a-1", "k-R-7f3a-2"]


def test_a_recording_of_the_whole_call_is_referenced_once() -> None:
    first, second = records(build_call("attended_transfer"), owner="each")
    assert first.recording is None
    assert second.recording is not None
    assert "https://gateway.example.hu/recordings/R-44dd" in first.text
    assert [record.extension for record in (first, second)] == ["101", "102"], "the consultation is no record"


def test_records_of_one_call_never_begin_in_the_same_second() -> None:
    call = build_call("blind_transfer")
    same = tuple(evolve(leg, started_at=call.started_at + timedelta(milliseconds=leg.seq)) for leg in call.legs)
    back = evolve(same[0], leg_id="x-3", seq=3, result=LegResult.ANSWERED)
    found = records(evolve(call, legs=(*same, back)), owner="each")
    assert [record.key.removeprefix(call.call_id) for record in found] == [":101", ":102", ":101:2"]
    assert len({int(record.started_at.timestamp()) for record in found}) == 3


def test_group_ring_losers_are_neither_records_nor_lines() -> None:
    call = build_call("answered")
    ring = [
        CallLeg(leg_id=f"g-{seq}", seq=seq, type=LegType.INITIAL, extension=extension, result=LegResult.LOST_RACE)
        for seq, extension in enumerate(("102", "103", "104"), start=2)
    ]
    winner = CallLeg(
        leg_id="g-1", seq=1, type=LegType.INITIAL, extension="101", result=LegResult.ANSWERED, talk_seconds=200
    )
    for owner in OwnerRule:
        record = only(evolve(call, legs=(winner, *ring)), owner=owner)
        assert (record.outcome, record.extension) == (CallOutcome.ANSWERED, "101")
        assert "103" not in record.text


def test_a_missed_group_call_is_one_record_of_whom_it_rang_first() -> None:
    call = build_call("missed")
    legs = tuple(
        CallLeg(leg_id=f"g-{seq}", seq=seq, type=LegType.INITIAL, extension=extension, result=LegResult.NO_ANSWER)
        for seq, extension in enumerate(("103", "101"), start=1)
    )
    record = only(evolve(call, extension=None, legs=legs))
    assert (record.outcome, record.extension, record.owner) == (CallOutcome.MISSED, "103", None)


def test_a_miss_that_rang_nowhere_belongs_to_the_owner_of_the_card() -> None:
    record = only(evolve(build_call("missed"), extension=None))
    assert (record.extension, record.owner) == ("102", Ref("user", "2002"))


def test_a_miss_of_an_unknown_caller_that_rang_nowhere_is_nobodys() -> None:
    record = only(evolve(build_call("missed"), extension=None), match=Match())
    assert (record.extension, record.owner, record.card) == (None, None, None)


@pytest.mark.parametrize(("kind", "result"), [(LegType.QUEUE, LegResult.ANSWERED), (LegType.IVR, LegResult.ANSWERED)])
def test_a_queue_or_a_voice_menu_that_answers_is_nobody(kind: LegType, result: LegResult) -> None:
    call = evolve(build_call("missed"), disposition=Disposition.ANSWERED, answered_at=build_call("missed").started_at)
    leg = CallLeg(leg_id="q", seq=1, type=kind, result=result, answered_at=call.started_at, talk_seconds=20)
    assert only(evolve(call, legs=(leg,))).outcome is CallOutcome.MISSED


def test_voicemail_is_a_missed_call_with_its_message() -> None:
    call = evolve(
        build_call("missed"),
        disposition=Disposition.VOICEMAIL,
        answered_at=build_call("missed").started_at,
        talk_seconds=12,
        recording=RecordingRef(code="R-voice"),
    )
    record = only(call)
    assert (record.outcome, record.talk_seconds) == (CallOutcome.MISSED, 0)
    assert record.recording is not None
    assert "Reason: voicemail" in record.text


def test_a_call_forwarded_to_a_mobile_belongs_to_the_extension_that_forwarded_it() -> None:
    call = build_call("missed")
    leg = CallLeg(
        leg_id="f",
        seq=1,
        type=LegType.FORWARD,
        by_extension="102",
        target=PhoneNumber.parse("+36300000009"),
        result=LegResult.ANSWERED,
        talk_seconds=30,
    )
    record = only(evolve(call, disposition=Disposition.FORWARDED, talk_seconds=30, legs=(leg,)))
    assert (record.outcome, record.extension, record.talk_seconds) == (CallOutcome.ANSWERED, "102", 30)


def test_a_transfer_that_nobody_answered_stays_with_whoever_talked() -> None:
    call = build_call("blind_transfer")
    lost = evolve(call.legs[1], result=LegResult.NO_ANSWER, answered_at=None, talk_seconds=0, recording=None)
    record = only(
        evolve(
            call, final_extension="101", disposition=Disposition.ABANDONED, talk_seconds=45, legs=(call.legs[0], lost)
        )
    )
    assert (record.outcome, record.extension, record.talk_seconds) == (CallOutcome.ANSWERED, "101", 45)
    assert "not answered" in record.text


def test_overlapping_legs_are_counted_once_when_the_summary_says_nothing() -> None:
    call = evolve(build_call("attended_transfer"), talk_seconds=None)
    assert only(call).talk_seconds == 335
    spanning = evolve(call.legs[0], ended_at=call.ended_at, talk_seconds=335)
    assert only(evolve(call, legs=(spanning, *call.legs[1:]))).talk_seconds == 335


def test_given_durations_beat_differences_of_times() -> None:
    call = evolve(build_call("answered"), talk_seconds=None, ended_at=build_call("answered").started_at)
    assert only(call).talk_seconds == 200


def test_the_end_is_reckoned_over_the_hour_the_clocks_change() -> None:
    before = datetime.fromisoformat("2026-03-29T01:59:30+01:00")
    call = evolve(build_call("answered", started_at=before), ended_at=None, duration_seconds=60)
    assert only(call).ended_at == datetime.fromisoformat("2026-03-29T03:00:30+02:00")


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"direction": Direction.INTERNAL}, "internal"),
        ({"caller": PhoneNumber.parse("102")}, "internal"),
        ({"caller": PhoneNumber.parse("06 1 000 0100")}, "own_number"),
        ({"caller": PhoneNumber.anonymous()}, "anonymous"),
        ({"direction": Direction.OUTBOUND, "called": PhoneNumber.parse("112")}, "short_code"),
        ({"direction": Direction.OUTBOUND, "called": PhoneNumber.parse("102")}, "internal"),
        ({"direction": Direction.UNKNOWN, "caller": PhoneNumber.parse("102")}, None),
        ({}, None),
    ],
)
def test_calls_that_are_nobodys_customer(change: Mapping[str, Any], rule: str | None) -> None:
    journal = Journal(JournalSettings(own_numbers=("06-1/000-0100",)))
    call = evolve(build_call("answered", remote="+36300000001"), **change)
    if "called" not in change:
        call = evolve(call, called=PhoneNumber.parse("+36300000001"))
    assert journal.ignored(call) == rule
    assert (journal.records(call, Match(), revision=1, users={}, recording=link) == ()) == (rule is not None)


def test_hidden_numbers_become_records_when_wanted_but_never_a_task() -> None:
    call = build_call("missed", remote=None)
    journal = Journal(JournalSettings(record_anonymous=True))
    (record,) = journal.records(call, Match(), revision=1, users=USERS, recording=link)
    assert record.title == "Nem fogadott hívás: rejtett szám"
    assert record.task is None


def test_a_missed_call_leaves_a_task_for_whoever_is_responsible() -> None:
    call = build_call("missed")
    task = only(call).task
    assert task is not None
    assert task.owner == Ref("user", "2002")
    assert task.key == f"{call.call_id}:callback"
    assert task.text.endswith(f"[vipex:{call.call_id}:callback]")
    assert call.ended_at is not None
    assert task.due_at == call.ended_at.astimezone(UTC) + timedelta(hours=4)
    assert only(build_call("answered")).task is None
    assert only(call, match=Match()).task is not None
    silent = Journal(JournalSettings(missed_task=False))
    assert silent.records(call, Match(card=ANNA), revision=1, users=USERS, recording=link)[0].task is None


HUNGARIAN = """\
Bejövő hívás: +36 30 000 0001, 2026. 03. 02. 10:15
Ügyfél: Kovács Anna
Cég: Minta Kft.
Hívott szám: +36 1 000 0100
Ügyintéző: 102 (Kiss Ágnes)
Beszélgetés: 3 p 45 mp
Csengetés: 8 mp
A hívás menete:
- 10:15:12 hívás: 101 (Nagy Béla), átadva, beszélgetés 45 mp
- 10:16:05 átkapcsolás: 101 (Nagy Béla) → 102 (Kiss Ágnes), beszélgetés 3 p
Hangfelvétel: https://gateway.example.hu/recordings/R-7f3a-1, https://gateway.example.hu/recordings/R-7f3a-2
[vipex:20260302-101512-7f3a]"""

ENGLISH = """\
Inbound call: +36 30 000 0002, 2026-03-02 14:02
Customer: Kovács Anna
Company: Minta Kft.
Called number: +36 1 000 0100
Answered by: 105 (Szabó Éva)
Talk: 2 min
Ringing: 9 s
What happened:
- 14:02:00 call: 103, taken by a colleague, ringing 9 s
- 14:02:09 picked up: 103 → 105 (Szabó Éva), talk 2 min
Recording: https://gateway.example.hu/recordings/R-33cc
[vipex:20260302-140200-33cc]"""


def test_a_transfer_in_hungarian_says_who_gave_it_to_whom() -> None:
    (record,) = records(build_call("blind_transfer"), language="hu")
    assert record.text == HUNGARIAN
    assert record.title == "Bejövő hívás: +36 30 000 0001 (3 p 45 mp)"


def test_a_pickup_in_english_says_who_took_it_from_whom() -> None:
    assert only(build_call("pickup")).text == ENGLISH


def test_an_ambiguous_number_is_said_to_the_reader() -> None:
    record = only(build_call("answered"), match=Match(card=ANNA, ambiguous=True))
    assert "several customers have this number" in record.text


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("language", ["hu", "en"])
def test_every_text_is_whole_in_both_languages(shape: str, language: str) -> None:
    for record in records(build_call(shape), language=language):
        assert not {"{", "}"} & set(record.title + record.text)
        assert all(
            not line.endswith(":") or line in ("A hívás menete:", "What happened:") for line in record.text.splitlines()
        )


def test_facts_in_another_order_give_the_same_records() -> None:
    call = build_call("attended_transfer")
    for owner in OwnerRule:
        assert [record.key for record in records(evolve(call, legs=call.legs[::-1]), owner=owner)] == [
            record.key for record in records(call, owner=owner)
        ]
