"""SQLite's own faults: each is the store being unavailable, none is a half-kept promise."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest

from vipex_sdk.errors import StoreUnavailable
from vipex_sdk.gateway.database import Statement, Transaction, select
from vipex_sdk.gateway.database.sqlite import GLANCE_SECONDS, SqliteDatabase


def put(name: str, size: int = 1) -> Transaction[None]:
    yield Statement("INSERT INTO settings (name, value) VALUES (:name, :value)", {"name": name, "value": "x" * size})


async def count(database: SqliteDatabase) -> int:
    rows = await database.read(select("SELECT count(*) AS n FROM settings"))
    return int(rows[0]["n"])


async def test_every_commit_is_synced(tmp_path: Path) -> None:
    async with SqliteDatabase(tmp_path / "a.db") as database:
        rows = await database.write(select("PRAGMA synchronous"))
        assert rows == [{"synchronous": 2}]
        assert await database.write(select("PRAGMA journal_mode")) == [{"journal_mode": "wal"}]
        assert await database.write(select("PRAGMA secure_delete")) == [{"secure_delete": 1}]


async def test_a_full_disk_is_unavailable_and_heals(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    async with SqliteDatabase(path):
        pass
    pages = path.stat().st_size // 4096 + 10
    async with SqliteDatabase(path, max_pages=pages) as database:
        results = await asyncio.gather(
            *(database.write(put(f"n{index}", 20_000)) for index in range(10)), return_exceptions=True
        )
        kept = [result for result in results if result is None]
        assert all(isinstance(result, StoreUnavailable) for result in results if result is not None)
        assert "disk is full" in str(next(result for result in results if result is not None))
        assert await count(database) == len(kept) < 10
        await database.write(select("DELETE FROM settings"))
        await database.write(put("again", 20_000))
        assert await count(database) == 1


async def test_a_locked_database_is_unavailable_and_heals(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    async with SqliteDatabase(path, busy_seconds=0.05) as database:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable, match="locked"):
            await database.write(put("a"))
        assert await count(database) == 0
        other.execute("ROLLBACK")
        other.close()
        await database.write(put("a"))
        assert await count(database) == 1


async def test_no_folder_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="cannot be opened"):
        await SqliteDatabase(tmp_path / "missing" / "a.db").open()


async def test_a_damaged_file_is_refused_with_advice(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    path.write_bytes(b"this was a database once" * 1000)
    with pytest.raises(StoreUnavailable, match="restore a backup"):
        await SqliteDatabase(path).open()


async def test_a_long_reader_keeps_nobody_from_writing(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    async with SqliteDatabase(path) as database:
        reader = sqlite3.connect(path, isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM settings").fetchone()
        for index in range(50):
            await database.write(put(f"n{index}", 1000))
        assert await count(database) == 50
        reader.execute("COMMIT")
        reader.close()


async def test_an_io_error_undoes_the_whole_commit_for_all(tmp_path: Path) -> None:
    """A full disk inside a commit may make SQLite undo everything: then nobody is told that it is durable."""
    path = tmp_path / "a.db"
    async with SqliteDatabase(path):
        pass
    pages = path.stat().st_size // 4096 + 3
    async with SqliteDatabase(path, max_pages=pages) as database:
        writes = [database.write(put("small"))] + [database.write(put(f"big{i}", 200_000)) for i in range(3)]
        results = await asyncio.gather(*writes, return_exceptions=True)
        durable = sum(result is None for result in results)
        assert await count(database) == durable


async def test_a_look_sees_what_was_written_here(tmp_path: Path) -> None:
    everything = Statement("SELECT name FROM settings")
    async with SqliteDatabase(tmp_path / "a.db") as database:
        before = database.look(everything) or []
        await database.write(put("a"))
        assert len(database.look(everything) or []) == len(before) + 1
        database.look(everything)
        assert await count(database) == len(before) + 1


async def test_a_look_sees_a_moment_later_what_others_wrote(tmp_path: Path) -> None:
    everything = Statement("SELECT name FROM settings")
    path = tmp_path / "a.db"
    async with SqliteDatabase(path) as database:
        before = len(database.look(everything) or [])
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("INSERT INTO settings (name, value) VALUES ('b', 'x')")
        other.close()
        await asyncio.sleep(10 * GLANCE_SECONDS)
        assert len(database.look(everything) or []) == before + 1
