"""The verified data query end to end, against a static Starlette answer and a bare asyncio protocol, in one run.

Each server is a process of its own on uvloop; the load comes at a constant rate from this one, and every latency is
counted from the instant the request was due, so that a server that stalls cannot hide it.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import random
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import uvicorn
import uvloop

sys.path.insert(0, str(Path(__file__).parent))

from measure import Figure

__all__ = ["figures"]

CONTACTS = 1_000_000
RATE = 1_000
CONNECTIONS = 16
PATH = "/vipex/data-query"
ANSWER = b'{"found":true,"action":"route","target":"101"}'
CREDENTIALS = ("vipex", "an invented password")


NAMES = (
    "data query, CPU / static Starlette answer",
    "data query, p50 / bare protocol's",
    "data query, (p99 - bare protocol's) / 3 ms",
)
GOALS = (1.5, 1.8, 1.0)


class Overrun(Exception):
    """The machine could not keep the rate, so nothing was measured."""


def number_of(place: int) -> str:
    """Give the number of the contact at *place*: invented, one each, spread over the index."""
    return f"+3630{place * 7_919 % 10_000_000:07}"


def fill(path: Path, contacts: int) -> None:
    """Fill the gateway's own tables; the store must have been opened once."""
    store = sqlite3.connect(path, isolation_level=None)
    store.execute("PRAGMA synchronous = OFF")
    store.execute("BEGIN")
    now = time.time()
    store.executemany(
        "INSERT INTO directory_cards (contact_kind, contact_id, card_kind, card_id, name, kind, owner_kind, owner_id,"
        " is_open, seen_at) VALUES ('contact', ?, 'card', ?, 'Invented Customer', 'person', 'user', '2001', 1, ?)",
        ((str(place), str(place), now) for place in range(contacts)),
    )
    store.executemany(
        "INSERT INTO directory_numbers (e164, contact_kind, contact_id, card_id) VALUES (?, 'contact', ?, ?)",
        sorted((number_of(place), str(place), str(place)) for place in range(contacts)),
    )
    for name in ("directory.scanned", "directory.full"):
        store.execute("INSERT INTO settings (name, value) VALUES (?, ?)", (name, repr(now)))
    store.execute("COMMIT")
    store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()


class _NoCrm:
    """Stands where the CRM would; the index knows everybody, so nobody asks it."""

    async def find(self, _number: object) -> tuple[()]:
        """Know nobody."""
        return ()


def gateway_app(folder: Path) -> Any:
    """Make the gateway's part that answers data queries, wired as the gateway wires it."""
    from starlette.applications import Starlette
    from starlette.middleware import Middleware

    from vipex_sdk.gateway.config import ExtensionSettings, RoutingSettings
    from vipex_sdk.gateway.database import open_database
    from vipex_sdk.gateway.directory import Directory
    from vipex_sdk.gateway.extensions import Extensions
    from vipex_sdk.gateway.operations.logs import configure_logging
    from vipex_sdk.gateway.routing import Router
    from vipex_sdk.gateway.webhooks_first import WebhooksFirst
    from vipex_sdk.webhooks import BasicAuth, Receiver

    configure_logging()
    database = open_database(folder / "vipex.db")
    adapter: Any = _NoCrm()
    extensions = Extensions({"101": ExtensionSettings(crm_user="2001")})
    router = Router(Directory(database, adapter), extensions, RoutingSettings(), deadline=1.5)
    receiver = Receiver(checks=[BasicAuth(*CREDENTIALS)], on_data_query=router.answer)

    @asynccontextmanager
    async def running(_app: object) -> Any:
        async with database:
            yield

    first = Middleware(WebhooksFirst, path="/vipex", receiver=receiver)
    return Starlette(middleware=[first], lifespan=running)


def static_app() -> Any:
    """Make an application that reads the body and answers always the same."""
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    async def answer(request: Request) -> Response:
        await request.body()
        return Response(ANSWER, media_type="application/json")

    return Starlette(routes=[Route(PATH, answer, methods=["POST"])])


class _Bare(asyncio.Protocol):
    """Answers every request with the same bytes; each request comes whole here."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep where answers go."""
        self._transport: Any = transport

    def data_received(self, _data: bytes) -> None:
        """Answer."""
        head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(ANSWER)
        self._transport.write(head + ANSWER)


def serve(kind: str, listener: socket.socket, folder: Path) -> None:
    """Be one of the servers until the process is ended."""
    if kind != "floor":
        app = gateway_app(folder) if kind == "ours" else static_app()
        config = uvicorn.Config(app, loop="uvloop", http="httptools", log_config=None, access_log=False)
        uvicorn.Server(config).run(sockets=[listener])
        return

    async def floor() -> None:
        await (await asyncio.get_running_loop().create_server(_Bare, sock=listener)).serve_forever()

    uvloop.run(floor())


