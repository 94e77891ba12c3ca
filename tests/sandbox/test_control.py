"""The control API has real state, asked through both clients and in every profile."""

from __future__ import annotations

import asyncio
import inspect
import io
import wave
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from attrs import evolve, frozen

from tests.sandbox.running import FAST, PASSWORD, serving
from vipex_sdk import errors
from vipex_sdk.control import AsyncClient, Client, PhonebookEntry, PhonebookNumber, RetryPolicy
from vipex_sdk.control.forwarding import ForwardingType, TargetType
from vipex_sdk.numbers import PhoneNumber
from vipex_sdk.sandbox import build
from vipex_sdk.sandbox.pbx import SimulatedVipex
from vipex_sdk.wire.profile import WireProfile, load_profile

_PROFILES = [None, *sorted((Path(__file__).parent.parent / "profiles").glob("*.toml"))]
_NUMBER = "+36300000003"


@frozen
class Customer:
    """A running simulated VIPeX and a way to ask it through one of the clients."""

    pbx: SimulatedVipex
    url: str
    profile: WireProfile
    sync: bool

    async def ask(self, question: Callable[[Any], Any], *, password: str = PASSWORD, **options: Any) -> Any:
        make = Client if self.sync else AsyncClient
        client: Any = make(self.url, user="crm", password=password, profile=self.profile, **options)
        if self.sync:

            def blocking() -> Any:
                with client:
                    answer = question(client)
                    return list(answer) if inspect.isgenerator(answer) else answer

            return await asyncio.to_thread(blocking)
        async with client:
            answer = question(client)
            return await answer if inspect.isawaitable(answer) else [item async for item in answer]

    async def finished(self, call_id: str) -> dict[str, Any]:
        async with httpx.AsyncClient(base_url=self.url) as http:
            answer = await http.get(f"/sandbox/calls/{call_id}", params={"wait": "5"})
        data: dict[str, Any] = answer.json()
        assert data["reported"]
        return data


@pytest.fixture(params=["sync", "async"])
def client(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=_PROFILES, ids=lambda path: path.stem if path else "default")
async def customer(request: pytest.FixtureRequest, client: str) -> AsyncIterator[Customer]:
    profile = load_profile(request.param)
    app = build(profile=profile, password=PASSWORD)
    pbx: SimulatedVipex = app.state.pbx
    pbx.configure({"speed": FAST["speed"], "outbound": {"speed": FAST["speed"]}})
    async with serving(app) as url:
        yield Customer(pbx, url, profile, client == "sync")


async def test_originate_rings_the_extension_and_then_the_number(customer: Customer) -> None:
    started = await customer.ask(lambda client: client.calls.originate("101", _NUMBER, client_ref="crm-4711"))
    call = await customer.finished(started.call_id)
    assert (call["direction"], call["disposition"], call["extension"]) == ("outbound", "answered", "101")
    assert (call["customer"], call["client_ref"]) == (_NUMBER, "crm-4711")
    assert (call["ring_seconds"], call["talk_seconds"]) == (3 + 8, 95)
    assert call["duration_seconds"] == call["ring_seconds"] + call["talk_seconds"]


@pytest.mark.parametrize(
    ("party", "disposition"),
    [
        ({"result": "busy"}, "busy"),
        ({"result": "no_answer"}, "no_answer"),
        ({"result": "rejected"}, "rejected"),
        ({"extension_answers": False}, "cancelled"),
        ({"talk_seconds": 7}, "answered"),
    ],
)
async def test_the_called_party_can_be_armed(customer: Customer, party: dict[str, Any], disposition: str) -> None:
    customer.pbx.director.arm({"number": _NUMBER, **party})
    started = await customer.ask(lambda client: client.calls.originate("101", _NUMBER))
    call = await customer.finished(started.call_id)
    assert call["disposition"] == disposition
    assert call["talk_seconds"] == (7 if disposition == "answered" else 0)


