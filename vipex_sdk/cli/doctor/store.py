"""The shared store of a gateway on several machines: does the PostgreSQL server let us in?"""

from __future__ import annotations

import asyncio

from vipex_sdk.cli.doctor.finding import Finding, Text, bad, fine
from vipex_sdk.gateway.config import Configuration

__all__ = ["look_at_store"]

PATIENCE_SECONDS = 5


async def look_at_store(configuration: Configuration) -> tuple[Finding, ...]:
    """Log in to the PostgreSQL server, if one is set. Nothing is created and nothing changed there."""
    url = configuration.gateway.database
    return (await asyncio.to_thread(_look, url),) if url else ()


def _look(url: str) -> Finding:
    try:
        import psycopg
    except ImportError:
        return bad(
            "database",
            Text("A PostgreSQL használatához hiányzik egy csomag.", "A package for PostgreSQL is missing."),
            Text("pip install 'vipex-sdk[postgres]'", "pip install 'vipex-sdk[postgres]'"),
        )
    try:
        with psycopg.connect(url, connect_timeout=PATIENCE_SECONDS) as connection:
            version = connection.info.server_version // 10_000
            row = connection.execute("SELECT has_schema_privilege(current_schema(), 'CREATE')").fetchone()
    except psycopg.Error as error:
        return _refused(error)
    if not row or not row[0]:
        return bad(
            "database",
            Text("A PostgreSQL-felhasználó nem hozhat létre táblákat.", "The PostgreSQL user may not create tables."),
            Text("Adjon jogot rá: GRANT CREATE ON SCHEMA public TO FELHASZNÁLÓ",
                 "Permit it: GRANT CREATE ON SCHEMA public TO USER"),
        )  # fmt: skip
    return fine("database", hu=f"PostgreSQL {version} elérhető.", en=f"PostgreSQL {version} can be reached.")


def _refused(error: Exception) -> Finding:
    """Its text names user, host and database of the setting, which may hold a password: only the kind is told."""
    state = getattr(error, "sqlstate", None) or ""
    name = f"{type(error).__name__}{f' {state}' if state else ''}"
    return bad(
        "database",
        Text(f"A PostgreSQL-kiszolgáló nem érhető el: {name}", f"The PostgreSQL server cannot be reached: {name}"),
        Text("Ellenőrizze a gateway.database adatait (cím, név, jelszó), a hálózatot, és hogy fut-e a kiszolgáló.",
             "Check address, user and password of gateway.database, the network, and that the server runs."),
    )  # fmt: skip