@contextmanager
def _running(kind: str, folder: Path) -> Iterator[tuple[int, int]]:
    """Run a server; give its process and port."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(256)
        command = [sys.executable, __file__, kind, str(listener.fileno()), str(folder)]
        process = subprocess.Popen(
            command, pass_fds=[listener.fileno()], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            yield process.pid, listener.getsockname()[1]
        finally:
            process.terminate()
            process.wait(timeout=20)


def _cpu_of(pid: int) -> float:
    """Give the CPU seconds of a process, as Linux counts them."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _requests(contacts: int, count: int) -> list[bytes]:
    proof = base64.b64encode(":".join(CREDENTIALS).encode()).decode()
    rnd = random.Random(1)  # noqa: S311 - the same callers in every run
    made = []
    for place in range(count):
        caller = number_of(rnd.randrange(contacts))
        fields = {"event": "data_query", "call_id": f"c-{place}", "caller": caller, "called": "+3610000100"}
        body = json.dumps(fields).encode()
        head = f"POST {PATH} HTTP/1.1\r\nhost: localhost\r\nauthorization: Basic {proof}\r\n"
        head += f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
        made.append(head.encode() + body)
    return made


class _Line(asyncio.Protocol):
    """One kept-alive connection; requests that are due while it waits are sent when its turn comes."""

    def __init__(self, latencies: list[float]) -> None:
        self._latencies = latencies
        self._due: list[tuple[float, bytes]] = []
        self._received = b""
        self.failures = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep where requests go."""
        self._transport: Any = transport

    def ask(self, due: float, request: bytes) -> None:
        """Send *request*, or queue it behind the one under way."""
        self._due.append((due, request))
        if len(self._due) == 1:
            self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        """Take an answer, whose last byte ends its one JSON object; head and body may come apart."""
        self._received += data
        if not self._received.endswith(b"}"):
            return
        answer, self._received = self._received, b""
        due, _ = self._due.pop(0)
        self._latencies.append(time.perf_counter() - due)
        self.failures += b'"101"' not in answer
        if self._due:
            self._transport.write(self._due[0][1])

    def close(self) -> None:
        """End the connection."""
        self._transport.close()


async def _load(port: int, requests: list[bytes], rate: int) -> list[float]:
    """Send *requests* at a constant *rate*; give the latencies in seconds."""
    loop, latencies = asyncio.get_running_loop(), list[float]()
    lines = [(await loop.create_connection(lambda: _Line(latencies), "127.0.0.1", port))[1] for _ in range(CONNECTIONS)]
    began = time.perf_counter()
    for place, request in enumerate(requests):
        due = began + place / rate
        if (wait := due - time.perf_counter()) > 0:
            await asyncio.sleep(wait)
        lines[place % CONNECTIONS].ask(due, request)
    patience = time.perf_counter() + 10
    while len(latencies) < len(requests) and time.perf_counter() < patience:  # noqa: ASYNC110 - after the measurement
        await asyncio.sleep(0.01)
    for line in lines:
        line.close()
    failures = sum(line.failures for line in lines) + len(requests) - len(latencies)
    if failures:
        raise Overrun(f"{failures} of {len(requests)} requests were not answered as they should be")
    return latencies


def figures(*, quick: bool = False) -> list[Figure]:
    """Take the three figures of the data query."""
    contacts, count, rounds = (1_000, 100, 1) if quick else (CONTACTS, 2 * RATE, 7)
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        asyncio.run(_make_store(folder))
        fill(folder / "vipex.db", contacts)
        servers = {kind: stack.enter_context(_running(kind, folder)) for kind in ("ours", "static", "floor")}
        requests = _requests(contacts, count)
        for _, port in servers.values():
            uvloop.run(_load(port, requests[:200], 200))  # waits for the server, and warms it
        try:
            taken = [_round(servers, requests, number) for number in range(rounds)]
        except Overrun as error:
            return [Figure(name, None, goal, str(error)) for name, goal in zip(NAMES, GOALS, strict=True)]
    ratios = [one["ours"][0] / max(one["static"][0], 0.01) for one in taken]
    middles = [one["ours"][1] / one["floor"][1] for one in taken]
    tails = [(one["ours"][2] - one["floor"][2]) * 1000 for one in taken]
    ours, static = (statistics.median(one[kind][1] / one["floor"][1] for one in taken) for kind in ("ours", "static"))
    note = f"median latency by the bare protocol's: ours {ours:.1f}, the static answer {static:.1f}"
    found = (statistics.median(ratios), statistics.median(middles), statistics.median(tails) / 3)
    return [Figure(name, round(ratio, 3), goal, note) for name, ratio, goal in zip(NAMES, found, GOALS, strict=True)]


def _round(
    servers: dict[str, tuple[int, int]], requests: list[bytes], number: int
) -> dict[str, tuple[float, float, float]]:
    """Give CPU seconds, median and 99th percentile of each server, the order changing from round to round."""
    kinds = [*servers][number % 3 :] + [*servers][: number % 3]
    taken = {}
    for kind in kinds:
        pid, port = servers[kind]
        before = _cpu_of(pid)
        latencies = sorted(uvloop.run(_load(port, requests, RATE)))
        taken[kind] = (_cpu_of(pid) - before, statistics.median(latencies), latencies[len(latencies) * 99 // 100])
    return taken


async def _make_store(folder: Path) -> None:
    from vipex_sdk.gateway.database import open_database

    async with open_database(folder / "vipex.db"):
        pass


if __name__ == "__main__":
    serve(sys.argv[1], socket.socket(fileno=int(sys.argv[2])), Path(sys.argv[3]))
