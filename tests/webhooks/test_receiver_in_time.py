"""What somebody waits for: a data query is answered in any case, a pop-up at once (facts/reliability.md 2.1)."""

import asyncio
from typing import Any

import pytest

from tests.webhooks.receiving import CALL_END, CONTINUE, DATA_QUERY, INCOMING_CALL, Seen, client, post
from vipex_sdk.errors import StoreUnavailable
from vipex_sdk.numbers import PhoneNumber
from vipex_sdk.webhooks import (
    Decision,
    Hook,
    Outcome,
    Phase,
)
from vipex_sdk.wire.profile import default_profile, lay_on

SECRET_TEXT = "Kiss Anna +36300000001"


async def test_a_data_query_is_answered_with_the_decision() -> None:
    seen = Seen(decision=Decision.to_extension("101", timeout_seconds=25, caller_name="Kiss Anna"))
    answer = await post(seen.receiver(), "/data-query", json=DATA_QUERY)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.json() == {
        "found": True,
        "action": "route",
        "target_type": "extension",
        "target": "101",
        "timeout_seconds": 25,
        "caller_name": "Kiss Anna",
    }
    assert seen.queries[0].caller == PhoneNumber.parse("+36300000001")
    assert seen.outcomes == [(Hook.DATA_QUERY, Outcome.ACCEPTED)]


@pytest.mark.parametrize(
    "seen",
    [
        Seen(),
        Seen(error=RuntimeError(SECRET_TEXT)),
        Seen(error=StoreUnavailable("locked")),
        Seen(decision="101"),
        Seen(decision=Decision(variables={"a": object()})),  # type: ignore[dict-item]
    ],
)
async def test_whatever_the_hook_does_the_call_logic_goes_on(seen: Seen) -> None:
    answer = await post(seen.receiver(), "/data-query", json=DATA_QUERY)
    assert (answer.status_code, answer.json()) == (200, CONTINUE)
    assert seen.outcomes == [(Hook.DATA_QUERY, Outcome.FALLBACK)]


async def test_a_hook_that_is_no_coroutine_fails_like_any_other() -> None:
    def broken(*_: object) -> Any:
        raise RuntimeError(SECRET_TEXT)

    receiver = Seen().receiver(on_data_query=broken, on_incoming_call=broken, on_call_end=broken)
    assert (await post(receiver, "/events", json=DATA_QUERY)).json() == CONTINUE
    assert (await post(receiver, "/events", json=INCOMING_CALL)).status_code == 204
    assert (await post(receiver, "/events", json=CALL_END)).status_code == 500


@pytest.mark.parametrize(("in_profile", "given"), [(None, 0.05), (0.05, None), (30, 0.05)])
async def test_a_hook_that_sleeps_even_against_its_cancellation_delays_no_caller(
    in_profile: float | None, given: float | None
) -> None:
    never = asyncio.Event()

    async def stubborn(_query: object) -> None:
        try:
            await never.wait()
        finally:
            await never.wait()

    lines = f"[webhooks.data_query]\ndeadline_seconds = {in_profile}" if in_profile else ""
    receiver = Seen().receiver(
        on_data_query=stubborn, profile=lay_on(default_profile(), lines), **({"deadline": given} if given else {})
    )
    async with asyncio.timeout(10):  # it would take for ever
        answer = await post(receiver, "/data-query", json=DATA_QUERY)
    assert (answer.status_code, answer.json()) == (200, CONTINUE)
    never.set()
    await receiver.drain()


async def test_a_data_query_nobody_understands_is_answered_and_kept() -> None:
    seen = Seen()
    answer = await post(seen.receiver(), "/data-query", content=b"{", headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()) == (200, CONTINUE)
    assert [message.body for message, _ in seen.quarantined] == [b"{"]
    assert seen.outcomes == [(Hook.DATA_QUERY, Outcome.QUARANTINED), (Hook.DATA_QUERY, Outcome.FALLBACK)]


async def test_a_data_query_is_answered_even_when_nothing_can_be_kept_in_time() -> None:
    async def slow(*_: object) -> None:
        await asyncio.sleep(0.3)

    receiver = Seen().receiver(on_quarantine=slow, deadline=0.05)
    answer = await post(receiver, "/data-query", json=[])
    assert answer.json() == CONTINUE
    await receiver.drain()


async def test_a_data_query_may_come_as_a_query_string() -> None:
    seen = Seen()
    async with client(seen.receiver()) as http:
        answer = await http.get("/data-query", params={"call_id": "c1", "caller": "06 30 000 0001"})
    assert answer.json() == CONTINUE
    assert seen.queries[0].caller.e164 == "+36300000001"


async def test_an_incoming_call_is_answered_before_its_hook_ends() -> None:
    release, popped = asyncio.Event(), asyncio.Event()

    async def slow(_call: object) -> None:
        await release.wait()
        popped.set()

    receiver = Seen().receiver(on_incoming_call=slow)
    answer = await post(receiver, "/incoming-call", json=INCOMING_CALL)
    assert answer.status_code == 204
    assert not popped.is_set()
    release.set()
    await receiver.drain()
    assert popped.is_set()


async def test_a_failing_pop_up_is_logged_counted_and_acknowledged(caplog: pytest.LogCaptureFixture) -> None:
    seen = Seen(error=RuntimeError(SECRET_TEXT))
    answer = await post(seen.receiver(), "/incoming-call", json=INCOMING_CALL)
    assert answer.status_code == 204
    assert seen.outcomes == [(Hook.INCOMING_CALL, Outcome.FAILED)]
    assert "the incoming call hook failed: RuntimeError in receiving.py" in caplog.text
    assert SECRET_TEXT not in caplog.text


async def test_a_pop_up_that_fails_late_is_counted_too() -> None:
    async def late(_call: object) -> None:
        await asyncio.sleep(0.1)
        raise RuntimeError(SECRET_TEXT)

    seen = Seen()
    receiver = seen.receiver(on_incoming_call=late)
    assert (await post(receiver, "/incoming-call", json=INCOMING_CALL)).status_code == 204
    await receiver.drain()
    assert seen.outcomes == [(Hook.INCOMING_CALL, Outcome.ACCEPTED), (Hook.INCOMING_CALL, Outcome.FAILED)]


@pytest.mark.parametrize(
    ("more", "phase"),
    [
        ({}, Phase.RINGING),
        ({"answered_at": "2026-03-02T09:00:10+01:00"}, Phase.ANSWERED),
        ({"phase": "csörög", "answered_at": "2026-03-02T09:00:10+01:00"}, Phase.RINGING),
        ({"phase": "parked"}, Phase("parked")),
    ],
)
async def test_the_phase_of_an_incoming_call(more: dict[str, str], phase: Phase) -> None:
    seen = Seen()
    await post(seen.receiver(), "/incoming-call", json={**INCOMING_CALL, **more})
    assert seen.pops[0].phase == phase
