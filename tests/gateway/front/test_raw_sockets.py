"""The gateway as `vipex serve` runs it, talked to through raw sockets (F48 to F50, F52 of the fault matrix)."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from attrs import frozen

from tests.gateway.front.rig import HOOK_AUTH, TOML
from tests.gateway.front.test_serve import CALL, RUN, program
from vipex_sdk.webhooks import sign

HEAD_SECONDS, BODY_SECONDS = 1.0, 2.0
SHORT = f"""
from vipex_sdk.gateway import connections
connections.HEAD_SECONDS, connections.BODY_SECONDS = {HEAD_SECONDS}, {BODY_SECONDS}
"""
AUTH = "Authorization: " + sign(*HOOK_AUTH)["Authorization"] + "\r\n"
JSON = "Content-Type: application/json\r\n"
BODY = json.dumps(CALL).encode()
LENGTH = f"Content-Length: {len(BODY)}\r\n"
LAST = "Connection: close\r\n"
CHUNKED = "Transfer-Encoding: chunked\r\n"
LONG = json.dumps(CALL | {"note": "x" * 3_000_000}).encode()
SHREDS = b"".join(b"5\r\n%s\r\n" % LONG[place : place + 5] for place in range(0, 100_000, 5))
CHUNKS = b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)


@frozen
class Peer:
    """A gateway in a process of its own."""

    pid: int
    port: int

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[tuple[asyncio.Task[bytes], asyncio.StreamWriter]]:
        """Give all that the gateway will have said when it hangs up, and what to write to."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        said = asyncio.create_task(_all_of(reader))
        try:
            yield said, writer
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()
            await said

    async def ask(self, *pieces: bytes) -> bytes:
        """Send *pieces* and give all that was answered before the gateway hung up."""
        async with self.connected() as (said, writer):
            try:
                for piece in pieces:
                    writer.write(piece)
                    await writer.drain()
            except ConnectionError:
                pass  # it has heard enough
            return await asyncio.wait_for(said, 20)

    async def trickle(self, start: bytes, byte: bytes) -> tuple[bytes, float]:
        """Send *start* at once and then *byte* again and again; gives what was answered and after how many seconds."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        async with self.connected() as (said, writer), asyncio.timeout(20):
            writer.write(start)
            while not said.done():
                writer.write(byte)
                await asyncio.wait({said}, timeout=0.1)
            return await said, loop.time() - began

    def memory(self) -> int:
        """Give the bytes in memory."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text(encoding="ascii").split()[1])
        return pages * 4096


async def _all_of(reader: asyncio.StreamReader) -> bytes:
    said = b""
    try:
        while piece := await reader.read(65536):
            said += piece
    except ConnectionError:
        pass  # hung up while we were still talking
    return said


def statuses(said: bytes) -> list[int]:
    return [int(found) for found in re.findall(rb"HTTP/1\.[01] (\d{3}) ", said)]


def head(*lines: str, target: str = "/vipex/call-end", version: str = "1.1", method: str = "POST") -> bytes:
    return f"{method} {target} HTTP/{version}\r\nHost: x\r\n{''.join(lines)}\r\n".encode("latin-1")


@pytest.fixture(scope="module")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    folder = tmp_path_factory.mktemp("raw")
    toml, log = folder / "vipex.toml", folder / "log"
    nobody = 'system_id = "12345"\nbase_url = "http://127.0.0.1:9"'
    text = TOML.replace('system_id = "12345"', nobody).replace('public_url = "http://gateway.test"', "")
    toml.write_text(text, encoding="utf-8")
    with program("-c", SHORT + RUN, str(toml), log=log) as (process, links):
        yield Peer(pid=process.pid, port=int(links["url"].rpartition(":")[2]))
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0
    said = log.read_text(encoding="utf-8")
    assert "Traceback" not in said
    assert "Invalid HTTP request" not in said


