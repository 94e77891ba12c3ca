"""Whose turn it is: the events of one call form a lane, and its lowest pending row comes first.

"Lowest pending" and not "next in order": with several receivers two events of a call may commit out of order
(``facts/engine.md`` section 8).
"""

from __future__ import annotations

from datetime import timedelta

from attrs import evolve, frozen

from vipex_sdk.gateway.database import Row, Statement, Transaction, one_of
from vipex_sdk.webhooks.events import CallEnd, RecordingUpload
from vipex_sdk.webhooks.merge import call_key
from vipex_sdk.webhooks.message import Message

__all__ = ["CLOCK_TOLERANCE", "Head", "due_heads", "head_of", "lane_of", "next_due", "rewind", "take_in"]

CLOCK_TOLERANCE = 60.0
"""Seconds by which machines' clocks may differ before we say that a clock was set back."""


@frozen
class Head:
    """The first pending row of a lane."""

    seq: int
    call: str
    next_at: float


_LATEST_DAYS = 31
"""So long after its call a recording is still expected."""


def lane_of(event: CallEnd | RecordingUpload, message: Message) -> Transaction[str]:
    """Give the lane that *event*, which came with *message*, belongs to.

    A recording that does not say when its call started goes to the latest call of that id in the month before; when
    there is none yet, it waits in a lane of its own until :func:`take_in`.
    """
    if isinstance(event, CallEnd) or event.started_at is not None:
        return call_key(event)
    days = (message.received_at - timedelta(days=ago) for ago in range(-1, _LATEST_DAYS))
    places, parameters = one_of("call", (call_key(evolve(event, started_at=day)) for day in days))
    rows: list[Row] = yield Statement(
        f"SELECT call FROM events WHERE call IN ({places}) ORDER BY seq DESC LIMIT 1",  # noqa: S608 - placeholders
        parameters,
    )
    return rows[0]["call"] if rows else call_key(event)


def take_in(event: CallEnd) -> Transaction[None]:
    """Let recordings that came before their call's end join it."""
    yield Statement(
        "UPDATE events SET call = :call WHERE call = :id AND status <> 'quarantined'",
        {"call": call_key(event), "id": event.call_id},
    )


def due_heads(now: float, limit: int) -> Transaction[list[Head]]:
    """Give the rows that are first in their lane and due, longest waiting first."""
    # COALESCE keeps SQLite from looking for the lane's earlier rows among all pending ones: with a backlog of a
    # thousand calls that took a hundred times as long.
    rows = yield Statement(
        """
        SELECT e.seq, e.call, e.next_at FROM events e
        WHERE e.status = 'pending' AND e.next_at <= :now AND NOT EXISTS (
            SELECT 1 FROM events f WHERE f.call = e.call AND f.seq < e.seq AND COALESCE(f.status, '') = 'pending'
        )
        ORDER BY e.next_at, e.seq LIMIT :limit
        """,
        {"now": now, "limit": limit},
    )
    return [_head(row) for row in rows]


def head_of(seq: int) -> Transaction[Head | None]:
    """Give the first pending row of the lane that row *seq* belongs to, due or not."""
    rows = yield Statement(
        """
        SELECT e.seq, e.call, e.next_at FROM events e
        WHERE e.call = (SELECT f.call FROM events f WHERE f.seq = :seq) AND COALESCE(e.status, '') = 'pending'
        ORDER BY e.seq LIMIT 1
        """,
        {"seq": seq},
    )
    return _head(rows[0]) if rows else None


def next_due(now: float) -> Transaction[float | None]:
    """Give the time at which the next row becomes due after *now*."""
    rows = yield Statement(
        "SELECT min(next_at) AS next_at FROM events WHERE status = 'pending' AND next_at > :now", {"now": now}
    )
    return rows[0]["next_at"]  # type: ignore[no-any-return]  # a REAL column or NULL


def rewind(now: float) -> Transaction[int]:
    """Make due at once what was postponed by a clock that has since been set back.

    Such rows were touched in the future; left alone they would wait for as long as the clock was wrong.
    """
    rows = yield Statement(
        """
        UPDATE events SET next_at = :now, updated_at = :now
        WHERE status = 'pending' AND updated_at > :future RETURNING seq
        """,
        {"now": now, "future": now + CLOCK_TOLERANCE},
    )
    return len(rows)


def _head(row: Row) -> Head:
    return Head(row["seq"], row["call"], row["next_at"])
