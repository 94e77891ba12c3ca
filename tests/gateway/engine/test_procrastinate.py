"""The scaled-out engine's own promises: a bounded window, and tables made once."""

from __future__ import annotations

import asyncio

import pytest

from tests.gateway.calls import a_call, a_message
from tests.gateway.clock import eventually
from tests.gateway.engine.conftest import MakeEngine
from tests.gateway.engine.trial import Trial, running
from vipex_sdk.errors import ConfigError, StoreUnavailable
from vipex_sdk.gateway.database import Database, open_database, select
from vipex_sdk.gateway.database.sqlite import SqliteDatabase
from vipex_sdk.gateway.engine import LocalEngine, engine_for
from vipex_sdk.gateway.inbox import Inbox

pytestmark = pytest.mark.postgres


@pytest.fixture
def kind() -> str:
    return "procrastinate"


async def jobs(database: Database) -> int:
    rows = await database.read(select("SELECT count(*) AS n FROM procrastinate_jobs"))
    return int(rows[0]["n"])


async def test_a_backlog_waits_in_the_inbox_and_is_fed_by_the_window(
    database: Database, make_engine: MakeEngine
) -> None:
    engine, trial = make_engine(window=3), Trial(database)
    inbox = Inbox(database, jobs=engine, settle_seconds=0)
    for n in range(20):
        await inbox.put(a_call(f"c-{n}"), a_message(a_call(f"c-{n}")))
    assert await jobs(database) == 3
    async with running(engine, trial):
        await eventually(lambda: len(trial.done) == 20)
    assert await jobs(database) == 0


async def test_tables_are_made_once_however_many_prepare(database: Database, make_engine: MakeEngine) -> None:
    await asyncio.gather(*(make_engine().prepare() for _ in range(4)))
    assert await jobs(database) == 0


async def test_a_server_out_of_reach_is_the_store_being_unavailable() -> None:
    database = open_database("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(StoreUnavailable):
        await engine_for(database, crm="notebook").prepare()


async def test_each_store_has_its_engine(database: Database, tmp_path: object) -> None:
    local = engine_for(SqliteDatabase(tmp_path / "vipex.db"), crm="notebook")  # type: ignore[operator]
    assert isinstance(local, LocalEngine)
    assert not isinstance(engine_for(database, crm="notebook"), LocalEngine)


def test_only_known_stores_have_one() -> None:
    with pytest.raises((TypeError, ConfigError)):
        engine_for(object(), crm="notebook")  # type: ignore[arg-type]
