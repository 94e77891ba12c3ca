"""The phonebook sync against the sandbox: does it scale, and what does it cost above the bare requests.

Each case begins with the sandbox's own small phonebook and creates N entries: the whole phonebook is read, compared,
and N requests are made. "Bare" makes the same requests with httpx: the same pages read, the same bodies posted, every
answer read as JSON. The sandbox is a process of its own; CPU is the client's.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from time import perf_counter
from typing import Any

import httpx
from measure import Figure, cpu, medians, report

from vipex_sdk import AsyncClient, Client, PhonebookEntry, PhonebookNumber, PhoneNumber

SMALL, LARGE = 1_000, 10_000
WORKERS = 4
_PATH = "/api/v1/phonebook"


@contextmanager
def sandbox() -> Iterator[dict[str, str]]:
    """Run a simulated VIPeX; gives its address, user and password."""
    command = [sys.executable, "-m", "vipex_sdk.cli", "sandbox", "--port", "0", "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    try:
        yield json.loads(process.stdout.readline())
    finally:
        process.terminate()
        process.wait()


def people(count: int) -> list[PhonebookEntry]:
    """Make invented entries."""
    return [
        PhonebookEntry(
            name=f"Próba {number}",
            company="Minta Kft.",
            numbers=(PhonebookNumber(number=PhoneNumber.parse(f"+3630{number:07}"), type="mobile"),),
            external_id=f"crm:{number}",
        )
        for number in range(1, count + 1)
    ]


def bodies(count: int) -> Iterator[dict[str, Any]]:
    """Give the same entries as a program without an SDK would write them."""
    for number in range(1, count + 1):
        yield {
            "name": f"Próba {number}",
            "company": "Minta Kft.",
            "numbers": [{"number": f"+3630{number:07}", "type": "mobile"}],
            "external_id": f"crm:{number}",
        }


class Cases:
    """One run of each kind over a sandbox that begins anew each time; gives CPU and elapsed seconds."""

    def __init__(self, ready: dict[str, str]) -> None:
        self._url = ready["url"]
        self._auth = (ready["user"], ready["password"])
        self._own = {"user": self._auth[0], "password": self._auth[1]}

    def _timed(self, work: Callable[[], object]) -> tuple[float, float]:
        httpx.post(f"{self._url}/sandbox/reset", json={}, trust_env=False).raise_for_status()
        gc.collect()
        begin = perf_counter()
        used = cpu(work)
        return used, perf_counter() - begin

    def sync(self, count: int) -> tuple[float, float]:
        """Create *count* entries with our client."""
        entries = people(count)

        def work() -> None:
            with Client(self._url, **self._own) as client:
                assert client.phonebook.sync(entries).created == count

        return self._timed(work)

    def sync_async(self, count: int) -> tuple[float, float]:
        """Create them with our asynchronous client and its workers."""
        entries = people(count)

        async def work() -> None:
            async with AsyncClient(self._url, **self._own) as client:
                done = await client.phonebook.sync(entries, workers=WORKERS)
                assert done.created == count

        return self._timed(lambda: asyncio.run(work()))

    def bare(self, count: int) -> tuple[float, float]:
        """Make the same requests with httpx."""

        def work() -> None:
            with httpx.Client(base_url=self._url, auth=self._auth, trust_env=False) as client:
                _read(client.get(_PATH, params={"page": 1, "per_page": 100}))
                for body in bodies(count):
                    _read(client.post(_PATH, json=body))

        return self._timed(work)

    def bare_async(self, count: int) -> tuple[float, float]:
        """Make the same requests with httpx, as many at once."""

        async def work() -> None:
            left = bodies(count)

            async with httpx.AsyncClient(base_url=self._url, auth=self._auth, trust_env=False) as client:

                async def worker() -> None:
                    for body in left:
                        _read(await client.post(_PATH, json=body))

                _read(await client.get(_PATH, params={"page": 1, "per_page": 100}))
                await asyncio.gather(*(worker() for _ in range(WORKERS)))

        return self._timed(lambda: asyncio.run(work()))

    def unchanged(self, count: int) -> tuple[float, float]:
        """Run once more over a phonebook that is as it should be: reading and comparing only."""
        entries = people(count)
        with Client(self._url, **self._own) as client:
            begin = perf_counter()
            used = cpu(lambda: client.phonebook.sync(entries))
            return used, perf_counter() - begin


def _read(answer: httpx.Response) -> None:
    answer.raise_for_status().json()


def measured(cases: Cases, *, small: int, large: int, rounds: int) -> list[Figure]:
    """Measure everything; what is compared is measured next to each other, the small before and after the large."""
    cases.sync(small // 10)  # imports and caches
    figures = []
    for title, case in (("Client", cases.sync), (f"AsyncClient, {WORKERS} workers", cases.sync_async)):
        before, many = case(small), case(large)
        again = cases.unchanged(large)
        after = case(small)
        note = f"{many[0] / large * 1e6:.0f} us of CPU per entry; {many[1]:.0f} s in all"
        few = (before[0] + after[0]) / 2
        figures.append(
            Figure(f"{title}: CPU per entry, {large:,} against {small:,}", many[0] / large / (few / small), 1.25, note)
        )
        if case == cases.sync:
            note = f"{again[1]:.1f} s for {large:,} entries"
            figures.append(Figure("nothing to change: CPU against creating all", again[0] / many[0], 0.2, note))
    for title, ours, bare in (
        ("Client", cases.sync, cases.bare),
        (f"AsyncClient, {WORKERS} workers", cases.sync_async, cases.bare_async),
    ):
        (ratio,) = medians(rounds, lambda ours=ours: ours(small // 2)[0], lambda bare=bare: bare(small // 2)[0])
        figures.append(Figure(f"{title}: CPU against the same requests with httpx", ratio, 1.2))
    return figures


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--quick", action="store_true", help="show that it runs; the ratios mean nothing")
    options = parser.parse_args(arguments)
    small, large, rounds = (50, 200, 1) if options.quick else (SMALL, LARGE, 5)
    with sandbox() as ready:
        report(measured(Cases(ready), small=small, large=large, rounds=rounds), as_json=options.json)


if __name__ == "__main__":
    main()
