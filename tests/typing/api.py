"""Never run: mypy and pyright check that both clients have exact types."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import assert_type

from vipex_sdk import (
    AsyncClient,
    AsyncRecordingStream,
    CallEnd,
    CallOutcome,
    CallStarted,
    Client,
    Direction,
    Download,
    ExtensionCalls,
    Forwarding,
    ForwardingType,
    Operation,
    OperatorStatus,
    PhonebookEntry,
    PhoneNumber,
    RecordingStream,
    Sighting,
    StatusTimes,
    SyncPlan,
    SyncResult,
    User,
    WireProfile,
    default_profile,
)
from vipex_sdk.control import TargetType, originate
from vipex_sdk.wire.convert import converter_for
from vipex_sdk.wire.toml import load_toml


def sync(client: Client, end: CallEnd) -> None:
    assert_type(client.calls.originate("101", "+36300000001", client_ref="crm-1"), CallStarted)
    assert_type(client.calls.originate("101", end.remote), CallStarted)
    assert_type(client.calls.start_ivr("+36300000001", "feedback", variables={"a": "b"}), CallStarted)
    assert_type(client.calls.current("101"), ExtensionCalls)
    assert_type(client.forwarding.set("101", ForwardingType.BUSY, "105", target_type=TargetType.EXTENSION), Forwarding)
    assert_type(client.calls.wait_for_outcome("101", call_id="c-1", timeout=60), CallOutcome)
    assert_type(client.calls.wait_until_idle("101"), ExtensionCalls)
    assert_type(client.calls.look_for("101", "+36300000001"), Sighting)
    assert_type(client.forwarding.get("101"), tuple[Forwarding, ...])
    assert_type(client.forwarding.find("101", ForwardingType.BUSY), Forwarding | None)
    client.forwarding.delete("101", ForwardingType.BUSY)
    client.forwarding.delete_all("101")
    assert_type(client.recordings.download("R-1", Path("a.mp3")), Download)
    with client.recordings.stream("R-1") as recording:
        assert_type(recording, RecordingStream)
        assert_type(list(recording), list[bytes])
    assert_type(client.phonebook.plan_sync([], delete=True), SyncPlan)
    assert_type(client.phonebook.sync([PhonebookEntry(name="Kiss Anna")], key=lambda entry: entry.id), SyncResult)
    assert_type(client.users.get("17"), User)
    assert_type(client.users.all(), Iterator[User])
    assert_type(client.phonebook.create(PhonebookEntry(name="Kiss Anna")), PhonebookEntry)
    assert_type(client.phonebook.all(), Iterator[PhonebookEntry])
    assert_type(client.operators.statuses(), tuple[OperatorStatus, ...])
    assert_type(client.operators.time_in_status("17", since=end.started_at, until=end.started_at), StatusTimes)
    assert_type(client.send(originate("101", "102")), CallStarted)
    assert_type(client.with_options(), Client)


async def later(client: AsyncClient, end: CallEnd) -> None:
    assert_type(await client.calls.originate("101", "+36300000001", client_ref="crm-1"), CallStarted)
    assert_type(await client.calls.start_ivr("+36300000001", "feedback"), CallStarted)
    assert_type(await client.calls.current("101"), ExtensionCalls)
    assert_type(
        await client.forwarding.set("101", ForwardingType.BUSY, "105", target_type=TargetType.EXTENSION), Forwarding
    )
    assert_type(await client.forwarding.get("101"), tuple[Forwarding, ...])
    assert_type(await client.forwarding.find("101", ForwardingType.BUSY), Forwarding | None)
    assert_type(await client.calls.wait_for_outcome("101", number="+36300000001"), CallOutcome)
    assert_type(await client.calls.look_for("101", "+36300000001"), Sighting)
    async with client.recordings.stream("R-1") as recording:
        assert_type(recording, AsyncRecordingStream)
        assert_type([chunk async for chunk in recording], list[bytes])
    assert_type(await client.phonebook.plan_sync([]), SyncPlan)
    assert_type(await client.phonebook.sync([], workers=8), SyncResult)
    await client.forwarding.delete("101", ForwardingType.BUSY)
    assert_type(await client.recordings.download("R-1", "a.mp3"), Download)
    assert_type(await client.users.get("17"), User)
    assert_type(client.users.all(), AsyncIterator[User])
    assert_type(await client.phonebook.update(PhonebookEntry(id="1", name="Kiss Anna")), PhonebookEntry)
    assert_type(client.phonebook.all(), AsyncIterator[PhonebookEntry])
    assert_type(await client.operators.statuses(), tuple[OperatorStatus, ...])
    assert_type(await client.operators.time_in_status("17", since=end.started_at, until=end.started_at), StatusTimes)
    assert_type(await client.send(originate("101", "102")), CallStarted)
    assert_type(client.with_options(), AsyncClient)


def wrong(client: Client, later_client: AsyncClient) -> None:
    client.calls.originate("101")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    client.calls.originate("101", "102", "103")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    client.calls.current(101)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    later_client.calls.current(extension=101)  # type: ignore[arg-type,unused-coroutine]  # pyright: ignore[reportArgumentType,reportUnusedCoroutine]
    Client("https://pbx.example.hu")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def values(end: CallEnd, profile: WireProfile) -> None:
    assert_type(originate("101", "102"), Operation[CallStarted])
    assert_type(end.direction, Direction)
    assert_type(end.remote, PhoneNumber)
    assert_type(default_profile(), WireProfile)
    assert_type(converter_for(profile).decode(CallEnd, {}), CallEnd)
    assert_type(load_toml("a.toml", CallEnd), CallEnd)
