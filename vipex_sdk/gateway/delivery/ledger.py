"""The ledger: what was sent to the CRM and what came back, written before and after each request.

A row's ``intent`` is the digest of what is being sent; while it stands, nobody knows whether the CRM has it.
``digest`` is what the CRM certainly has.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from enum import Enum

from attrs import evolve, field, frozen

from vipex_sdk.crm.model import CallRecord, Idempotency, Manifest, Recorded, RecordingLink, Ref
from vipex_sdk.gateway.database import Row, Statement, Transaction

__all__ = [
    "Entry",
    "Step",
    "already_logged",
    "annotate",
    "confirm",
    "digest_of",
    "entries",
    "heirs",
    "intend",
    "lasting",
    "next_step",
    "rename",
    "withdraw",
]


_FIRST_TIME = "sent for the first time"
_ALREADY_LOGGED = "the CRM had this call before we sent it: does another connection of the exchange write calls too?"


class Step(Enum):
    """What to do about a record next."""

    SEND = "send"
    SEND_MAYBE_AGAIN = "send_maybe_again"
    LOOK_FIRST = "look_first"
    CANNOT_UPDATE = "cannot_update"
    DONE = "done"


@frozen(kw_only=True)
class Entry:
    """A record as the ledger knows it."""

    key: str
    revision: int = 0
    digest: str | None = None
    intent: str | None = None
    ref: Ref | None = None
    maybe_duplicate: bool = field(default=False)


def next_step(wanted: str, entry: Entry, manifest: Manifest, *, can_look: bool) -> Step:
    """Decide from the ledger alone what to do so that the CRM has the record *wanted* (a digest) exactly once."""
    if entry.intent is not None:
        if entry.ref is not None or manifest.idempotency is Idempotency.NATIVE:
            return Step.SEND  # an update of a known entry, or a key the CRM itself compares: repeating is harmless
        if manifest.idempotency is Idempotency.FINDABLE and can_look:
            return Step.LOOK_FIRST
        return Step.SEND_MAYBE_AGAIN
    if entry.digest is None:
        return Step.SEND
    if entry.digest == wanted:
        return Step.DONE
    return Step.SEND if manifest.can_update and entry.ref is not None else Step.CANNOT_UPDATE


def digest_of(record: CallRecord) -> str:
    """Give a digest of what a reader of the record sees, made from a record whose links are the recordings' keys.

    The revision is ours, legs and values are where the text came from, the card may be renamed at any time, and a
    task's deadline is counted from the call.
    """
    facts = {
        "outcome": record.outcome.value,
        "started": record.started_at.timestamp(),
        "ended": record.ended_at.timestamp(),
        "talk": record.talk_seconds,
        "title": record.title,
        "text": record.text,
        "extension": record.extension,
        "owner": _plain(record.owner),
        "recording": record.recording.key if record.recording else None,
        "task": record.task.key if record.task else None,
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def lasting(link: RecordingLink | None) -> RecordingLink | None:
    """Replace addresses that expire by the recording's key, so that digests compare."""
    return evolve(link, url=link.key, mp3_url=None) if link is not None else None


def heirs(keys: Sequence[str], known: Mapping[str, Entry]) -> dict[str, str]:
    """Pair entries that no record claims any more with records that have none: new key by old key.

    Late facts can move a call to another colleague, and with it change a record's key. The entry in the CRM is then
    the new record's, to be updated, rather than a second history of one call.
    """
    fresh = [key for key in keys if key not in known]
    stale = [key for key, entry in known.items() if key not in keys and entry.digest and entry.intent is None]
    return dict(zip(stale, fresh, strict=False))


def entries(call: str) -> Transaction[dict[str, Entry]]:
    """Give what the ledger knows of *call*, by record key."""
    rows = yield Statement("SELECT * FROM records WHERE call = :call ORDER BY key", {"call": call})
    return {row["key"]: _entry(row) for row in rows}