TAKEN: dict[str, tuple[bytes, list[int]]] = {
    "a whole request": (head(AUTH, JSON, LAST, LENGTH) + BODY, [204]),
    "chunks": (head(AUTH, JSON, LAST, CHUNKED) + CHUNKS, [204]),
    "a long body": (head(AUTH, JSON, LAST, f"Content-Length: {len(LONG)}\r\n") + LONG, [204]),
    "many small chunks": (head(AUTH, JSON, LAST, CHUNKED) + SHREDS + b"0\r\n\r\n", [202]),
    "a head of 60 kB": (head(AUTH, JSON, LAST, LENGTH, "X-Long: " + "x" * 60_000 + "\r\n") + BODY, [204]),
    "120 headers": (head(AUTH, JSON, LAST, LENGTH, *(f"X-{n}: 1\r\n" for n in range(120))) + BODY, [204]),
    "HTTP/1.0": (head(AUTH, JSON, LAST, LENGTH, version="1.0") + BODY, [204]),
    "an absolute target": (head(AUTH, JSON, LAST, LENGTH, target="http://other.test/vipex/call-end") + BODY, [204]),
    "two in a row": (head(AUTH, JSON, LENGTH) + BODY + head(AUTH, JSON, LAST, LENGTH) + BODY, [204, 204]),
    "a wait for our word": (head(AUTH, JSON, LAST, LENGTH, "Expect: 100-continue\r\n") + BODY, [100, 204]),
    "a stranger who waits for our word": (head(JSON, LENGTH, "Expect: 100-continue\r\n"), [401]),
}
REFUSED: dict[str, tuple[bytes, set[int]]] = {
    "both framings": (head(AUTH, JSON, f"Content-Length: {len(CHUNKS)}\r\n", CHUNKED) + CHUNKS, {400}),
    "both framings the other way round": (head(AUTH, JSON, CHUNKED, "Content-Length: 4\r\n") + CHUNKS, {400}),
    "two lengths": (head(AUTH, JSON, LENGTH, "Content-Length: 5\r\n") + BODY, {400}),
    "one length twice": (head(AUTH, JSON, LENGTH, LENGTH) + BODY, {400}),
    "lengths in one line": (head(AUTH, JSON, "Content-Length: 5, 5\r\n") + BODY, {400}),
    "a length below zero": (head(AUTH, JSON, "Content-Length: -5\r\n") + BODY, {400}),
    "a length with a sign": (head(AUTH, JSON, "Content-Length: +5\r\n") + BODY, {400}),
    "a length beyond all numbers": (head(AUTH, JSON, f"Content-Length: {'9' * 30}\r\n") + BODY, {400}),
    "a space before the colon": (head(AUTH, JSON, f"Content-Length : {len(BODY)}\r\n") + BODY, {400}),
    "chunked that is not last": (head(AUTH, JSON, "Transfer-Encoding: chunked, gzip\r\n") + CHUNKS, {400}),
    "chunks of no size": (head(AUTH, JSON, CHUNKED) + b"xyz\r\nabc\r\n0\r\n\r\n", {400}),
    "chunks below zero": (head(AUTH, JSON, CHUNKED) + b"-3\r\nabc\r\n0\r\n\r\n", {400}),
    "chunks beyond all sizes": (head(AUTH, JSON, CHUNKED) + b"1" + b"0" * 20 + b"\r\nabc", {400}),
    "a chunk without its end": (head(AUTH, JSON, CHUNKED) + b"3\r\nabcdef\r\n0\r\n\r\n", {400}),
    "a long line beside a chunk": (head(AUTH, JSON, CHUNKED) + b"3;" + b"x" * 300_000, {431}),
    "endless trailers": (head(AUTH, JSON, CHUNKED) + b"2\r\n{}\r\n0\r\n" + b"x: 1\r\n" * 50_000, {431}),
    "a header of 100 kB": (head(AUTH, JSON, "X-Long: " + "x" * 100_000 + "\r\n"), {431}),
    "a header of 5 MB": (head(AUTH, JSON, "X-Long: " + "x" * 5_000_000 + "\r\n"), {431}),
    "a header without an end": (head(AUTH, JSON, "X-Long: " + "x" * 100_000)[:-2], {431}),
    "10,000 headers": (head(AUTH, JSON, *(f"X-{n}: 1\r\n" for n in range(10_000))), {431}),
    "200 headers": (head(AUTH, JSON, *(f"X-{n}: 1\r\n" for n in range(200))), {431}),
    "an address of 100 kB": (head(AUTH, JSON, target="/vipex/call-end?" + "x" * 100_000), {431}),
    "lines without a return": (head(AUTH, JSON, LENGTH).replace(b"\r\n", b"\n") + BODY, {400}),
    "one line without a return": (head(AUTH, "X-A: 1\n", JSON, LENGTH) + BODY, {400}),
    "a return without a new line": (head(AUTH, "X-A: 1\rX-B: 2\r\n", JSON, LENGTH) + BODY, {400}),
    "a folded line": (head(AUTH, "X-A: 1\r\n 2\r\n", JSON, LENGTH) + BODY, {400}),
    "a zero byte in a header": (head(AUTH, "X-A: 1\x002\r\n", JSON, LENGTH) + BODY, {400}),
    "a zero byte in a name": (head(AUTH, "X\x00A: 1\r\n", JSON, LENGTH) + BODY, {400}),
    "a zero byte in the path": (head(AUTH, JSON, LENGTH, target="/vipex/call\x00-end") + BODY, {400}),
    "a written zero byte in the path": (head(AUTH, JSON, LENGTH, target="/vipex/call%00-end") + BODY, {404}),
    "a compressed body": (head(AUTH, JSON, LENGTH, "Content-Encoding: gzip\r\n") + BODY, {415}),
    "too long by its length": (head(AUTH, JSON, "Content-Length: 999999999999\r\n"), {413}),
    "too long by its chunks": (
        head(AUTH, JSON, CHUNKED, target="/vipex/incoming-call") + (b"1000\r\n" + b"x" * 4096 + b"\r\n") * 40,
        {413},
    ),
    "another protocol": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"x" * 300, {400}),
    "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {400}),
    "HTTP/0.9": (b"GET /livez\r\n", {400, 408}),
    "a tunnel": (head(method="CONNECT", target="other.test:443"), {400, 404, 405}),
    "another protocol asked for": (head("Connection: Upgrade\r\nUpgrade: websocket\r\n", LENGTH), {400, 401, 426}),
}


