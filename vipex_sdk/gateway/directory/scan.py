"""Fills the directory from the CRM: everything once, then what changed, and everything again once a day."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import structlog
from attrs import evolve, frozen

from vipex_sdk.crm.adapter import CrmAdapter, ResumesScan, ScansCards
from vipex_sdk.errors import RateLimited, VipexError
from vipex_sdk.gateway.budget import Lane, lane
from vipex_sdk.gateway.clock import SYSTEM_CLOCK, Clock
from vipex_sdk.gateway.database import Database, Transaction
from vipex_sdk.gateway.directory import index, unfinished
from vipex_sdk.gateway.directory.steps import Step, steps
from vipex_sdk.gateway.directory.throttle import Hold, no_hold
from vipex_sdk.numbers import NumberRules

__all__ = ["ScanReport", "Scanner"]

INTERVAL_SECONDS = 300.0
FULL_SECONDS = 24 * 3600.0
RETRY_SECONDS = 30.0

RESUMABLE_SECONDS = 6 * 3600.0
"""A full scan interrupted longer ago begins again: what it saw first is too old to end with."""

OVERLAP_SECONDS = 900.0
"""How far a scan reaches back behind the last one: the CRM's clock is not ours, and cards change during a scan."""

_log = structlog.get_logger(__name__)


@frozen(kw_only=True)
class ScanReport:
    """What a scan did, or has done so far.

    Attributes:
        full: everything, rather than what changed.
        seen: cards the CRM gave.
        stored: those that can be found by a telephone number.
        removed: cards that left.
        seconds: how long it took.
        share: how much is done, 0 to 1; ``None`` when the adapter cannot tell.
        resumed: went on with a full scan that was interrupted.
    """

    full: bool
    seen: int = 0
    stored: int = 0
    removed: int = 0
    seconds: float = 0.0
    share: float | None = None
    resumed: bool = False


class Scanner:
    """Keeps the directory filled. Only for adapters that can scan; for others the directory asks live."""

    def __init__(
        self,
        database: Database,
        adapter: CrmAdapter,
        *,
        rules: NumberRules | None = None,
        clock: Clock = SYSTEM_CLOCK,
        after: Callable[[], Awaitable[None]] | None = None,
        hold: Hold = no_hold,
    ) -> None:
        """Make a scanner; *after* is awaited when a scan has ended, *hold* when the CRM says "too many"."""
        self._database = database
        self._adapter = adapter
        self._rules = rules or NumberRules()
        self._clock = clock
        self._after = after
        self._hold = hold
        self._one_at_a_time = asyncio.Lock()
        self.running: ScanReport | None = None
        """The scan under way, updated with every batch."""
        self.last_error: str | None = None
        """Class of the error that ended the last scan; ``None`` after one that came to its end."""

    @property
    def able(self) -> bool:
        """Whether the adapter can scan."""
        return isinstance(self._adapter, ScansCards | ResumesScan)

    async def scan(self, *, full: bool = False, progress: Callable[[ScanReport], None] | None = None) -> ScanReport:
        """Scan what changed since the last time, or everything when asked or due.

        Raises:
            CrmError: the CRM failed; what was stored so far stays, and the next scan starts where this one did.
            StoreUnavailable: the directory cannot be written.
        """
        async with self._one_at_a_time:
            began = self._clock.now()
            times = (await self._database.read(index.size())).times
            full = full or began - times.full > FULL_SECONDS
            since = None if full else datetime.fromtimestamp(times.scanned - OVERLAP_SECONDS, UTC)
            try:
                started, report = await self._take_in(since, began, progress)
                if full:
                    removed = await self._database.write(index.sweep(unseen_since=started))
                    report = evolve(report, removed=report.removed + removed)
                ended = index.Times(scanned=started, full=started if full else times.full)
                await self._database.write(_ended(ended))
                self.last_error = None
            except VipexError as error:
                self.last_error = type(error).__name__
                if isinstance(error, RateLimited):
                    await self._hold(error)
                raise
            finally:
                self.running = None
            if self._after is not None:
                await self._after()
            report = evolve(report, seconds=self._clock.now() - began)
            _log.info("directory.scanned", **_numbers(report))
            return report

    async def run(self) -> None:
        """Scan now and every few minutes until cancelled; failures are logged and tried again, less and less often."""
        if not self.able:
            return
        pause = RETRY_SECONDS
        while True:
            try:
                if self._clock.now() - (await self._database.read(index.size())).times.scanned >= INTERVAL_SECONDS:
                    await self.scan()
                pause = RETRY_SECONDS
                await self._clock.sleep(INTERVAL_SECONDS / 5)
            except Exception as error:  # noqa: BLE001 - a plug-in is foreign code; its bug must not end the loop
                _log.warning("directory.scan_failed", error=type(error).__name__, again_in=pause)
                await self._clock.sleep(pause)
                pause = min(2 * pause, INTERVAL_SECONDS)

    async def _take_in(
        self, since: datetime | None, began: float, progress: Callable[[ScanReport], None] | None
    ) -> tuple[float, ScanReport]:
        """Store what the CRM gives; returns when this scan, or the one it goes on with, began."""
        before = await self._before(began) if since is None else None
        report = ScanReport(full=since is None)
        if before is not None:
            report = evolve(report, seen=before.seen, stored=before.stored, resumed=bool(before.cursor))
        started = before.started if before is not None else began
        self.running = report
        with lane(Lane.SCAN):
            async for step in steps(self._adapter, since, before):
                report = await self._stored(step, report, started)
                self.running = report
                if progress is not None:
                    progress(report)
        return started, report

    async def _before(self, began: float) -> unfinished.Unfinished:
        """Give the interrupted full scan to go on with, or a new one."""
        before = await self._database.read(unfinished.unfinished())
        if before is None or not before.cursor or not 0 <= began - before.started <= RESUMABLE_SECONDS:
            await self._database.write(unfinished.begin(began))
            return unfinished.Unfinished(started=began)
        return before

    async def _stored(self, step: Step, report: ScanReport, started: float) -> ScanReport:
        seen = report.seen + len(step.cards)

        def transaction() -> Transaction[tuple[int, int]]:
            stored = yield from index.store(step.cards, seen_at=started, rules=self._rules)
            removed = sum(card.deleted for card in step.cards)
            if step.whole and not report.full:
                removed += yield from index.drop_rest(step.cards, seen_at=started)
            if report.full:
                yield from unfinished.go_on(
                    cursor=step.cursor, note=step.note, seen=seen, stored=report.stored + stored
                )
            return stored, removed

        stored, removed = await self._database.write(transaction())
        return evolve(
            report, seen=seen, stored=report.stored + stored, removed=report.removed + removed, share=step.share
        )


def _ended(times: index.Times) -> Transaction[None]:
    yield from index.remember_scan(times)
    yield from unfinished.forget()


def _numbers(report: ScanReport) -> dict[str, object]:
    return {
        "full": report.full,
        "seen": report.seen,
        "stored": report.stored,
        "removed": report.removed,
        "seconds": round(report.seconds, 2),
    }
