"""The embedded engine: a small loop over the inbox, in one process per data folder.

It is not distributed and must never grow into that: more than one machine is procrastinate's work.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import structlog

from vipex_sdk.errors import StoreUnavailable
from vipex_sdk.gateway.clock import SYSTEM_CLOCK, Clock
from vipex_sdk.gateway.database import Database, Transaction
from vipex_sdk.gateway.engine.engine import Deliver, Gate, always_open
from vipex_sdk.gateway.engine.lane import work_lane
from vipex_sdk.gateway.engine.lock import FileLock
from vipex_sdk.gateway.inbox.lanes import Head, due_heads, next_due, rewind

__all__ = ["LocalEngine"]

_log = structlog.get_logger(__name__)

_LOOK_AGAIN = 30.0
"""Seconds after which we look even if nobody woke us: rows of a second process, which only acknowledges, and a clock
that was set back."""

_STORE_PAUSE = 1.0
_LOCK_PAUSE = 1.0


class LocalEngine:
    """Delivers from the inbox in this process, if no other process of this data folder does.

    Args:
        database: an open store.
        lock: the file that says which process delivers; ``None`` delivers without asking (tests, one-off scripts).
        concurrency: calls in work at the same time.
        clock: time.
    """

    def __init__(
        self, database: Database, *, lock: Path | None = None, concurrency: int = 8, clock: Clock = SYSTEM_CLOCK
    ) -> None:
        self._database = database
        self._lock = FileLock(lock) if lock is not None else None
        self._concurrency = concurrency
        self._clock = clock
        self._woken = asyncio.Event()
        self._running: dict[str, asyncio.Task[None]] = {}
        self._waits_for_lock = False
        self._rewound_at = 0.0

    @property
    def delivering(self) -> bool:
        """Whether this process is the one that delivers."""
        return self._lock is None or self._lock.held

    async def prepare(self) -> None:
        """Need nothing."""

    def enqueue(self, *, seq: int, call: str, at: float) -> Transaction[None]:
        """Add nothing: the row itself is the job."""
        del seq, call, at
        yield from ()

    def wake(self) -> None:
        """Look for due rows now."""
        self._woken.set()

    async def run(self, deliver: Deliver, gate: Gate = always_open) -> None:
        """Deliver until cancelled, once this process has the lock."""
        await self._acquire()
        try:
            while True:
                self._woken.clear()
                try:
                    wait = await self._round(deliver, gate)
                except StoreUnavailable as error:
                    _log.warning("engine.store_unavailable", reason=str(error))
                    wait = _STORE_PAUSE
                await self._pause(wait)
        finally:
            await self._stop()

    async def _acquire(self) -> None:
        if self._lock is None:
            return
        while not self._lock.try_acquire():
            if not self._waits_for_lock:
                _log.warning("engine.standby", lock=self._lock.path.name)
                self._waits_for_lock = True
            await self._clock.sleep(_LOCK_PAUSE)

    async def _round(self, deliver: Deliver, gate: Gate) -> float:
        """Start what is due; give the seconds until there may be more to do."""
        now = self._clock.now()
        if abs(now - self._rewound_at) >= _LOOK_AGAIN:
            await self._database.write(rewind(now))
            self._rewound_at = now
        closed_until = await gate()
        if closed_until is not None and closed_until > now:
            return min(closed_until - now, _LOOK_AGAIN)
        free = self._concurrency - len(self._running)
        if free <= 0:
            return _LOOK_AGAIN  # a finished call wakes us
        heads = await self._database.read(due_heads(now, free + len(self._running)))
        for head in [head for head in heads if head.call not in self._running][:free]:
            self._start(head, deliver)
        following = await self._database.read(next_due(now))
        return min(_LOOK_AGAIN, following - now) if following is not None else _LOOK_AGAIN

    def _start(self, head: Head, deliver: Deliver) -> None:
        self._running[head.call] = asyncio.create_task(self._work(head, deliver), name=f"vipex-call-{head.seq}")

    async def _work(self, head: Head, deliver: Deliver) -> None:
        try:
            await work_lane(head.seq, database=self._database, deliver=deliver, clock=self._clock)
        except StoreUnavailable as error:
            _log.warning("engine.store_unavailable", seq=head.seq, reason=str(error))
            await self._clock.sleep(_STORE_PAUSE)
        except Exception:  # noqa: BLE001 - logged, and the call is tried again
            # `deliver` handles every failure of the CRM; what comes here is our bug. Without a pause it would spin.
            _log.exception("engine.delivery_broke", seq=head.seq)
            await self._clock.sleep(_LOOK_AGAIN)
        finally:
            self._running.pop(head.call, None)
            self._woken.set()

    async def _pause(self, seconds: float) -> None:
        """Wait for a wake-up, *seconds* at most."""
        waits = [
            asyncio.ensure_future(self._woken.wait()),
            asyncio.ensure_future(self._clock.sleep(max(seconds, 0.0))),
        ]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            # Not suppressed one by one: that would swallow a cancellation of ours that comes just now.
            await asyncio.gather(*waits, return_exceptions=True)

    async def _stop(self) -> None:
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._lock is not None:
            self._lock.release()