def rename(call: str, names: Mapping[str, str]) -> Transaction[None]:
    """Hand entries over to other records; *names* maps old key to new key."""
    for old, new in names.items():
        yield Statement(
            "UPDATE records SET key = :new WHERE call = :call AND key = :old", {"call": call, "old": old, "new": new}
        )


def intend(call: str, record: CallRecord, digest: str, *, maybe_duplicate: bool, now: float) -> Transaction[None]:
    """Note, before the request, that *record* is being sent."""
    yield Statement(
        """
        INSERT INTO records (call, key, revision, intent, intent_at, maybe_duplicate, note, updated_at)
        VALUES (:call, :key, :revision, :digest, :now, :again, :first_time, :now)
        ON CONFLICT (call, key) DO UPDATE SET revision = excluded.revision, intent = excluded.intent, note = NULL,
            intent_at = excluded.intent_at, updated_at = excluded.updated_at,
            maybe_duplicate = CASE WHEN excluded.maybe_duplicate = 1 THEN 1 ELSE records.maybe_duplicate END
        """,
        {
            "call": call,
            "key": record.key,
            "revision": record.revision,
            "digest": digest,
            "now": now,
            "again": int(maybe_duplicate),
            "first_time": _FIRST_TIME,
        },
    )


def confirm(call: str, key: str, recorded: Recorded, now: float) -> Transaction[None]:
    """Note that the CRM has what was being sent.

    A CRM that says at the first time of sending that it has the call already got it from somebody else. What we find
    ourselves after a crash comes with its reference, and is ours.
    """
    foreign = recorded.was_there and recorded.ref is None
    yield Statement(
        """
        UPDATE records SET digest = intent, intent = NULL, updated_at = :now,
            note = CASE WHEN :foreign = 1 AND note = :first_time THEN :already ELSE NULL END,
            ref_kind = COALESCE(:ref_kind, ref_kind), ref_id = COALESCE(:ref_id, ref_id),
            task_kind = COALESCE(:task_kind, task_kind), task_id = COALESCE(:task_id, task_id)
        WHERE call = :call AND key = :key AND intent IS NOT NULL
        """,
        {
            "call": call,
            "key": key,
            "now": now,
            "foreign": int(foreign),
            "first_time": _FIRST_TIME,
            "already": _ALREADY_LOGGED,
            "ref_kind": recorded.ref.kind if recorded.ref else None,
            "ref_id": recorded.ref.id if recorded.ref else None,
            "task_kind": recorded.task.kind if recorded.task else None,
            "task_id": recorded.task.id if recorded.task else None,
        },
    )


def withdraw(call: str, key: str, now: float) -> Transaction[None]:
    """Note that the CRM certainly did not take what was being sent."""
    yield Statement(
        "UPDATE records SET intent = NULL, note = NULL, updated_at = :now WHERE call = :call AND key = :key",
        {"call": call, "key": key, "now": now},
    )


def annotate(call: str, key: str, note: str, now: float) -> Transaction[None]:
    """Leave a note for the operator beside a record."""
    yield Statement(
        "UPDATE records SET note = :note, updated_at = :now WHERE call = :call AND key = :key",
        {"call": call, "key": key, "note": note, "now": now},
    )


def already_logged(*, since: float) -> Transaction[int]:
    """Count the records since then that the CRM had before we first sent them."""
    rows = yield Statement(
        "SELECT COUNT(*) AS n FROM records WHERE note = :note AND updated_at >= :since",
        {"note": _ALREADY_LOGGED, "since": since},
    )
    return int(rows[0]["n"])


def _entry(row: Row) -> Entry:
    ref = Ref(row["ref_kind"], row["ref_id"]) if row["ref_kind"] is not None else None
    return Entry(
        key=row["key"],
        revision=row["revision"],
        digest=row["digest"],
        intent=row["intent"],
        ref=ref,
        maybe_duplicate=bool(row["maybe_duplicate"]),
    )


def _plain(ref: Ref | None) -> list[str] | None:
    return [ref.kind, ref.id] if ref else None
