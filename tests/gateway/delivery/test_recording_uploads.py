"""A recording that comes apart belongs to its call, whether it comes before, with or after its end."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from tests.gateway.calls import STARTED, a_call
from tests.gateway.clock import HandClock
from tests.gateway.crm import FindableCrm
from tests.gateway.house import House, a_house
from vipex_sdk.crm.journal import Journal, JournalSettings
from vipex_sdk.crm.model import RecordingLink
from vipex_sdk.errors import BadPayload
from vipex_sdk.gateway.database import Database, select
from vipex_sdk.gateway.inbox import Status
from vipex_sdk.webhooks.events import CallEnd, CallLeg, RecordingUpload
from vipex_sdk.webhooks.message import Hook, Message
from vipex_sdk.webhooks.parse import parse
from vipex_sdk.wire.profile import default_profile


async def links(_call: CallEnd) -> object:
    return lambda ref: RecordingLink(key=ref.stored or ref.code or "", url=None, duration_seconds=None)


@pytest.fixture
def house(database: Database, clock: HandClock) -> House:
    journal = Journal(JournalSettings(language="en"))
    return a_house(database, clock, FindableCrm(), links=links, journal=journal)


def upload(house: House, *, call_id: str = "c-1", **more: object) -> Message:
    fields = {"event": "recording_upload", "call_id": call_id, "recording": {"content": "stored:k1"}} | more
    received = datetime.fromtimestamp(house.clock.now(), UTC)
    body = json.dumps(fields).encode()
    return Message(hook=Hook.RECORDING_UPLOAD, content_type="application/json", body=body, received_at=received)


async def put(house: House, message: Message) -> int:
    event = parse(message, default_profile())
    assert isinstance(event, RecordingUpload)
    return (await house.inbox.put(event, message)).seq


def recorded(house: House) -> list[str | None]:
    return [record.recording.key if record.recording else None for record in house.crm.entries.values()]


@pytest.mark.parametrize("says_when", [True, False])
async def test_it_comes_with_the_end_of_its_call(house: House, says_when: bool) -> None:  # noqa: FBT001 - a case
    when = {"started_at": STARTED.isoformat()} if says_when else {}
    house.clock.advance(STARTED.timestamp() - house.clock.now() + 60)
    first = await house.put(a_call())
    second = await put(house, upload(house, **when))
    await house.settle()
    assert [await house.status(seq) for seq in (first, second)] == [Status.DELIVERED] * 2
    assert recorded(house) == ["k1"]


@pytest.mark.parametrize("says_when", [True, False])
async def test_it_comes_before_the_end_of_its_call(house: House, says_when: bool) -> None:  # noqa: FBT001 - a case
    when = {"started_at": STARTED.isoformat()} if says_when else {}
    house.clock.advance(STARTED.timestamp() - house.clock.now() + 60)
    early = await put(house, upload(house, **when))
    await house.settle(60)
    assert await house.status(early) is Status.PARKED
    assert await house.error(early) == "recording_without_call"
    await house.put(a_call())
    await house.settle()
    assert await house.status(early) is Status.DELIVERED
    assert recorded(house) == ["k1"]


async def test_it_finds_its_call_when_both_were_committed_at_the_same_time(house: House) -> None:
    house.clock.advance(STARTED.timestamp() - house.clock.now() + 60)
    early = await put(house, upload(house))
    await house.put(a_call())
    # What two receivers leave that do not see each other's row: the recording in a lane of its own.
    await house.database.write(select("UPDATE events SET call = 'c-1' WHERE seq = :seq RETURNING seq", seq=early))
    await house.settle()
    await house.settle()
    assert await house.status(early) is Status.DELIVERED
    assert recorded(house) == ["k1"]


async def test_it_comes_long_after_the_call_was_written(house: House) -> None:
    house.clock.advance(STARTED.timestamp() - house.clock.now() + 60)
    await house.put(a_call())
    await house.settle()
    assert recorded(house) == [None]
    house.clock.advance(3 * 24 * 3600)
    late = await put(house, upload(house))
    await house.settle()
    assert await house.status(late) is Status.DELIVERED
    assert recorded(house) == ["k1"]


async def test_it_goes_to_the_latest_call_of_that_id_and_to_no_other(house: House) -> None:
    house.clock.advance(STARTED.timestamp() - house.clock.now() + 60)
    await house.put(a_call(call_id="c-12"))
    await house.put(a_call())
    await put(house, upload(house))
    await house.settle()
    assert sorted(recorded(house), key=str) == [None, "k1"]


async def test_it_may_be_the_recording_of_a_leg(house: House) -> None:
    house.clock.advance(STARTED.timestamp() - house.clock.now() + 60)
    seq = await house.put(a_call(legs=(CallLeg(leg_id="l1", seq=1, extension="101", talk_seconds=60),)))
    await put(house, upload(house, leg_id="l1"))
    await house.settle()
    assert await house.status(seq) is Status.DELIVERED
    assert recorded(house) == ["k1"]


async def test_sent_twice_it_is_kept_once(house: House) -> None:
    house.clock.advance(STARTED.timestamp() - house.clock.now() + 60)
    first = await put(house, upload(house, event_id="ev-1", attempt=1))
    assert await put(house, upload(house, event_id="ev-1", attempt=2)) == first
    other = await put(house, upload(house, recording={"content": "stored:k2"}))
    assert other != first


async def test_out_of_quarantine_it_joins_its_call(house: House) -> None:
    house.clock.advance(STARTED.timestamp() - house.clock.now() + 60)
    await house.put(a_call())
    await house.settle()
    seq = (await house.inbox.quarantine(upload(house), BadPayload("not understood then"))).seq
    assert await house.inbox.read_again() == 1
    await house.settle()
    await house.settle()
    assert await house.status(seq) is Status.DELIVERED
    assert recorded(house) == ["k1"]
