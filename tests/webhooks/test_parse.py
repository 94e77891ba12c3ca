"""From a kept message to an event, and from a decision to an answer, by two profiles."""

import json
from datetime import UTC, datetime
from functools import reduce
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from attrs import evolve

from vipex_sdk.errors import BadPayload, DecodeError
from vipex_sdk.webhooks import (
    CallEnd,
    CallLeg,
    DataQuery,
    Decision,
    DecisionAction,
    Direction,
    Disposition,
    Hook,
    IncomingCall,
    LegType,
    Message,
    TargetType,
    answer,
    merge,
    parse,
)
from vipex_sdk.wire.profile import WireProfile, default_profile, load_profile

EXAMPLES = Path(__file__).parents[2] / "examples" / "payloads"
HUNGARIAN = Path(__file__).parents[1] / "profiles" / "hungarian.toml"
START = "2026-03-02T09:00:00+01:00"


def message(body: Any, *, hook: Hook = Hook.EVENTS, form: bool = False) -> Message:
    return Message(
        hook=hook,
        content_type="application/x-www-form-urlencoded" if form else "application/json",
        body=(urlencode(body) if form else json.dumps(body)).encode(),
        received_at=datetime(2026, 3, 2, 9, 5, tzinfo=UTC),
    )


def call_end(body: Any, profile: WireProfile | None = None, **more: Any) -> CallEnd:
    event = parse(message(body, **more), profile or default_profile())
    assert isinstance(event, CallEnd)
    return event


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("call_end_*.json")), ids=lambda path: path.stem)
def test_every_example_of_an_ended_call_is_understood(path: Path) -> None:
    wire = json.loads(path.read_text(encoding="utf-8"))
    call = call_end(wire)
    assert call.call_id == wire["call_id"]
    assert [leg.leg_id for leg in call.legs] == [leg["leg_id"] for leg in wire["legs"]]
    assert call.talk_seconds == wire["talk_seconds"]
    assert call.extra == {}


def test_the_same_call_by_a_profile_with_other_names_and_forms() -> None:
    profile = load_profile(HUNGARIAN)
    body = {
        "esemeny": "hivas_vege",
        "hivas": "20260302-090000-11aa",
        "kezdet": "2026-03-02 09:00:00",
        "irany": "bejövő",
        "hivo": "06300000001",
        "eredmeny": "fogadott",
        "beszelgetes": "00:03:20",
        "felhasznalo": "Nagy Béla",
        "hang.kod": "R-1",
        "reszek[0].resz": "x-1",
        "reszek[0].sorszam": "1",
        "reszek[0].fajta": "átkapcsolás",
    }
    call = call_end(body, profile, form=True)
    assert (call.call_id, call.direction, call.disposition) == (
        "20260302-090000-11aa",
        Direction.INBOUND,
        Disposition.ANSWERED,
    )
    assert call.started_at == datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
    assert (call.caller.e164, call.talk_seconds) == ("+36300000001", 200)
    assert call.recording is not None
    assert call.recording.code == "R-1"
    assert call.legs[0].type is LegType.TRANSFER_BLIND
    unnamed = {key: value for key, value in body.items() if key != "esemeny"}
    assert call_end(unnamed, profile, form=True, hook=Hook.INCOMING_CALL).call_id == call.call_id
    ringing = parse(message({"call_id": "c1", "phase": "ringing"}, hook=Hook.CALL_END), profile)
    assert isinstance(ringing, IncomingCall)


def test_a_minimal_data_query_at_its_address() -> None:
    event = parse(message({"callid": 4711}, hook=Hook.DATA_QUERY), default_profile())
    assert event == DataQuery(call_id="4711")


def test_unknown_fields_are_kept() -> None:
    assert call_end({"event": "call_end", "call_id": "c1", "started_at": START, "cost": 12}).extra == {"cost": 12}


def test_legs_without_names_are_named_by_their_places() -> None:
    legs = [{"type": "initial"}, {"type": "pickup", "seq": 7}, {"leg_id": "own"}]
    call = call_end({"call_id": "c1", "started_at": START, "legs": legs})
    assert [(leg.leg_id, leg.seq) for leg in call.legs] == [("c1-1", 1), ("c1-2", 7), ("own", 3)]


