"""What a client does when things go wrong, over real HTTP."""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.responses import Response

from vipex_sdk import errors
from vipex_sdk.control import AsyncClient, Client, RetryPolicy, Timeouts
from vipex_sdk.wire.profile import load_profile


def says(status: int, body: bytes | str = b"", **headers: str) -> Callable[[], Response]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda: Response(body, status_code=status, headers=named)


def originate(client: Any) -> Any:
    return client.calls.originate("101", "+36300000001")


def current(client: Any) -> Any:
    return client.calls.current("101")


@contextmanager
def dropping() -> Iterator[tuple[str, list[bytes]]]:
    """A server that reads requests and hangs up."""
    seen: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    seen.append(connection.recv(65536))

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", seen
        listener.shutdown(socket.SHUT_RDWR)
    thread.join()


def test_a_query_is_repeated_after_a_passing_failure(ask: Any, exchange: Any) -> None:
    exchange.script = [says(503), says(502, "<html>Bad gateway</html>")]
    assert ask(current).extension == "101"
    assert len(exchange.requests) == 3
    assert len(ask.slept) == 2


def test_a_call_is_never_repeated_once_it_may_ring(ask: Any, exchange: Any) -> None:
    exchange.script = [says(503)]
    with pytest.raises(errors.OutcomeUnknown) as unknown:
        ask(originate)
    assert unknown.value.operation == "calls.originate"
    assert isinstance(unknown.value.__cause__, errors.ServerError)
    assert len(exchange.requests) == 1


def test_a_call_refused_before_acting_is_repeated_when_told_when(ask: Any, exchange: Any) -> None:
    exchange.script = [says(429, retry_after="2")]
    assert ask(originate).call_id
    assert ask.slept == [2.0]
    exchange.script = [says(429)]
    with pytest.raises(errors.RateLimited):
        ask(originate)


def test_a_long_retry_after_is_told_rather_than_slept(ask: Any, exchange: Any) -> None:
    exchange.script = [says(429, retry_after="600")]
    with pytest.raises(errors.RateLimited) as limited:
        ask(current)
    assert limited.value.retry_after == 600
    assert ask.slept == []


def test_pauses_stay_inside_the_total_budget(ask: Any, exchange: Any) -> None:
    exchange.script = [says(503, retry_after="3")]
    with pytest.raises(errors.ServerError):
        ask(current, timeout=Timeouts(total=2))
    assert ask.slept == []


def test_silence_after_a_call_was_sent_is_an_unknown_outcome(ask: Any, exchange: Any) -> None:
    exchange.script = [lambda: asyncio.sleep(0.25)]  # then answers as usual
    with pytest.raises(errors.OutcomeUnknown) as unknown:
        ask(originate, timeout=Timeouts(read=0.1))
    assert isinstance(unknown.value.__cause__, httpx.ReadTimeout)


def test_a_dropped_connection_is_an_unknown_outcome(ask: Any) -> None:
    with dropping() as (url, seen):
        with pytest.raises(errors.OutcomeUnknown):
            ask(originate, url=url)
        assert len(seen) == 1
        with pytest.raises(errors.OutcomeUnknown):
            ask(current, url=url)
        assert len(seen) == 4


def test_what_never_left_is_not_sent_and_was_tried_again(ask: Any) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        with pytest.raises(errors.NotSent) as failed:
            ask(originate, url=url)
    assert failed.value.operation == "calls.originate"
    assert len(ask.slept) == 2


def test_redirects_are_not_followed(ask: Any, exchange: Any) -> None:
    exchange.script = [says(302, location="/elsewhere")]
    with pytest.raises(errors.StatusError, match="redirect"):
        ask(current)
    assert len(exchange.requests) == 1


def test_an_answer_nobody_understands_names_the_operation(ask: Any, exchange: Any) -> None:
    exchange.script = [says(200, "{]", content_type="application/json")]
    with pytest.raises(errors.DecodeError, match=r"the answer to calls\.current"):
        ask(current)


def test_an_accepted_call_without_an_id_is_still_accepted(ask: Any, exchange: Any) -> None:
    exchange.script = [says(202)]
    assert ask(originate).call_id is None


def test_what_the_subscription_lacks_is_not_even_asked(ask: Any, exchange: Any, tmp_path: Path) -> None:
    (tmp_path / "small.toml").write_text('[control]\nnot_subscribed = ["calls.originate"]\n')
    with pytest.raises(errors.NotSubscribed):
        ask(originate, profile=tmp_path / "small.toml")
    assert exchange.requests == []


def test_options_share_the_connections(ask: Any, exchange: Any) -> None:
    exchange.script = [says(503)]
    with pytest.raises(errors.ServerError):
        ask(lambda client: client.with_options(retry=RetryPolicy(attempts=1)).calls.current("101"))
    assert ask(lambda client: client.with_options(timeout=Timeouts(total=9)).users.get("1")).id == "1"


def test_nothing_secret_and_no_number_is_logged_or_shown(
    ask: Any, exchange: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    exchange.script = [says(503)]
    since = {"operator_id": "+36301112222"}
    shown: list[str] = []

    def scenario(client: Any) -> Any:
        shown.append(repr(client) + repr(vars(client)))
        return client.users.get(since["operator_id"])

    with pytest.raises(errors.NotFound) as missing:
        ask(scenario)
    text = caplog.text + "".join(shown) + repr(missing.value)
    assert "users.get: attempt 1 failed (ServerError)" in caplog.text
    for secret in ("jelszó", "6301112222", "dGVjaG5pa2Fp"):
        assert secret not in text


def test_other_users_of_httpx_log_as_before(served: Any, ask: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="httpx")
    ask(lambda client: client.users.get("1"))
    assert "HTTP Request" not in caplog.text
    with httpx.Client() as other:
        other.get(served.url)
    assert "HTTP Request" in caplog.text


@pytest.mark.parametrize(
    "url",
    [
        "pbx.example.hu",
        "ftp://pbx.example.hu",
        "http://pbx.example.hu",
        "https://user:secret@pbx.example.hu",
        "https://pbx.example.hu/?key=1",
        "https://[bad",
        "https://pbx.example.hu:port",
        "",
    ],
)
@pytest.mark.parametrize("cls", [Client, AsyncClient])
def test_addresses_that_cannot_be_right_are_refused(cls: Any, url: str) -> None:
    with pytest.raises(errors.ConfigError) as wrong:
        cls(url, user="u", password="p")
    assert wrong.value.key == "base_url"
    assert "secret" not in str(wrong.value)


def test_plain_http_to_another_machine_can_be_allowed() -> None:
    with Client("http://pbx.example.hu/", user="u", password="p", allow_insecure=True) as client:
        assert repr(client) == "<Client http://pbx.example.hu profile=vipex-default>"


@pytest.mark.parametrize(("user", "password", "key"), [("", "p", "user"), ("a:b", "p", "user"), ("u", "", "password")])
def test_credentials_that_cannot_be_right_are_refused(user: str, password: str, key: str) -> None:
    with pytest.raises(errors.ConfigError) as wrong:
        Client("https://pbx.example.hu", user=user, password=password)
    assert wrong.value.key == key


def test_a_profile_may_be_given_as_a_file(served: Any, exchange: Any, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('[control]\npath_prefix = "/mine"\n')
    with Client(served.url, user="u", password="p", profile=file) as client, pytest.raises(errors.StatusError):
        client.users.get("1")
    assert exchange.requests[0][1].startswith("/mine/users/1")
    assert load_profile(file).control.path_prefix == "/mine"
