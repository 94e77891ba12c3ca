"""What goes wrong on the wire, against a real port."""

from __future__ import annotations

import logging
import socket

import httpx
import pytest
from attrs import evolve
from vipex_minicrm import MiniCrmClient, MiniCrmSettings
from vipex_minicrm.model import Values
from vipex_minicrm.refusals import Refused

from tests.minicrm.running import RunningSimulator
from vipex_sdk.errors import NeedsReauth, NotPermitted, OutcomeUnknown, RateLimited, Unavailable, VipexError

TODO: Values = {"ProjectId": 1010, "Comment": "x", "Status": "Open"}


@pytest.mark.parametrize(
    ("fault", "reading", "writing"),
    [
        ({"drop": 1}, Unavailable, OutcomeUnknown),
        ({"drop_after_commit": 1}, Unavailable, OutcomeUnknown),
        ({"html_login": 1}, Unavailable, OutcomeUnknown),
        ({"truncate": 1}, Unavailable, OutcomeUnknown),
        ({"fail_next": 1, "status": 500}, Unavailable, OutcomeUnknown),
        ({"fail_next": 1, "status": 401}, NeedsReauth, NeedsReauth),
        ({"fail_next": 1, "status": 403}, NotPermitted, NotPermitted),
        ({"fail_next": 1, "status": 302}, Refused, Refused),
        ({"rate_limit": 1}, RateLimited, RateLimited),
        ({"latency_ms": 300}, Unavailable, OutcomeUnknown),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else value.__name__,
)
async def test_faults_become_the_class_that_decides(
    simulator: RunningSimulator,
    settings: MiniCrmSettings,
    fault: dict[str, int],
    reading: type[VipexError],
    writing: type[VipexError],
) -> None:
    async with MiniCrmClient(evolve(settings, read_timeout=0.15)) as client:
        simulator.order(**fault)
        with pytest.raises(reading):
            await client.contacts({"Query": "00000001"})
        simulator.order(**fault)
        with pytest.raises(writing):
            await client.create_todo(TODO)


async def test_nobody_listening_is_unavailable_for_a_write_too(settings: MiniCrmSettings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as bound:
        port = bound.getsockname()[1]
    async with MiniCrmClient(evolve(settings, base_url=f"http://127.0.0.1:{port}")) as client:
        with pytest.raises(Unavailable):
            await client.create_todo(TODO)


async def test_a_drip_is_cut_by_the_total_time(simulator: RunningSimulator, settings: MiniCrmSettings) -> None:
    simulator.order(latency_ms=300)
    async with MiniCrmClient(evolve(settings, total_timeout=0.1)) as client:
        with pytest.raises(Unavailable):
            await client.categories()


async def test_a_huge_answer_is_not_read(settings: MiniCrmSettings) -> None:
    async with MiniCrmClient(evolve(settings, max_answer_bytes=100)) as client:
        with pytest.raises(Unavailable, match="longer than 100 bytes"):
            await client.contacts({"Query": "00000001"})


@pytest.mark.parametrize("status", [401, 404])
async def test_quirk_9_a_bad_key_is_401_or_404(
    simulator: RunningSimulator, settings: MiniCrmSettings, status: int
) -> None:
    simulator.switches.bad_key_status = status
    async with MiniCrmClient(evolve(settings, api_key="wrong", voip_key="wrong")) as client:
        with pytest.raises(NeedsReauth, match="check system_id"):
            await client.categories()
        with pytest.raises(NeedsReauth):
            await client.log_calls("101", [])


@pytest.mark.parametrize(("header", "seconds"), [("7", 7.0), ("", None)])
async def test_429_with_and_without_retry_after(
    simulator: RunningSimulator, client: MiniCrmClient, header: str, seconds: float | None
) -> None:
    simulator.order(rate_limit=1, retry_after=header)
    with pytest.raises(RateLimited) as caught:
        await client.categories()
    assert caught.value.retry_after == seconds


async def test_quirk_18_a_byte_order_mark_is_no_obstacle(simulator: RunningSimulator, client: MiniCrmClient) -> None:
    simulator.switches.bom = True
    assert {module.id for module in await client.categories()} == {"21", "23"}


async def test_credentials_and_numbers_are_in_no_address_and_no_log(
    simulator: RunningSimulator, settings: MiniCrmSettings, caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[httpx.Request] = []

    class Watching(httpx.AsyncHTTPTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            seen.append(request)
            return await super().handle_async_request(request)

    with caplog.at_level(logging.DEBUG):
        async with MiniCrmClient(settings, transport=Watching()) as client:
            await client.contacts({"Query": "00000001"})
            await client.contacts({"Phone": "+36300000001"})
            await client.log_calls("101", [])
    assert [str(request.url) for request in seen if settings.api_key in str(request.url)] == []
    assert [str(request.url) for request in seen if settings.voip_key in str(request.url)] == []
    assert b"Phone=%2B36300000001" in seen[1].url.query
    assert "00000001" not in caplog.text


async def test_each_r3_request_waits_for_its_place_and_the_calllog_does_not(settings: MiniCrmSettings) -> None:
    asked = 0

    async def pace() -> None:
        nonlocal asked
        asked += 1

    async with MiniCrmClient(settings, pace=pace) as client:
        await client.categories()
        await client.create_todo(TODO)
        await client.log_calls("101", [])
    assert asked == 2
