"""Lanes against servers that answer, stall, reset and hang up, and callers that go away at any moment."""

from __future__ import annotations

import asyncio
import random
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager, suppress
from functools import partial

import httpx
import pytest

from vipex_sdk import errors
from vipex_sdk.control import AsyncClient, RetryPolicy, Timeouts
from vipex_sdk.control.lanes import Lanes

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: application/json\r\n\r\n{}"
Handler = Callable[["Server", asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Server:
    """Counts connections and requests."""

    def __init__(self) -> None:
        self.connections = 0
        self.open = 0
        self.most_open = 0
        self.requests: list[str] = []
        self.gate = asyncio.Event()


async def answering(server: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while request := await _request(reader):
        server.requests.append(request)
        writer.write(ANSWER)


async def gated(server: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while request := await _request(reader):
        server.requests.append(request)
        await server.gate.wait()
        writer.write(ANSWER)


async def answering_once(server: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Promise keep-alive and hang up."""
    server.requests.append(await _request(reader))
    writer.write(ANSWER)


async def resetting(server: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Reset every other connection in the middle of an answer."""
    while request := await _request(reader):
        server.requests.append(request)
        if server.connections % 2:
            writer.write(ANSWER[:-1])
            await writer.drain()
            sock = writer.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return
        writer.write(ANSWER)


async def lazy(server: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    chance = random.Random(server.connections)
    while request := await _request(reader):
        server.requests.append(request)
        await asyncio.sleep(chance.random() / 200)
        writer.write(ANSWER)


async def _request(reader: asyncio.StreamReader) -> str:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return ""
    return head.split(b" ")[1].decode()


@asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[tuple[Server, str]]:
    server = Server()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server.connections += 1
        server.open += 1
        server.most_open = max(server.open, server.most_open)
        try:
            await handler(server, reader, writer)
        except ConnectionError:
            pass
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()
            server.open -= 1

    listening = await asyncio.start_server(connected, "127.0.0.1", 0)
    try:
        yield server, f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    finally:
        server.gate.set()
        listening.close()
        await until(lambda: server.open == 0)


def lanes(count: int) -> Lanes:
    return Lanes(partial(httpx.AsyncHTTPTransport, verify=False, limits=httpx.Limits(max_connections=1)), count=count)


async def get(transport: Lanes, url: str, pool: float = 5.0) -> bytes:
    limits = {"connect": 5.0, "read": 5.0, "write": 5.0, "pool": pool}
    response = await transport.handle_async_request(httpx.Request("GET", url, extensions={"timeout": limits}))
    async with aclosing(response):
        return await response.aread()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - some conditions are those of the lanes
            await asyncio.sleep(0.001)


async def close(transport: Lanes) -> None:
    """Close, having looked that no lane was lost."""
    assert set(transport._idle) == transport._lanes
    assert len(transport._idle) == len(transport._lanes)
    assert not transport._waiting
    await transport.aclose()


async def test_many_calls_share_few_connections() -> None:
    async with serving(answering) as (server, url):
        transport = lanes(4)
        answers = await asyncio.gather(*(get(transport, url) for _ in range(200)))
        assert answers == [b"{}"] * 200
        assert server.connections == server.most_open == 4
        await close(transport)


async def test_one_call_after_the_other_needs_one_connection() -> None:
    async with serving(answering) as (server, url):
        transport = lanes(4)
        for _ in range(5):
            await get(transport, url)
        assert server.connections == 1
        await close(transport)


async def test_who_waits_longest_is_served_first() -> None:
    async with serving(answering) as (server, url):
        transport = lanes(1)
        await asyncio.gather(*(get(transport, f"{url}/{number}") for number in range(50)))
        assert server.requests == [f"/{number}" for number in range(50)]
        await close(transport)


async def test_waiting_too_long_is_a_pool_timeout_and_nothing_was_sent() -> None:
    async with serving(gated) as (server, url):
        transport = lanes(1)
        first = asyncio.create_task(get(transport, f"{url}/first"))
        await until(lambda: server.requests == ["/first"])
        with pytest.raises(httpx.PoolTimeout):
            await get(transport, f"{url}/second", pool=0.02)
        server.gate.set()
        assert await first == b"{}"
        assert await get(transport, f"{url}/third") == b"{}"
        assert server.requests == ["/first", "/third"]
        await close(transport)


async def test_a_client_tells_a_pool_timeout_as_not_sent() -> None:
    async with serving(gated) as (server, url):
        limits = Timeouts(pool=0.02)
        once = RetryPolicy(attempts=1)
        async with AsyncClient(url, user="u", password="p", connections=1, timeout=limits, retry=once) as client:
            first = asyncio.create_task(client.calls.originate("101", "+36300000001"))
            await until(lambda: len(server.requests) == 1)
            with pytest.raises(errors.NotSent, match="PoolTimeout"):
                await client.calls.originate("102", "+36300000001")
            server.gate.set()
            await first


async def test_a_caller_that_leaves_while_waiting_takes_no_lane_along() -> None:
    async with serving(gated) as (server, url):
        transport = lanes(1)
        first = asyncio.create_task(get(transport, url))
        await until(lambda: len(server.requests) == 1)
        second, third = (asyncio.create_task(get(transport, url)) for _ in range(2))
        await until(lambda: len(transport._waiting) == 2)
        second.cancel()
        server.gate.set()
        assert await first == await third == b"{}"
        await close(transport)


async def test_a_lane_handed_to_a_caller_that_just_left_goes_to_the_next() -> None:
    """Between hand-over and resumption: the lane is the caller's already, and the caller will never run."""
    async with serving(answering) as (_, url):
        transport = lanes(1)
        lane = transport._free_lane()
        assert lane is not None
        second, third = (asyncio.create_task(get(transport, url)) for _ in range(2))
        await until(lambda: len(transport._waiting) == 2)
        transport.give_back(lane)
        second.cancel()
        assert await third == b"{}"
        with pytest.raises(asyncio.CancelledError):
            await second
        await close(transport)


async def test_a_pool_timeout_and_a_cancellation_at_once_lose_nothing() -> None:
    transport = lanes(1)
    lane = transport._free_lane()
    assert lane is not None
    waiter = asyncio.create_task(get(transport, "http://127.0.0.1:9"))
    await until(lambda: len(transport._waiting) == 1)
    transport._waiting[0].set_exception(httpx.PoolTimeout(""))
    waiter.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiter
    transport.give_back(lane)
    await close(transport)


async def test_a_call_cancelled_under_way_gives_its_lane_back_with_a_fresh_connection() -> None:
    async with serving(gated) as (server, url):
        transport = lanes(1)
        first = asyncio.create_task(get(transport, f"{url}/first"))
        await until(lambda: server.requests == ["/first"])
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        server.gate.set()
        assert await get(transport, f"{url}/second") == b"{}"
        assert server.connections == 2
        await close(transport)


@pytest.mark.parametrize("handler", [answering_once, resetting])
async def test_broken_connections_are_replaced(handler: Handler) -> None:
    async with serving(handler) as (_, url):
        transport = lanes(2)
        found = [await asyncio.gather(get(transport, url), return_exceptions=True) for _ in range(20)]
        answers = [one for (one,) in found if one == b"{}"]
        assert len(answers) >= 10
        assert all(isinstance(one, (bytes, httpx.TransportError)) for (one,) in found)
        await close(transport)


async def test_a_server_that_is_down_and_comes_back() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    transport = lanes(2)
    found = await asyncio.gather(
        *(get(transport, f"http://127.0.0.1:{port}") for _ in range(10)), return_exceptions=True
    )
    assert all(isinstance(one, httpx.ConnectError) for one in found)
    async with serving(answering) as (_, url):
        assert await get(transport, url) == b"{}"
        await close(transport)


async def test_an_open_answer_holds_its_lane_until_it_is_closed() -> None:
    async with serving(answering) as (server, url):
        transport = lanes(1)
        response = await transport.handle_async_request(httpx.Request("GET", url))
        waiting = asyncio.create_task(get(transport, url))
        await until(lambda: len(transport._waiting) == 1)
        assert len(server.requests) == 1
        await response.aclose()
        await response.aclose()
        assert await waiting == b"{}"
        await close(transport)


async def test_closing_tells_whoever_waits_and_closes_what_is_open() -> None:
    async with serving(gated) as (server, url):
        transport = lanes(1)
        first, second = (asyncio.create_task(get(transport, url)) for _ in range(2))
        await until(lambda: len(server.requests) == 1 and len(transport._waiting) == 1)
        await transport.aclose()
        with pytest.raises(httpx.PoolTimeout):
            await second
        server.gate.set()
        with pytest.raises(httpx.TransportError):
            await first
        with pytest.raises(RuntimeError, match="closed"):
            await get(transport, url)


@pytest.mark.parametrize("seed", range(5))
async def test_callers_that_leave_at_random_moments_lose_nothing(seed: int) -> None:
    chance = random.Random(seed)
    async with serving(lazy) as (_, url):
        transport = lanes(3)
        tasks = [asyncio.create_task(get(transport, url)) for _ in range(120)]
        for task in chance.sample(tasks, 60):
            await asyncio.sleep(chance.random() / 500)
            task.cancel()
        found = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(one == b"{}" or isinstance(one, asyncio.CancelledError) for one in found)
        assert sum(one == b"{}" for one in found) >= 60
        assert await asyncio.gather(*(get(transport, url) for _ in range(20))) == [b"{}"] * 20
        await close(transport)


async def test_a_server_that_stalls_holds_no_lane_longer_than_the_read_timeout() -> None:
    async with serving(gated) as (server, url):
        once = RetryPolicy(attempts=1)
        async with AsyncClient(url, user="u", password="p", connections=1, retry=once) as client:
            hasty = client.with_options(timeout=Timeouts(read=0.05))
            with pytest.raises(errors.OutcomeUnknown, match="ReadTimeout"):
                await hasty.calls.originate("101", "+36300000001")
            server.gate.set()
            await client.calls.originate("101", "+36300000001")
            assert server.connections == 2
