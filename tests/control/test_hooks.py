"""What a program is told, and what limits hold, while a client works."""

from __future__ import annotations

import gzip
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.responses import Response

from tests.control.doorman import SECRET, USER, Doorman, basic, profile_with, served
from vipex_sdk import errors
from vipex_sdk.control import Client, RequestEvent, RetryEvent, RetryPolicy, Timeouts


def current(client: Any) -> Any:
    return client.calls.current("101")


def says(status: int, body: bytes = b"", **headers: str) -> Any:
    return lambda: Response(body, status_code=status, headers={k.replace("_", "-"): v for k, v in headers.items()})


def test_each_attempt_and_each_retry_is_told(ask: Any, exchange: Any) -> None:
    exchange.script = [says(503), says(429, retry_after="1")]
    asked: list[RequestEvent] = []
    again: list[RetryEvent] = []
    ask(current, on_request=asked.append, on_retry=again.append)
    assert [event.attempt for event in asked] == [1, 2, 3]
    assert asked[0] == RequestEvent(operation="calls.current", attempt=1, repeatable=True)
    assert [(event.error, event.status, event.attempt) for event in again] == [
        ("ServerError", 503, 1),
        ("RateLimited", 429, 2),
    ]
    assert [event.pause for event in again] == ask.slept
    assert again[1].pause == 1.0


def test_a_hook_that_raises_breaks_nothing_and_is_logged(
    ask: Any, exchange: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_event: object) -> None:
        raise ValueError("+36301112222")

    exchange.script = [says(503)]
    assert ask(current, on_request=broken, on_retry=broken).extension == "101"
    assert caplog.text.count("the hook on_request failed (ValueError)") == 2
    assert "the hook on_retry failed (ValueError)" in caplog.text
    assert "6301112222" not in caplog.text


def test_hooks_stay_with_other_options(ask: Any, exchange: Any) -> None:
    told: list[RequestEvent] = []
    ask(lambda client: current(client.with_options(retry=RetryPolicy(attempts=1))), on_request=told.append)
    assert len(told) == 1


def test_an_operation_that_is_not_subscribed_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    keeper = Doorman(basic)
    profile = profile_with(tmp_path, '[control]\nnot_subscribed = ["calls.originate"]\n')
    told: list[RequestEvent] = []
    with (
        served(keeper) as url,
        Client(url, user=USER, password=SECRET, profile=profile, on_request=told.append) as client,
        pytest.raises(errors.NotSubscribed),
    ):
        client.calls.originate("101", "+36300000001")
    assert keeper.requests == []
    assert told == []


def test_answers_that_a_proxy_compressed_are_understood(ask: Any, exchange: Any) -> None:
    exchange.script = [says(404, gzip.compress(b'{"error": {"code": "user_not_found"}}'), content_encoding="gzip")]
    with pytest.raises(errors.NotFound):
        ask(current)


def test_an_answer_that_unfolds_to_too_much_is_refused(ask: Any, exchange: Any) -> None:
    exchange.script = [says(200, gzip.compress(bytes(65 * 1024 * 1024)), content_encoding="gzip")]
    with pytest.raises(errors.DecodeError, match="too long"):
        ask(current)


@contextmanager
def dripping() -> Iterator[str]:
    """A server whose answers never end, a byte at a time."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
                while not over.wait(0.02):
                    try:
                        connection.sendall(b" ")
                    except OSError:
                        return

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        over.set()
        thread.join()


def test_a_body_that_drips_ends_with_the_total_budget(ask: Any) -> None:
    began = time.monotonic()
    with dripping() as url, pytest.raises(errors.OutcomeUnknown):
        ask(current, url=url, timeout=Timeouts(read=5, total=0.2), retry=RetryPolicy(attempts=1))
    assert time.monotonic() - began < 4  # one byte in each read timeout of five seconds would go on for ever


def test_a_client_is_safe_among_threads(served: Any, exchange: Any) -> None:
    with Client(served.url, user="technikai", password="jelszó:1", profile=exchange.profile) as client:
        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(client.users.get, [str(number) for number in range(1, 101)]))
        assert [user.id for user in found] == [str(number) for number in range(1, 101)]


def test_a_second_client_costs_next_to_nothing() -> None:
    def once_more() -> None:
        Client("https://pbx.example.hu", user="u", password="p").close()

    once_more()
    # Dear is the TLS context, which is made once.
    assert least_cost(once_more) * 20 < least_cost(httpx.create_ssl_context)


def least_cost(work: Callable[[], object]) -> float:
    """Give the CPU seconds of the quickest of five: what else the machine does is in none of them for sure."""
    costs = []
    for _ in range(5):
        began = time.process_time()
        work()
        costs.append(time.process_time() - began)
    return min(costs)


def test_nothing_is_logged_when_all_goes_well(ask: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    ask(current)
    assert not [record for record in caplog.records if record.name.startswith(("vipex", "http"))]
