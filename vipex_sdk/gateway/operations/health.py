"""Is the gateway fit to take calls: store, worker, space, and how long deliveries have been waiting."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from attrs import frozen

from vipex_sdk.errors import StoreUnavailable
from vipex_sdk.gateway.clock import SYSTEM_CLOCK, Clock
from vipex_sdk.gateway.database import Database, Statement, Transaction, select
from vipex_sdk.gateway.delivery.ledger import already_logged
from vipex_sdk.gateway.directory import Directory, Scanner
from vipex_sdk.gateway.directory.lookup import STALE_SECONDS

__all__ = ["Check", "Health", "HealthReport"]

LEAST_FREE_BYTES = 100 * 1024 * 1024
LONGEST_PENDING_SECONDS = 900.0
FRESH_SECONDS = 2.0
DAY_SECONDS = 24 * 3600.0


@frozen(kw_only=True)
class Check:
    """One thing that was looked at.

    Attributes:
        name: ``store``, ``worker``, ``space``, ``pending`` or ``directory``.
        vital: whether the gateway must not be sent calls while this is wrong.
        value: what was measured: bytes, seconds, or 1 and 0.
        why: what is wrong; empty when nothing is.
    """

    name: str
    ok: bool
    vital: bool
    value: float
    why: str = ""


@frozen(kw_only=True)
class HealthReport:
    """All checks of one moment."""

    checks: tuple[Check, ...]
    at: float

    @property
    def ready(self) -> bool:
        """Whether calls may be sent here."""
        return all(check.ok for check in self.checks if check.vital)

    @property
    def well(self) -> bool:
        """Whether nobody needs to look."""
        return all(check.ok for check in self.checks)


class Health:
    """Looks, at most every two seconds: a probe that writes must not become a load."""

    def __init__(
        self,
        database: Database,
        data: Path,
        *,
        worker_alive: Callable[[], bool],
        directory: Directory,
        scanner: Scanner,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self._database = database
        self._data = data
        self._worker_alive = worker_alive
        self._directory = directory
        self._scanner = scanner
        self._clock = clock
        self._last: HealthReport | None = None

    async def report(self) -> HealthReport:
        """Look at everything, or give what was seen a moment ago."""
        now = self._clock.now()
        if self._last is None or not 0 <= now - self._last.at < FRESH_SECONDS:
            checks = (
                await self._store(now),
                self._worker(),
                self._space(),
                await self._pending(),
                await self._filled(now),
            )
            self._last = HealthReport(checks=checks, at=now)
        return self._last

    async def oldest_pending(self) -> float:
        """Give the seconds that the oldest undelivered call has been due; 0 when none is.

        Raises:
            StoreUnavailable: nobody can tell.
        """
        rows = await self._database.read(
            select("SELECT min(received_at) AS oldest FROM events WHERE status = 'pending'")
        )
        oldest = rows[0]["oldest"]
        return max(self._clock.now() - float(oldest), 0.0) if oldest is not None else 0.0

    async def already_logged(self) -> int:
        """Count the last day's records that the CRM had before we first sent them: somebody else writes calls too.

        Raises:
            StoreUnavailable: nobody can tell.
        """
        return await self._database.read(already_logged(since=self._clock.now() - DAY_SECONDS))

    async def _store(self, now: float) -> Check:
        try:
            await self._database.write(_probe(now))
        except StoreUnavailable as error:
            return Check(name="store", ok=False, vital=True, value=0.0, why=str(error))
        return Check(name="store", ok=True, vital=True, value=1.0)

    def _worker(self) -> Check:
        alive = self._worker_alive()
        why = "" if alive else "the delivery worker has ended"
        return Check(name="worker", ok=alive, vital=True, value=float(alive), why=why)

    def _space(self) -> Check:
        try:
            free = shutil.disk_usage(self._data).free
        except OSError as error:
            return Check(name="space", ok=False, vital=True, value=0.0, why=f"the data folder: {error.strerror}")
        why = "" if free >= LEAST_FREE_BYTES else "the disk of the data folder is nearly full"
        return Check(name="space", ok=not why, vital=True, value=float(free), why=why)

    async def _filled(self, now: float) -> Check:
        try:
            scanned = (await self._directory.size()).times.scanned
        except StoreUnavailable as error:
            return Check(name="directory", ok=False, vital=False, value=0.0, why=str(error))
        age = now - scanned if scanned else 0.0
        if not self._scanner.able:
            return Check(name="directory", ok=True, vital=False, value=age)
        why = "" if scanned and age <= STALE_SECONDS else "the directory waits for the CRM"
        return Check(name="directory", ok=not why, vital=False, value=age, why=why)

    async def _pending(self) -> Check:
        try:
            age = await self.oldest_pending()
        except StoreUnavailable as error:
            return Check(name="pending", ok=False, vital=False, value=0.0, why=str(error))
        # A CRM that is down does not make us unready: its calls are safe with us, and nowhere else.
        why = "" if age < LONGEST_PENDING_SECONDS else "calls wait for the CRM"
        return Check(name="pending", ok=not why, vital=False, value=age, why=why)


def _probe(now: float) -> Transaction[None]:
    yield Statement(
        "INSERT INTO settings (name, value) VALUES ('health.probe', :now) "
        "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        {"now": repr(now)},
    )
