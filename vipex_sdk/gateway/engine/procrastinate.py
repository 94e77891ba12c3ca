"""The scaled-out engine: any number of workers on one PostgreSQL, by procrastinate.

The inbox stays the truth. A job only says "look at the lane of row N"; it is written in the row's own transaction
when there is room, and jobs that are due but have none (a retry, a backlog) are fed in a bounded window, because
procrastinate slows down with what waits in it (``facts/engine.md`` 5.3). A job that is lost or doubled does no harm.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine

import psycopg
import structlog
from procrastinate import App, PsycopgConnector
from procrastinate.schema import SchemaManager

from vipex_sdk.errors import StoreUnavailable
from vipex_sdk.gateway.clock import SYSTEM_CLOCK, Clock
from vipex_sdk.gateway.database import Statement, Transaction
from vipex_sdk.gateway.database.postgres import PostgresDatabase
from vipex_sdk.gateway.engine.engine import Deliver, Gate, always_open
from vipex_sdk.gateway.engine.lane import work_lane
from vipex_sdk.gateway.inbox.lanes import rewind

__all__ = ["ProcrastinateEngine"]

_log = structlog.get_logger(__name__)

_TASK = "vipex.deliver"
_SCHEMA_LOCK = 7_823_401_557
_RELAY_LOCK = 7_823_401_558


class ProcrastinateEngine:
    """Delivers from the inbox with whatever other workers share the database.

    Args:
        database: an open PostgreSQL store.
        crm: the CRM's name; its jobs have a queue of their own.
        concurrency: calls in work at the same time, in this process.
        window: jobs that may wait in procrastinate; what is more stays in the inbox alone.
        poll_seconds: how often to look for what is due; new events are announced at once.
        heartbeat_seconds: how often a worker says that it lives.
        stalled_seconds: silence after which its jobs are taken over.
        grace_seconds: how long deliveries in work may take when we are asked to stop.
        clock: time; it should agree with the server's to a second.
    """

    def __init__(
        self,
        database: PostgresDatabase,
        *,
        crm: str,
        concurrency: int = 8,
        window: int = 200,
        poll_seconds: float = 1.0,
        heartbeat_seconds: float = 10.0,
        stalled_seconds: float = 30.0,
        grace_seconds: float = 10.0,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self._database = database
        self._queue = f"vipex-{crm}"
        self._concurrency = concurrency
        self._window = window
        self._poll_seconds = poll_seconds
        self._heartbeat_seconds = heartbeat_seconds
        self._stalled_seconds = stalled_seconds
        self._grace_seconds = grace_seconds
        self._clock = clock
        self._woken = asyncio.Event()

    async def prepare(self) -> None:
        """Make procrastinate's tables unless they are there.

        Raises:
            StoreUnavailable: the server cannot be reached.
        """
        try:
            async with await psycopg.AsyncConnection.connect(self._database.url) as connection:
                await connection.execute("SELECT pg_advisory_xact_lock(%s)", [_SCHEMA_LOCK])
                found = await connection.execute("SELECT to_regclass('procrastinate_jobs')")
                row = await found.fetchone()
                if row is None or row[0] is None:
                    await connection.execute(SchemaManager.get_schema())
        except psycopg.OperationalError as error:
            raise StoreUnavailable("the PostgreSQL server cannot be reached") from error

    def enqueue(self, *, seq: int, call: str, at: float) -> Transaction[None]:
        """Write a job beside the row, if there is room."""
        if (yield from self._room()) > 0:
            yield from self._defer(seq=seq, call=call, at=at)

    def wake(self) -> None:
        """Look for due rows now."""
        self._woken.set()

    async def run(self, deliver: Deliver, gate: Gate = always_open) -> None:
        """Deliver until cancelled."""
        app = App(connector=PsycopgConnector(conninfo=self._database.url, min_size=1, max_size=3))
        app.task(name=_TASK, queue=self._queue)(self._task(deliver))
        async with app.open_async(), asyncio.TaskGroup() as group:
            group.create_task(self._relay(app, gate))
            await app.run_worker_async(
                queues=[self._queue],
                name=self._queue,
                concurrency=self._concurrency,
                install_signal_handlers=False,
                listen_notify=True,
                # The row tells the story; finished jobs are only weight.
                delete_jobs="always",
                fetch_job_polling_interval=self._poll_seconds,
                update_heartbeat_interval=self._heartbeat_seconds,
                stalled_worker_timeout=self._stalled_seconds,
                shutdown_graceful_timeout=self._grace_seconds,
            )

    def _task(self, deliver: Deliver) -> Callable[[int], Coroutine[None, None, None]]:
        async def run_lane(seq: int) -> None:
            try:
                await work_lane(seq, database=self._database, deliver=deliver, clock=self._clock)
            except StoreUnavailable as error:
                _log.warning("engine.store_unavailable", seq=seq, reason=str(error))
            except Exception:  # noqa: BLE001 - logged, and the row is still due
                # `deliver` handles every failure of the CRM; what comes here is our bug. The relay tries again.
                _log.exception("engine.delivery_broke", seq=seq)

        return run_lane

    async def _relay(self, app: App, gate: Gate) -> None:
        """Feed what is due and has no job, and take over the jobs of workers that fell silent."""
        while True:
            self._woken.clear()
            try:
                await self._database.write(rewind(self._clock.now()))
                # Inside our worker and not as a periodic job: procrastinate-org/procrastinate#1408.
                for job in await app.job_manager.get_stalled_jobs(
                    queue=self._queue, seconds_since_heartbeat=self._stalled_seconds
                ):
                    _log.warning("engine.takes_over", job=job.id)
                    await app.job_manager.retry_job(job)
                closed_until = await gate()
                if closed_until is None or closed_until <= self._clock.now():
                    await self._database.write(self._feed())
            except StoreUnavailable as error:
                _log.warning("engine.store_unavailable", reason=str(error))
            await self._pause()

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(self._poll_seconds):
                await self._woken.wait()
        except TimeoutError:
            return

    def _room(self) -> Transaction[int]:
        rows = yield Statement(
            """
            SELECT count(*) AS n FROM (
                SELECT 1 FROM procrastinate_jobs WHERE queue_name = :queue AND status = 'todo' LIMIT :window
            ) AS waiting
            """,
            {"queue": self._queue, "window": self._window},
        )
        return self._window - int(rows[0]["n"])

    def _feed(self) -> Transaction[int]:
        """Give jobs to lanes that are due and have none; one relay at a time."""
        mine = yield Statement("SELECT pg_try_advisory_xact_lock(:lock) AS mine", {"lock": _RELAY_LOCK})
        if not mine[0]["mine"]:
            return 0
        room = yield from self._room()
        heads = yield Statement(
            """
            SELECT e.seq, e.call, e.next_at FROM events e
            WHERE e.status = 'pending' AND e.next_at <= :now AND NOT EXISTS (
                SELECT 1 FROM events f WHERE f.call = e.call AND f.seq < e.seq AND f.status = 'pending'
            ) AND NOT EXISTS (
                SELECT 1 FROM procrastinate_jobs j WHERE j.lock = :prefix || e.call AND j.status IN ('todo', 'doing')
            )
            ORDER BY e.next_at, e.seq LIMIT :room
            """,
            {"now": self._clock.now(), "prefix": self._lock(""), "room": max(room, 0)},
        )
        for head in heads:
            yield from self._defer(seq=head["seq"], call=head["call"], at=head["next_at"])
        return len(heads)

    def _defer(self, *, seq: int, call: str, at: float) -> Transaction[None]:
        """Call procrastinate's own function, so that the job belongs to whatever transaction runs this."""
        yield Statement(
            """
            SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(
                CAST(:queue AS varchar), CAST(:task AS varchar), 0, CAST(:lock AS text), NULL, CAST(:args AS jsonb),
                CASE WHEN CAST(:at AS float8) > CAST(:now AS float8) THEN to_timestamp(:at) END
            )::procrastinate_job_to_defer_v1])
            """,
            {
                "queue": self._queue,
                "task": _TASK,
                "lock": self._lock(call),
                "args": json.dumps({"seq": seq}),
                "at": at,
                "now": self._clock.now(),
            },
        )

    def _lock(self, call: str) -> str:
        return f"{self._queue}:{call}"
