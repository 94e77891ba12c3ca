"""Scripted calls give what facts/vipex.md 3.5 shows, and the durations add up."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.sandbox.conftest import House
from tests.sandbox.running import PASSWORD, assert_adds_up
from vipex_sdk.webhooks.events import Disposition, LegResult, LegType

_START = "2026-03-02T10:15:12+01:00"


async def test_answered_call(house: House) -> None:
    await house.play("answered", extension="101", start=_START)
    end = house.receiver.call_end()
    assert (end.extension, end.final_extension, end.disposition) == ("101", "101", Disposition.ANSWERED)
    assert (end.ring_seconds, end.talk_seconds, end.duration_seconds) == (10, 200, 210)
    assert end.started_at.isoformat() == _START
    assert end.user is not None
    assert end.user.id == "17"
    assert end.legs == ()
    assert end.recording is not None
    assert end.recording.code
    assert_adds_up(end)


async def test_missed_call(house: House) -> None:
    await house.play("missed", extension="101", ring_seconds=25)
    end = house.receiver.call_end()
    assert (end.extension, end.final_extension, end.user, end.answered_at) == ("101", None, None, None)
    assert (end.disposition, end.ring_seconds, end.talk_seconds) == (Disposition.ABANDONED, 25, 0)
    assert end.recording is None
    assert_adds_up(end)


async def test_missed_call_of_a_group_names_the_first_that_rang(house: House) -> None:
    await house.play("missed", caller=None)
    end = house.receiver.call_end()
    assert (end.extension, end.group, end.legs) == ("101", "sales", ())
    assert end.caller.value == ""


async def test_blind_transfer(house: House) -> None:
    await house.play("blind_transfer", extension="101", transfer_to="102")
    end = house.receiver.call_end()
    first, second = end.legs
    assert (end.extension, end.final_extension) == ("101", "102")
    assert (end.ring_seconds, end.talk_seconds, end.duration_seconds) == (8, 225, 243)
    assert (first.type, first.result, second.type, second.result) == (
        LegType.INITIAL,
        LegResult.TRANSFERRED,
        LegType.TRANSFER_BLIND,
        LegResult.ANSWERED,
    )
    assert (second.by_extension, second.parent_leg_id, second.ring_seconds) == ("101", first.leg_id, 10)
    assert first.recording
    assert second.recording
    assert end.recording is None
    assert_adds_up(end)


async def test_attended_transfer(house: House) -> None:
    await house.play("attended_transfer", extension="101", transfer_to="102")
    end = house.receiver.call_end()
    first, consultation, second = end.legs
    assert (end.extension, end.final_extension) == ("101", "102")
    assert (end.ring_seconds, end.talk_seconds, end.duration_seconds) == (5, 335, 340)
    assert (first.talk_seconds, first.hold_seconds, first.result) == (95, 40, LegResult.TRANSFERRED)
    assert consultation.source is not None
    assert (consultation.source.value, consultation.extension, consultation.talk_seconds) == ("101", "102", 34)
    assert (second.type, second.ring_seconds, second.by_extension) == (LegType.TRANSFER_ATTENDED, 0, "101")
    assert second.parent_leg_id == first.leg_id
    assert_adds_up(end)


async def test_pick_up(house: House) -> None:
    await house.play("pickup", extension="103", transfer_to="105")
    end = house.receiver.call_end()
    first, second = end.legs
    assert (end.extension, end.final_extension) == ("105", "105")
    assert end.user is not None
    assert end.user.name == "Tóth Gábor"
    assert (first.extension, first.result, first.talk_seconds) == ("103", LegResult.PICKED_UP, 0)
    assert (second.type, second.extension, second.by_extension) == (LegType.PICKUP, "105", "105")
    assert (end.ring_seconds, end.talk_seconds, end.duration_seconds, end.hangup_by) == (9, 120, 129, "callee")
    assert_adds_up(end)


async def test_unknown_caller(house: House) -> None:
    played = await house.play("unknown_caller")
    assert house.receiver.call_end().caller.e164 == played["customer"] == "+36300000009"


async def test_outbound_call_armed_here_and_started_through_the_control_api(house: House) -> None:
    armed = await house.play("outbound", number="+36300000003", talk_seconds=42, speed=1e9)
    assert armed == {"scenario": "outbound", "simulated": True, "armed": "+36300000003"}
    started = await house.http.post(
        "/api/v1/calls",
        json={"extension": "101", "number": "06 30 000 0003", "client_ref": "crm-4711"},
        auth=("crm", PASSWORD),
    )
    assert started.status_code == 202
    call = (await house.http.get(f"/sandbox/calls/{started.json()['call_id']}", params={"wait": "5"})).json()
    assert [attempt["kind"] for attempt in call["webhooks"]] == ["call_end"]
    end = house.receiver.call_end()
    assert (end.call_id, end.direction, end.client_ref) == (call["call_id"], "outbound", "crm-4711")
    assert (end.extension, end.final_extension, end.remote.e164) == ("101", "101", "+36300000003")
    assert (end.talk_seconds, end.disposition) == (42, Disposition.ANSWERED)
    assert end.ended_at is not None
    assert abs(end.ended_at - house.pbx.clock.now()) < timedelta(minutes=1)
    assert_adds_up(end)
    sound = await house.http.get(f"/sandbox/recordings/{call['recordings'][0]}")
    assert sound.content.startswith(b"RIFF")


@pytest.mark.parametrize(
    ("decision", "rings"),
    [
        ({"found": True, "action": "route", "target_type": "extension", "target": "105"}, "105"),
        ({"found": True, "action": "route", "target_type": "group", "target": "support"}, "102"),
        ({"found": True, "action": "route", "target_type": "extension", "target": "199"}, "103"),
        ({"found": False, "action": "continue"}, "103"),
        ({"nonsense": [1]}, "103"),
    ],
)
async def test_the_answer_to_the_data_query_decides(house: House, decision: dict[str, object], rings: str) -> None:
    house.receiver.decision = decision
    played = await house.play("answered", extension="103")
    assert played["routed_to"] == rings


async def test_reject(house: House) -> None:
    house.receiver.decision = {"found": True, "action": "reject"}
    answer = await house.http.post("/sandbox/scenarios/answered", json={})
    assert answer.status_code == 409
    end = house.receiver.call_end()
    assert (end.disposition, end.hangup_cause, end.talk_seconds) == (Disposition.REJECTED, 21, 0)


async def test_routed_ringing_goes_on_with_the_call_logic_after_its_time(house: House) -> None:
    house.receiver.decision = {
        "found": True,
        "action": "route",
        "target_type": "extension",
        "target": "105",
        "timeout_seconds": 8,
    }
    played = await house.play("answered", extension="103")
    assert (played["routed_to"], played["extension"]) == ("105", "103")
    end = house.receiver.call_end()
    assert [leg.result for leg in end.legs] == [LegResult.NO_ANSWER, LegResult.ANSWERED]
    assert_adds_up(end)


async def test_query_that_is_too_late_changes_nothing(house: House) -> None:
    house.receiver.decision = {"found": True, "action": "route", "target_type": "extension", "target": "105"}
    house.receiver.delay = 0.3
    await house.configure(query_timeout=0.05)
    played = await house.play("answered", extension="103")
    assert played["extension"] == "103"
    assert played["decision"] is None


async def test_scripted_calls_lie_in_the_past_one_after_another(house: House) -> None:
    first = house.pbx.director.timeline.next_start()
    second = house.pbx.director.timeline.next_start()
    now = house.pbx.clock.now()
    assert first < second < now
    starts = [house.pbx.director.timeline.next_start() for _ in range(30)]
    assert max(starts) < now - timedelta(minutes=4)


async def test_wrong_wishes_are_named(house: House) -> None:
    answer = await house.http.post("/sandbox/scenarios/answered", json={"ringing": 3, "talk_seconds": "x"})
    assert answer.status_code == 422
    assert "ringing" in answer.json()["error"]
    assert (await house.http.post("/sandbox/scenarios/dance", json={})).status_code == 404
    naive = await house.http.post("/sandbox/scenarios/answered", json={"start": "2026-03-02T09:00:00"})
    assert naive.status_code == 422
