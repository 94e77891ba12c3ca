"""Everything the inbox holds of one call, read and closed in one go."""

from __future__ import annotations

from attrs import field, frozen

from vipex_sdk.gateway.database import Row, Statement, Transaction, one_of
from vipex_sdk.gateway.inbox.lanes import CLOCK_TOLERANCE, lane_of, take_in
from vipex_sdk.gateway.inbox.rows import Status, message_of
from vipex_sdk.gateway.inbox.settling import Settling
from vipex_sdk.webhooks.events import CallEnd, RecordingUpload
from vipex_sdk.webhooks.merge import content_digest, event_key
from vipex_sdk.webhooks.message import Message

__all__ = ["Case", "Ending", "adopt", "close", "load", "postpone", "rejoin"]


@frozen(kw_only=True)
class Case:
    """A call that is to be delivered.

    Attributes:
        seq: its first pending row, whose attempts count.
        messages: all requests about this call, oldest first; earlier delivered ones too, because facts add up.
        open_seqs: rows that a success settles.
        pending_seqs: rows that a failure settles.
        unread: the row came out of quarantine and has not been understood yet.
    """

    seq: int
    call: str
    attempts: int
    last_received: float
    messages: tuple[Message, ...] = field(repr=False)
    open_seqs: tuple[int, ...]
    pending_seqs: tuple[int, ...]
    unread: bool

    def settled_at(self, settling: Settling, now: float) -> float:
        """Give the time from which no more news is expected soon."""
        if self.last_received > now + CLOCK_TOLERANCE:
            return now  # the clock was set back since; nobody waits for a time that is not coming
        return self.last_received + settling.wait(self.messages)


@frozen
class Ending:
    """How a call's delivery ended, for now.

    Attributes:
        reason: the failure, or the rule that ignored it; without personal data.
        number: what a parked call waits for the directory to learn (E.164).
    """

    status: Status
    reason: str | None = None
    number: str | None = field(default=None, repr=False)


def load(seq: int) -> Transaction[Case | None]:
    """Read the call of row *seq*; ``None`` when that row is not pending."""
    rows = yield Statement(
        """
        SELECT * FROM events WHERE call = (SELECT f.call FROM events f WHERE f.seq = :seq)
        AND status <> 'quarantined' ORDER BY seq
        """,
        {"seq": seq},
    )
    own = next((row for row in rows if row["seq"] == seq), None)
    if own is None or own["status"] != Status.PENDING:
        return None
    return Case(
        seq=seq,
        call=own["call"],
        attempts=own["attempts"],
        last_received=max(row["received_at"] for row in rows),
        messages=tuple(message_of(row) for row in rows),
        open_seqs=_seqs(rows, Status.PENDING, Status.DEAD, Status.PARKED),
        pending_seqs=_seqs(rows, Status.PENDING),
        unread=own["key"].startswith("quarantine:"),
    )


def close(case: Case, ending: Ending, now: float) -> Transaction[None]:
    """Write *ending* into the rows that were read; what has come since stays pending."""
    good = ending.status in (Status.DELIVERED, Status.IGNORED)
    places, parameters = one_of("seq", case.open_seqs if good else case.pending_seqs)
    yield Statement(
        f"""
        UPDATE events SET status = :status, last_error = :reason, number = :number, updated_at = :now
        WHERE seq IN ({places})
        """,  # noqa: S608 - placeholders
        {
            **parameters,
            "status": str(ending.status),
            "reason": ending.reason,
            "number": ending.number,
            "now": now,
        },
    )


def postpone(
    case: Case, at: float, *, now: float, counts: bool = False, reason: str | None = None
) -> Transaction[None]:
    """Leave the call pending until *at*."""
    yield Statement(
        """
        UPDATE events SET next_at = :at, attempts = attempts + :counted, updated_at = :now,
            last_error = CASE WHEN :has_reason = 1 THEN :reason ELSE last_error END
        WHERE seq = :seq AND status = 'pending'
        """,
        {
            "at": at,
            "counted": int(counts),
            "now": now,
            "has_reason": int(reason is not None),
            "reason": reason or "",
            "seq": case.seq,
        },
    )


def adopt(case: Case, event: CallEnd | RecordingUpload, *, now: float) -> Transaction[None]:
    """Give a row out of quarantine the identity of the *event* it has turned out to be."""
    key, digest = event_key(event), content_digest(event)
    twins = yield Statement(
        "SELECT seq FROM events WHERE key = :key AND digest = :digest", {"key": key, "digest": digest}
    )
    if twins:
        yield from close(case, Ending(Status.IGNORED, "duplicate"), now)
        return
    call = yield from lane_of(event, case.messages[0])
    yield Statement(
        "UPDATE events SET key = :key, digest = :digest, call = :call, updated_at = :now WHERE seq = :seq",
        {"key": key, "digest": digest, "call": call, "now": now, "seq": case.seq},
    )
    if isinstance(event, CallEnd):
        yield from take_in(event)


def rejoin(case: Case, upload: RecordingUpload, *, now: float) -> Transaction[bool]:
    """Let recordings that wait alone join their call, if it is there by now; give whether it is.

    Two receivers that commit a recording and its call's end at the same time do not see each other's row.
    """
    call = yield from lane_of(upload, case.messages[0])
    if call == case.call:
        return False
    yield Statement(
        "UPDATE events SET call = :call, updated_at = :now WHERE call = :own AND status <> 'quarantined'",
        {"call": call, "own": case.call, "now": now},
    )
    return True


def _seqs(rows: list[Row], *statuses: Status) -> tuple[int, ...]:
    return tuple(row["seq"] for row in rows if row["status"] in statuses)
