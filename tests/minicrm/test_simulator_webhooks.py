"""MiniCRM's own webhooks (``facts/minicrm.md`` 1.10), from the simulator to who is registered."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from vipex_minicrm import MiniCrmAdapter
from vipex_minicrm.news import read_news
from vipex_minicrm.simulator import REST_KEY, SYSTEM_ID, Simulation, create_app
from vipex_minicrm.simulator.webhooks import PAUSES

from tests.minicrm.running import RunningSimulator, settings_for
from vipex_sdk.crm import Ref

DOCUMENTED = ("CategoryId", "ContactId", "MainContactId", "StatusId", "UserId", "Name", "CreatedAt", "UpdatedAt")
NEW_PHONE = {"Phone": "06 30 000 0055"}


class Receiver:
    """Who is registered: a real server that answers what it was told to, then 200."""

    def __init__(self, statuses: Sequence[int]) -> None:
        self._statuses = list(statuses)
        self._bodies: asyncio.Queue[bytes] = asyncio.Queue()
        self.url = ""

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        self._bodies.put_nowait(await reader.readexactly(int(length.partition(b":")[2])))
        status = self._statuses.pop(0) if self._statuses else 200
        writer.write(f"HTTP/1.1 {status} Said\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    async def body(self) -> bytes:
        """Wait for the next message."""
        async with asyncio.timeout(10):
            return await self._bodies.get()

    async def message(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(await self.body())
        return message

    @property
    def is_idle(self) -> bool:
        return self._bodies.empty()


@asynccontextmanager
async def receiving(*statuses: int) -> AsyncIterator[Receiver]:
    receiver = Receiver(statuses)
    server = await asyncio.start_server(receiver.answer, "127.0.0.1", 0)
    receiver.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/crm-news/secret"
    async with server:
        yield receiver


@asynccontextmanager
async def asking(simulation: Simulation) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(simulation))
    async with httpx.AsyncClient(transport=transport, base_url="http://test", auth=(SYSTEM_ID, REST_KEY)) as http:
        yield http
    simulation.webhooks.stop()


async def test_a_changed_card_is_told_in_the_documented_form() -> None:
    async with receiving() as receiver, asking(Simulation(webhook_address=receiver.url)) as http:
        await http.put("/Api/R3/Project/1010", json={"StatusId": 2603, "UserId": 2003, "SzerzodesSzama": "S-1"})
        message = await receiver.message()
    data = message["Data"]
    assert (message["Id"], message["Type"]) == ("1010", "Project")
    assert set(message["Changed"]) == {"StatusId", "UserId", "SzerzodesSzama"}
    assert all(isinstance(value, str) for value in data.values())
    assert [data[name] for name in DOCUMENTED[:5]] == ["21", "101", "100", "2603", "2003"]
    assert data["InternalUrl"] == "https://r3.minicrm.hu/12345/#Project-21/1010"
    assert data.keys() > set(DOCUMENTED)


async def test_created_and_binned_is_told_and_what_changes_nothing_is_not() -> None:
    async with receiving() as receiver, asking(Simulation(webhook_address=receiver.url)) as http:
        created = (await http.put("/Api/R3/Contact", json={"Type": "Business", "Name": "Új Kft."})).json()
        first = await receiver.message()
        await http.put("/Api/R3/Contact/101", json={"LastName": "Kiss"})
        await http.put("/Api/R3/Contact/101", json={"Colour": "red"})
        await http.put("/Api/R3/ToDo/", json={"ProjectId": 1010, "Comment": "x"})
        await http.put("/Api/R3/Project/1010", json={"Deleted": 1})
        second = await receiver.message()
        assert receiver.is_idle
    assert (first["Id"], first["Type"], first["Data"]["Name"]) == (str(created["Id"]), "Contact", "Új Kft.")
    assert (second["Id"], second["Changed"]) == ("1010", ["Deleted"])


@pytest.mark.parametrize(("statuses", "attempts", "last"), [([500, 302], 3, 200), ([503] * 9, 7, 503)])
async def test_what_is_not_taken_comes_again_six_times(statuses: list[int], attempts: int, last: int) -> None:
    async with receiving(*statuses) as receiver:
        simulation = Simulation(webhook_address=receiver.url, webhook_pauses=[0.0] * len(PAUSES))
        async with asking(simulation) as http:
            await http.put("/Api/R3/Contact/101", json=NEW_PHONE)
            bodies = {await receiver.body() for _ in range(attempts)}
            await simulation.webhooks.finish()
            (seen,) = (await http.get("/simulator/webhooks")).json()
    assert receiver.is_idle
    assert len(bodies) == 1
    assert (seen["attempts"], seen["status"]) == (attempts, last)


def test_the_pauses_are_the_documented_ones() -> None:
    assert list(PAUSES) == [10, 60, 300, 900, 1800, 3600]


@pytest.mark.parametrize("address", ["http://127.0.0.1:1/", "http://[", "nowhere"])
async def test_an_address_where_nobody_is_harms_nothing(address: str) -> None:
    simulation = Simulation(webhook_address=address, webhook_pauses=[])
    async with asking(simulation) as http:
        assert (await http.put("/Api/R3/Contact/101", json=NEW_PHONE)).status_code == 200
        await simulation.webhooks.finish()
    assert [(message.attempts, message.status) for message in simulation.webhooks.messages] == [(1, 0)]


async def test_a_reset_ends_the_attempts_and_keeps_the_address_to_itself() -> None:
    async with receiving(500) as receiver:
        simulation = Simulation(webhook_address=receiver.url, webhook_pauses=[3600.0])
        before = simulation.webhooks
        async with asking(simulation) as http, asyncio.timeout(10):
            await http.put("/Api/R3/Contact/101", json=NEW_PHONE)
            await receiver.body()
            await http.post("/simulator/reset")
            await before.finish()
            assert (await http.get("/simulator/webhooks")).json() == []
            assert (await http.get("/simulator/settings")).json()["webhook_address"] is True


async def test_our_adapter_reads_who_changed_and_then_how_they_are_now(simulator: RunningSimulator) -> None:
    async with receiving() as receiver:
        simulator.switches.webhook_address = receiver.url
        await asyncio.to_thread(simulator.api, "PUT", "/R3/Contact/101", json=NEW_PHONE)
        news = read_news(await receiver.body())
    assert news.about == (Ref("contact", "101"),)
    async with MiniCrmAdapter(settings_for(simulator.url)) as adapter:
        cards = await adapter.refreshed(news.about[0])
    assert cards
    assert all("06 30 000 0055" in card.numbers for card in cards)
