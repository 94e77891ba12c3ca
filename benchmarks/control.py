"""The control SDK against what it is built on: ``python benchmarks/control.py [--json] [--quick]``.

Each figure is a ratio within this run on this machine; README.md says what stands on either side of it.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import msgspec

sys.path.insert(0, str(Path(__file__).parent))

from measure import Figure, child_cpu, cpu, medians, report
from server import running

from vipex_sdk import AsyncClient, Client
from vipex_sdk.control.phonebook import PhonebookEntry
from vipex_sdk.wire.exchange import Page, WireResponse, read_answer
from vipex_sdk.wire.profile import default_profile

HERE = Path(__file__).parent
COMPARISONS = HERE / ".venv" / "bin" / "python"
CREDENTIALS = {"user": "crm", "password": "invented"}
MEBIBYTE = 1024 * 1024


class Number(msgspec.Struct):
    """A number of an entry, as the fastest decoder has it."""

    number: str
    type: str | None = None


class Entry(msgspec.Struct):
    """An entry, as the fastest decoder has it."""

    id: str
    name: str
    company: str | None = None
    numbers: list[Number] = []
    email: str | None = None
    note: str | None = None
    external_id: str | None = None


class Book(msgspec.Struct):
    """A page of entries, as the fastest decoder has it."""

    items: list[Entry]
    page: int
    per_page: int
    total: int


class Benchmark:
    """All figures; *quick* only shows that they can be taken."""

    def __init__(self, address: str, *, quick: bool) -> None:
        self._address = address
        self._quick = quick
        self._rounds = 1 if quick else 7
        self._size = 2 * MEBIBYTE if quick else 500 * MEBIBYTE

    def figures(self) -> Iterator[Figure]:
        """Take one after the other."""
        yield from self.small_get()
        yield self.many_at_once()
        yield self.second_client()
        yield from self.page()
        yield from self.download()
        yield from self.imports()

    def small_get(self) -> Iterator[Figure]:
        """Ask for one user."""
        calls = 20 if self._quick else 300
        with ExitStack() as stack:
            ours = stack.enter_context(Client(self._address, **CREDENTIALS))
            raw = stack.enter_context(httpx.Client(auth=("crm", "invented")))
            url = f"{self._address}/api/v1/users/17"

            def typed() -> float:
                return cpu(lambda: [ours.users.get("17") for _ in range(calls)])

            def untyped() -> float:
                return cpu(lambda: [raw.get(url).json() for _ in range(calls)])

            typed(), untyped()
            (ratio,) = medians(self._rounds, typed, untyped)
            yield Figure("small typed GET / httpx.Client.get().json()", ratio, 1.05, "stretch 0.80")
            for name in ("stripe", "twilio"):
                yield self._against(name, typed, calls)

    def _against(self, name: str, typed: Callable[[], float], calls: int) -> Figure:
        label = f"small typed GET / {name}"
        if not COMPARISONS.exists():
            return Figure(label, None, 0.65, "not installed: see benchmarks/README.md")
        command = [str(COMPARISONS), str(HERE / "comparisons.py"), name, self._address]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
            asked, answers = other.stdin, other.stdout
            assert asked is not None
            assert answers is not None
            if answers.readline() != "ready\n":
                return Figure(label, None, 0.65, "not installed: see benchmarks/README.md")

            def theirs() -> float:
                asked.write(f"{calls}\n")
                asked.flush()
                return float(answers.readline())

            theirs()
            (ratio,) = medians(self._rounds, typed, theirs)
            asked.close()
        return Figure(label, ratio, 0.65)

    def many_at_once(self) -> Figure:
        """Ask for many users at once, and for as many one after the other."""
        calls, few = (50, 20) if self._quick else (1000, 300)

        async def at_once(client: AsyncClient) -> float:
            before = time.process_time()
            await asyncio.gather(*(client.users.get("17") for _ in range(calls)))
            return (time.process_time() - before) / calls

        async def in_turn(client: AsyncClient) -> float:
            before = time.process_time()
            for _ in range(few):
                await client.users.get("17")
            return (time.process_time() - before) / few

        async def both() -> float:
            async with AsyncClient(self._address, **CREDENTIALS) as client:
                await client.users.get("17")
                costs = []
                for _ in range(1 if self._quick else 5):
                    many = await at_once(client)
                    costs.append(many / await in_turn(client))
                return sorted(costs)[len(costs) // 2]

        return Figure(f"{calls:,} async calls at once / one at a time, CPU per call", asyncio.run(both()), 1.2)

    def second_client(self) -> Figure:
        """Make another client: what it costs beside one that makes its own TLS context, as httpx does."""
        many = 20

        def ours() -> float:
            return cpu(lambda: [Client(self._address, **CREDENTIALS).close() for _ in range(many)]) / many

        ours()
        (ratio,) = medians(self._rounds, ours, lambda: cpu(lambda: httpx.Client().close()))
        milliseconds = ours() * 1000
        note = f"1 ms where httpx takes its usual 20; here {milliseconds:.2f} ms"
        return Figure("second Client / httpx.Client()", ratio, 0.05, note)

    def page(self) -> Iterator[Figure]:
        """Decode a long page of the phonebook."""
        body = _phonebook(200 if self._quick else 10_000)
        decoder = msgspec.json.Decoder(Book)
        profile = default_profile()
        response = WireResponse(status=200, headers={"content-type": "application/json"}, body=body)

        def ours() -> Any:
            return read_answer(profile, "phonebook.list", Page[PhonebookEntry], response)

        assert len(ours().items) == len(decoder.decode(body).items)
        gc.collect()
        (ratio,) = medians(self._rounds, lambda: cpu(ours), lambda: cpu(lambda: decoder.decode(body)))
        yield Figure("10,000-entry phonebook page / msgspec.Struct", ratio, 1.25)
        gc.collect()
        tracemalloc.start()
        kept_page = ours()
        kept, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        del kept_page
        yield Figure("10,000-entry phonebook page, peak memory / kept", peak / kept, 1.2)

    def download(self) -> Iterator[Figure]:
        """Save a long recording."""
        with tempfile.TemporaryDirectory() as folder, Client(self._address, **CREDENTIALS) as client:
            target = Path(folder) / "recording.wav"
            url = f"{self._address}/api/v1/recordings/{self._size}"
            curl = shutil.which("curl")

            def ours() -> float:
                return cpu(lambda: client.recordings.download(str(self._size), target, max_bytes=2 * self._size))

            def theirs() -> float:
                if curl is None:
                    return cpu(lambda: _raw_download(url, target))
                return child_cpu([curl, "--silent", "--output", str(target), url])

            (ratio,) = medians(1 if self._quick else 3, ours, theirs)
            other = "curl to a file" if curl else "httpx to a file (no curl here)"
            yield Figure(f"download of 500 MB / CPU of {other}", ratio, 1.5)
        command = [sys.executable, __file__, "--grown", self._address, str(self._size)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        yield Figure("download of 500 MB, extra memory / 8 MiB", float(done.stdout) / (8 * MEBIBYTE), 1.0)

    def imports(self) -> Iterator[Figure]:
        """Import in fresh interpreters."""

        def fresh(code: str) -> Callable[[], float]:
            return lambda: sum(child_cpu([sys.executable, "-c", code]) for _ in range(1 if self._quick else 3))

        empty = fresh("pass")
        fresh("import vipex_sdk; vipex_sdk.Client; import cattrs.preconf.json")()
        (ratio,) = medians(self._rounds, fresh("import vipex_sdk"), empty)
        yield Figure("python -c 'import vipex_sdk' / python -c 'pass'", ratio, 1.4, "5 ms on top of 13")
        base = empty()
        touched, libraries = fresh("import vipex_sdk; vipex_sdk.Client"), fresh("import httpx, cattrs.preconf.json")
        (ratio,) = medians(self._rounds, lambda: touched() - base, lambda: libraries() - base)
        yield Figure("Client touched / import httpx and cattrs.preconf.json", ratio, 1.25)


def _phonebook(entries: int) -> bytes:
    items = [
        {
            "id": str(number),
            "name": f"Próba Elek {number}",
            "company": f"Minta {number} Kft.",
            "numbers": [
                {"number": f"+3630{number:07}", "type": "mobile"},
                {"number": f"+361{number:07}", "type": "work"},
            ],
            "email": f"proba{number}@example.hu",
            "note": None,
            "external_id": f"minicrm:{number}",
        }
        for number in range(entries)
    ]
    page = {"items": items, "page": 1, "per_page": entries, "total": entries}
    return json.dumps(page, ensure_ascii=False).encode()


def _raw_download(url: str, target: Path) -> None:
    with httpx.stream("GET", url, auth=("crm", "invented")) as response, target.open("wb") as file:
        for chunk in response.iter_raw():
            file.write(chunk)


def _grown(address: str, size: int) -> int:
    """Give the bytes by which the peak of memory grows from a short download to a long one."""
    with tempfile.TemporaryDirectory() as folder, Client(address, **CREDENTIALS) as client:
        target = Path(folder) / "recording.wav"
        client.recordings.download(str(MEBIBYTE), target)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        client.recordings.download(str(size), target, max_bytes=2 * size)
        return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON list and nothing else")
    parser.add_argument("--quick", action="store_true", help="only show that everything can be measured")
    parser.add_argument("--grown", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.grown:
        print(_grown(options.grown[0], int(options.grown[1])))
        return
    with running() as address:
        report(Benchmark(address, quick=options.quick).figures(), as_json=options.json)


if __name__ == "__main__":
    main()
