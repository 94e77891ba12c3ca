"""Never run: mypy and pyright check every group and method of both clients, as a caller writes them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from pathlib import Path
from typing import assert_type

from vipex_sdk import (
    AsyncClient,
    CallStarted,
    Client,
    Download,
    ExtensionCalls,
    Forwarding,
    ForwardingType,
    OperatorStatus,
    PhonebookEntry,
    RetryPolicy,
    StatusTimes,
    Timeouts,
    User,
)
from vipex_sdk.control import (
    AsyncRecordingStream,
    CallOutcome,
    RecordingStream,
    RequestEvent,
    RetryEvent,
    Sighting,
    SyncPlan,
    SyncResult,
    TargetType,
    Token,
    TokenStore,
)

ENTRY = PhonebookEntry(name="Kiss Anna")
BUSY, EXTENSION = ForwardingType.BUSY, TargetType.EXTENSION


def sync(client: Client, since: datetime) -> None:
    assert_type(client.calls.originate("101", "+36300000001", caller_id="+3610000100", client_ref="a"), CallStarted)
    assert_type(client.calls.start_ivr("+36300000001", "menu", variables={"a": "b"}), CallStarted)
    assert_type(client.calls.current("101"), ExtensionCalls)
    assert_type(client.calls.wait_for_outcome("101", number="+36300000001", timeout=60), CallOutcome)
    assert_type(client.calls.wait_until_idle("101", timeout=60), ExtensionCalls)
    assert_type(client.calls.look_for("101", "+36300000001"), Sighting)
    assert_type(client.forwarding.set("101", BUSY, "105", target_type=EXTENSION, ring_seconds=20), Forwarding)
    assert_type(client.forwarding.get("101"), tuple[Forwarding, ...])
    assert_type(client.forwarding.find("101", BUSY), Forwarding | None)
    client.forwarding.delete("101", BUSY)
    client.forwarding.delete_all("101")
    assert_type(client.recordings.download("R-1", Path("a.mp3"), max_bytes=1000), Download)
    assert_type(client.recordings.stream("R-1"), RecordingStream)
    assert_type(client.users.get("17"), User)
    assert_type(client.users.all(), Iterator[User])
    assert_type(client.phonebook.create(ENTRY), PhonebookEntry)
    assert_type(client.phonebook.get("1"), PhonebookEntry)
    assert_type(client.phonebook.update(ENTRY), PhonebookEntry)
    client.phonebook.delete("1")
    assert_type(client.phonebook.all(), Iterator[PhonebookEntry])
    assert_type(client.phonebook.plan_sync([ENTRY], delete=True), SyncPlan)
    assert_type(client.phonebook.sync([ENTRY], workers=2), SyncResult)
    assert_type(client.operators.statuses(), tuple[OperatorStatus, ...])
    assert_type(client.operators.time_in_status("17", since=since, until=since), StatusTimes)
    hasty = client.with_options(timeout=Timeouts(total=5), retry=RetryPolicy(attempts=1))
    assert_type(hasty, Client)
    assert_type(hasty.calls.current("101"), ExtensionCalls)
    with Client.from_env() as mine:
        assert_type(mine, Client)


async def later(client: AsyncClient, since: datetime) -> None:
    assert_type(await client.calls.originate("101", "+36300000001", client_ref="a"), CallStarted)
    assert_type(await client.calls.start_ivr("+36300000001", "menu", variables={"a": "b"}), CallStarted)
    assert_type(await client.calls.current("101"), ExtensionCalls)
    assert_type(await client.calls.wait_for_outcome("101", number="+36300000001", timeout=60), CallOutcome)
    assert_type(await client.calls.wait_until_idle("101", timeout=60), ExtensionCalls)
    assert_type(await client.calls.look_for("101", "+36300000001"), Sighting)
    assert_type(await client.forwarding.set("101", BUSY, "105", target_type=EXTENSION), Forwarding)
    assert_type(await client.forwarding.get("101"), tuple[Forwarding, ...])
    assert_type(await client.forwarding.find("101", BUSY), Forwarding | None)
    await client.forwarding.delete("101", BUSY)
    await client.forwarding.delete_all("101")
    assert_type(await client.recordings.download("R-1", "a.mp3"), Download)
    assert_type(client.recordings.stream("R-1"), AsyncRecordingStream)
    assert_type(await client.users.get("17"), User)
    assert_type(client.users.all(), AsyncIterator[User])
    assert_type(await client.phonebook.create(ENTRY), PhonebookEntry)
    assert_type(await client.phonebook.get("1"), PhonebookEntry)
    assert_type(await client.phonebook.update(ENTRY), PhonebookEntry)
    await client.phonebook.delete("1")
    assert_type(client.phonebook.all(), AsyncIterator[PhonebookEntry])
    assert_type(await client.phonebook.plan_sync([ENTRY]), SyncPlan)
    assert_type(await client.phonebook.sync([ENTRY]), SyncResult)
    assert_type(await client.operators.statuses(), tuple[OperatorStatus, ...])
    assert_type(await client.operators.time_in_status("17", since=since, until=since), StatusTimes)
    hasty = client.with_options(timeout=Timeouts(total=5))
    assert_type(hasty, AsyncClient)
    assert_type(await hasty.calls.current("101"), ExtensionCalls)
    async with AsyncClient.from_env() as mine:
        assert_type(mine, AsyncClient)


class Shelf:
    def get(self, key: str) -> Token | None: ...
    def put(self, key: str, token: Token) -> None: ...


def told(event: RequestEvent) -> None:
    assert_type(event.operation, str)


def again(event: RetryEvent) -> None:
    assert_type(event.pause, float)
    assert_type(event.status, int | None)


def options() -> None:
    store: TokenStore = Shelf()
    Client("https://pbx.example.hu", password="p", token_store=store, on_request=told, on_retry=again, connections=5)
    AsyncClient("https://pbx.example.hu", user="u", password="p", proxy="http://proxy.example.hu", trust_env=True)
    Client("https://pbx.example.hu", user="u", password="p", on_retry=told)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
