"""The gateway in one piece: every room made once, wired to the others, opened and closed together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import structlog
from starlette.applications import Starlette
from starlette.middleware import Middleware

from vipex_sdk.control import AsyncClient
from vipex_sdk.crm.adapter import CrmAdapter
from vipex_sdk.crm.journal import Journal
from vipex_sdk.gateway.access import Site
from vipex_sdk.gateway.admin import AdminApi
from vipex_sdk.gateway.budget import Budget
from vipex_sdk.gateway.calllink import call_link
from vipex_sdk.gateway.config import Configuration
from vipex_sdk.gateway.dashboard import dashboard_link
from vipex_sdk.gateway.database import Database, open_database
from vipex_sdk.gateway.delivery import Worker
from vipex_sdk.gateway.desk import Hub, Pops, desk_link
from vipex_sdk.gateway.desk.dial import Dialler
from vipex_sdk.gateway.directory import Directory, Scanner, holding
from vipex_sdk.gateway.engine import engine_for
from vipex_sdk.gateway.extensions import Extensions
from vipex_sdk.gateway.greeter import Greeter
from vipex_sdk.gateway.inbox import Inbox
from vipex_sdk.gateway.intake import intake
from vipex_sdk.gateway.keys import admin_token, open_install_key
from vipex_sdk.gateway.maintenance import Maintenance
from vipex_sdk.gateway.news import NewsDesk, news_link
from vipex_sdk.gateway.operations import Health, Metrics
from vipex_sdk.gateway.policies import delivery_policy, journal_settings
from vipex_sdk.gateway.recordings import Links, Shelf
from vipex_sdk.gateway.surface import surface
from vipex_sdk.gateway.webhooks_first import WebhooksFirst
from vipex_sdk.wire.profile import load_profile

__all__ = ["Gateway", "build"]

_log = structlog.get_logger(__name__)


class _LatePace:
    """The pace an adapter is opened with, before its manifest has told the limit."""

    def __init__(self) -> None:
        self.budget: Budget | None = None

    async def __call__(self) -> None:
        if self.budget is not None:
            await self.budget()


class Gateway:
    """All rooms of one gateway. Making it does no I/O but reading and making the keys in the data folder.

    Attributes:
        hub: events of open pages; close it first when shutting down.
        misdirected: event and address of what VIPeX sent to the wrong one.
    """

    def __init__(self, configuration: Configuration) -> None:
        """Make the rooms.

        Raises:
            ConfigError: the data folder, the profile or the adapter's settings cannot be used.
        """
        self.configuration = configuration
        gateway = configuration.gateway
        self.site = Site(url=(gateway.public_url or _address(gateway.host, gateway.port)).rstrip("/"))
        self.key = open_install_key(gateway.data)
        self.profile = load_profile(configuration.vipex.profile)
        self.rules = self.profile.numbers.rules
        self.hub = Hub()
        self.metrics = Metrics()
        self.database: Database = open_database(gateway.database or gateway.data / "vipex.db")
        self.client = AsyncClient(
            configuration.vipex.base_url,
            user=configuration.vipex.user,
            password=configuration.vipex.password.reveal(),
            profile=self.profile,
        )
        self.adapter, self._budget = self._open_adapter()
        self.extensions = Extensions(configuration.extensions)
        hold = holding(self._budget)
        self.directory = Directory(self.database, self.adapter, rules=self.rules, hold=hold)
        self.scanner = Scanner(self.database, self.adapter, rules=self.rules, after=self._release_parked, hold=hold)
        own = configuration.calls.own_numbers
        self.pops = Pops(self.directory, self.hub, own_numbers=own, block=configuration.calls.block, rules=self.rules)
        self.dialler = Dialler(
            self.client.calls,
            settings=configuration.dialling,
            is_extension=self.extensions.has,
            rules=self.rules,
        )
        self.shelf = Shelf(gateway.data, self.database, self.client.recordings.download)
        self.links = Links(key=self.key, database=self.database, site=self.site, public=bool(gateway.public_url))
        self._engine = engine_for(self.database, crm=configuration.crm.adapter)
        self.inbox = Inbox(
            self.database, jobs=self._engine, settle_seconds=gateway.settle_seconds, profile=self.profile
        )
        self.worker = self._make_worker()
        self.greeter = Greeter(
            configuration.calls,
            delivery_policy(configuration),
            newcomers=self.worker.newcomers,
            directory=self.directory,
            pops=self.pops,
            rules=self.rules,
        )
        self.admin = AdminApi(
            inbox=self.inbox,
            directory=self.directory,
            scanner=self.scanner,
            token=admin_token(gateway.data),
            links=self.page_links,
            rules=self.rules,
        )
        self.news = NewsDesk(self.database, self.adapter, self.directory, key=self.key)
        self.misdirected: set[tuple[str, str]] = set()
        self._worker_task: asyncio.Task[None] | None = None
        self.health = Health(
            self.database,
            gateway.data,
            worker_alive=self._worker_alive,
            directory=self.directory,
            scanner=self.scanner,
        )

    def app(self) -> Starlette:
        """Give the application; its lifespan opens and closes everything."""
        first = Middleware(WebhooksFirst, path=self.configuration.webhooks.path, receiver=intake(self))
        app = Starlette(routes=surface(self), middleware=[first], lifespan=lambda _app: self.running())
        app.state.gateway = self
        return app

    def page_links(self) -> dict[str, Any]:
        """Give the addresses that open the agents' pages and the overview; as good as passwords."""
        numbers = self.extensions.names
        return {
            "url": self.site.url,
            "desk": {number: desk_link(number, key=self.key, site=self.site) for number in numbers},
            "call": {number: call_link(number, key=self.key, site=self.site) for number in numbers},
            "dashboard": dashboard_link(key=self.key, site=self.site),
            "news": news_link(key=self.key, site=self.site) if self.news.able else None,
        }

    def _open_adapter(self) -> tuple[CrmAdapter, Budget]:
        crm = self.configuration.crm
        pace = _LatePace()
        adapter: CrmAdapter = crm.plugin.open(crm.settings, pace)
        limit = adapter.manifest.requests_per_minute
        pace.budget = Budget(self.database, crm.adapter, requests_per_minute=limit)
        return adapter, pace.budget

    def _make_worker(self) -> Worker:
        return Worker(
            inbox=self.inbox,
            engine=self._engine,
            adapter=self.adapter,
            journal=Journal(journal_settings(self.configuration, names=self.extensions.names, rules=self.rules)),
            lookup=self.directory,
            profile=self.profile,
            policy=delivery_policy(self.configuration),
            users=lambda: self.extensions.users,
            links=self.links.prepare,
            learn=self.directory.learn,
            throttle=self._budget,
        )

    async def _release_parked(self) -> None:
        self.directory.forget_nobodies()
        numbers = await self.directory.no_longer_unknown()
        if numbers:
            await self.inbox.release(numbers)

    def _worker_alive(self) -> bool:
        return self._worker_task is not None and not self._worker_task.done()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Open everything, deliver and refresh in the background, and close everything in the end.

        Raises:
            StoreUnavailable: the database cannot be opened.
        """
        async with AsyncExitStack() as stack:
            self.shelf.open()
            await stack.enter_async_context(self.database)
            await self._engine.prepare()
            await stack.enter_async_context(self.client)
            await stack.enter_async_context(self.adapter)
            for room in (self.directory, self.pops, self.greeter, self.shelf, self.admin):
                stack.push_async_callback(room.close)
            stack.callback(self.hub.close)
            stack.push_async_callback(_stop, self._start_loops())
            _log.info("gateway.started", crm=self.configuration.crm.adapter, store=self.database.dialect)
            yield
        _log.info("gateway.stopped")

    def _start_loops(self) -> list[asyncio.Task[None]]:
        maintenance = Maintenance(
            adapter=self.adapter,
            extensions=self.extensions,
            shelf=self.shelf,
            users=self.client.users.all,
            removed=self.metrics.orphans.inc,
            creates_cards=self.configuration.calls.unknown_callers != "never",
        )
        self._worker_task = asyncio.create_task(self.worker.run(), name="delivery")
        tasks = [
            self._worker_task,
            asyncio.create_task(self.scanner.run(), name="directory"),
            asyncio.create_task(maintenance.run(), name="maintenance"),
            asyncio.create_task(self.news.run(), name="news"),
        ]
        for task in tasks:
            task.add_done_callback(_say_if_ended)
        return tasks


def build(configuration: Configuration) -> Starlette:
    """Make the gateway's application.

    Raises:
        ConfigError: see :class:`Gateway`.
    """
    return Gateway(configuration).app()


def _address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


async def _stop(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _say_if_ended(task: asyncio.Task[None]) -> None:
    """A loop that ends by itself is a bug that must be seen; readiness goes red for the one that delivers."""
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.critical("gateway.loop_ended", loop=task.get_name(), error=type(error).__name__, exc_info=error)
