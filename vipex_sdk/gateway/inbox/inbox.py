"""The inbox: every acknowledged event, durable before the acknowledgement, with one status at any time.

acknowledged = delivered + ignored + dead + parked + quarantined + pending
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TypeVar

from vipex_sdk.errors import ConfigError, VipexError
from vipex_sdk.gateway.clock import SYSTEM_CLOCK, Clock
from vipex_sdk.gateway.crashpoints import crashpoint
from vipex_sdk.gateway.database import Database, Row, Statement, Transaction, one_of, select
from vipex_sdk.gateway.inbox.jobs import Jobs, RowsAreJobs
from vipex_sdk.gateway.inbox.lanes import lane_of, take_in
from vipex_sdk.gateway.inbox.rows import Delivery, Detail, Receipt, Status, delivery_of, message_of, written_of
from vipex_sdk.gateway.inbox.settling import Settling
from vipex_sdk.webhooks.events import CallEnd, RecordingUpload
from vipex_sdk.webhooks.merge import content_digest, event_key
from vipex_sdk.webhooks.message import Message, stored_keys
from vipex_sdk.wire.profile import WireProfile, default_profile

__all__ = ["Inbox"]

_COLUMNS = "seq, call, kind, status, attempts, received_at, next_at, updated_at, last_error"
_CHUNK = 500

T = TypeVar("T")


class Inbox:
    """The durable list of everything VIPeX was told we have.

    Args:
        database: an open store.
        jobs: the engine that delivers from here; without one, rows wait for a process that has one.
        settle_seconds: how long to wait after the last news of a call, so that its parts go to the CRM as one.
        profile: how VIPeX writes, the default profile when ``None``: it may say itself when a call has ended.
        clock: time.
    """

    def __init__(
        self,
        database: Database,
        *,
        jobs: Jobs | None = None,
        settle_seconds: float = 20.0,
        profile: WireProfile | None = None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self.database = database
        self._settling = Settling(seconds=settle_seconds, profile=profile or default_profile())
        self._jobs: Jobs = jobs or RowsAreJobs()
        self._clock = clock

    async def put(self, event: CallEnd | RecordingUpload, message: Message) -> Receipt:
        """Make *event* durable. The same event with the same content is kept once.

        Raises:
            StoreUnavailable: it is not durable; VIPeX must send it again.
        """
        receipt = await self.database.write(self._put(event, message))
        crashpoint("after_commit")
        if receipt.new:
            self._jobs.wake()
        return receipt

    async def quarantine(self, message: Message, error: VipexError) -> Receipt:
        """Keep what an authenticated sender sent and nobody understands; a later version may.

        Raises:
            StoreUnavailable: it is not durable; VIPeX must send it again.
        """
        digest = hashlib.sha256(message.content_type.encode() + b"\0" + message.body).hexdigest()
        key = f"quarantine:{message.hook}"
        insertion = self._insert(
            key=key, digest=digest, call=f"{key}:{digest[:32]}", message=message, status=Status.QUARANTINED
        )
        return await self.database.write(self._noted(insertion, str(error)))

    async def page(
        self, status: Status | str | None = None, *, limit: int = 50, before: int | None = None
    ) -> list[Delivery]:
        """List events, newest first; *before* is the last ``seq`` of the page before."""
        conditions = ["1 = 1"]
        parameters: dict[str, object] = {"limit": limit}
        if status is not None:
            conditions.append("status = :status")
            parameters["status"] = str(status)
        if before is not None:
            conditions.append("seq < :before")
            parameters["before"] = before
        sql = f"SELECT {_COLUMNS} FROM events WHERE {' AND '.join(conditions)} ORDER BY seq DESC LIMIT :limit"  # noqa: S608 - fixed texts
        rows = await self.database.read(select(sql, **parameters))
        return [delivery_of(row) for row in rows]

    async def show(self, seq: int) -> Detail | None:
        """Give one event with its content and what became of it; ``None`` when there is no such row."""
        return await self.database.read(_show(seq))

    async def replay(self, seqs: Collection[int] | None = None, *, status: Status | str | None = None) -> int:
        """Deliver again, from the first attempt: the rows *seqs*, or all rows of *status*. Give their number.

        Rows already delivered are left alone. Parts of one call are replayed together.

        Raises:
            ConfigError: neither or both were given.
        """
        if (seqs is None) == (status is None):
            raise ConfigError("either row numbers or a status is needed to replay")
        replayed = await self.database.write(self._replay(seqs, status))
        self._jobs.wake()
        return replayed

    async def read_again(self, seqs: Collection[int] | None = None) -> int:
        """Try to understand quarantined messages again, all or those in *seqs*; give their number."""
        seen = await self.database.write(self._of_quarantine(seqs, self._restart))
        self._jobs.wake()
        return seen

    async def drop(self, seqs: Collection[int] | None = None) -> int:
        """Give quarantined messages up, all or those in *seqs*: they are ignored from now on. Give their number."""
        return await self.database.write(self._of_quarantine(seqs, self._drop))

    async def release(self, numbers: Collection[str]) -> int:
        """Deliver what was parked because nobody had one of *numbers* (E.164); the directory has learnt them."""
        released = 0
        for chunk in _chunks(list(numbers)):
            released += await self.database.write(self._release(chunk))
        if released:
            self._jobs.wake()
        return released

    async def counts(self) -> Mapping[Status, int]:
        """Count the events of each status."""
        rows = await self.database.read(select("SELECT status, count(*) AS n FROM events GROUP BY status"))
        found = {row["status"]: row["n"] for row in rows}
        return {status: found.get(status, 0) for status in Status}

    def _put(self, event: CallEnd | RecordingUpload, message: Message) -> Transaction[Receipt]:
        call = yield from lane_of(event, message)
        wait = self._settling.wait((message,))
        receipt = yield from self._insert(
            key=event_key(event),
            digest=content_digest(event),
            call=call,
            message=message,
            status=Status.PENDING,
            wait=wait,
        )
        if receipt.new and not wait:
            yield from self._hurry(call)
        if isinstance(event, CallEnd):
            yield from take_in(event)
        if receipt.new:
            yield from self._jobs.enqueue(seq=receipt.seq, call=call, at=self._clock.now() + wait)
        crashpoint("before_commit")
        return receipt

    def _hurry(self, call: str) -> Transaction[None]:
        """Wait for no more news of *call*; what has failed before keeps its time."""
        yield Statement(
            "UPDATE events SET next_at = :now WHERE call = :call AND status = 'pending' AND attempts = 0",
            {"now": self._clock.now(), "call": call},
        )

    def _insert(
        self, *, key: str, digest: str, call: str, message: Message, status: Status, wait: float = 0.0
    ) -> Transaction[Receipt]:
        receipt = yield from self._row(key=key, digest=digest, call=call, message=message, status=status, wait=wait)
        for audio in sorted(stored_keys(message.body)):
            yield Statement(
                "INSERT INTO audio_uses (key, seq) VALUES (:key, :seq) ON CONFLICT (key, seq) DO NOTHING",
                {"key": audio, "seq": receipt.seq},
            )
        return receipt

    def _row(
        self, *, key: str, digest: str, call: str, message: Message, status: Status, wait: float
    ) -> Transaction[Receipt]:
        now = self._clock.now()
        rows = yield Statement(
            """
            INSERT INTO events
                (key, digest, call, kind, content_type, body, received_at, status, next_at, updated_at)
            VALUES (:key, :digest, :call, :kind, :content_type, :body, :received_at, :status, :next_at, :now)
            ON CONFLICT (key, digest) DO NOTHING RETURNING seq
            """,
            {
                "key": key,
                "digest": digest,
                "call": call,
                "kind": str(message.hook),
                "content_type": message.content_type,
                "body": message.body,
                "received_at": message.received_at.timestamp(),
                "status": str(status),
                "next_at": now + wait,
                "now": now,
            },
        )
        if rows:
            return Receipt(rows[0]["seq"], new=True)
        rows = yield Statement(
            "SELECT seq FROM events WHERE key = :key AND digest = :digest", {"key": key, "digest": digest}
        )
        return Receipt(rows[0]["seq"], new=False)

    def _noted(self, insertion: Transaction[Receipt], text: str) -> Transaction[Receipt]:
        receipt = yield from insertion
        yield Statement(
            "UPDATE events SET last_error = :text WHERE seq = :seq AND status = 'quarantined'",
            {"text": text, "seq": receipt.seq},
        )
        return receipt

    def _replay(self, seqs: Collection[int] | None, status: Status | str | None) -> Transaction[int]:
        replayed = 0
        if seqs is None:
            replayed += yield from self._restart("status = :status", {"status": str(status)})
            return replayed
        for chunk in _chunks(list(seqs)):
            places, parameters = one_of("seq", chunk)
            replayed += yield from self._restart(f"seq IN ({places})", parameters)
        return replayed

    def _of_quarantine(
        self, seqs: Collection[int] | None, change: Callable[[str, Mapping[str, object]], Transaction[int]]
    ) -> Transaction[int]:
        if seqs is None:
            return (yield from change("status = 'quarantined'", {}))
        changed = 0
        for chunk in _chunks(list(seqs)):
            places, parameters = one_of("seq", chunk)
            changed += yield from change(f"status = 'quarantined' AND seq IN ({places})", parameters)
        return changed

    def _drop(self, condition: str, parameters: Mapping[str, object]) -> Transaction[int]:
        rows = yield Statement(
            f"""
            UPDATE events SET status = 'ignored', last_error = 'dropped', updated_at = :now
            WHERE {condition} RETURNING seq
            """,  # noqa: S608 - conditions are texts of this module
            {**parameters, "now": self._clock.now()},
        )
        return len(rows)

    def _release(self, numbers: Sequence[str]) -> Transaction[int]:
        places, parameters = one_of("number", numbers)
        return (yield from self._restart(f"status = 'parked' AND number IN ({places})", parameters))

    def _restart(self, condition: str, parameters: Mapping[str, object]) -> Transaction[int]:
        now = self._clock.now()
        rows: list[Row] = yield Statement(
            f"""
            UPDATE events SET status = 'pending', attempts = 0, next_at = :now, updated_at = :now
            WHERE status <> 'delivered' AND {condition} RETURNING seq, call
            """,  # noqa: S608 - conditions are texts of this module
            {**parameters, "now": now},
        )
        for row in sorted(rows, key=lambda row: int(row["seq"])):
            yield from self._jobs.enqueue(seq=row["seq"], call=row["call"], at=now)
        return len(rows)


def _show(seq: int) -> Transaction[Detail | None]:
    rows = yield Statement("SELECT * FROM events WHERE seq = :seq", {"seq": seq})
    if not rows:
        return None
    records = yield Statement("SELECT * FROM records WHERE call = :call ORDER BY key", {"call": rows[0]["call"]})
    return Detail(
        delivery=delivery_of(rows[0]),
        message=message_of(rows[0]),
        records=tuple(written_of(record) for record in records),
    )


def _chunks(values: Sequence[T]) -> list[Sequence[T]]:
    return [values[start : start + _CHUNK] for start in range(0, len(values), _CHUNK)]
