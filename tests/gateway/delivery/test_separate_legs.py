"""Legs that come as messages of their own: the last message settles the call, without one a quiet while does."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from tests.gateway.calls import CUSTOMER, a_call
from tests.gateway.clock import HandClock
from tests.gateway.crm import PlainCrm
from tests.gateway.house import House, a_house
from vipex_sdk.gateway.database import Database
from vipex_sdk.gateway.inbox import Status
from vipex_sdk.wire.profile import load_profile

QUIET = 5.0


def told(**more: object) -> bytes:
    fields = {
        "event": "call_end",
        "call_id": "c-1",
        "started_at": "2026-03-02T10:00:00+01:00",
        "direction": "inbound",
        "caller": CUSTOMER,
        "called": "+3610000100",
    }
    return json.dumps(fields | more).encode()


def leg(place: int, extension: str, **more: object) -> bytes:
    of_leg = {"leg_id": f"l{place}", "seq": place, "extension": extension, "talk_seconds": 30, "result": "answered"}
    return told(event_id=f"e-{place}", part=True, **of_leg, **more)


LAST = told(event_id="e-9", final=True, disposition="answered", final_extension="102", talk_seconds=60)


@pytest.fixture
def house(database: Database, clock: HandClock, tmp_path: Path) -> House:
    (tmp_path / "own.toml").write_text(f'[webhooks.legs]\nmode = "separate"\nquiet_seconds = {QUIET}\n')
    return a_house(database, clock, PlainCrm(), profile=load_profile(tmp_path / "own.toml"))


async def test_the_last_message_settles_the_call(house: House) -> None:
    first = await house.put(a_call(), body=leg(1, "101"))
    house.clock.advance(1)
    second = await house.put(a_call(), body=leg(2, "102"))
    await house.deliver_due()
    assert not house.crm.entries
    last = await house.put(a_call(), body=LAST)
    await house.deliver_due()
    assert [await house.status(seq) for seq in (first, second, last)] == [Status.DELIVERED] * 3
    ((_, record),) = house.crm.entries.items()
    assert (record.talk_seconds, record.extension) == (60, "102")


async def test_without_a_last_message_the_call_is_settled_when_nothing_has_come_for_a_while(house: House) -> None:
    await house.put(a_call(), body=leg(1, "101"))
    house.clock.advance(QUIET - 1)
    await house.put(a_call(), body=leg(2, "102"))
    await house.settle(QUIET - 1)
    assert not house.crm.entries
    await house.settle(1)
    assert len(house.crm.entries) == 1


async def test_a_leg_that_comes_after_the_last_message_brings_the_entry_up_to_date(house: House) -> None:
    await house.put(a_call(), body=leg(1, "101"))
    await house.put(a_call(), body=LAST)
    await house.deliver_due()
    late = await house.put(a_call(), body=leg(2, "102", recording={"code": "R-2"}))
    await house.settle(QUIET)
    assert await house.status(late) is Status.DELIVERED
    assert len(house.crm.entries) == 1


async def test_the_last_message_hurries_nothing_else(house: House) -> None:
    async def due(seq: int) -> datetime:
        detail = await house.inbox.show(seq)
        assert detail is not None
        return detail.delivery.next_at

    def broken(_record: object) -> None:
        raise ValueError("broken")

    house.crm.before = broken
    failed = await house.put(a_call(), body=leg(1, "101"))
    await house.settle(QUIET)
    other = await house.put(a_call(), body=leg(1, "101").replace(b"c-1", b"c-2"))
    before = [await due(failed), await due(other)]
    await house.put(a_call(), body=LAST)
    assert [await due(failed), await due(other)] == before
