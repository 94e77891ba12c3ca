"""The embedded engine's own promises: one process delivers, another takes over, a wrong clock holds nothing up."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.gateway.calls import a_call, a_message
from tests.gateway.clock import HandClock, eventually
from tests.gateway.engine.trial import Trial, running
from vipex_sdk.gateway.database.sqlite import SqliteDatabase
from vipex_sdk.gateway.engine import LocalEngine
from vipex_sdk.gateway.engine.lock import FileLock
from vipex_sdk.gateway.inbox import Inbox


def test_a_lock_has_one_holder(tmp_path: Path) -> None:
    one, other = FileLock(tmp_path / "lock"), FileLock(tmp_path / "lock")
    assert one.try_acquire()
    assert one.try_acquire()
    assert not other.try_acquire()
    one.release()
    assert other.try_acquire()
    assert not one.held
    other.release()


async def test_a_second_process_acknowledges_and_takes_over_when_the_first_ends(tmp_path: Path) -> None:
    path, clock = tmp_path / "vipex.db", HandClock()
    async with SqliteDatabase(path) as first, SqliteDatabase(path) as second:
        active = LocalEngine(first, lock=tmp_path / "lock", clock=clock)
        standby = LocalEngine(second, lock=tmp_path / "lock", clock=clock)
        by_first, by_second = Trial(first), Trial(second)
        async with running(active, by_first):
            await eventually(lambda: active.delivering)
            async with running(standby, by_second):
                await Inbox(second, jobs=standby, settle_seconds=0, clock=clock).put(a_call(), a_message(a_call()))

                def done_by_first() -> bool:
                    clock.advance(31)  # again and again: the first may not have gone to sleep yet
                    return len(by_first.done) == 1

                await eventually(done_by_first)
                assert not standby.delivering
        async with running(standby, by_second):
            call = a_call("c-2")
            await Inbox(second, jobs=standby, settle_seconds=0, clock=clock).put(call, a_message(call))
            await eventually(lambda: len(by_second.done) == 1)
            assert standby.delivering


async def test_takes_over_while_running(tmp_path: Path) -> None:
    clock = HandClock()
    holder = FileLock(tmp_path / "lock")
    assert holder.try_acquire()
    async with SqliteDatabase(tmp_path / "vipex.db") as database:
        engine = LocalEngine(database, lock=tmp_path / "lock", clock=clock)
        trial = Trial(database)
        await Inbox(database, jobs=engine, settle_seconds=0, clock=clock).put(a_call(), a_message(a_call()))
        async with running(engine, trial):
            await eventually(lambda: clock.next_wake is not None)
            assert trial.done == []
            holder.release()
            clock.advance(1)
            await eventually(lambda: len(trial.done) == 1)


async def test_sleeps_until_the_next_row_is_due(tmp_path: Path) -> None:
    clock = HandClock()
    async with SqliteDatabase(tmp_path / "vipex.db") as database:
        engine, trial = LocalEngine(database, clock=clock), Trial(database)
        inbox = Inbox(database, jobs=engine, settle_seconds=20, clock=clock)
        async with running(engine, trial):
            await inbox.put(a_call(), a_message(a_call()))
            await eventually(lambda: clock.next_wake == clock.now() + 20)
            clock.advance(20)
            await eventually(lambda: len(trial.done) == 1)


async def test_a_clock_set_back_by_a_day_holds_nothing_up_for_a_day(tmp_path: Path) -> None:
    clock = HandClock()
    async with SqliteDatabase(tmp_path / "vipex.db") as database:
        engine, trial = LocalEngine(database, clock=clock), Trial(database)
        inbox = Inbox(database, jobs=engine, settle_seconds=20, clock=clock)
        async with running(engine, trial):
            await inbox.put(a_call(), a_message(a_call()))
            await eventually(lambda: clock.next_wake == clock.now() + 20)
            clock.set_back(86_400)
            await eventually(lambda: len(trial.done) == 1)


async def test_works_on_no_more_calls_than_told(tmp_path: Path) -> None:
    async with SqliteDatabase(tmp_path / "vipex.db") as database:
        engine, trial = LocalEngine(database, concurrency=3), Trial(database, seconds=0.01)
        inbox = Inbox(database, jobs=engine, settle_seconds=0)
        for n in range(12):
            await inbox.put(a_call(f"c-{n}"), a_message(a_call(f"c-{n}")))
        most = 0
        async with running(engine, trial):
            while len(trial.done) < 12:
                most = max(most, len(trial.busy))
                await asyncio.sleep(0.002)
        assert most == 3
