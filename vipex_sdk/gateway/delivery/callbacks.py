"""Missed callers who still wait to be called back: one open task a caller, closed when the two have talked.

The CRM's own state counts, not our memory: before a second task is left out, the CRM is asked whether the first is
still open, where it can tell.
"""

from __future__ import annotations

import asyncio
import hashlib

import structlog
from attrs import evolve, field, frozen

from vipex_sdk.crm.abilities import KeepsTasks
from vipex_sdk.crm.adapter import CrmAdapter
from vipex_sdk.crm.model import CallOutcome, CallRecord, Ref
from vipex_sdk.errors import NotFound
from vipex_sdk.gateway.clock import Clock
from vipex_sdk.gateway.database import Database, Statement, Transaction

__all__ = ["Callbacks"]

_log = structlog.get_logger(__name__)

FORGOTTEN_SECONDS = 24 * 3600.0
"""A task that was announced but never came to be keeps nobody else's out for longer."""


@frozen(kw_only=True)
class _Waiting:
    """A caller's open task; ``task`` is ``None`` while its record is still being written."""

    key: str
    task: Ref | None
    missed_at: float
    noted_at: float


@frozen(kw_only=True)
class Callbacks:
    """Which callers wait. Only for CRMs whose tasks can be looked at and closed; all others get a task a call.

    Attributes:
        patience: seconds one request to the adapter may take.
    """

    database: Database = field(repr=False)
    adapter: CrmAdapter = field(repr=False)
    patience: float
    clock: Clock

    async def without_second(self, record: CallRecord) -> CallRecord:
        """Give *record* without its task when its caller has an open one already.

        Raises:
            CrmError: the CRM was asked about the first task and failed.
        """
        adapter, task = self.adapter, record.task
        if task is None or not isinstance(adapter, KeepsTasks):
            return record
        caller = _name_of(record)
        waiting = await self.database.write(self._announce(caller, task.key, record))
        if waiting.key == task.key:
            return record
        if waiting.task is None:
            if self.clock.now() - waiting.noted_at < FORGOTTEN_SECONDS:
                return evolve(record, task=None)
        elif await self._is_open(adapter, waiting.task):
            _log.info("callback.already_open", call=record.call_id)
            return evolve(record, task=None)
        await self.database.write(_forget(caller, waiting.key))
        await self.database.write(self._announce(caller, task.key, record))
        return record

    async def written(self, record: CallRecord, task: Ref | None) -> None:
        """Note the CRM's id of the record's task; after a conversation close the caller's task instead.

        Raises:
            CrmError: the CRM did not close it; the next attempt will.
        """
        adapter = self.adapter
        if not isinstance(adapter, KeepsTasks):
            return
        caller = _name_of(record)
        if record.task is not None and task is not None:
            await self.database.write(_know(caller, record.task.key, task))
        elif record.outcome in (CallOutcome.ANSWERED, CallOutcome.OUTBOUND):
            await self._talked(adapter, caller, record)

    async def _talked(self, adapter: KeepsTasks, caller: str, record: CallRecord) -> None:
        waiting = await self.database.read(_waiting(caller))
        # Calls may be delivered out of order: who talked before the missed call has not called back.
        if waiting is None or waiting.task is None or record.started_at.timestamp() < waiting.missed_at:
            return
        try:
            async with asyncio.timeout(self.patience):
                await adapter.close_task(waiting.task, record.ended_at)
        except NotFound:
            _log.info("callback.task_was_deleted", call=record.call_id)
        else:
            _log.info("callback.closed", call=record.call_id)
        await self.database.write(_forget(caller, waiting.key))

    async def _is_open(self, adapter: KeepsTasks, task: Ref) -> bool:
        try:
            async with asyncio.timeout(self.patience):
                return await adapter.task_is_open(task)
        except NotFound:
            return False

    def _announce(self, caller: str, key: str, record: CallRecord) -> Transaction[_Waiting]:
        """Note that *caller* waits, unless they do already; gives who is first."""
        yield Statement(
            """
            INSERT INTO callbacks (caller, key, missed_at, noted_at) VALUES (:caller, :key, :missed_at, :now)
            ON CONFLICT (caller) DO NOTHING
            """,
            {"caller": caller, "key": key, "missed_at": record.started_at.timestamp(), "now": self.clock.now()},
        )
        waiting = yield from _waiting(caller)
        assert waiting is not None  # noqa: S101 - inserted in this transaction, or there before
        return waiting


def _name_of(record: CallRecord) -> str:
    """Name the caller by a digest, so that the table says nothing about anybody.

    A customer who is known is the same caller from every telephone.
    """
    contact = record.card.contact if record.card else None
    text = f"{contact.kind}:{contact.id}" if contact else record.number.value
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _waiting(caller: str) -> Transaction[_Waiting | None]:
    rows = yield Statement("SELECT * FROM callbacks WHERE caller = :caller", {"caller": caller})
    if not rows:
        return None
    row = rows[0]
    task = Ref(row["task_kind"], row["task_id"]) if row["task_id"] is not None else None
    return _Waiting(key=row["key"], task=task, missed_at=row["missed_at"], noted_at=row["noted_at"])


def _know(caller: str, key: str, task: Ref) -> Transaction[None]:
    yield Statement(
        "UPDATE callbacks SET task_kind = :kind, task_id = :id WHERE caller = :caller AND key = :key",
        {"kind": task.kind, "id": task.id, "caller": caller, "key": key},
    )


def _forget(caller: str, key: str) -> Transaction[None]:
    yield Statement("DELETE FROM callbacks WHERE caller = :caller AND key = :key", {"caller": caller, "key": key})
