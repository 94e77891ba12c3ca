"""Which engine goes with which store."""

from __future__ import annotations

from vipex_sdk.gateway.clock import SYSTEM_CLOCK, Clock
from vipex_sdk.gateway.database import Database
from vipex_sdk.gateway.database.sqlite import SqliteDatabase
from vipex_sdk.gateway.engine.engine import Engine
from vipex_sdk.gateway.engine.local import LocalEngine

__all__ = ["engine_for"]


def engine_for(database: Database, *, crm: str, concurrency: int = 8, clock: Clock = SYSTEM_CLOCK) -> Engine:
    """Give the engine that belongs to *database*: embedded on SQLite, procrastinate on PostgreSQL.

    Args:
        database: the store.
        crm: the CRM's name in the configuration.
        concurrency: calls in work at the same time, in this process.
        clock: time.
    """
    if isinstance(database, SqliteDatabase):
        lock = database.path.with_name(database.path.name + ".lock")
        return LocalEngine(database, lock=lock, concurrency=concurrency, clock=clock)
    from vipex_sdk.gateway.database.postgres import PostgresDatabase
    from vipex_sdk.gateway.engine.procrastinate import ProcrastinateEngine

    if not isinstance(database, PostgresDatabase):
        raise TypeError("no engine is known for this store")
    return ProcrastinateEngine(database, crm=crm, concurrency=concurrency, clock=clock)
