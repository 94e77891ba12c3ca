"""The same promises on both stores: durable when told, one failure harms no other, one schema."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from vipex_sdk.errors import ConfigError, StoreUnavailable
from vipex_sdk.gateway.database import (
    SCHEMA_VERSION,
    Database,
    Statement,
    Transaction,
    one_of,
    open_database,
    select,
)


def put(name: str, value: str = "1") -> Transaction[str]:
    rows = yield Statement(
        "INSERT INTO settings (name, value) VALUES (:name, :value) RETURNING value", {"name": name, "value": value}
    )
    return str(rows[0]["value"])


def fail_after_put(name: str) -> Transaction[None]:
    yield from put(name)
    raise ValueError("changed my mind")


async def names(database: Database) -> list[str]:
    rows = await database.read(select("SELECT name FROM settings ORDER BY name"))
    return [row["name"] for row in rows]


async def test_gives_the_result_of_a_transaction(database: Database) -> None:
    assert await database.write(put("a", "x")) == "x"
    assert await names(database) == ["a"]


async def test_commits_together_what_waits_together(database: Database) -> None:
    results = await asyncio.gather(*(database.write(put(f"n{index:03}")) for index in range(600)))
    assert results == ["1"] * 600
    assert len(await names(database)) == 600


async def test_a_failure_harms_no_other_in_the_same_commit(database: Database) -> None:
    results = await asyncio.gather(
        database.write(put("before")),
        database.write(fail_after_put("undone")),
        database.write(put("after")),
        return_exceptions=True,
    )
    assert results[0] == results[2] == "1"
    assert isinstance(results[1], ValueError)
    assert await names(database) == ["after", "before"]


async def test_a_broken_statement_harms_no_other(database: Database) -> None:
    results = await asyncio.gather(
        database.write(put("before")),
        database.write(select("INSERT INTO no_such_table VALUES (1)")),
        database.write(put("after")),
        return_exceptions=True,
    )
    assert isinstance(results[1], Exception)
    assert not isinstance(results[1], StoreUnavailable)
    assert await names(database) == ["after", "before"]


async def test_a_cancelled_waiter_leaves_the_writer_alive(database: Database) -> None:
    task = asyncio.create_task(database.write(put("a")))
    await asyncio.sleep(0)
    task.cancel()
    assert await database.write(put("b")) == "1"


async def test_reads_change_nothing(database: Database) -> None:
    with pytest.raises(Exception, match=r"readonly|read-only"):
        await database.read(put("a"))
    assert await names(database) == []


async def test_a_read_sees_one_state(database: Database) -> None:
    def twice() -> Transaction[tuple[int, int]]:
        sql = "SELECT count(*) AS n FROM settings"
        first = yield Statement(sql)
        second = yield Statement(sql)
        return first[0]["n"], second[0]["n"]

    await database.write(put("a"))
    assert await database.read(twice()) == (1, 1)


async def test_lists_and_literal_percent_signs(database: Database) -> None:
    for name in ("a1", "a2", "b1"):
        await database.write(put(name))
    places, parameters = one_of("name", ["a1", "b1"])
    rows = await database.read(
        select(f"SELECT name FROM settings WHERE name IN ({places}) AND name LIKE 'a%'", **parameters)
    )
    assert [row["name"] for row in rows] == ["a1"]


async def test_keeps_bytes_and_fractions(database: Database) -> None:
    body = bytes(range(256))
    sql = """
        INSERT INTO events (key, digest, call, kind, body, received_at, status, next_at, updated_at)
        VALUES ('k', 'd', 'c', 'call_end', :body, :at, 'pending', :at, :at) RETURNING body, received_at
    """
    rows = await database.write(select(sql, body=body, at=1_700_000_000.25))
    assert bytes(rows[0]["body"]) == body
    assert rows[0]["received_at"] == 1_700_000_000.25


async def test_opening_again_keeps_everything(store: str | Path) -> None:
    async with open_database(store) as database:
        await database.write(put("a"))
    async with open_database(store) as database:
        assert await names(database) == ["a"]
        rows = await database.read(select("SELECT version FROM schema_version"))
        assert [row["version"] for row in rows] == [SCHEMA_VERSION]


async def test_two_that_start_together_migrate_once(store: str | Path) -> None:
    one, other = open_database(store), open_database(store)
    await asyncio.gather(one.open(), other.open())
    try:
        await one.write(put("a"))
        assert await names(other) == ["a"]
    finally:
        await asyncio.gather(one.close(), other.close())


async def test_refuses_what_a_newer_version_wrote(store: str | Path) -> None:
    async with open_database(store) as database:
        await database.write(select("UPDATE schema_version SET version = 999"))
    with pytest.raises(ConfigError, match="newer vipex-sdk"):
        await open_database(store).open()


async def test_a_closed_store_takes_nothing(store: str | Path) -> None:
    database = open_database(store)
    await database.open()
    await database.close()
    await database.close()
    with pytest.raises(StoreUnavailable):
        await database.write(put("a"))
    with pytest.raises(StoreUnavailable):
        await database.read(put("a"))


async def test_closing_commits_what_waits(store: str | Path) -> None:
    database = open_database(store)
    await database.open()
    writes = [asyncio.create_task(database.write(put(f"n{index}"))) for index in range(20)]
    await asyncio.sleep(0)
    await database.close()
    assert await asyncio.gather(*writes) == ["1"] * 20
    async with open_database(store) as reopened:
        assert len(await names(reopened)) == 20
