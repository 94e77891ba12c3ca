"""The simulator can be as large as a real tenant."""

from __future__ import annotations

import httpx
from vipex_minicrm import MiniCrmAdapter
from vipex_minicrm.simulator import REST_KEY, SYSTEM_ID, Simulation, create_app
from vipex_minicrm.simulator.crowd import number_of

from tests.minicrm.running import settings_for
from vipex_sdk.numbers import PhoneNumber


def ask(simulation: Simulation) -> MiniCrmAdapter:
    return MiniCrmAdapter(settings_for("http://127.0.0.1"), transport=httpx.ASGITransport(create_app(simulation)))


async def test_everybody_of_a_crowd_is_found_and_scanned() -> None:
    simulation = Simulation(contacts=250)
    simulation.switches.rate_limit = 1000
    async with ask(simulation) as adapter:
        for place in (1, 2, 3, 8, 249):
            (card, *_) = await adapter.find(PhoneNumber.parse(number_of(place)))
            assert card.verified
            assert card.contact.id == str(1_000_000 + place)
        scanned = {card.contact.id async for card in adapter.scan(None)}
    assert len(scanned) == len(simulation.tenant.contacts) == 259


async def test_a_write_between_two_pages_is_seen() -> None:
    simulation = Simulation(contacts=250)
    auth, transport = (SYSTEM_ID, REST_KEY), httpx.ASGITransport(create_app(simulation))
    async with httpx.AsyncClient(base_url="http://127.0.0.1/Api/R3", auth=auth, transport=transport) as http:
        assert (await http.get("/Contact", params={"Type": "Person"})).json()["Count"] == 233
        await http.put("/Contact", json={"Type": "Person", "LastName": "Teszt"})
        assert (await http.get("/Contact", params={"Type": "Person", "Page": "1"})).json()["Count"] == 234
