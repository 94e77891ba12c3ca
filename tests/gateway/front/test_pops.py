from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.gateway.calls import a_call
from tests.gateway.clock import HandClock, eventually
from tests.gateway.front.rig import CUSTOMER, ScanningCrm, a_customer
from vipex_sdk.crm.model import CustomerCard
from vipex_sdk.gateway.database import Database
from vipex_sdk.gateway.desk import Hub, Pops
from vipex_sdk.gateway.desk import pops as pops_module
from vipex_sdk.gateway.directory import Directory
from vipex_sdk.numbers import PhoneNumber
from vipex_sdk.webhooks.events import CallLeg, Direction, Disposition, IncomingCall, LegType, Phase


class Told(Hub):
    """A hub that remembers everything it published."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[tuple[str, dict[str, Any]]] = []

    def publish(self, topic: str, event: str, data: Any) -> int:
        self.events.append((topic, json.loads(json.dumps(data))))
        return super().publish(topic, event, data)

    def states(self) -> list[tuple[str, str]]:
        """Give who was told which state, and forget it."""
        states = [(topic.removeprefix("desk:"), data["state"]) for topic, data in self.events]
        self.events.clear()
        return states


@pytest.fixture
def hub() -> Told:
    return Told()


@pytest.fixture
def pops(sqlite: Database, crm: ScanningCrm, clock: HandClock, hub: Told) -> Pops:
    return Pops(Directory(sqlite, crm, clock=clock), hub, own_numbers=("+3610000100",), clock=clock)


def notice(call_id: str = "c-1", caller: str | None = CUSTOMER, **changes: Any) -> IncomingCall:
    return IncomingCall(call_id=call_id, caller=PhoneNumber.parse(caller), **changes)


async def test_a_group_call_pops_everywhere_and_closes_where_nobody_answered(pops: Pops, hub: Told) -> None:
    await pops.incoming(notice(extensions=("101", "102", "103")))
    view = hub.events[0][1]
    assert (view["card"]["name"], view["card"]["url"]) == ("Próba Piroska", "http://crm.test/card/1")
    assert view["number"] == "+36 30 000 0001"
    assert hub.states() == [("101", "ringing"), ("102", "ringing"), ("103", "ringing")]
    await pops.incoming(notice(phase=Phase.ANSWERED, extension="102"))
    assert hub.events[1][1]["answered_by"] == "102"
    assert sorted(hub.states()) == [("101", "elsewhere"), ("102", "answered"), ("103", "elsewhere")]
    await pops.incoming(notice(extensions=("101", "102", "103")))
    assert hub.states() == []
    await pops.ended(a_call(extension="102", final_extension="102"))
    assert sorted(hub.states()) == [("101", "elsewhere"), ("102", "ended"), ("103", "elsewhere")]
    await pops.incoming(notice(call_id="c-1", phase=Phase.ANSWERED, extension="102"))
    assert [call["state"] for call in pops.recent("102")] == ["ended"]
    assert pops.recent("102")[0]["talk_seconds"] == 60


async def test_a_transferred_call_pops_at_the_next_colleague(pops: Pops, hub: Told) -> None:
    await pops.incoming(notice(phase=Phase.ANSWERED, extension="101"))
    hub.states()
    await pops.incoming(notice(extensions=("105",)))
    assert hub.states() == [("105", "ringing")]
    await pops.incoming(notice(phase=Phase.ANSWERED, extension="105"))
    assert hub.states() == [("105", "answered"), ("101", "elsewhere")]
    assert [call["state"] for call in pops.current("105")] == ["answered"]


async def test_a_call_nobody_answered_is_missed(pops: Pops, hub: Told) -> None:
    await pops.incoming(notice(extensions=("101", "102")))
    hub.states()
    missed = a_call(answered_at=None, talk_seconds=0, disposition=Disposition.NO_ANSWER, final_extension=None)
    await pops.ended(missed)
    assert sorted(hub.states()) == [("101", "missed"), ("102", "missed")]
    assert pops.current("101") == []


async def test_a_call_known_only_by_its_end_is_among_the_last_calls(pops: Pops) -> None:
    at = datetime(2026, 3, 2, 9, 1, tzinfo=UTC)
    parts = [(LegType.INITIAL, "101"), (LegType.TRANSFER_BLIND, "105")]
    legs = tuple(
        CallLeg(leg_id=str(seq), seq=seq, type=kind, extension=extension, answered_at=at)
        for seq, (kind, extension) in enumerate(parts, 1)
    )
    await pops.ended(a_call(direction=Direction.OUTBOUND, called=PhoneNumber.parse(CUSTOMER), legs=legs))
    for extension in ("101", "105"):
        (entry,) = pops.recent(extension)
        assert (entry["card"]["name"], entry["outbound"], entry["state"]) == ("Próba Piroska", True, "ended")


async def test_an_internal_call_is_no_pop(pops: Pops, hub: Told) -> None:
    await pops.incoming(notice(caller="105", direction=Direction.INTERNAL, extensions=("101",)))
    await pops.ended(a_call(direction=Direction.INTERNAL))
    assert hub.states() == []


async def test_hidden_unknown_and_own_numbers_pop_without_a_card(pops: Pops, hub: Told) -> None:
    for number, caller in enumerate([None, "+36300000099", "+3610000100"]):
        await pops.incoming(notice(call_id=f"c-{number}", caller=caller, caller_name="Név", extension="101"))
    assert [data["card"] for _, data in hub.events] == [None, None, None]
    assert [data["number"] for _, data in hub.events] == ["", "+36 30 000 0099", "+36 1 000 0100"]
    assert {data["caller_name"] for _, data in hub.events} == {"Név"}


async def test_a_slow_crm_gives_the_name_later(
    pops: Pops, hub: Told, crm: ScanningCrm, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = asyncio.Event()

    async def slow(number: PhoneNumber) -> list[CustomerCard]:
        await gate.wait()
        return crm.cards

    monkeypatch.setattr(crm, "find", slow)
    monkeypatch.setattr(pops_module, "SOON_SECONDS", 0.01)
    await pops.incoming(notice(extensions=("101",)))
    assert (hub.events[0][1]["looking"], hub.events[0][1]["card"]) == (True, None)
    gate.set()
    await eventually(lambda: len(hub.events) == 2)
    assert (hub.events[1][1]["looking"], hub.events[1][1]["card"]["name"]) == (False, "Próba Piroska")
    await pops.close()


async def test_only_web_addresses_become_links(pops: Pops, hub: Told, crm: ScanningCrm) -> None:
    addresses = ["javascript:alert(1)", "data:text/html,x", "http://[broken", "//crm.test/1", None]
    for number, address in enumerate(addresses):
        crm.cards = [a_customer(number=f"+3630000001{number}", url=address)]
        await pops.incoming(notice(call_id=f"c-{number}", caller=f"+3630000001{number}", extension="101"))
    assert [data["card"]["url"] for _, data in hub.events] == [None] * len(addresses)


async def test_several_customers_are_all_offered(pops: Pops, hub: Told, crm: ScanningCrm) -> None:
    crm.cards = [a_customer(), a_customer("2", name="Más Márta", company=None)]
    await pops.incoming(notice(extension="101"))
    view = hub.events[0][1]
    assert view["ambiguous"]
    assert [card["name"] for card in view["others"]] == ["Más Márta"]


async def test_a_call_whose_end_was_never_told_is_forgotten(pops: Pops, clock: HandClock) -> None:
    await pops.incoming(notice("c-1", extension="101"))
    await pops.incoming(notice("c-2", phase=Phase.ANSWERED, extension="101"))
    clock.advance(200)
    assert [call.call_id for call in pops.live()] == ["c-2"]
    clock.advance(timedelta(hours=5).total_seconds())
    assert pops.current("101") == []
