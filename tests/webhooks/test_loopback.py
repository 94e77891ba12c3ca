"""A real server on loopback, talked to through raw sockets: slow, endless, ambiguous and broken requests."""

import asyncio
import base64
import json
import socket
from collections.abc import AsyncIterator

import pytest
import uvicorn

from tests.webhooks.receiving import CALL_END, DATA_QUERY, PASSWORD, USER, Seen
from vipex_sdk.webhooks import sign

AUTHORIZATION = "Authorization: " + sign(USER, PASSWORD)["Authorization"] + "\r\n"
JSON = "Content-Type: application/json\r\n"
BODY = json.dumps(CALL_END).encode()


class Server:
    """A receiver behind uvicorn."""

    def __init__(self) -> None:
        self.seen = Seen()
        self.port = 0

    async def ask(self, head: str, *chunks: bytes, path: str = "/call-end", finish: bool = False) -> tuple[int, bytes]:
        """Send a request in raw bytes and read to the end of the connection."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(f"POST {path} HTTP/1.1\r\nHost: x\r\n{head}\r\n".encode("latin-1"))
            for chunk in chunks:
                writer.write(chunk)
                await writer.drain()
            if finish:
                writer.write_eof()
            async with asyncio.timeout(5):
                answer = await reader.readuntil(b"\r\n\r\n")
            return int(answer.split(b" ", 2)[1]), answer.lower()
        finally:
            writer.close()


@pytest.fixture(params=["h11", "httptools"])
async def server(request: pytest.FixtureRequest) -> AsyncIterator[Server]:
    found = Server()
    receiver = found.seen.receiver(deadline=0.2, body_deadline=1.0)
    config = uvicorn.Config(
        receiver, http=request.param, log_level="critical", proxy_headers=False, timeout_graceful_shutdown=1
    )
    running = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        found.port = listening.getsockname()[1]
        task = asyncio.create_task(running.serve(sockets=[listening]))
        yield found
        running.should_exit = True
        await task


async def test_a_whole_request_is_taken(server: Server) -> None:
    status, _ = await server.ask(f"{AUTHORIZATION}{JSON}Content-Length: {len(BODY)}\r\n", BODY)
    assert status == 204


async def test_a_chunked_request_is_taken(server: Server) -> None:
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)
    status, _ = await server.ask(f"{AUTHORIZATION}{JSON}Transfer-Encoding: chunked\r\n", chunked)
    assert status == 204


async def test_a_body_that_stalls_is_given_up(server: Server) -> None:
    before = len(server.seen.quarantined)
    status, answer = await server.ask(f"{AUTHORIZATION}{JSON}Content-Length: {len(BODY)}\r\n", BODY[:10])
    assert status == 408
    assert b"connection: close" in answer
    assert len(server.seen.quarantined) == before


async def test_a_data_query_that_stalls_is_answered_in_time(server: Server) -> None:
    # Its own deadline and not that of bodies, which is answered 408.
    status, answer = await server.ask(f"{AUTHORIZATION}{JSON}Content-Length: 500\r\n", b"{", path="/data-query")
    assert status == 200
    assert b"connection: close" in answer


async def test_a_declared_length_over_the_limit_is_refused_at_once(server: Server) -> None:
    status, _ = await server.ask(f"{AUTHORIZATION}{JSON}Content-Length: 70000\r\n", path="/incoming-call")
    assert status == 413


async def test_chunks_over_the_limit_are_refused_without_reading_on(server: Server) -> None:
    chunk = b"1000\r\n" + b"x" * 4096 + b"\r\n"
    status, answer = await server.ask(
        f"{AUTHORIZATION}{JSON}Transfer-Encoding: chunked\r\n", *[chunk] * 17, path="/incoming-call"
    )
    assert status == 413
    assert b"connection: close" in answer


async def test_two_framings_of_one_body_are_refused(server: Server) -> None:
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY)
    status, _ = await server.ask(
        f"{AUTHORIZATION}{JSON}Content-Length: {len(chunked)}\r\nTransfer-Encoding: chunked\r\n", chunked
    )
    assert status == 400


async def test_strangers_are_refused_while_their_body_is_still_on_its_way(server: Server) -> None:
    status, answer = await server.ask(f"{JSON}Content-Length: 100000000\r\n", b"{")
    assert status == 401
    assert b"www-authenticate: basic" in answer


@pytest.mark.parametrize(
    "header",
    [
        "Authorization: Basic jelszó\r\n",
        "Authorization: Basic \xff\xfe\r\n",
        "Authorization: Basic " + "A" * 8_000 + "\r\n",
        "Authorization: Basic " + base64.b64encode(b"\x00" * 100).decode() + "\r\n",
        AUTHORIZATION * 2,
        "Authorization:\r\n",
    ],
)
async def test_broken_credentials_are_refused(server: Server, header: str) -> None:
    status, _ = await server.ask(f"{header}{JSON}Content-Length: {len(BODY)}\r\n", BODY)
    assert status in {400, 401}


async def test_a_megabyte_of_authorization_is_refused(server: Server) -> None:
    head = "Authorization: Basic " + "A" * 1_000_000 + "\r\n"
    try:
        status, _ = await server.ask(f"{head}{JSON}Content-Length: 0\r\n")
    except (ConnectionError, asyncio.IncompleteReadError):
        return  # the server gave the connection up
    assert status in {400, 401, 431}


async def test_a_sender_that_goes_away_leaves_no_trace(server: Server) -> None:
    before = len(server.seen.calls), len(server.seen.quarantined)
    with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
        await server.ask(f"{AUTHORIZATION}{JSON}Content-Length: {len(BODY)}\r\n", BODY[:20], finish=True)
    assert (len(server.seen.calls), len(server.seen.quarantined)) == before


async def test_other_requests_go_on_while_one_stalls(server: Server) -> None:
    query = json.dumps(DATA_QUERY).encode()
    stalled = asyncio.create_task(server.ask(f"{AUTHORIZATION}{JSON}Content-Length: {len(BODY)}\r\n", BODY[:10]))
    status, _ = await server.ask(f"{AUTHORIZATION}{JSON}Content-Length: {len(query)}\r\n", query, path="/data-query")
    assert status == 200
    assert not stalled.done()
    assert (await stalled)[0] == 408
