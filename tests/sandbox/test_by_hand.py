"""Buttons do what they say: transfers, holds, pick-ups and forwardings, by hand."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.conftest import House
from tests.sandbox.running import assert_adds_up, shape
from vipex_sdk.control.forwarding import Forwarding, ForwardingType, TargetType
from vipex_sdk.numbers import PhoneNumber

_CALLER = "+36300000001"


class Hands:
    """Presses buttons over HTTP, as the page does."""

    def __init__(self, house: House) -> None:
        self._house = house
        self.call_id = ""

    async def call(self, **wanted: object) -> dict[str, Any]:
        answer = await self._house.http.post("/sandbox/manual/calls", json={"caller": _CALLER, **wanted})
        assert answer.status_code == 201, answer.text
        data: dict[str, Any] = answer.json()
        self.call_id = data["call_id"]
        return data

    async def press(self, action: str, *, status: int = 200, **button: object) -> dict[str, Any]:
        answer = await self._house.http.post(f"/sandbox/manual/calls/{self.call_id}/{action}", json=button)
        assert answer.status_code == status, answer.text
        data: dict[str, Any] = answer.json()
        return data

    async def states(self) -> dict[str, str]:
        state = (await self._house.http.get("/sandbox/state")).json()
        return {phone["extension"]: phone["state"] for phone in state["phones"] if phone["state"] != "idle"}

    async def ended(self) -> dict[str, Any]:
        answer = await self._house.http.get(f"/sandbox/calls/{self.call_id}", params={"wait": "5"})
        data: dict[str, Any] = answer.json()
        assert data["reported"]
        assert_adds_up(self._house.receiver.call_end())
        return data


@pytest.fixture
def hands(house: House) -> Hands:
    return Hands(house)


async def test_a_group_rings_and_one_answers(hands: Hands) -> None:
    await hands.call()
    assert await hands.states() == {"101": "ringing", "102": "ringing"}
    await hands.press("answer", extension="102")
    assert await hands.states() == {"102": "in_call"}
    await hands.press("hang_up", extension="102")
    ended = await hands.ended()
    assert (ended["extension"], ended["hangup_by"], ended["disposition"]) == ("102", "callee", "answered")


async def test_attended_transfer_by_hand(hands: Hands, house: House) -> None:
    await hands.call(extension="101")
    await hands.press("answer", extension="101")
    await hands.press("consult", extension="101", to="105")
    assert await hands.states() == {"101": "consulting", "105": "ringing"}
    await hands.press("complete", extension="101", status=409)
    await hands.press("answer", extension="105")
    await hands.press("complete", extension="101")
    assert await hands.states() == {"105": "in_call"}
    await hands.press("hang_up")
    ended = await hands.ended()
    assert (ended["extension"], ended["final_extension"], ended["hangup_by"]) == ("101", "105", "caller")
    line = house.pbx.lines.get(hands.call_id)
    assert line is not None
    assert shape(line.call) == [
        ("initial", "101", "transferred"),
        ("consultation", "105", "answered"),
        ("transfer_attended", "105", "answered"),
    ]


async def test_putting_the_receiver_down_hands_the_call_over_and_taking_back_gives_it_up(hands: Hands) -> None:
    await hands.call(extension="101")
    await hands.press("answer", extension="101")
    await hands.press("consult", extension="101", to="105")
    await hands.press("answer", extension="105")
    await hands.press("resume", extension="101")
    assert await hands.states() == {"101": "in_call"}
    await hands.press("consult", extension="101", to="103")
    await hands.press("reject", extension="103")
    assert await hands.states() == {"101": "in_call"}
    await hands.press("consult", extension="101", to="103")
    await hands.press("answer", extension="103")
    await hands.press("hang_up", extension="101")
    assert await hands.states() == {"103": "in_call"}
    await hands.press("hang_up", extension="103")
    assert (await hands.ended())["final_extension"] == "103"


async def test_blind_transfer_to_a_number_outside(hands: Hands, house: House) -> None:
    await hands.call(extension="101")
    await hands.press("answer", extension="101")
    await hands.press("hold", extension="101")
    assert await hands.states() == {"101": "held"}
    await hands.press("resume", extension="101")
    await hands.press("transfer", extension="101", to="+36300000009")
    assert await hands.states() == {}
    await hands.press("answer")
    await hands.press("hang_up")
    ended = await hands.ended()
    assert (ended["extension"], ended["final_extension"]) == ("101", "101")
    assert [leg["to"] for leg in ended["legs"]] == ["101", "+36300000009"]


async def test_an_outbound_call_can_be_transferred_to_a_colleague(hands: Hands) -> None:
    await hands.call(extension="101", number="+36300000003")
    assert await hands.states() == {"101": "calling"}
    await hands.press("answer")
    await hands.press("transfer", extension="101", to="105")
    await hands.press("pick_up", extension="103")
    await hands.press("hang_up", extension="103")
    ended = await hands.ended()
    assert (ended["direction"], ended["extension"], ended["final_extension"]) == ("outbound", "101", "103")
    assert [leg["type"] for leg in ended["legs"]] == ["initial", "transfer_blind", "pickup"]


async def test_an_internal_call_is_not_reported(hands: Hands, house: House) -> None:
    await hands.call(extension="101", number="102")
    assert await hands.states() == {"101": "calling", "102": "ringing"}
    await hands.press("answer", extension="102")
    assert await hands.states() == {"101": "in_call", "102": "in_call"}
    await hands.press("transfer", extension="102", to="105", status=409)
    await hands.press("hang_up", extension="101")
    assert (await house.http.get(f"/sandbox/calls/{hands.call_id}")).json()["direction"] == "internal"
    assert house.receiver.received == []


async def test_a_rejected_call_goes_on_or_ends(hands: Hands) -> None:
    await hands.call()
    await hands.press("reject", extension="101")
    assert await hands.states() == {"102": "ringing"}
    await hands.press("reject", extension="102")
    ended = await hands.ended()
    assert (ended["disposition"], ended["extension"]) == ("rejected", "102")


@pytest.mark.parametrize(
    ("action", "button"),
    [
        ("complete", {"extension": "101"}),
        ("hold", {"extension": "101"}),
        ("transfer", {"extension": "101", "to": "105"}),
        ("answer", {"extension": "105"}),
        ("pick_up", {"extension": "101"}),
        ("pick_up", {"extension": "199"}),
        ("reject", {}),
        ("take", {"extension": "101"}),
    ],
)
async def test_wrong_steps_are_refused_and_change_nothing(hands: Hands, action: str, button: dict[str, str]) -> None:
    await hands.call(extension="101")
    await hands.press(action, status=409, **button)
    assert await hands.states() == {"101": "ringing"}


async def test_talking_needs_somebody_to_transfer_to(hands: Hands) -> None:
    await hands.call(extension="101")
    await hands.press("answer", extension="101")
    for to in ("101", "199", "", "nobody"):
        await hands.press("transfer", extension="101", to=to, status=409)
    assert await hands.states() == {"101": "in_call"}


def _forward(house: House, kind: ForwardingType, to: str, ring_seconds: int | None = None) -> None:
    number = PhoneNumber.parse(to)
    house.pbx.office.forwardings["101", str(kind)] = Forwarding(
        type=kind,
        target_type=TargetType.NUMBER if number.is_external else TargetType.EXTENSION,
        target=number,
        ring_seconds=ring_seconds,
    )


async def test_unconditional_forwarding(house: House) -> None:
    _forward(house, ForwardingType.UNCONDITIONAL, "105")
    played = await house.play("answered", extension="101")
    assert played["extension"] == "105"
    end = house.receiver.call_end()
    assert [(leg.type, leg.extension, leg.by_extension) for leg in end.legs] == [
        ("initial", "101", None),
        ("forward", "105", "101"),
    ]
    assert_adds_up(end)


async def test_forwarding_on_no_answer_keeps_its_seconds(house: House) -> None:
    _forward(house, ForwardingType.NO_ANSWER, "105", ring_seconds=6)
    await house.play("answered", extension="101", ring_seconds=10)
    first, second = house.receiver.call_end().legs
    assert (first.result, first.duration_seconds) == ("no_answer", 6)
    assert (second.extension, second.ring_seconds) == ("105", 4)


async def test_forwarding_when_busy_or_without_telephone(hands: Hands, house: House) -> None:
    _forward(house, ForwardingType.BUSY, "105")
    _forward(house, ForwardingType.UNREACHABLE, "103")
    await hands.call(extension="101")
    await hands.press("answer", extension="101")
    await hands.call(extension="101")
    assert await hands.states() == {"101": "in_call", "105": "ringing"}
    house.pbx.reset()
    _forward(house, ForwardingType.UNREACHABLE, "103")
    house.pbx.office.offline.add("101")
    await hands.call(extension="101")
    assert await hands.states() == {"101": "offline", "103": "ringing"}


async def test_forwarding_to_a_number_outside(house: House) -> None:
    _forward(house, ForwardingType.UNCONDITIONAL, "+36300000009")
    await house.play("answered", extension="101")
    end = house.receiver.call_end()
    assert (end.disposition, end.extension, end.final_extension) == ("forwarded", "101", None)
    assert_adds_up(end)


async def test_forwardings_in_a_circle_end_the_call(house: House) -> None:
    _forward(house, ForwardingType.UNCONDITIONAL, "102")
    house.pbx.office.forwardings["102", "unconditional"] = Forwarding(
        type=ForwardingType.UNCONDITIONAL, target_type=TargetType.EXTENSION, target=PhoneNumber.parse("101")
    )
    answer = await house.http.post("/sandbox/scenarios/answered", json={"extension": "101"})
    assert answer.status_code == 409
    assert house.receiver.call_end().disposition == "failed"


async def test_a_telephone_nobody_answers_stops_ringing(hands: Hands, house: House) -> None:
    await house.configure(ring_seconds=1)
    await hands.call(extension="101")
    ended = await hands.ended()
    assert (ended["disposition"], ended["hangup_by"]) == ("no_answer", "system")