@pytest.mark.parametrize("case", TAKEN)
async def test_what_is_odd_but_right_is_answered(peer: Peer, case: str) -> None:
    sent, expected = TAKEN[case]
    assert statuses(await peer.ask(sent)) == expected


@pytest.mark.parametrize("size", [1, 7])
@pytest.mark.parametrize("case", [case for case, (sent, _) in TAKEN.items() if len(sent) < 5_000])
async def test_the_same_in_small_pieces(peer: Peer, case: str, size: int) -> None:
    sent, expected = TAKEN[case]
    pieces = [sent[place : place + size] for place in range(0, len(sent), size)]
    assert statuses(await peer.ask(*pieces)) == expected


@pytest.mark.parametrize("case", REFUSED)
async def test_what_is_broken_is_refused(peer: Peer, case: str) -> None:
    sent, expected = REFUSED[case]
    (status,) = statuses(await peer.ask(sent))
    assert status in expected


@pytest.mark.parametrize("case", ["a header without an end", "chunks of no size", "lines without a return"])
async def test_nothing_of_the_next_request_is_taken_for_an_answer_to_the_first(peer: Peer, case: str) -> None:
    first = head(AUTH, JSON, LENGTH) + BODY
    assert statuses(await peer.ask(first + REFUSED[case][0]))[:1] in ([204], [])


SLOW: dict[str, tuple[bytes, bytes, list[int], float]] = {
    "a head, byte by byte": (b"POST /vipex/call-end HTTP/1.1\r\nX-A: ", b"x", [408], HEAD_SECONDS),
    "header by header": (b"POST /vipex/call-end HTTP/1.1\r\n", b"X-A: 1\r\n", [408], HEAD_SECONDS),
    "empty lines": (b"", b"\r\n", [408], HEAD_SECONDS),
    "a body, byte by byte": (head(AUTH, JSON, "Content-Length: 5000\r\n"), b" ", [408], BODY_SECONDS),
    "a body in chunks": (head(AUTH, JSON, CHUNKED), b"1\r\nx\r\n", [408], BODY_SECONDS),
    "beside a chunk": (head(AUTH, JSON, CHUNKED) + b"3;", b"x", [408], BODY_SECONDS),
    "trailers": (head(AUTH, JSON, CHUNKED) + b"2\r\n{}\r\n0\r\n", b"X-A: 1\r\n", [408], BODY_SECONDS),
    "the body of a stranger": (head(JSON, "Content-Length: 5000\r\n"), b" ", [401], 0),
    "the body of a page": (head("Content-Length: 5000\r\n", target="/livez", method="GET"), b" ", [200], HEAD_SECONDS),
    "empty lines after a request": (head(AUTH, JSON, LENGTH) + BODY, b"\r\n", [204, 408], HEAD_SECONDS),
    "the head of the next request": (head(AUTH, JSON, LENGTH) + BODY + b"GET /", b"x", [204, 408], HEAD_SECONDS),
}


@pytest.mark.parametrize("case", SLOW)
async def test_what_is_slow_is_given_up(peer: Peer, case: str) -> None:
    start, byte, expected, seconds = SLOW[case]
    said, took = await peer.trickle(start, byte)
    assert statuses(said) == expected
    assert seconds * 0.9 < took < seconds + 8


async def test_idle_connections_are_closed_and_others_are_served_meanwhile(peer: Peer) -> None:
    async with asyncio.timeout(20):
        idle = [await asyncio.open_connection("127.0.0.1", peer.port) for _ in range(200)]
        assert statuses(await peer.ask(head(AUTH, JSON, LAST, LENGTH) + BODY)) == [204]
        said = await asyncio.gather(*(_all_of(reader) for reader, _ in idle))
    assert set(said) == {b""}
    for _, writer in idle:
        writer.close()
        await writer.wait_closed()


async def test_a_connection_that_was_used_is_closed_when_it_stays_idle(peer: Peer) -> None:
    async with peer.connected() as (said, writer):
        writer.write(head(AUTH, JSON, LENGTH) + BODY)
        # uvicorn's own limit for this is five seconds.
        assert statuses(await asyncio.wait_for(said, 15)) == [204]


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
async def test_hostile_requests_leave_no_memory_behind(peer: Peer) -> None:
    async def round_() -> int:
        for sent, _ in REFUSED.values():
            await peer.ask(sent)
        return peer.memory()

    await round_()
    before = await round_()
    after = [await round_() for _ in range(3)][-1]
    assert after - before < 8 * 1024 * 1024
