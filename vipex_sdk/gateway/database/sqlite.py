"""SQLite as the store: one writer thread that commits together what waits together, one reader on the event loop.

Every commit is synced to the disk before anybody is told (``synchronous=FULL``): with less, a power cut loses
acknowledged calls (``facts/reliability.md`` 4.2). Group commit is what makes that cheap (``facts/engine.md`` 4).
"""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from vipex_sdk.errors import StoreUnavailable
from vipex_sdk.gateway.database.batch import MAX_BATCH, Waiting
from vipex_sdk.gateway.database.schema import migrate
from vipex_sdk.gateway.database.statement import Row, Statement, Transaction

__all__ = ["GLANCE_SECONDS", "SqliteDatabase"]

T = TypeVar("T")

_UNAVAILABLE = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_BUSY: "another process keeps the database locked",
    sqlite3.SQLITE_LOCKED: "another process keeps the database locked",
    sqlite3.SQLITE_IOERR: "reading or writing the database failed",
    sqlite3.SQLITE_READONLY: "the database is read-only",
    sqlite3.SQLITE_CANTOPEN: "the database cannot be opened",
    sqlite3.SQLITE_NOMEM: "out of memory",
    sqlite3.SQLITE_PERM: "access to the database is denied",
    sqlite3.SQLITE_CORRUPT: "the database file is damaged; restore a backup",
    sqlite3.SQLITE_NOTADB: "the database file is damaged or is no database; restore a backup",
}
GLANCE_SECONDS = 0.005
"""How long one state of the file serves those who look at it: most of a look is taking and leaving its locks."""

_PRIMARY = 0xFF  # the low byte of an extended result code says which family it belongs to


