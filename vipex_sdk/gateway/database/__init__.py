"""The gateway's store: SQLite in one data folder, or one PostgreSQL for several machines."""

from vipex_sdk.gateway.database.schema import SCHEMA_VERSION
from vipex_sdk.gateway.database.statement import Row, Statement, Transaction, one_of, select
from vipex_sdk.gateway.database.store import Database, open_database

__all__ = ["SCHEMA_VERSION", "Database", "Row", "Statement", "Transaction", "one_of", "open_database", "select"]
