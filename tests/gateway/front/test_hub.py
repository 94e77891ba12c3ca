from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.gateway.clock import eventually
from vipex_sdk.gateway.desk import hub as hub_module
from vipex_sdk.gateway.desk.hub import BUFFERED, REMEMBERED, Hub


class Browser:
    """The other end of an event stream: reads as fast as it is let."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.reading = asyncio.Event()
        self.reading.set()
        self.left = asyncio.Event()

    async def receive(self) -> dict[str, Any]:
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        await self.reading.wait()
        self.messages.append(message)

    @property
    def status(self) -> int:
        return int(self.messages[0]["status"])

    @property
    def text(self) -> str:
        return b"".join(message.get("body", b"") for message in self.messages).decode()

    @property
    def numbers(self) -> list[int]:
        lines = [line for line in self.text.splitlines() if line.startswith("data: ")]
        return [int(line.removeprefix('data: {"n": ').removesuffix("}")) for line in lines]


@asynccontextmanager
async def watching(hub: Hub, topic: str = "desk:101", after: str = "") -> AsyncIterator[Browser]:
    browser = Browser()
    task = asyncio.create_task(hub.stream(topic, after=after)({}, browser.receive, browser.send))
    await eventually(lambda: browser.messages)
    yield browser
    browser.reading.set()
    browser.left.set()
    await asyncio.wait_for(task, 2)


def saw(browser: Browser, *numbers: int) -> Callable[[], bool]:
    return lambda: browser.numbers == list(numbers)


async def test_an_event_reaches_every_page_of_its_topic_and_no_other() -> None:
    hub = Hub()
    async with watching(hub) as one, watching(hub) as two, watching(hub, "desk:102") as other:
        assert hub.publish("desk:101", "pop", {"n": 1}) == 2
        await eventually(saw(one, 1))
        await eventually(saw(two, 1))
        assert other.numbers == []
        assert "event: pop\n" in one.text
        assert hub.open_pages == 3
    assert hub.open_pages == 0


async def test_a_page_that_comes_back_gets_what_it_missed() -> None:
    hub = Hub()
    hub.publish("desk:101", "pop", {"n": 1})
    seen = hub.last_id
    for number in (2, 3):
        hub.publish("desk:101", "pop", {"n": number})
    async with watching(hub, after=seen) as browser:
        await eventually(saw(browser, 2, 3))
    async with watching(hub) as fresh:
        hub.publish("desk:101", "pop", {"n": 4})
        await eventually(saw(fresh, 4))


async def test_a_page_from_before_a_restart_gets_the_last_few() -> None:
    hub = Hub()
    for number in range(REMEMBERED + 5):
        hub.publish("desk:101", "pop", {"n": number})
    async with watching(hub, after="00000000-900") as browser:
        await eventually(saw(browser, *range(5, REMEMBERED + 5)))
    async with watching(hub, after="nonsense") as browser:
        await eventually(lambda: len(browser.numbers) == REMEMBERED)


async def test_a_stalled_browser_delays_nobody_and_loses_the_oldest() -> None:
    hub = Hub()
    async with watching(hub) as stalled, watching(hub) as quick:
        await eventually(lambda: "connected" in stalled.text)
        stalled.reading.clear()
        hub.publish("desk:101", "pop", {"n": 0})
        await eventually(saw(quick, 0))
        for number in range(1, BUFFERED + 11):
            hub.publish("desk:101", "pop", {"n": number})
        await eventually(lambda: quick.numbers[-1] == BUFFERED + 10)
        stalled.reading.set()
        await eventually(lambda: stalled.numbers[-1:] == [BUFFERED + 10])
        assert len(stalled.numbers) <= BUFFERED + 1
        assert 5 not in stalled.numbers


async def test_pages_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_module, "MAX_PAGES_OF_ONE", 1)
    hub = Hub()
    async with watching(hub) as first, watching(hub) as second, watching(hub, "desk:102") as other:
        assert [first.status, second.status, other.status] == [200, 503, 200]


async def test_a_quiet_stream_gives_a_sign_of_life(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_module, "HEARTBEAT_SECONDS", 0.01)
    async with watching(Hub()) as browser:
        await eventually(lambda: browser.text.count(": still here\n\n") >= 2)


async def test_closing_ends_every_stream() -> None:
    hub = Hub()
    browser = Browser()
    task = asyncio.create_task(hub.stream("desk:101")({}, browser.receive, browser.send))
    await eventually(lambda: "connected" in browser.text)
    hub.close()
    await asyncio.wait_for(task, 2)
    assert browser.messages[-1] == {"type": "http.response.body", "body": b"", "more_body": False}
    async with watching(hub) as late:
        assert late.status == 503


async def test_a_script_in_a_name_stays_text() -> None:
    hub = Hub()
    async with watching(hub) as browser:
        hub.publish("desk:101", "pop", {"name": "</script>\n\nevent: x"})
        await eventually(lambda: "data: " in browser.text)
        assert "</script>" not in browser.text
        assert browser.text.count("\nevent: ") == 1
