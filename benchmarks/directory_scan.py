"""The first scan of a large MiniCRM (simulated): ``python benchmarks/directory_scan.py [--json] [--quick]``.

The whole way: the adapter with its pace of 60 requests a minute, the directory in SQLite, the simulator in this process
with a clock that jumps instead of waiting. Each figure is a ratio within this run:

- memory a contact: the most that the scan holds at once, against a plain dict with the same contacts and cards;
- requests: those sent, against the fewest possible at 100 rows a page;
- CPU time a contact: at 100,000 contacts against 10,000;
- duration at MiniCRM's pace: the jumping clock's, against the requests at 60 a minute.

Two minutes on an idle machine, most of it for looking at memory. ``--quick`` is a tenth of that: what is fixed, such as
code loaded meanwhile, weighs too much there for figures a contact, which are then left out.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import tempfile
import time
import tracemalloc
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import structlog

sys.path.insert(0, str(Path(__file__).parent))

from measure import Figure, report
from vipex_minicrm import MiniCrmAdapter, MiniCrmSettings
from vipex_minicrm.simulator import REST_KEY, SYSTEM_ID, Simulation, create_app

from vipex_sdk.crm.adapter import unpaced
from vipex_sdk.gateway.budget import Budget
from vipex_sdk.gateway.database import open_database
from vipex_sdk.gateway.directory import Scanner

LARGE, SMALL = 100_000, 10_000
PAGE = 100
PER_MINUTE = 60
BYTES_A_CONTACT = 150
"""The stated bound of what a scan may hold for each contact of the tenant."""


class JumpingClock:
    """Sleeps by moving on."""

    def __init__(self) -> None:
        self._now = 1_780_000_000.0

    def now(self) -> float:
        """Give the time."""
        return self._now

    async def sleep(self, seconds: float) -> None:
        """Let *seconds* pass at once."""
        self._now += max(seconds, 0.0)
        await asyncio.sleep(0)


@dataclass
class Scanned:
    """What one scan took."""

    contacts: int
    seconds: float
    requests: int
    fewest: int
    simulated_seconds: float
    refused: int
    peak_bytes: int
    plain_bytes: int


async def scan(contacts: int, *, memory: bool) -> Scanned:
    """Fill an empty directory from a tenant of *contacts* contacts."""
    clock = JumpingClock()
    simulation = Simulation(now=lambda: datetime.fromtimestamp(clock.now(), UTC), clock=clock.now, contacts=contacts)
    simulation.switches.rate_window = "rolling"
    if memory:
        simulation.switches.rate_limit = 10**9
    settings = MiniCrmSettings(base_url="http://127.0.0.1", system_id=SYSTEM_ID, api_key=REST_KEY)
    with tempfile.TemporaryDirectory() as folder:
        async with open_database(Path(folder) / "vipex.db") as database:
            pace = Budget(database, "minicrm", requests_per_minute=PER_MINUTE, clock=clock)
            transport = httpx.ASGITransport(create_app(simulation))
            async with MiniCrmAdapter(settings, unpaced if memory else pace, transport=transport) as adapter:
                began, started = clock.now(), time.process_time()
                if memory:
                    peak = await held_by(adapter)
                else:
                    peak = 0
                    result = await Scanner(database, adapter, clock=clock).scan()
                    assert result.stored >= contacts * 0.9
                seconds, simulated = time.process_time() - started, clock.now() - began
    return Scanned(
        contacts=contacts,
        seconds=seconds,
        requests=len(simulation.requests),
        fewest=fewest(simulation),
        simulated_seconds=simulated,
        refused=simulation.limit.refused,
        peak_bytes=peak,
        plain_bytes=plain(simulation) if memory else 0,
    )


async def held_by(adapter: MiniCrmAdapter) -> int:
    """Give the most bytes that reading everything holds; the directory stores page by page and holds nothing."""
    tracemalloc.start()
    async for _page in adapter.scan_pages(None, cursor="", notes=()):
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def fewest(simulation: Simulation) -> int:
    """Count the pages that hold everything."""
    tenant = simulation.tenant
    return -(-len(tenant.contacts) // PAGE) + -(-len(tenant.cards) // PAGE)


def plain(simulation: Simulation) -> int:
    """Measure a plain dict of what the scan reads: a dict for each contact and each card, as JSON gives them."""
    tenant = simulation.tenant
    tracemalloc.start()
    everything = {
        "contacts": {
            contact.id: {"Id": contact.id, "Name": contact.full_name, "Phone": str(contact.phone), "Type": "Person"}
            for contact in tenant.contacts.values()
        },
        "cards": {
            card.id: {"Id": card.id, "ContactId": card.contact_id, "StatusId": card.status_id, "UserId": card.user_id}
            for card in tenant.cards.values()
        },
    }
    size = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert everything
    return size


async def measured(*, quick: bool) -> list[Figure]:
    """Scan a small and a large tenant; figures a contact only where the tenant is large."""
    large = LARGE // 10 if quick else LARGE
    big = await scan(large, memory=False)
    note = f"{big.contacts} contacts, {big.requests} requests, {big.simulated_seconds / 60:.0f} min at MiniCRM's pace"
    # The dozen requests for modules and statuses weigh ten times as much there.
    least = 1.10 if quick else 1.02
    return [
        *(left_out() if quick else await a_contact(big)),
        Figure("requests / fewest possible", big.requests / big.fewest, least, note),
        Figure("duration / requests at 60 a minute", big.simulated_seconds / (big.requests * 60 / PER_MINUTE), 1.25),
        Figure("requests refused with 429 / allowed", float(big.refused), 0.0),
    ]


PLAIN, BOUND, TIME = "memory a contact / plain dict", "memory a contact / stated bound", "CPU a contact, large / small"
GOALS = {PLAIN: 0.5, BOUND: 1.0, TIME: 1.3}


def left_out() -> list[Figure]:
    """Say which figures a small tenant cannot give."""
    return [Figure(name, None, goal, f"needs {LARGE} contacts") for name, goal in GOALS.items()]


async def a_contact(big: Scanned) -> list[Figure]:
    """Give memory and time for each contact."""
    small = await scan(SMALL, memory=False)
    held = await scan(big.contacts, memory=True)
    each = held.peak_bytes / held.contacts
    time_ratio = big.seconds / big.contacts / (small.seconds / small.contacts)
    return [
        Figure(PLAIN, each / (held.plain_bytes / held.contacts), GOALS[PLAIN], f"{each:.0f} bytes"),
        Figure(BOUND, each / BYTES_A_CONTACT, GOALS[BOUND], f"bound {BYTES_A_CONTACT} bytes"),
        Figure(TIME, time_ratio, GOALS[TIME], f"{big.seconds:.0f} s of computing"),
    ]


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--quick", action="store_true", help="a tenth of the contacts, without figures a contact")
    chosen = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    report(asyncio.run(measured(quick=chosen.quick)), as_json=chosen.json)


if __name__ == "__main__":
    main()
