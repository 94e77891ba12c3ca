"""The inbox: kept once, listed, replayed, counted; nothing acknowledged ever vanishes."""

from __future__ import annotations

import asyncio

import pytest
from attrs import evolve

from tests.gateway.calls import a_call, a_message
from tests.gateway.clock import HandClock
from vipex_sdk.errors import BadPayload, ConfigError
from vipex_sdk.gateway.database import Database, select
from vipex_sdk.gateway.inbox import Inbox, Status


@pytest.fixture
def inbox(database: Database, clock: HandClock) -> Inbox:
    return Inbox(database, clock=clock)


async def mark(inbox: Inbox, seq: int, status: Status, number: str | None = None) -> None:
    await inbox.database.write(
        select(
            "UPDATE events SET status = :status, number = :number, attempts = 3 WHERE seq = :seq",
            status=str(status),
            number=number,
            seq=seq,
        )
    )


async def test_keeps_an_event_with_its_bytes(inbox: Inbox, clock: HandClock) -> None:
    call = a_call()
    message = a_message(call, at=clock.now())
    receipt = await inbox.put(call, message)
    assert receipt.new
    detail = await inbox.show(receipt.seq)
    assert detail is not None
    assert detail.message == message
    assert detail.delivery.status is Status.PENDING
    assert detail.delivery.next_at.timestamp() == clock.now() + 20


async def test_the_same_event_is_kept_once_however_often_it_comes(inbox: Inbox) -> None:
    call = a_call()
    again = evolve(call, attempt=2)
    receipts = await asyncio.gather(*(inbox.put(each, a_message(each)) for each in [call, again] * 10))
    assert len({receipt.seq for receipt in receipts}) == 1
    assert sum(receipt.new for receipt in receipts) == 1


async def test_the_same_event_with_more_in_it_is_kept_beside_the_first(inbox: Inbox) -> None:
    call = a_call()
    first = await inbox.put(call, a_message(call))
    richer = evolve(call, talk_seconds=61)
    second = await inbox.put(richer, a_message(richer))
    assert second.new
    assert second.seq > first.seq
    assert (await inbox.counts())[Status.PENDING] == 2


async def test_quarantine_keeps_what_nobody_understands_once(inbox: Inbox) -> None:
    message = a_message(a_call(), body=b"{")
    first = await inbox.quarantine(message, BadPayload("not well formed"))
    second = await inbox.quarantine(message, BadPayload("not well formed"))
    assert (first.new, second.new) == (True, False)
    detail = await inbox.show(first.seq)
    assert detail is not None
    assert detail.message.body == b"{"
    assert detail.delivery.last_error == "not well formed"
    assert detail.delivery.status is Status.QUARANTINED


async def test_lists_newest_first_by_pages(inbox: Inbox) -> None:
    seqs = [(await inbox.put(a_call(f"c-{n}"), a_message(a_call(f"c-{n}")))).seq for n in range(5)]
    await mark(inbox, seqs[1], Status.DEAD)
    first = await inbox.page(limit=2)
    assert [row.seq for row in first] == [seqs[4], seqs[3]]
    assert [row.seq for row in await inbox.page(limit=2, before=seqs[3])] == [seqs[2], seqs[1]]
    assert [row.seq for row in await inbox.page("dead")] == [seqs[1]]
    assert await inbox.show(10_000) is None


async def test_counts_every_event_under_one_status(inbox: Inbox) -> None:
    seqs = [(await inbox.put(a_call(f"c-{n}"), a_message(a_call(f"c-{n}")))).seq for n in range(4)]
    await mark(inbox, seqs[0], Status.DELIVERED)
    await mark(inbox, seqs[1], Status.IGNORED)
    counts = await inbox.counts()
    assert sum(counts.values()) == 4
    assert set(counts) == set(Status)


async def test_replays_by_number_and_by_status_but_never_what_was_delivered(inbox: Inbox, clock: HandClock) -> None:
    seqs = [(await inbox.put(a_call(f"c-{n}"), a_message(a_call(f"c-{n}")))).seq for n in range(4)]
    for seq, status in zip(seqs, (Status.DEAD, Status.DEAD, Status.PARKED, Status.DELIVERED), strict=True):
        await mark(inbox, seq, status)
    clock.advance(100)
    assert await inbox.replay([seqs[0], seqs[3]]) == 1
    detail = await inbox.show(seqs[0])
    assert detail is not None
    assert detail.delivery.attempts == 0
    assert detail.delivery.next_at.timestamp() == clock.now()
    assert await inbox.replay(status="dead") == 1
    assert await inbox.replay(status="delivered") == 0
    assert (await inbox.counts())[Status.PENDING] == 2


async def test_replay_says_what(inbox: Inbox) -> None:
    with pytest.raises(ConfigError):
        await inbox.replay()
    with pytest.raises(ConfigError):
        await inbox.replay([1], status="dead")
    assert await inbox.replay([]) == 0


async def test_releases_what_waited_for_a_number(inbox: Inbox) -> None:
    seqs = [(await inbox.put(a_call(f"c-{n}"), a_message(a_call(f"c-{n}")))).seq for n in range(3)]
    await mark(inbox, seqs[0], Status.PARKED, "+36300000007")
    await mark(inbox, seqs[1], Status.PARKED, "+36300000008")
    await mark(inbox, seqs[2], Status.DEAD, "+36300000007")
    many = [f"+3630{n:07}" for n in range(1200)]
    assert await inbox.release(many) == 2
    assert await inbox.release(many) == 0
