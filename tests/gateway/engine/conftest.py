"""Every engine on every store it is for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from vipex_sdk.gateway.database import Database, open_database
from vipex_sdk.gateway.engine import Engine, LocalEngine

MakeEngine = Callable[..., Engine]


@pytest.fixture(
    params=["local", pytest.param("procrastinate", marks=pytest.mark.postgres)],
)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def database(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    where = tmp_path / "vipex.db" if kind == "local" else str(request.getfixturevalue("postgres_url"))
    async with open_database(where) as opened:
        yield opened


@pytest.fixture
async def make_engine(kind: str, database: Database) -> MakeEngine:
    """Give a maker of engines that look often."""

    def make(**settings: Any) -> Engine:
        if kind == "local":
            settings.pop("window", None)
            return LocalEngine(database, **settings)
        from vipex_sdk.gateway.database.postgres import PostgresDatabase
        from vipex_sdk.gateway.engine.procrastinate import ProcrastinateEngine

        assert isinstance(database, PostgresDatabase)
        settings.pop("lock", None)
        quick = {"poll_seconds": 0.05, "heartbeat_seconds": 0.2, "stalled_seconds": 1.0, "grace_seconds": 0.1}
        return ProcrastinateEngine(database, crm="notebook", **{**quick, **settings})

    await make().prepare()
    return make
