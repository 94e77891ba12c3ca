"""What a store promises, whichever it is."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

from vipex_sdk.errors import ConfigError
from vipex_sdk.gateway.database.statement import Statement, Transaction

__all__ = ["Database", "open_database"]

T = TypeVar("T")


class Database(Protocol):
    """The gateway's store. An async context manager: entering opens it and brings its schema up to date."""

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        ...

    async def open(self) -> None:
        """Connect and migrate.

        Raises:
            StoreUnavailable: it cannot be reached, or the file is damaged.
            ConfigError: it was written by a newer version of this package.
        """
        ...

    async def close(self) -> None:
        """Finish what waits, then disconnect. Closing twice is harmless."""
        ...

    async def write(self, transaction: Transaction[T]) -> T:
        """Run *transaction* and return its result once it is durable.

        What waits at the same moment is committed together; a transaction that raises harms no other.

        Raises:
            StoreUnavailable: disk full, locked, read-only, gone. Nothing is durable, or nobody can tell.
        """
        ...

    async def read(self, transaction: Transaction[T]) -> T:
        """Run *transaction*, which must not change anything, on one consistent state.

        Raises:
            StoreUnavailable: the store cannot be read.
        """
        ...

    def look(self, statement: Statement) -> list[tuple[Any, ...]] | None:
        """Give the columns of each row of one statement at once; ``None`` where the store has to be waited for.

        What this process wrote is seen; what others wrote, a few milliseconds later.

        Raises:
            StoreUnavailable: the store cannot be read.
        """
        ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def open_database(where: str | Path) -> Database:
    """Choose the store for *where*: ``postgresql://...``, or the path of an SQLite file. Does no I/O yet.

    Raises:
        ConfigError: PostgreSQL is asked for and its extra is not installed.
    """
    if isinstance(where, str) and where.startswith(("postgresql://", "postgres://")):
        try:
            from vipex_sdk.gateway.database.postgres import PostgresDatabase
        except ImportError as error:
            raise ConfigError(
                "a PostgreSQL database needs: pip install 'vipex-sdk[postgres]'", key="gateway.database"
            ) from error
        return PostgresDatabase(where)
    from vipex_sdk.gateway.database.sqlite import SqliteDatabase

    return SqliteDatabase(Path(where))
