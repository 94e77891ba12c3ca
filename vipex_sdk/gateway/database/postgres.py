"""PostgreSQL as the store, for more than one machine: the same transactions, the same group commit."""

from __future__ import annotations

import asyncio
import re
from functools import lru_cache
from types import TracebackType
from typing import Any, Self, TypeAlias, TypeVar

import psycopg
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool, PoolClosed, PoolTimeout

from vipex_sdk.errors import StoreUnavailable
from vipex_sdk.gateway.database.batch import MAX_BATCH, Waiting
from vipex_sdk.gateway.database.schema import migrate
from vipex_sdk.gateway.database.statement import Row, Statement, Transaction

__all__ = ["PostgresDatabase"]

T = TypeVar("T")
Connection: TypeAlias = psycopg.AsyncConnection[DictRow]

_PARAMETER = re.compile(r"(?<!:):([a-z_][a-z0-9_]*)")
_GONE = (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout, PoolClosed)


class PostgresDatabase:
    """A store on a PostgreSQL server.

    Args:
        url: ``postgresql://user@host/database``; never shown, it may hold a password.
        connections: at most this many, one of them for writing.
        patience_seconds: how long to wait for a connection before giving up.
    """

    dialect = "postgresql"

    def __init__(self, url: str, *, connections: int = 4, patience_seconds: float = 5.0) -> None:
        self.url = url
        self._patience = patience_seconds
        self._connections = connections
        self._pool: AsyncConnectionPool[Connection] | None = None
        self._waiting: asyncio.Queue[Waiting | None] = asyncio.Queue()
        self._writer: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def open(self) -> None:
        """Connect, start the writer, migrate."""
        self._pool = AsyncConnectionPool(
            self.url,
            connection_class=Connection,
            kwargs={"autocommit": True, "row_factory": dict_row},
            min_size=1,
            max_size=self._connections,
            timeout=self._patience,
            open=False,
        )
        try:
            await self._pool.open(wait=True, timeout=self._patience)
            self._writer = asyncio.create_task(self._write_until_closed(), name="vipex-postgres-writer")
            await self.write(migrate(self.dialect))
        except _GONE as error:
            await self.close()
            raise StoreUnavailable("the PostgreSQL server cannot be reached") from error
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Commit what waits, stop the writer, disconnect."""
        if self._writer is not None:
            writer, self._writer = self._writer, None
            self._waiting.put_nowait(None)
            await writer
        if self._pool is not None:
            pool, self._pool = self._pool, None
            await pool.close()

    async def write(self, transaction: Transaction[T]) -> T:
        """Queue *transaction* for the next commit and wait for that commit."""
        if self._writer is None:
            raise StoreUnavailable("the database is closed")
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.put_nowait(Waiting(transaction=transaction, future=future))
        return await future

    def look(self, statement: Statement) -> list[tuple[Any, ...]] | None:
        """Give nothing: the server has to be waited for."""
        del statement
        return None

    async def read(self, transaction: Transaction[T]) -> T:
        """Run *transaction* on a connection of its own, on one consistent state."""
        if self._pool is None:
            raise StoreUnavailable("the database is closed")
        try:
            async with self._pool.connection() as connection, connection.transaction():
                await connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                return await _run(connection, transaction)
        except _GONE as error:
            raise _unavailable() from error

    async def _write_until_closed(self) -> None:
        closing = False
        while not closing:
            batch, closing = await self._next_batch()
            if batch:
                results = await self._commit_together(batch)
                for waiting, result in zip(batch, results, strict=True):
                    waiting.settle(result)

    async def _next_batch(self) -> tuple[list[Waiting], bool]:
        batch: list[Waiting] = []
        waiting = await self._waiting.get()
        while waiting is not None:
            batch.append(waiting)
            if len(batch) == MAX_BATCH or self._waiting.empty():
                return batch, False
            waiting = self._waiting.get_nowait()
        return batch, True

    async def _commit_together(self, batch: list[Waiting]) -> list[object]:
        """Run *batch* in one commit; give each its result or its exception."""
        assert self._pool is not None  # noqa: S101 - the writer lives inside the pool's life
        try:
            async with self._pool.connection() as connection, connection.transaction():
                return [await _run_apart(connection, waiting.transaction) for waiting in batch]
        except psycopg.Error as error:
            return [_unavailable(error) for _ in batch]
        except (PoolTimeout, PoolClosed) as error:
            return [_unavailable(error) for _ in batch]


async def _run_apart(connection: Connection, transaction: Transaction[Any]) -> object:
    """Run *transaction* in a savepoint of its own, so that its failure undoes nothing else."""
    try:
        async with connection.transaction():
            return await _run(connection, transaction)
    except _GONE as error:
        if connection.broken or connection.closed:
            raise
        return _unavailable(error)
    except Exception as error:  # noqa: BLE001 - handed to whoever waits for this transaction
        return error


async def _run(connection: Connection, transaction: Transaction[T]) -> T:
    """Drive *transaction* to its end."""
    try:
        statement = next(transaction)
        while True:
            statement = transaction.send(await _execute(connection, statement))
    except StopIteration as end:
        result: T = end.value
        return result


async def _execute(connection: Connection, statement: Statement) -> list[Row]:
    cursor = await connection.execute(_translated(statement.sql), statement.parameters)
    if cursor.description is None:
        return []
    return list(await cursor.fetchall())


@lru_cache(maxsize=512)
def _translated(sql: str) -> bytes:
    """Write ``:name`` as psycopg wants it. Every text here is ours; values travel apart from it."""
    return _PARAMETER.sub(r"%(\1)s", sql.replace("%", "%%")).encode()


def _unavailable(cause: Exception | None = None) -> StoreUnavailable:
    error = StoreUnavailable("the PostgreSQL server is gone, full or out of reach")
    error.__cause__ = cause
    return error