class SqliteDatabase:
    """A store in one file.

    Args:
        path: the file; made when missing, its folder must exist.
        busy_seconds: how long to wait for another process's lock before giving up.
        max_pages: a limit on the file's size in pages of 4 KiB, for tests of a full disk.
    """

    dialect = "sqlite"

    def __init__(self, path: Path, *, busy_seconds: float = 5.0, max_pages: int | None = None) -> None:
        self.path = path
        self._busy_seconds = busy_seconds
        self._max_pages = max_pages
        self._waiting: queue.SimpleQueue[Waiting | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._reader: sqlite3.Connection | None = None
        self._glance: asyncio.TimerHandle | None = None

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def open(self) -> None:
        """Start the writer, migrate, open the reader."""
        loop = asyncio.get_running_loop()
        self._waiting = queue.SimpleQueue()
        opened: asyncio.Future[None] = loop.create_future()
        self._thread = threading.Thread(
            target=self._write_until_closed, args=(loop, opened), name="vipex-sqlite-writer", daemon=True
        )
        self._thread.start()
        try:
            await opened
            await self.write(migrate(self.dialect))
            self._reader = self._connect()
            self._reader.execute("PRAGMA query_only = ON")
            # A checkpoint would stall the event loop; it is the writer's work.
            self._reader.execute("PRAGMA wal_autocheckpoint = 0")
        except sqlite3.Error as error:
            await self.close()
            raise _translated(error) from error
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Commit what waits, stop the writer, close both connections."""
        if self._reader is not None:
            self._look_away()
            self._reader.close()
            self._reader = None
        if self._thread is not None:
            thread, self._thread = self._thread, None
            self._waiting.put(None)
            await asyncio.to_thread(thread.join)

    async def write(self, transaction: Transaction[T]) -> T:
        """Queue *transaction* for the next commit and wait for that commit."""
        if self._thread is None:
            raise StoreUnavailable("the database is closed")
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.put(Waiting(transaction=transaction, future=future))
        result = await future
        self._look_away()  # whoever wrote sees what it wrote
        return result

    async def read(self, transaction: Transaction[T]) -> T:
        """Run *transaction* at once, on the event loop: readers wait for nobody in WAL mode."""
        if self._reader is None:
            raise StoreUnavailable("the database is closed")
        try:
            self._look_away()
            self._reader.execute("BEGIN")
            try:
                return _run(self._reader, transaction)
            finally:
                if self._reader.in_transaction:
                    self._reader.execute("ROLLBACK")
        except sqlite3.Error as error:
            raise _translated(error) from error

    def look(self, statement: Statement) -> list[tuple[Any, ...]] | None:
        """Give the columns of each row at once, from a state that others may have left a few milliseconds ago."""
        if self._reader is None:
            raise StoreUnavailable("the database is closed")
        try:
            if self._glance is None:
                self._reader.execute("BEGIN")
                self._glance = asyncio.get_running_loop().call_later(GLANCE_SECONDS, self._look_away)
            return self._reader.execute(statement.sql, statement.parameters).fetchall()
        except sqlite3.Error as error:
            raise _translated(error) from error

    def _look_away(self) -> None:
        """Leave the state that was looked at, so that the next one who looks sees the newest."""
        if self._glance is not None:
            self._glance.cancel()
            self._glance = None
            if self._reader is not None and self._reader.in_transaction:
                self._reader.execute("ROLLBACK")

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=self._busy_seconds, isolation_level=None)
        try:
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA secure_delete = ON")
            connection.execute("PRAGMA foreign_keys = ON")
        except BaseException:
            connection.close()
            raise
        return connection

    def _write_until_closed(self, loop: asyncio.AbstractEventLoop, opened: asyncio.Future[None]) -> None:
        """Be the writer thread."""
        try:
            connection = self._connect()
            _enter_wal(connection, self._busy_seconds)
        except sqlite3.Error as error:
            loop.call_soon_threadsafe(_resolve, opened, _translated(error))
            return
        if self._max_pages is not None:
            connection.execute(f"PRAGMA max_page_count = {int(self._max_pages)}")
        loop.call_soon_threadsafe(_resolve, opened, None)
        closing = False
        while not closing:
            batch, closing = self._next_batch()
            results = _commit_together(connection, batch)
            # The loop may be gone when a process ends while somebody still waits.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(_settle, batch, results)
        with suppress(sqlite3.Error):
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()

    def _next_batch(self) -> tuple[list[Waiting], bool]:
        """Wait for one transaction, then take along whatever else waits already."""
        batch: list[Waiting] = []
        waiting = self._waiting.get()
        while waiting is not None:
            batch.append(waiting)
            if len(batch) == MAX_BATCH:
                return batch, False
            try:
                waiting = self._waiting.get_nowait()
            except queue.Empty:
                return batch, False
        return batch, True


def _enter_wal(connection: sqlite3.Connection, patience: float) -> None:
    """Switch the file to WAL; SQLite does not wait for another process's lock here, whatever the time-out says."""
    deadline = time.monotonic() + patience
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & _PRIMARY != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                connection.close()
                raise
            time.sleep(0.01)
        else:
            return


def _resolve(opened: asyncio.Future[None], error: Exception | None) -> None:
    if opened.done():
        return  # whoever opened the store was cancelled
    if error is None:
        opened.set_result(None)
    else:
        opened.set_exception(error)


def _settle(batch: list[Waiting], results: list[object]) -> None:
    for waiting, result in zip(batch, results, strict=True):
        waiting.settle(result)


def _commit_together(connection: sqlite3.Connection, batch: list[Waiting]) -> list[object]:
    """Run *batch* in one commit; give each its result or its exception."""
    if not batch:
        return []
    try:
        connection.execute("BEGIN IMMEDIATE")
        results = [_run_apart(connection, waiting.transaction) for waiting in batch]
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        if connection.in_transaction:
            with suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
        # A copy each: one exception raised in several tasks would mix up their tracebacks.
        return [_translated(error) for _ in batch]
    return results


def _run_apart(connection: sqlite3.Connection, transaction: Transaction[Any]) -> object:
    """Run *transaction* in a savepoint of its own, so that its failure undoes nothing else."""
    connection.execute("SAVEPOINT apart")
    try:
        result = _run(connection, transaction)
    except BaseException as error:
        if not connection.in_transaction and isinstance(error, sqlite3.Error):
            # A full disk or an I/O error may undo the whole commit behind our back: then it failed for all.
            raise
        connection.execute("ROLLBACK TO apart")
        connection.execute("RELEASE apart")
        return _translated(error) if isinstance(error, sqlite3.Error) else error
    connection.execute("RELEASE apart")
    return result


def _run(connection: sqlite3.Connection, transaction: Transaction[T]) -> T:
    """Drive *transaction* to its end."""
    try:
        statement = next(transaction)
        while True:
            statement = transaction.send(_execute(connection, statement))
    except StopIteration as end:
        result: T = end.value
        return result


def _execute(connection: sqlite3.Connection, statement: Statement) -> list[Row]:
    cursor = connection.execute(statement.sql, statement.parameters)
    if cursor.description is None:
        return []
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]


def _translated(error: sqlite3.Error) -> Exception:
    """Say what a failing store means: most of what SQLite reports is a disk, not a bug."""
    code = getattr(error, "sqlite_errorcode", None)  # missing where the driver itself complains
    reason = _UNAVAILABLE.get(code & _PRIMARY) if code is not None else None
    if reason is None:
        return error
    unavailable = StoreUnavailable(reason)
    unavailable.__cause__ = error
    return unavailable
