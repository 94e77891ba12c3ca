"""Calls of one extension share requests, and each still gets the result that is its own."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from vipex_minicrm import MiniCrmAdapter, MiniCrmSettings

from tests.minicrm.running import ANNA, NOBODY, PETER, STARTED, RunningSimulator, record_for, settings_for
from vipex_sdk.crm import CallRecord, NotRecorded, Recorded, RecordResult, WhyNot
from vipex_sdk.errors import OutcomeUnknown, Unavailable
from vipex_sdk.numbers import PhoneNumber


class Gate(httpx.AsyncBaseTransport):
    """Holds the first request until told, so that the others gather behind it; keeps how many calls each carried."""

    def __init__(self) -> None:
        self._inner = httpx.AsyncHTTPTransport()
        self.asked = asyncio.Event()
        self.opened = asyncio.Event()
        self.sizes: list[tuple[str, int]] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/Api/CallLog":
            body = json.loads(await request.aread())
            self.sizes.append((body["UserExtension"], len(body["Data"])))
            self.asked.set()
            await self.opened.wait()
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        await self._inner.aclose()


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
async def gated(settings: MiniCrmSettings, gate: Gate) -> AsyncIterator[MiniCrmAdapter]:
    async with MiniCrmAdapter(settings, transport=gate) as adapter:
        yield adapter


def calls(*numbers: PhoneNumber, extension: str = "101") -> list[CallRecord]:
    return [
        record_for(number, None, key=f"{extension}-{second}", extension=extension,
                   started_at=STARTED + timedelta(seconds=second))
        for second, number in enumerate(numbers)
    ]  # fmt: skip


async def written(adapter: MiniCrmAdapter, gate: Gate, records: list[CallRecord]) -> list[RecordResult]:
    """Write the first, and all others while its request is under way."""
    tasks = [asyncio.create_task(adapter.record(record, None)) for record in records]
    await gate.asked.wait()
    gate.opened.set()
    return await asyncio.gather(*tasks)


async def test_what_waits_goes_together_by_extension(
    gated: MiniCrmAdapter, gate: Gate, simulator: RunningSimulator
) -> None:
    records = calls(*[ANNA] * 5) + calls(*[PETER] * 4, extension="102")
    assert await written(gated, gate, records) == [Recorded()] * 9
    # Both extensions' first calls went at once; with them whatever was there already.
    assert sorted(extension for extension, _ in gate.sizes) == sorted(["101", "102"] * (len(gate.sizes) // 2))
    assert sum(size for _, size in gate.sizes) == 9
    assert len(gate.sizes) <= 4
    assert len(simulator.calls()) == 9


async def test_a_mixed_batch_is_sent_again_one_by_one(
    gated: MiniCrmAdapter, gate: Gate, simulator: RunningSimulator
) -> None:
    results = await written(gated, gate, calls(ANNA, ANNA, NOBODY, PETER))
    assert [type(result) for result in results] == [Recorded, Recorded, NotRecorded, Recorded]
    assert isinstance(results[2], NotRecorded)
    assert results[2].why is WhyNot.UNKNOWN_CUSTOMER
    assert {result.was_there for result in results if isinstance(result, Recorded)} == {False}
    assert len(simulator.calls()) == 3


@pytest.mark.parametrize("counters", ["samples", "prose"])
async def test_a_batch_of_unknown_numbers_needs_no_second_look(
    gated: MiniCrmAdapter, gate: Gate, simulator: RunningSimulator, counters: str
) -> None:
    simulator.switches.calllog_counters = counters
    results = await written(gated, gate, calls(NOBODY, NOBODY, NOBODY))
    assert {result.why for result in results if isinstance(result, NotRecorded)} == {WhyNot.UNKNOWN_CUSTOMER}
    assert sum(size for _, size in gate.sizes) == 3


async def test_a_batch_that_was_there_says_so(gated: MiniCrmAdapter, gate: Gate, simulator: RunningSimulator) -> None:
    records = calls(ANNA, PETER, ANNA)
    await written(gated, gate, records)
    again = await asyncio.gather(*(gated.record(record, None) for record in records))
    assert again == [Recorded(was_there=True)] * 3
    assert len(simulator.calls()) == 3


async def test_two_calls_that_minicrm_takes_for_one_never_share_a_request(gated: MiniCrmAdapter, gate: Gate) -> None:
    twins = [record_for(ANNA, None, key=key) for key in ("one", "two")]
    results = await written(gated, gate, [*calls(PETER), *twins])
    assert results == [Recorded(), Recorded(), Recorded(was_there=True)]


async def test_a_failed_request_fails_everyone_it_carried(
    gated: MiniCrmAdapter, gate: Gate, simulator: RunningSimulator
) -> None:
    simulator.order(path="CallLog", fail_next=1, status=503)
    tasks = [asyncio.create_task(gated.record(record, None)) for record in calls(ANNA, ANNA, PETER)]
    gate.opened.set()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert {type(result) for result in results} <= {OutcomeUnknown, Recorded}
    again = await asyncio.gather(*(gated.record(record, None) for record in calls(ANNA, ANNA, PETER)))
    assert all(isinstance(result, Recorded) for result in again)
    assert len(simulator.calls()) == 3


async def test_an_answer_that_was_dropped_leaves_nothing_twice(
    gated: MiniCrmAdapter, gate: Gate, simulator: RunningSimulator
) -> None:
    gate.opened.set()
    simulator.order(path="CallLog", drop_after_commit=1)
    results = await asyncio.gather(
        *(gated.record(record, None) for record in calls(ANNA, ANNA, PETER)), return_exceptions=True
    )
    assert OutcomeUnknown in {type(result) for result in results}
    await asyncio.gather(*(gated.record(record, None) for record in calls(ANNA, ANNA, PETER)))
    assert len(simulator.calls()) == 3


async def test_who_gives_up_does_not_take_the_others_along(
    gated: MiniCrmAdapter, gate: Gate, simulator: RunningSimulator
) -> None:
    first, second, third = (asyncio.create_task(gated.record(record, None)) for record in calls(ANNA, PETER, ANNA))
    await gate.asked.wait()
    first.cancel()
    gate.opened.set()
    assert list(await asyncio.gather(second, third)) == [Recorded(), Recorded()]
    with pytest.raises(asyncio.CancelledError):
        await first
    assert len(simulator.calls()) == 3


async def test_batches_can_be_switched_off(simulator: RunningSimulator, gate: Gate) -> None:
    async with MiniCrmAdapter(settings_for(simulator.url, calllog_batch=1), transport=gate) as adapter:
        await written(adapter, gate, calls(ANNA, PETER, ANNA))
    assert [size for _, size in gate.sizes] == [1, 1, 1]


async def test_closing_ends_who_still_waits(settings: MiniCrmSettings, gate: Gate) -> None:
    async with MiniCrmAdapter(settings, transport=gate) as adapter:
        task = asyncio.create_task(adapter.record(calls(ANNA)[0], None))
        await gate.asked.wait()
    with pytest.raises((asyncio.CancelledError, Unavailable)):
        await task
