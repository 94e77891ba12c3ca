from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from attrs import frozen

from tests.sandbox.running import FAST, PASSWORD, Receiver, asking, serving
from vipex_sdk.sandbox import build
from vipex_sdk.sandbox.pbx import SimulatedVipex


@frozen
class House:
    """A simulated VIPeX, asked in this process, and a receiver on loopback that it sends to."""

    pbx: SimulatedVipex
    http: httpx.AsyncClient
    receiver: Receiver
    receiver_url: str

    async def play(self, name: str, **wish: object) -> dict[str, object]:
        answer = await self.http.post(f"/sandbox/scenarios/{name}", json=wish)
        data: dict[str, object] = answer.json()
        assert answer.status_code == 200, data
        return data

    async def configure(self, **changes: object) -> None:
        answer = await self.http.post("/sandbox/configure", json=changes)
        assert answer.status_code == 200, answer.text


@pytest.fixture
async def house() -> AsyncIterator[House]:
    receiver = Receiver()
    app = build(password=PASSWORD)
    async with serving(receiver.app()) as url, asking(app) as http:
        house = House(app.state.pbx, http, receiver, url)
        await house.configure(webhook_url=url, webhook_user="vipex", webhook_password="secret", **FAST)
        yield house
