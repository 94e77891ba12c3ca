"""Bring one record into the CRM exactly once: intent, request, result; after a crash look before sending again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

import structlog
from attrs import evolve, frozen

from vipex_sdk.crm.adapter import CrmAdapter, FindsRecord
from vipex_sdk.crm.model import CallRecord, NotRecorded, Recorded, RecordResult
from vipex_sdk.errors import (
    Invalid,
    Misconfigured,
    NeedsReauth,
    NotFound,
    NotPermitted,
    NotSent,
    RateLimited,
    Unavailable,
)
from vipex_sdk.gateway.clock import Clock
from vipex_sdk.gateway.crashpoints import crashpoint
from vipex_sdk.gateway.database import Database
from vipex_sdk.gateway.delivery.breaker import Breaker
from vipex_sdk.gateway.delivery.callbacks import Callbacks
from vipex_sdk.gateway.delivery.ledger import (
    Entry,
    Step,
    annotate,
    confirm,
    entries,
    heirs,
    intend,
    next_step,
    rename,
    withdraw,
)

__all__ = ["Draft", "Recorder"]

T = TypeVar("T")

_log = structlog.get_logger(__name__)

_NOTHING_WRITTEN = (
    Unavailable,
    RateLimited,
    NotSent,
    NeedsReauth,
    NotPermitted,
    Misconfigured,
    Invalid,
    NotFound,
)


@frozen
class Draft:
    """A record, and the digest of what a reader of it sees."""

    record: CallRecord
    digest: str


@frozen(kw_only=True)
class Recorder:
    """Writes records through an adapter, keeping the ledger.

    Attributes:
        callbacks: keeps one open task a missed caller.
        patience: seconds one request to the adapter may take.
    """

    database: Database
    adapter: CrmAdapter
    breaker: Breaker
    callbacks: Callbacks
    patience: float
    clock: Clock

    async def write(self, call: str, drafts: tuple[Draft, ...]) -> list[NotRecorded]:
        """Bring all *drafts* of *call* into the CRM; give what it did not take.

        Raises:
            CrmError: and all else an adapter raises; the ledger says how far this came.
        """
        known = await self.database.read(entries(call))
        handed_over = heirs([draft.record.key for draft in drafts], known)
        if handed_over:
            await self.database.write(rename(call, handed_over))
            known = await self.database.read(entries(call))
        refused: list[NotRecorded] = []
        for draft in drafts:
            key = draft.record.key
            result = await self._write_one(call, draft, known.get(key, Entry(key=key)))
            if isinstance(result, NotRecorded):
                refused.append(result)
            else:
                await self.callbacks.written(draft.record, result.task)
        return refused

    async def _write_one(self, call: str, draft: Draft, entry: Entry) -> RecordResult:
        looks = self.adapter if isinstance(self.adapter, FindsRecord) else None
        step = next_step(draft.digest, entry, self.adapter.manifest, can_look=looks is not None)
        if step not in (Step.DONE, Step.CANNOT_UPDATE):
            # The digest stays that of the whole record: whether the task is left out is no fact about the call.
            draft = evolve(draft, record=await self.callbacks.without_second(draft.record))
        if step is Step.LOOK_FIRST and looks is not None:
            found = await self._ask(looks.find_record(draft.record))
            if found is not None:
                await self.database.write(confirm(call, entry.key, found, self.clock.now()))
                await self.callbacks.written(draft.record, found.task)
                entry = evolve(entry, digest=entry.intent, intent=None, ref=found.ref)
                step = next_step(draft.digest, entry, self.adapter.manifest, can_look=True)
        if step is Step.DONE:
            return Recorded(ref=entry.ref, was_there=True)
        if step is Step.CANNOT_UPDATE:
            await self.database.write(
                annotate(call, entry.key, "late facts came; this CRM's entries cannot be changed", self.clock.now())
            )
            return Recorded(ref=entry.ref, was_there=True)
        return await self._send(call, draft, entry, maybe_duplicate=step is Step.SEND_MAYBE_AGAIN)

    async def _send(self, call: str, draft: Draft, entry: Entry, *, maybe_duplicate: bool) -> RecordResult:
        record = evolve(draft.record, revision=entry.revision + (entry.digest is not None or entry.revision == 0))
        if maybe_duplicate:
            _log.warning("delivery.maybe_duplicate", call=call)
        await self.database.write(
            intend(call, record, draft.digest, maybe_duplicate=maybe_duplicate, now=self.clock.now())
        )
        crashpoint("intent_committed")
        try:
            result = await self._ask(self.adapter.record(record, entry.ref))
        except _NOTHING_WRITTEN:
            await self.database.write(withdraw(call, record.key, self.clock.now()))
            raise
        crashpoint("after_record")
        if isinstance(result, NotRecorded):
            await self.database.write(withdraw(call, record.key, self.clock.now()))
        else:
            await self.database.write(confirm(call, record.key, result, self.clock.now()))
            crashpoint("marked")
        return result

    async def _ask(self, request: Awaitable[T]) -> T:
        async with asyncio.timeout(self.patience):
            answer = await request
        await self.breaker.succeeded()
        return answer
