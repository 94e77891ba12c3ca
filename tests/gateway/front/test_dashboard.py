from __future__ import annotations

import re

import pytest

from tests.gateway.clock import eventually
from tests.gateway.front.rig import CUSTOMER, Running, ScanningCrm, a_customer
from vipex_sdk.crm.model import NotRecorded, WhyNot
from vipex_sdk.errors import VipexError
from vipex_sdk.gateway.inbox import Status
from vipex_sdk.gateway.operations import health

OURS = {"Sec-Fetch-Site": "same-origin"}
CALL = {
    "call_id": "c-1",
    "started_at": "2026-03-02T10:00:00+01:00",
    "answered_at": "2026-03-02T10:00:05+01:00",
    "ended_at": "2026-03-02T10:01:05+01:00",
    "direction": "inbound",
    "caller": CUSTOMER,
    "called": "+3610000100",
    "extension": "101",
    "disposition": "answered",
}


async def counted(house: Running, status: Status) -> int:
    return (await house.gateway.inbox.counts())[status]


async def test_a_dead_letter_is_shown_with_its_reason_and_replayed(house: Running, crm: ScanningCrm) -> None:
    crm.refuses = NotRecorded(WhyNot.REFUSED, "the module is closed")
    await house.hook("call-end", **CALL)
    await eventually(lambda: counted_dead(house))
    page = await house.enter("dashboard")
    assert "refused: the module is closed" in page.text
    assert "Összes újra" in page.text
    crm.refuses = None
    (seq,) = re.findall(r'name="seq" value="(\d+)"', page.text)
    refused = await house.http.post("/dashboard/replay", data={"seq": seq}, headers={"Sec-Fetch-Site": "cross-site"})
    assert refused.status_code == 403
    answer = await house.http.post("/dashboard/replay", data={"seq": seq}, headers=OURS)
    assert (answer.status_code, answer.headers["location"]) == (303, "/dashboard?replayed=1")
    await eventually(lambda: counted_delivered(house))
    assert "1 kézbesítés újra sorban" in (await house.http.get("/dashboard?replayed=1")).text
    assert len(crm.entries) == 1


async def counted_dead(house: Running) -> bool:
    return await counted(house, Status.DEAD) == 1


async def counted_delivered(house: Running) -> bool:
    return await counted(house, Status.DELIVERED) == 1


async def test_quarantine_live_calls_and_directory_are_shown(house: Running) -> None:
    answer = await house.hook("call-end", nonsense="<b>x</b>")
    assert answer.status_code == 202
    await house.hook("incoming-call", call_id="c-9", phase="answered", caller=CUSTOMER, extension="102")
    text = (await house.enter("dashboard")).text
    assert "karanténban" in text
    assert "Beavatkozás kell" in text
    assert "<b>x</b>" not in text
    assert "Próba Piroska" in text
    assert "Beszélgetésben" in text
    assert "A VIPeX most nem válaszol." in text
    assert "Notebook (simulated)" in text


async def test_without_the_store_the_page_says_so(house: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    await house.enter("dashboard")
    monkeypatch.setattr(health, "FRESH_SECONDS", 0.0)
    await house.gateway.database.close()
    page = await house.http.get("/dashboard")
    assert page.status_code == 503
    assert "A tároló nem érhető el" in page.text
    ready = await house.http.get("/readyz")
    assert (ready.status_code, ready.headers["retry-after"]) == (503, "10")
    assert not ready.json()["ready"]
    assert (await house.http.get("/livez")).status_code == 200
    assert "vipex_ready 0.0" in (await house.http.get("/metrics")).text
    hook = await house.hook("call-end", **CALL)
    assert hook.status_code == 503
    assert hook.headers["retry-after"]


async def test_ready_says_what_was_looked_at(house: Running) -> None:
    ready = await house.http.get("/readyz")
    assert ready.status_code == 200
    assert [check["name"] for check in ready.json()["checks"]] == ["store", "worker", "space", "pending", "directory"]


async def test_metrics_count_and_hold_nobodys_number(house: Running) -> None:
    await house.hook("data-query", call_id="c-1", caller=CUSTOMER)
    await house.hook("data-query", call_id="c-2", caller="+36300000099")
    text = (await house.http.get("/metrics")).text
    assert 'vipex_routing_total{reason="owner"} 1.0' in text
    assert 'vipex_routing_total{reason="unknown"} 1.0' in text
    assert "3630000" not in text
    assert "Piroska" not in text


async def test_a_parked_call_is_delivered_when_the_directory_learns_the_number(
    house: Running, crm: ScanningCrm
) -> None:
    crm.refuses = NotRecorded(WhyNot.UNKNOWN_CUSTOMER)
    await house.hook("call-end", **(CALL | {"caller": "+36300000055"}))

    async def parked() -> bool:
        return await counted(house, Status.PARKED) == 1

    await eventually(parked)
    crm.refuses = None
    crm.cards.append(a_customer("5", "+36300000055"))
    await house.gateway.scanner.scan()
    await eventually(lambda: counted_delivered(house))


async def test_a_page_that_fails_does_not_make_vipex_repeat(house: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(_call: object) -> None:
        raise VipexError("the page is broken")

    monkeypatch.setattr(house.gateway.pops, "ended", broken)
    assert (await house.hook("call-end", **CALL)).is_success


async def test_an_event_at_the_address_of_another_is_handled_and_told(house: Running) -> None:
    assert (await house.hook("incoming-call", **CALL)).status_code == 204
    assert (await house.gateway.inbox.counts())[Status.PENDING] + (await house.gateway.inbox.counts())[
        Status.DELIVERED
    ] == 1
    page = (await house.enter("dashboard")).text
    assert "call_end" in page
    assert "incoming_call" in page
    metrics = (await house.http.get("/metrics")).text
    assert 'vipex_webhooks_total{hook="incoming_call",outcome="misdirected"} 1.0' in metrics
