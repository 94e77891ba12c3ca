"""What every engine owes the inbox: at least once, one at a time per call, in order, again when due."""

from __future__ import annotations

import time

import pytest

from tests.gateway.calls import a_call, a_message
from tests.gateway.clock import eventually
from tests.gateway.engine.conftest import MakeEngine
from tests.gateway.engine.trial import Trial, running
from vipex_sdk.errors import StoreUnavailable
from vipex_sdk.gateway.database import Database, Transaction, select
from vipex_sdk.gateway.inbox import Inbox, Status


async def put(inbox: Inbox, call: str, part: int = 0) -> int:
    event = a_call(call, talk_seconds=part)
    return (await inbox.put(event, a_message(event))).seq


async def test_delivers_what_waited_and_what_comes(database: Database, make_engine: MakeEngine) -> None:
    engine, trial = make_engine(), Trial(database)
    inbox = Inbox(database, jobs=engine, settle_seconds=0)
    waited = [await put(inbox, f"c-{n}") for n in range(5)]
    async with running(engine, trial):
        await eventually(lambda: len(trial.done) == 5)
        come = await put(inbox, "c-new")
        await eventually(lambda: len(trial.done) == 6)
    assert {seq for _, seq in trial.done} == {*waited, come}
    assert set(trial.tries.values()) == {1}


async def test_one_call_is_delivered_in_order_and_by_one_at_a_time(database: Database, make_engine: MakeEngine) -> None:
    engine, trial = make_engine(concurrency=8), Trial(database, seconds=0.002)
    inbox = Inbox(database, jobs=engine, settle_seconds=0)
    for part in range(6):
        for n in range(5):
            await put(inbox, f"c-{n}", part)
    async with running(engine, trial):
        await eventually(lambda: len(trial.done) == 30)
    assert trial.in_order
    assert trial.overlaps == 0


async def test_a_call_that_waits_holds_up_itself_alone(database: Database, make_engine: MakeEngine) -> None:
    engine, trial = make_engine(), Trial(database)
    inbox = Inbox(database, jobs=engine, settle_seconds=0)
    first = await put(inbox, "c-1", 1)
    second = await put(inbox, "c-1", 2)
    other = await put(inbox, "c-2")
    again_at = time.time() + 0.4
    trial.decide = lambda seq: again_at if seq == first and trial.tries[seq] == 1 else Status.DELIVERED
    async with running(engine, trial):
        await eventually(lambda: len(trial.done) == 3)
    assert [seq for _, seq in trial.done] == [other, first, second]
    assert trial.at[first] >= again_at


async def test_a_dead_letter_lets_its_call_go_on_and_is_replayed(database: Database, make_engine: MakeEngine) -> None:
    engine, trial = make_engine(), Trial(database)
    inbox = Inbox(database, jobs=engine, settle_seconds=0)
    dead = await put(inbox, "c-1", 1)
    await put(inbox, "c-1", 2)
    trial.decide = lambda seq: Status.DEAD if seq == dead and trial.tries[seq] == 1 else Status.DELIVERED
    async with running(engine, trial):
        await eventually(lambda: len(trial.done) == 2)
        assert (await inbox.counts())[Status.DEAD] == 1
        assert await inbox.replay(status=Status.DEAD) == 1
        await eventually(lambda: len(trial.done) == 3)
    assert (await inbox.counts())[Status.DELIVERED] == 2


async def test_nothing_is_delivered_while_the_gate_is_closed(database: Database, make_engine: MakeEngine) -> None:
    engine, trial = make_engine(), Trial(database)
    opens_at = time.time() + 0.4
    asked = 0

    async def gate() -> float | None:
        nonlocal asked
        asked += 1
        return opens_at if time.time() < opens_at else None

    # Without jobs the rows are only stored, as when the window is full.
    inbox = Inbox(database, settle_seconds=0)
    seq = await put(inbox, "c-1")
    async with running(engine, trial, gate):
        await eventually(lambda: len(trial.done) == 1)
    assert asked > 1
    assert trial.at[seq] >= opens_at


async def test_a_successor_delivers_what_was_in_work(database: Database, make_engine: MakeEngine) -> None:
    engine, trial = make_engine(), Trial(database, seconds=60)
    inbox = Inbox(database, jobs=engine, settle_seconds=0)
    for n in range(4):
        await put(inbox, f"c-{n}")
    async with running(engine, trial):
        await eventually(lambda: len(trial.busy) == 4)
    successor = Trial(database)
    async with running(make_engine(), successor):
        await eventually(lambda: len(successor.done) == 4)


async def test_a_store_that_fails_for_a_moment_loses_nothing(database: Database, make_engine: MakeEngine) -> None:
    engine, trial = make_engine(), Trial(database)
    inbox = Inbox(database, jobs=engine, settle_seconds=0)
    seq = await put(inbox, "c-1")

    def fail_once(_: int) -> Status:
        if trial.tries[seq] == 1:
            raise StoreUnavailable("the disk is full")
        return Status.DELIVERED

    trial.decide = fail_once
    async with running(engine, trial):
        await eventually(lambda: len(trial.done) == 1)


async def test_row_and_job_are_written_together_or_not_at_all(database: Database, make_engine: MakeEngine) -> None:
    engine = make_engine()

    class Failing:
        def enqueue(self, *, seq: int, call: str, at: float) -> Transaction[None]:
            yield from engine.enqueue(seq=seq, call=call, at=at)
            raise StoreUnavailable("the disk is full")

        def wake(self) -> None:
            engine.wake()

    inbox = Inbox(database, jobs=Failing(), settle_seconds=0)
    with pytest.raises(StoreUnavailable):
        await put(inbox, "c-1")
    assert sum((await inbox.counts()).values()) == 0
    if database.dialect == "postgresql":
        rows = await database.read(select("SELECT count(*) AS n FROM procrastinate_jobs"))
        assert rows[0]["n"] == 0


async def test_two_workers_share_the_work_and_repeat_none(
    database: Database, make_engine: MakeEngine, tmp_path: object
) -> None:
    lock = {"lock": tmp_path.joinpath("engine.lock")}
    one, other = make_engine(**lock), make_engine(**lock)
    trial = Trial(database, seconds=0.001)
    inbox = Inbox(database, jobs=one, settle_seconds=0)
    for n in range(40):
        await put(inbox, f"c-{n}")
    async with running(one, trial), running(other, trial):
        await eventually(lambda: len(trial.done) == 40)
    assert set(trial.tries.values()) == {1}
    assert trial.overlaps == 0
