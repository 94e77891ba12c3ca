"""Fills the directory from the CRM: everything once, then what changed, and everything again once a day."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import structlog
from attrs import evolve, frozen

from vipex_sdk.crm.adapter import CrmAdapter, ScansCards
from vipex_sdk.crm.model import CustomerCard
from vipex_sdk.errors import VipexError
from vipex_sdk.gateway.budget import Lane, lane
from vipex_sdk.gateway.clock import SYSTEM_CLOCK, Clock
from vipex_sdk.gateway.database import Database
from vipex_sdk.gateway.directory import index
from vipex_sdk.numbers import NumberRules

__all__ = ["ScanReport", "Scanner"]

BATCH = 200
INTERVAL_SECONDS = 300.0
FULL_SECONDS = 24 * 3600.0
RETRY_SECONDS = 30.0

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
    """

    full: bool
    seen: int = 0
    stored: int = 0
    removed: int = 0
    seconds: float = 0.0


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
    ) -> None:
        """Make a scanner; *after* is awaited when a scan has ended."""
        self._database = database
        self._adapter = adapter
        self._rules = rules or NumberRules()
        self._clock = clock
        self._after = after
        self._one_at_a_time = asyncio.Lock()
        self.running: ScanReport | None = None
        """The scan under way, updated with every batch."""
        self.last_error: str | None = None
        """Class of the error that ended the last scan; ``None`` after one that came to its end."""

    @property
    def able(self) -> bool:
        """Whether the adapter can scan."""
        return isinstance(self._adapter, ScansCards)

    async def scan(self, *, full: bool = False, progress: Callable[[ScanReport], None] | None = None) -> ScanReport:
        """Scan what changed since the last time, or everything when asked or due.

        Raises:
            CrmError: the CRM failed; what was stored so far stays, and the next scan starts where this one did.
            StoreUnavailable: the directory cannot be written.
        """
        async with self._one_at_a_time:
            times = (await self._database.read(index.size())).times
            started = self._clock.now()
            full = full or started - times.full > FULL_SECONDS
            since = None if full else datetime.fromtimestamp(times.scanned - OVERLAP_SECONDS, UTC)
            self.running = ScanReport(full=full)
            try:
                with lane(Lane.SCAN):
                    report = await self._take_in(since, started, progress)
                if full:
                    removed = await self._database.write(index.sweep(unseen_since=started))
                    report = evolve(report, removed=report.removed + removed)
                ended = index.Times(scanned=started, full=started if full else times.full)
                await self._database.write(index.remember_scan(ended))
                self.last_error = None
            except VipexError as error:
                self.last_error = type(error).__name__
                raise
            finally:
                self.running = None
            if self._after is not None:
                await self._after()
            report = evolve(report, seconds=self._clock.now() - started)
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
        self, since: datetime | None, started: float, progress: Callable[[ScanReport], None] | None
    ) -> ScanReport:
        report = ScanReport(full=since is None)
        batch: list[CustomerCard] = []

        async def flush() -> None:
            nonlocal report
            stored = await self._database.write(index.store(list(batch), seen_at=started, rules=self._rules))
            removed = sum(card.deleted for card in batch)
            report = evolve(
                report, seen=report.seen + len(batch), stored=report.stored + stored, removed=report.removed + removed
            )
            batch.clear()
            self.running = report
            if progress is not None:
                progress(report)

        if not isinstance(self._adapter, ScansCards):
            return report
        async for card in self._adapter.scan(since):
            batch.append(card)
            if len(batch) >= BATCH:
                await flush()
        await flush()
        return report


def _numbers(report: ScanReport) -> dict[str, object]:
    return {
        "full": report.full,
        "seen": report.seen,
        "stored": report.stored,
        "removed": report.removed,
        "seconds": round(report.seconds, 2),
    }
