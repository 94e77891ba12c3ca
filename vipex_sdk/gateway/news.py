"""``POST /crm-news/{key}``: the CRM says that a customer changed, and the directory reads them again.

A message is acknowledged when it is durable: as a row naming whom to read, nothing of what it said. Nothing here
writes to the CRM, so our own writes come back as news at most once and cause no others.
"""

from __future__ import annotations

import asyncio

import structlog
from attrs import frozen
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from vipex_sdk.crm.abilities import ReadsNews
from vipex_sdk.crm.adapter import CrmAdapter
from vipex_sdk.crm.model import Ref
from vipex_sdk.errors import DecodeError, StoreUnavailable, VipexError
from vipex_sdk.gateway.access import Site
from vipex_sdk.gateway.budget import Lane, lane
from vipex_sdk.gateway.clock import SYSTEM_CLOCK, Clock
from vipex_sdk.gateway.database import Database, Row, Statement, Transaction
from vipex_sdk.gateway.directory import Directory
from vipex_sdk.gateway.forms import read_body
from vipex_sdk.gateway.keys import InstallKey

__all__ = ["NewsDesk", "news_link"]

PATIENCE_SECONDS = 60.0
IDLE_SECONDS = 60.0
FIRST_PAUSE, LONGEST_PAUSE = 10.0, 3600.0
MAX_ATTEMPTS = 12
"""After half a day the next full scan has read the customer anyway."""

_log = structlog.get_logger(__name__)


def news_link(*, key: InstallKey, site: Site) -> str:
    """Give the address that the CRM is told; its secret part is all that proves who calls."""
    return f"{site.url}/crm-news/{key.derive('crm-news')}"


@frozen
class _Told:
    """A customer to be read again."""

    about: Ref
    told_at: float
    attempts: int


class NewsDesk:
    """Takes in what the CRM tells, and works it off in the background."""

    def __init__(
        self,
        database: Database,
        adapter: CrmAdapter,
        directory: Directory,
        *,
        key: InstallKey,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self._database = database
        self._adapter = adapter
        self._directory = directory
        self._key = key
        self._clock = clock
        self._woken = asyncio.Event()

    @property
    def able(self) -> bool:
        """Whether this CRM's messages are understood."""
        return isinstance(self._adapter, ReadsNews)

    @property
    def routes(self) -> list[Route]:
        """The address; without the ability there is none."""
        return [Route("/crm-news/{secret}", self._take, methods=["POST"])] if self.able else []

    async def _take(self, request: Request) -> Response:
        adapter = self._adapter
        if not self._key.proves("crm-news", request.path_params["secret"]) or not isinstance(adapter, ReadsNews):
            return _said(404, "not found")
        body = await read_body(request)
        if body is None:
            return _said(413, "too large")
        try:
            news = adapter.read_news(request.headers.get("content-type"), body)
        except DecodeError as error:
            # Answered as success: what is not understood now is not understood an hour later either.
            _log.warning("news.not_understood", error=str(error))
            return _said(200, "not understood; ignored")
        try:
            await self._database.write(_remember(news.about, self._clock.now()))
        except StoreUnavailable:
            return _said(503, "try again later", {"Retry-After": "10"})
        self._woken.set()
        return _said(200, "ok")

    async def run(self) -> None:
        """Read changed customers until cancelled."""
        while self.able:
            self._woken.clear()
            try:
                await self.work_off()
            except StoreUnavailable as error:
                _log.warning("news.store_failed", error=str(error))
            try:
                async with asyncio.timeout(IDLE_SECONDS):
                    await self._woken.wait()
            except TimeoutError:
                continue

    async def work_off(self) -> int:
        """Read again whom the CRM told of, oldest first; returns how many were.

        Raises:
            StoreUnavailable: the directory cannot be read or written.
        """
        done = 0
        while told := await self._database.read(_due(self._clock.now())):
            for each in told:
                done += await self._refresh(each)
        return done

    async def _refresh(self, told: _Told) -> bool:
        adapter = self._adapter
        if not isinstance(adapter, ReadsNews):
            return False
        try:
            with lane(Lane.SCAN):
                async with asyncio.timeout(PATIENCE_SECONDS):
                    cards = await adapter.refreshed(told.about)
            await self._directory.replace(cards)
        except StoreUnavailable:
            raise
        except (VipexError, TimeoutError) as error:
            _log.warning("news.not_read", error=type(error).__name__, attempts=told.attempts + 1)
            await self._database.write(_later(told, self._clock.now()))
            return False
        await self._database.write(_forget(told))
        return True


def _said(status: int, text: str, headers: dict[str, str] | None = None) -> Response:
    return PlainTextResponse(text + "\n", status_code=status, headers={"Cache-Control": "no-store"} | (headers or {}))


def _remember(about: tuple[Ref, ...], now: float) -> Transaction[None]:
    for ref in about:
        yield Statement(
            """
            INSERT INTO news (kind, id, told_at, next_at) VALUES (:kind, :id, :now, :now)
            ON CONFLICT (kind, id) DO UPDATE SET told_at = excluded.told_at, next_at = excluded.next_at, attempts = 0
            """,
            {"kind": ref.kind, "id": ref.id, "now": now},
        )


def _due(now: float) -> Transaction[list[_Told]]:
    rows = yield Statement("SELECT * FROM news WHERE next_at <= :now ORDER BY told_at LIMIT 100", {"now": now})
    return [_told(row) for row in rows]


def _told(row: Row) -> _Told:
    return _Told(Ref(row["kind"], row["id"]), float(row["told_at"]), int(row["attempts"]))


def _later(told: _Told, now: float) -> Transaction[None]:
    if told.attempts + 1 >= MAX_ATTEMPTS:
        yield from _forget(told)
        return
    pause = min(FIRST_PAUSE * 2**told.attempts, LONGEST_PAUSE)
    yield Statement(
        "UPDATE news SET attempts = attempts + 1, next_at = :at WHERE kind = :kind AND id = :id AND told_at = :told",
        {"at": now + pause, "kind": told.about.kind, "id": told.about.id, "told": told.told_at},
    )


def _forget(told: _Told) -> Transaction[None]:
    """Leave a row that was told again meanwhile: what was read may be older than that."""
    yield Statement(
        "DELETE FROM news WHERE kind = :kind AND id = :id AND told_at = :told",
        {"kind": told.about.kind, "id": told.about.id, "told": told.told_at},
    )
