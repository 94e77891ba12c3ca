"""A gateway's durable half as a process of its own, for tests that kill it.

Usage: python -m tests.gateway.delivery.crash_worker STORE CRM_FILE IDEMPOTENCY COUNT

Takes COUNT calls as the receiver would, prints each acknowledgement, delivers until nothing is pending, and ends.
The CRM is a file: one line an entry, synced before the answer, so that it outlives the process.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

from tests.gateway.calls import a_call, a_message
from tests.gateway.clock import eventually
from tests.gateway.crm import PlainCrm
from vipex_sdk.crm.journal import Journal, JournalSettings
from vipex_sdk.crm.model import CallRecord, Idempotency, Recorded, RecordResult, Ref
from vipex_sdk.gateway.database import Database, open_database
from vipex_sdk.gateway.database.postgres import PostgresDatabase
from vipex_sdk.gateway.delivery import DeliveryPolicy, Worker
from vipex_sdk.gateway.engine import Engine, engine_for
from vipex_sdk.gateway.engine.procrastinate import ProcrastinateEngine
from vipex_sdk.gateway.inbox import Inbox, Status
from vipex_sdk.wire.profile import default_profile


class FileCrm(PlainCrm):
    """Keeps its entries in a file."""

    def __init__(self, path: Path, **facts: object) -> None:
        super().__init__(**facts)
        self.path = path

    def keys(self) -> list[str]:
        lines = self.path.read_text().splitlines() if self.path.exists() else []
        return [json.loads(line)["key"] for line in lines]

    async def record(self, record: CallRecord, previous: Ref | None) -> RecordResult:
        if self.manifest.idempotency is Idempotency.NATIVE and record.key in self.keys():
            return Recorded(Ref("entry", record.key), was_there=True)
        with self.path.open("a") as file:
            file.write(json.dumps({"key": record.key}) + "\n")
            file.flush()
            os.fsync(file.fileno())
        return Recorded(previous or Ref("entry", record.key))


class FindableFileCrm(FileCrm):
    """Can look into its file."""

    async def find_record(self, record: CallRecord) -> Recorded | None:
        return Recorded(Ref("entry", record.key), was_there=True) if record.key in self.keys() else None


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


async def nothing_pending(inbox: Inbox) -> bool:
    return (await inbox.counts())[Status.PENDING] == 0


def an_engine(database: Database) -> Engine:
    if isinstance(database, PostgresDatabase):
        return ProcrastinateEngine(
            database, crm="notebook", poll_seconds=0.05, heartbeat_seconds=0.2, stalled_seconds=0.8
        )
    return engine_for(database, crm="notebook")


async def main(store: str, crm_file: str, idempotency: str, count: int) -> None:
    facts = Idempotency(idempotency)
    kind = FindableFileCrm if facts is Idempotency.FINDABLE else FileCrm
    crm = kind(Path(crm_file), idempotency=facts)
    async with open_database(store) as database:
        engine = an_engine(database)
        await engine.prepare()
        inbox = Inbox(database, jobs=engine, settle_seconds=0)
        worker = Worker(
            inbox=inbox,
            engine=engine,
            adapter=crm,
            journal=Journal(JournalSettings(language="en")),
            lookup=crm,
            profile=default_profile(),
            policy=DeliveryPolicy(settle_seconds=0),
        )
        for n in range(count):
            call = a_call(f"c-{n}")
            await inbox.put(call, a_message(call))
            say(f"acknowledged c-{n}")
        running = asyncio.create_task(worker.run())
        await eventually(lambda: nothing_pending(inbox), seconds=30)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        flagged = [record for row in await inbox.page() for record in (await _records(inbox, row.seq))]
        say(f"flagged {sum(flagged)}")


async def _records(inbox: Inbox, seq: int) -> list[bool]:
    detail = await inbox.show(seq)
    return [record.maybe_duplicate for record in detail.records] if detail else []


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])))
