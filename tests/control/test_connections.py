"""Whatever becomes of a call, its connection is free for the next one, in time."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import Response, StreamingResponse

from tests.control.conftest import PASSWORD, USER
from vipex_sdk import errors
from vipex_sdk.control import AsyncClient, Client, RetryPolicy, Timeouts

ONE_CONNECTION = {"connections": 1, "timeout": Timeouts(connect=1, read=1, pool=0.2, total=3)}
LENGTH = {"content-length": "3000016"}
LONG = b"RIFF" + bytes(4) + b"WAVEfmt " + bytes(3_000_000)


def audio(**headers: str) -> Callable[[], Response]:
    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(LONG), 100_000):
            yield LONG[start : start + 100_000]

    return lambda: StreamingResponse(pieces(), media_type="audio/wav", headers=headers)


def refuse(*_seen: object) -> None:
    raise KeyError("whoever is told has a mistake of its own")


def download(**options: Any) -> Callable[[Any, Path], Any]:
    return lambda client, folder: client.recordings.download("R-1", folder / "a.wav", **options)


ILLS: dict[str, tuple[Callable[[], Response], Callable[[Any, Path], Any], type[Exception]]] = {
    "too long by its head": (audio(**LENGTH), download(max_bytes=9), errors.RecordingRejected),
    "too long by its body": (audio(), download(max_bytes=9_000), errors.RecordingRejected),
    "compressed": (audio(**{"content-encoding": "br"}), download(), errors.RecordingRejected),
    "another part": (lambda: Response(LONG, 206, media_type="audio/wav"), download(), errors.RecordingRejected),
    "no audio": (lambda: Response(bytes(200_000), media_type="audio/wav"), download(), errors.RecordingRejected),
    "absent": (lambda: Response(b"{}" * 9_000, 404, media_type="application/json"), download(), errors.NotFound),
    "progress fails": (audio(), download(progress=refuse), KeyError),
    "endless error": (
        lambda: Response(b" " * 70_000_000, 500), lambda client, _: client.users.get("1"), errors.VipexError),
}  # fmt: skip


@pytest.mark.parametrize("ill", ILLS)
def test_a_call_that_ends_badly_gives_its_connection_back(ask: Any, exchange: Any, tmp_path: Path, ill: str) -> None:
    answer, act, wanted = ILLS[ill]
    exchange.script = [answer]

    def scenario(client: Any) -> Any:
        if isinstance(client, AsyncClient):
            return later(client)
        with pytest.raises(wanted):
            act(client, tmp_path)
        return client.users.get("1")

    async def later(client: AsyncClient) -> Any:
        with pytest.raises(wanted):
            await act(client, tmp_path)
        return await client.users.get("1")

    assert ask(scenario, retry=RetryPolicy(attempts=1), **ONE_CONNECTION).id == "1"
    assert list(tmp_path.iterdir()) == []


def test_a_list_that_is_left_gives_its_connection_back(ask: Any) -> None:
    def scenario(client: Any) -> Any:
        if isinstance(client, AsyncClient):
            return later(client)
        next(iter(client.users.all()))
        return client.users.get("1")

    async def later(client: AsyncClient) -> Any:
        async for _ in client.users.all():
            break
        return await client.users.get("1")

    assert ask(scenario, **ONE_CONNECTION).id == "1"


@contextmanager
def dripping(*, after: bytes, drip: bytes) -> Iterator[str]:
    """A server whose answers never end, a little at a time."""
    over = threading.Event()

    def serve(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(after)
            while not over.wait(0.02):
                try:
                    connection.sendall(drip)
                except OSError:
                    return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        over.set()
        thread.join()


@pytest.mark.parametrize(
    ("after", "drip"),
    [(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n"), (b"", b"H"), (b"HTTP/1.1 200 OK\r\n\r\n", b" ")],
    ids=["headers", "status line", "body"],
)
def test_an_answer_that_drips_ends_with_the_total_budget(ask: Any, after: bytes, drip: bytes) -> None:
    began = time.monotonic()
    with dripping(after=after, drip=drip) as url, pytest.raises(errors.VipexError):
        ask(
            lambda client: client.users.get("1"),
            url=url,
            timeout=Timeouts(connect=1, read=5, total=0.3),
            retry=RetryPolicy(attempts=1),
        )
    assert time.monotonic() - began < 3


def test_a_telephone_may_ring_when_the_answer_drips(ask: Any) -> None:
    limits = Timeouts(connect=1, read=5, total=0.3)
    drips = dripping(after=b"HTTP/1.1 202 Accepted\r\n", drip=b"X-A: b\r\n")
    with drips as url, pytest.raises(errors.OutcomeUnknown):
        ask(lambda client: client.calls.originate("101", "+36300000001"), url=url, timeout=limits)


def test_a_stream_has_all_the_time_it_needs(exchange: Any, served: Any) -> None:
    """The budget is for the answer's beginning; a recording may be longer than that."""

    def slowly() -> Response:
        async def pieces() -> AsyncIterator[bytes]:
            for start in range(0, 60_000, 10_000):
                await asyncio.sleep(0.1)
                yield LONG[start : start + 10_000]

        return StreamingResponse(pieces(), media_type="audio/wav", headers={"content-length": "60000"})

    exchange.script = [slowly]
    limits = Timeouts(connect=1, read=1, total=0.3)
    client = Client(served.url, user=USER, password=PASSWORD, profile=exchange.profile, timeout=limits)
    with client, client.recordings.stream("R-1") as recording:
        assert sum(map(len, recording)) == 60_000
