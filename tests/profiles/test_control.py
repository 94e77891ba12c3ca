"""The control API in each foreign dialect: our client against the simulated VIPeX, by TOML alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest

from tests.profiles.learning import dialect
from vipex_sdk import AsyncClient
from vipex_sdk.control.phonebook import PhonebookEntry, PhonebookNumber
from vipex_sdk.errors import NotFound, VipexError
from vipex_sdk.numbers import PhoneNumber
from vipex_sdk.sandbox.app import build

DIALECTS = ["flat_form", "nested_json", "hungarian_xml"]


@pytest.fixture(params=DIALECTS)
async def client(request: pytest.FixtureRequest) -> AsyncIterator[AsyncClient]:
    profile = dialect(request.param)
    app = build(profile=profile, password="generated")
    transport = httpx.ASGITransport(app)
    async with AsyncClient(
        "http://127.0.0.1:9", user="crm", password="generated", profile=profile, transport=transport
    ) as connected:
        yield connected
    await app.state.pbx.aclose()


async def test_forwardings_are_set_shown_and_deleted(client: AsyncClient) -> None:
    await client.forwarding.set("101", "busy", "+36300000009", target_type="number", ring_seconds=20)
    (shown,) = await client.forwarding.get("101")
    assert (str(shown.type), str(shown.target_type), shown.target) == (
        "busy",
        "number",
        PhoneNumber.parse("+36300000009"),
    )
    await client.forwarding.delete("101", "busy")
    assert await client.forwarding.get("101") == ()


async def test_people_numbers_and_operators_are_listed(client: AsyncClient) -> None:
    users = [user async for user in client.users.all()]
    assert {user.extension for user in users} >= {"101", "102", "103", "105"}
    assert await client.users.get(users[0].id) == users[0]
    statuses = await client.operators.statuses()
    assert statuses
    now = datetime.now(ZoneInfo("Europe/Budapest")).replace(microsecond=0)
    times = await client.operators.time_in_status(statuses[0].operator_id, since=now - timedelta(hours=1), until=now)
    assert times.operator_id == statuses[0].operator_id


async def test_the_phonebook_is_kept(client: AsyncClient) -> None:
    number = PhonebookNumber(number=PhoneNumber.parse("+36300000001"))
    made = await client.phonebook.create(PhonebookEntry(name="Kiss Anna", numbers=(number,)))
    assert made.id is not None
    assert (await client.phonebook.get(made.id)).name == "Kiss Anna"
    assert made.id in {entry.id async for entry in client.phonebook.all()}
    await client.phonebook.delete(made.id)
    with pytest.raises(NotFound):
        await client.phonebook.get(made.id)


async def test_a_phonebook_of_several_pages_is_listed(client: AsyncClient) -> None:
    before = [entry.id async for entry in client.phonebook.all()]
    made = [(await client.phonebook.create(PhonebookEntry(name=f"Próba {number}"))).id for number in range(201)]
    assert [entry.id async for entry in client.phonebook.all()] == before + made


async def test_calls_start_and_errors_are_understood(client: AsyncClient, tmp_path: Path) -> None:
    started = await client.calls.originate("101", "+36300000003", client_ref="t1")
    assert started.call_id
    assert (await client.calls.current("101")).extension == "101"
    with pytest.raises(VipexError) as wrong:
        await client.calls.current("199")
    assert isinstance(wrong.value, NotFound)