def test_what_no_field_can_be_is_reported_by_path() -> None:
    with pytest.raises(DecodeError, match=r"\$\.started_at: is missing"):
        call_end({"event": "call_end", "call_id": "c1"})
    with pytest.raises(BadPayload, match="which event"):
        parse(message({"call_id": "c1"}), default_profile())


@pytest.fixture
def separate() -> WireProfile:
    profile = default_profile()
    webhooks = evolve(profile.webhooks, legs=evolve(profile.webhooks.legs, mode="separate"))
    return evolve(profile, webhooks=webhooks)


def test_legs_that_come_one_by_one_make_the_call(separate: WireProfile) -> None:
    common = {"call_id": "c1", "caller": "+36300000001", "direction": "inbound", "part": True}
    first = common | {"leg_id": "x-1", "seq": 1, "started_at": START, "type": "initial", "talk_seconds": 45}
    second = common | {
        "leg_id": "x-2",
        "started_at": "2026-03-02T09:01:00+01:00",
        "talk_seconds": 180,
        "recording": {"code": "R-2"},
        "queue_no": 3,
    }
    whole = {"call_id": "c1", "started_at": START, "talk_seconds": 225, "final": True, "legs": []}
    parts = [call_end(body, separate, hook=Hook.CALL_END) for body in (second, first, whole)]
    assert parts[0].recording is None
    assert (parts[0].talk_seconds, parts[0].extra) == (None, {})
    assert parts[0].legs[0].extra == {"queue_no": 3}
    call = reduce(merge, parts)
    assert (call.talk_seconds, call.started_at, call.caller.e164) == (225, parts[1].started_at, "+36300000001")
    assert [leg.talk_seconds for leg in call.legs] == [180, 45]
    assert isinstance(call.legs[0], CallLeg)
    assert call.legs[0].recording is not None
    assert call.legs[0].recording.code == "R-2"


def test_a_message_with_parts_switched_off_is_a_call(separate: WireProfile) -> None:
    call = call_end({"call_id": "c1", "started_at": START, "part": "nem", "talk_seconds": 5}, separate)
    assert call.talk_seconds == 5
    with pytest.raises(DecodeError):
        call_end({"call_id": "c1", "started_at": START, "part": True}, separate)


def with_answer(**more: Any) -> WireProfile:
    profile = default_profile()
    return evolve(profile, webhooks=evolve(profile.webhooks, answer=evolve(profile.webhooks.answer, **more)))


ROUTE = Decision.to_extension("101", timeout_seconds=25)
BRANCH = Decision(found=True, action=DecisionAction.BRANCH, branch="vip", variables={"segment": "vip"})


@pytest.mark.parametrize(
    ("decision", "profile", "expected"),
    [
        (ROUTE, with_answer(style="text"), (200, "text/plain; charset=utf-8", b"101")),
        (BRANCH, with_answer(style="text"), (200, "text/plain; charset=utf-8", b"vip")),
        (Decision.proceed(), with_answer(style="text"), (200, "text/plain; charset=utf-8", b"")),
        (Decision.proceed(), with_answer(not_found_status=204), (204, None, b"")),
        (
            Decision.proceed(),
            with_answer(style="form", not_found_status=404),
            (404, "application/x-www-form-urlencoded", b"found=false&action=continue"),
        ),
        (ROUTE, with_answer(not_found_status=404), None),
    ],
)
def test_answers_in_other_styles(
    decision: Decision, profile: WireProfile, expected: tuple[int, str | None, bytes] | None
) -> None:
    got = answer(decision, profile)
    assert got == expected if expected is not None else got[0] == 200


def test_the_default_answer_is_flat_and_short() -> None:
    status, content_type, body = answer(BRANCH, default_profile())
    assert (status, content_type) == (200, "application/json")
    assert json.loads(body) == {"found": True, "action": "branch", "branch": "vip", "variables": {"segment": "vip"}}
    assert json.loads(answer(Decision.proceed(), default_profile())[2]) == {"found": False, "action": "continue"}
    full = json.loads(answer(ROUTE, with_answer(empty_fields=True))[2])
    assert full["branch"] is None
    assert full["target_type"] == TargetType.EXTENSION
