"""Nothing that a server does holds a call longer than its total budget."""

from __future__ import annotations

import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpcore
import httpx
import pytest

from tests.control.conftest import Asker
from tests.control.doorman import auth_profile
from tests.control.raw_server import PAUSE, Answer, RawServer, drip, raw_server, says, whole
from vipex_sdk import errors
from vipex_sdk.control import RetryPolicy, Timeouts
from vipex_sdk.control.budget import Budget, limited, lowered
from vipex_sdk.control.network import bounded
from vipex_sdk.wire.profile import default_profile

TOTAL = 0.4
SLACK = 1.0
"""Seconds that a busy machine may take on top."""
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Slow: "
BODY = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9999999\r\n\r\n"
TOKEN = whole(says("200 OK", json.dumps({"access_token": "invented"}).encode(), "Content-Type: application/json"))


@pytest.fixture(params=["sync", "async"])
def ask(request: pytest.FixtureRequest) -> Asker:
    """Either client with the default profile: time is the same with all of them."""
    return Asker(request.param, "", default_profile())


@pytest.fixture
def server() -> Iterator[RawServer]:
    with raw_server() as running:
        yield running


def in_time(ask: Asker, scenario: Callable[[Any], Any], **options: Any) -> errors.VipexError:
    """Give the error that *scenario* ends in, inside the budget."""
    limits = Timeouts(connect=10, read=10, pool=10, total=TOTAL)
    began = time.monotonic()
    with pytest.raises(errors.VipexError) as failed:
        ask(scenario, timeout=limits, retry=RetryPolicy(attempts=1), **options)
    assert time.monotonic() - began < TOTAL + SLACK
    return failed.value


def originate(client: Any) -> Any:
    return client.calls.originate("101", "+36300000001")


@pytest.mark.parametrize("answer", [drip(b"", HEAD), drip(HEAD, b"a"), drip(BODY, b" ")])
def test_a_byte_now_and_then_is_not_enough(ask: Asker, server: RawServer, answer: Answer) -> None:
    server.usual = answer
    assert type(in_time(ask, lambda client: client.users.get("1"), url=server.url)) is errors.OutcomeUnknown
    assert type(in_time(ask, originate, url=server.url)) is errors.OutcomeUnknown
    assert len(server.asked) == 2


@pytest.mark.parametrize("answer", [drip(HEAD, b"a"), drip(BODY, b" ")])
def test_a_slow_token_server_means_that_nothing_was_sent(
    ask: Asker, server: RawServer, tmp_path: Path, answer: Answer
) -> None:
    server.usual = answer
    profile = auth_profile(tmp_path, "login_token")
    assert type(in_time(ask, originate, url=server.url, profile=profile)) is errors.NotSent
    assert len(server.asked) == 1


def test_a_slow_refusal_of_a_token_means_that_nothing_was_done(ask: Asker, server: RawServer, tmp_path: Path) -> None:
    server.script = [TOKEN, drip(BODY.replace(b"200 OK", b"401 Unauthorized"), b" ")]
    server.usual = TOKEN
    profile = auth_profile(tmp_path, "login_token")
    assert type(in_time(ask, originate, url=server.url, profile=profile)) is errors.NotSent
    assert len(server.asked) == 2


@pytest.fixture
def full() -> Iterator[int]:
    """A port whose queue is full: nobody is ever let in, or told so."""
    with socket.create_server(("0.0.0.0", 0), backlog=0) as listener:
        port = listener.getsockname()[1]
        guests = [socket.socket() for _ in range(4)]
        for guest in guests:
            guest.settimeout(0)
            guest.connect_ex(("127.0.0.1", port))
        yield port
        for guest in guests:
            guest.close()


@pytest.fixture
def many_addresses(monkeypatch: pytest.MonkeyPatch) -> str:
    """A name with five addresses."""
    look_up = socket.getaddrinfo

    def all_of_them(host: Any, *rest: Any, **options: Any) -> Any:
        if host not in {"exchange.test", b"exchange.test"}:
            return look_up(host, *rest, **options)
        return [one for last in (5, 4, 3, 2, 1) for one in look_up(f"127.0.0.{last}", *rest, **options)]

    monkeypatch.setattr(socket, "getaddrinfo", all_of_them)
    return "exchange.test"


def test_all_addresses_of_a_name_share_the_budget(ask: Asker, full: int, many_addresses: str) -> None:
    error = in_time(ask, originate, url=f"http://{many_addresses}:{full}", allow_insecure=True)
    assert type(error) is errors.NotSent


def test_the_next_address_is_tried(ask: Asker, server: RawServer, many_addresses: str) -> None:
    server.usual = whole(says("404 Not Found"))
    url = server.url.replace("127.0.0.1", many_addresses)
    with pytest.raises(errors.NotFound):
        ask(lambda client: client.users.get("17"), url=url, allow_insecure=True)


def test_a_name_without_an_address(ask: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", nothing)
    error = in_time(ask, originate, url="https://exchange.test")
    assert type(error) is errors.NotSent


def test_a_server_that_takes_a_long_request_slowly(server: RawServer) -> None:
    def take_slowly(connection: socket.socket, ended: threading.Event) -> None:
        while not ended.wait(PAUSE) and connection.recv(1_000_000):
            pass

    server.usual = take_slowly
    request = httpx.Request("POST", server.url, content=bytes(200_000_000), extensions={"timeout": {"write": 10}})
    began = time.monotonic()
    with bounded(httpx.HTTPTransport()) as transport, Budget(began + TOTAL, time.monotonic):
        with pytest.raises(httpx.WriteTimeout):
            transport.handle_request(request)
        assert time.monotonic() - began < TOTAL + SLACK


def test_a_handshake_is_not_begun_when_nothing_is_left(server: RawServer) -> None:
    transport = bounded(httpx.HTTPTransport())
    stream = transport._pool._network_backend.connect_tcp("127.0.0.1", int(server.url.rpartition(":")[2]))  # type: ignore[attr-defined]
    with Budget(0, lambda: 1.0), pytest.raises(httpcore.ConnectTimeout):
        stream.start_tls(ssl.create_default_context())
    assert stream.get_extra_info("socket").fileno() == -1


def test_without_a_budget_limits_stay_as_they_are() -> None:
    request = httpx.Request("GET", "http://127.0.0.1", extensions={"timeout": {"read": 3.0}})
    assert limited(request).extensions == {"timeout": {"read": 3.0}}
    assert lowered(None, httpx.ReadTimeout) is None
    with Budget(10, lambda: 8.0):
        with Budget(10, lambda: 9.0):
            assert limited(request).extensions == {"timeout": {"read": 1.0}}
        assert lowered(5, httpx.ReadTimeout) == 2
        assert lowered(1, httpx.ReadTimeout) == 1
    assert lowered(5, httpx.ReadTimeout) == 5
