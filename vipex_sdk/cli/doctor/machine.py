"""The machine: folder, space, SQLite, time zones, encoder, port."""

from __future__ import annotations

import http.client
import shutil
import socket
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import available_timezones

from vipex_sdk.cli.doctor.finding import Finding, Text, bad, fine, weak
from vipex_sdk.gateway.config import Configuration

__all__ = ["answers_here", "look_at_machine"]

LEAST_SQLITE = (3, 35, 0)
"""``RETURNING``, which the store uses."""

GIB = 1024**3


def look_at_machine(configuration: Configuration) -> Iterator[Finding]:
    """Check what the gateway needs of this machine."""
    yield _folder(configuration.gateway.data)
    yield _space(configuration.gateway.data)
    if not configuration.gateway.database:
        yield _sqlite()
    yield _zones()
    yield _port(configuration)


def answers_here(configuration: Configuration) -> bool:
    """Whether a gateway answers at the configured port of this machine."""
    gateway = configuration.gateway
    name = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(gateway.host, gateway.host)  # noqa: S104 - compared, not bound
    connection = http.client.HTTPConnection(name, gateway.port, timeout=3)
    try:
        connection.request("GET", "/livez")
        answer = connection.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    else:
        return answer.status == http.client.OK
    finally:
        connection.close()


def _folder(data: Path) -> Finding:
    try:
        data.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=data):
            pass
    except OSError as error:
        return bad(
            "data",
            Text(f"Az adatmappa nem írható: {data} ({error.strerror})", f"Cannot write to {data}: {error.strerror}"),
            Text(f"Adja a szolgáltatást futtató felhasználónak: chown -R FELHASZNÁLÓ {data}",
                 f"Give it to the user that runs the gateway: chown -R USER {data}"),
        )  # fmt: skip
    return fine("data", hu=f"Az adatmappa írható: {data}", en=f"The data folder can be written: {data}")


def _space(data: Path) -> Finding:
    place = next((folder for folder in (data, *data.parents) if folder.exists()), Path())
    free = shutil.disk_usage(place).free / GIB
    said = Text(f"Szabad hely: {free:.1f} GiB", f"Free space: {free:.1f} GiB")
    fix = Text("Szabadítson fel helyet; 5 GiB alatt figyelmeztetünk, 1 GiB alatt hiba.",
               "Make room; below 5 GiB we warn, below 1 GiB it is a failure.")  # fmt: skip
    if free < 1:
        return bad("space", said, fix)
    return weak("space", said, fix) if free < 5 else fine("space", hu=said.hu, en=said.en)  # noqa: PLR2004 - GiB


def _sqlite() -> Finding:
    version = sqlite3.sqlite_version
    if sqlite3.sqlite_version_info < LEAST_SQLITE:
        return bad(
            "sqlite",
            Text(f"Túl régi az SQLite: {version}", f"SQLite is too old: {version}"),
            Text("Legalább 3.35 kell: használjon újabb Pythont.", "At least 3.35 is needed: use a newer Python."),
        )
    return fine("sqlite", hu=f"SQLite {version}", en=f"SQLite {version}")


def _zones() -> Finding:
    if "Europe/Budapest" not in available_timezones():
        return bad(
            "time_zones",
            Text("Nincsenek időzóna-adatok a gépen.", "This machine has no time zone data."),
            Text("pip install tzdata", "pip install tzdata"),
        )
    return fine("time_zones", hu="Az időzóna-adatok megvannak.", en="Time zone data is there.")


def _port(configuration: Configuration) -> Finding:
    gateway = configuration.gateway
    where = f"{gateway.host}:{gateway.port}"
    if answers_here(configuration):
        return fine("port", hu=f"A gateway fut: {where}", en=f"The gateway is running: {where}")
    family = socket.AF_INET6 if ":" in gateway.host else socket.AF_INET
    try:
        socket.create_server((gateway.host, gateway.port), family=family).close()
    except OSError as error:
        return bad(
            "port",
            Text(f"Nem lehet figyelni: {where} ({error.strerror})", f"Cannot listen on {where}: {error.strerror}"),
            Text("Más program használja? Állítsa le, vagy adjon másik gateway.port értéket.",
                 "Another program may use it: stop that, or set another gateway.port."),
        )  # fmt: skip
    return fine("port", hu=f"A port szabad: {where}", en=f"The port is free: {where}")