async def test_a_live_call_is_seen_and_its_extension_is_busy(customer: Customer) -> None:
    customer.pbx.director.arm({"number": _NUMBER, "mode": "manual"})
    started = await customer.ask(lambda client: client.calls.originate("101", _NUMBER))
    seen = await customer.ask(lambda client: client.calls.current("101"))
    assert (seen.state, len(seen.calls)) == ("ringing", 1)
    assert (seen.calls[0].call_id, seen.calls[0].direction) == (started.call_id, "outbound")
    assert seen.calls[0].remote_number.e164 == _NUMBER
    with pytest.raises(errors.Conflict) as busy:
        await customer.ask(lambda client: client.calls.originate("101", _NUMBER))
    assert busy.value.code == "extension_busy"
    line = customer.pbx.lines.get(started.call_id)
    assert line is not None
    customer.pbx.board.take(line)
    customer.pbx.board.answer(line)
    assert (await customer.ask(lambda client: client.calls.current("101"))).calls[0].state == "answered"
    customer.pbx.board.hang_up(line, by="caller")
    idle = await customer.ask(lambda client: client.calls.current("101"))
    assert (idle.state, idle.calls) == ("idle", ())


async def test_an_ivr_call_needs_no_extension(customer: Customer) -> None:
    started = await customer.ask(
        lambda client: client.calls.start_ivr(_NUMBER, "feedback", variables={"order": "12"}, client_ref="crm-1")
    )
    assert started.status == "queued"
    call = await customer.finished(started.call_id)
    assert (call["disposition"], call["extension"], call["client_ref"]) == ("answered", None, "crm-1")
    assert [leg["type"] for leg in call["legs"]] == ["ivr"]


@pytest.mark.parametrize(
    ("question", "error", "code"),
    [
        (lambda client: client.calls.originate("199", _NUMBER), errors.NotFound, "extension_not_found"),
        (lambda client: client.calls.originate("105", _NUMBER), errors.Conflict, "extension_offline"),
        (lambda client: client.calls.originate("101", "199"), errors.Invalid, "invalid_number"),
        (lambda client: client.calls.current("199"), errors.NotFound, "extension_not_found"),
        (lambda client: client.users.get("99"), errors.NotFound, "user_not_found"),
        (lambda client: client.phonebook.get("99"), errors.NotFound, "phonebook_entry_not_found"),
        (lambda client: client.phonebook.delete("99"), errors.NotFound, "phonebook_entry_not_found"),
        (lambda client: client.phonebook.create(PhonebookEntry(name=" ")), errors.Invalid, "validation_error"),
    ],
)
async def test_refusals(customer: Customer, question: Any, error: type[Exception], code: str) -> None:
    customer.pbx.office.offline.add("105")
    with pytest.raises(error) as refusal:
        await customer.ask(question)
    assert getattr(refusal.value, "code", None) == code


async def test_wrong_credentials(customer: Customer) -> None:
    with pytest.raises(errors.AuthError):
        await customer.ask(lambda client: client.users.get("17"), password="wrong")
    customer.pbx.office.add_technical_user("crm", "new one")
    assert (await customer.ask(lambda client: client.users.get("17"), password="new one")).name == "Nagy Béla"


async def test_forwardings_are_set_listed_and_deleted(customer: Customer) -> None:
    busy, no_answer = ForwardingType.BUSY, ForwardingType.NO_ANSWER
    await customer.ask(lambda client: client.forwarding.set("101", busy, "+36300000009", target_type=TargetType.NUMBER))
    await customer.ask(
        lambda client: client.forwarding.set("101", no_answer, "105", target_type=TargetType.EXTENSION, ring_seconds=12)
    )
    both = await customer.ask(lambda client: client.forwarding.get("101"))
    assert [(one.type, one.target.value, one.ring_seconds) for one in both] == [
        (busy, "+36300000009", None),
        (no_answer, "105", 12),
    ]
    await customer.ask(lambda client: client.forwarding.delete("101", busy))
    await customer.ask(lambda client: client.forwarding.delete("101", busy))
    assert len(await customer.ask(lambda client: client.forwarding.get("101"))) == 1
    await customer.ask(lambda client: client.forwarding.delete_all("101"))
    assert await customer.ask(lambda client: client.forwarding.get("101")) == ()


