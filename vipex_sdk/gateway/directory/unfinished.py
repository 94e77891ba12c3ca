"""A full scan under way, kept beside the directory so that a restart goes on with it."""

from __future__ import annotations

import json

from attrs import frozen

from vipex_sdk.gateway.database import Statement, Transaction

__all__ = ["Unfinished", "begin", "forget", "go_on", "unfinished"]

_STATE = "directory.unfinished"
_NOTE = "directory.unfinished.note."


@frozen(kw_only=True)
class Unfinished:
    """Where a full scan is.

    Attributes:
        started: when it began; what it does not see leaves the directory.
        cursor: the adapter's words for where to go on.
        notes: what the adapter wants to be told again.
        seen: cards so far.
        stored: those with a telephone number.
    """

    started: float
    cursor: str = ""
    notes: tuple[str, ...] = ()
    seen: int = 0
    stored: int = 0


def unfinished() -> Transaction[Unfinished | None]:
    """Give the full scan that did not come to its end, if there is one."""
    rows = yield Statement("SELECT value FROM settings WHERE name = :name", {"name": _STATE})
    if not rows:
        return None
    notes = yield Statement("SELECT value FROM settings WHERE name LIKE :notes ORDER BY name", {"notes": _NOTE + "%"})
    started, cursor, seen, stored, _ = json.loads(rows[0]["value"])
    return Unfinished(
        started=started, cursor=cursor, notes=tuple(row["value"] for row in notes), seen=seen, stored=stored
    )


def begin(started: float) -> Transaction[None]:
    """Note that a full scan begins."""
    yield from forget()
    yield from _put(_STATE, json.dumps([started, "", 0, 0, 0]))


def go_on(*, cursor: str, note: str, seen: int, stored: int) -> Transaction[None]:
    """Note a page, in the transaction that stores its cards."""
    rows = yield Statement("SELECT value FROM settings WHERE name = :name", {"name": _STATE})
    started, *_, notes = json.loads(rows[0]["value"]) if rows else (0.0, 0)
    if note:
        yield from _put(f"{_NOTE}{notes:09}", note)
    yield from _put(_STATE, json.dumps([started, cursor, seen, stored, notes + bool(note)]))


def forget() -> Transaction[None]:
    """Forget the scan: it came to its end, or begins again."""
    yield Statement("DELETE FROM settings WHERE name LIKE :all", {"all": _STATE + "%"})


def _put(name: str, value: str) -> Transaction[None]:
    yield Statement(
        "INSERT INTO settings (name, value) VALUES (:name, :value) "
        "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        {"name": name, "value": value},
    )