async def test_phonebook_and_paging(customer: Customer) -> None:
    number = PhonebookNumber(number=PhoneNumber.parse(_NUMBER), type="mobile")
    entry = PhonebookEntry(name="Próba Ödön", numbers=(number,), external_id="minicrm:7")
    created = await customer.ask(lambda client: client.phonebook.create(entry))
    assert created == evolve(entry, id=created.id)
    changed = evolve(created, name="Próba Őzike", company="Minta Kft.")
    assert await customer.ask(lambda client: client.phonebook.update(changed)) == changed
    assert await customer.ask(lambda client: client.phonebook.get(created.id)) == changed
    for index in range(230):
        customer.pbx.office.add_entry(PhonebookEntry(name=f"Minta {index}"))
    everybody = await customer.ask(lambda client: client.phonebook.all())
    assert len(everybody) == len({one.id for one in everybody}) == 3 + 1 + 230
    await customer.ask(lambda client: client.phonebook.delete(created.id))
    assert len(await customer.ask(lambda client: client.phonebook.all())) == 3 + 230


async def test_users(customer: Customer) -> None:
    users = await customer.ask(lambda client: client.users.all())
    assert [(user.id, user.extension) for user in users] == [("17", "101"), ("18", "102"), ("19", "103"), ("21", "105")]


async def test_operators_follow_the_calls(customer: Customer) -> None:
    customer.pbx.operators.choose("103", "break")
    line, _ = await customer.pbx.director.play("answered", {"extension": "101"})
    statuses = {one.operator_id: one.status for one in await customer.ask(lambda client: client.operators.statuses())}
    assert (statuses["17"], statuses["19"]) == ("available", "break")
    since, until = line.call.started_at - timedelta(minutes=5), line.call.started_at + timedelta(minutes=10)
    times = await customer.ask(lambda client: client.operators.time_in_status("17", since=since, until=until))
    spent = {str(one.status): (one.seconds, one.count) for one in times.times}
    assert spent == {"available": (15 * 60 - 210 - 15, 2), "ringing": (10, 1), "in_call": (200, 1), "wrap_up": (15, 1)}


async def test_recordings_are_fetched_by_code(customer: Customer, tmp_path: Path) -> None:
    line, _ = await customer.pbx.director.play("answered", {"talk_seconds": 12})
    path = tmp_path / "call.wav"
    await customer.ask(lambda client: client.recordings.download(line.codes[0], path))
    with wave.open(io.BytesIO(path.read_bytes())) as sound:
        assert sound.getnframes() / sound.getframerate() == 12
    with pytest.raises(errors.NotFound):
        await customer.ask(lambda client: client.recordings.download("R-unknown", path))
    customer.pbx.configure({"recording_lifetime_seconds": 0})
    line, _ = await customer.pbx.director.play("answered", {})
    with pytest.raises(errors.RecordingExpired):
        await customer.ask(lambda client: client.recordings.download(line.codes[0], path))


async def test_ordered_faults(customer: Customer) -> None:
    once = RetryPolicy(attempts=1)
    async with httpx.AsyncClient(base_url=customer.url) as http:
        await http.post("/sandbox/faults", json={"status": 503, "count": 1})
        with pytest.raises(errors.ServerError):
            await customer.ask(lambda client: client.users.get("17"), retry=once)
        await customer.ask(lambda client: client.users.get("17"), retry=once)
        await http.post("/sandbox/faults", json={"requests_per_minute": 1})
        await customer.ask(lambda client: client.users.get("17"), retry=once)
        with pytest.raises(errors.RateLimited) as limited:
            await customer.ask(lambda client: client.users.get("17"), retry=once)
        assert limited.value.retry_after
        await http.post("/sandbox/faults", json={"drop": "after", "operation": "calls.originate"})
        customer.pbx.director.arm({"number": _NUMBER, "mode": "manual"})
        with pytest.raises(errors.OutcomeUnknown):
            await customer.ask(lambda client: client.calls.originate("101", _NUMBER))
        await http.post("/sandbox/faults", json={})
    assert (await customer.ask(lambda client: client.calls.current("101"))).state == "ringing"
