"""No secret in any representation, log, error or traceback: canaries, and everything a program could print."""

from __future__ import annotations

import asyncio
import logging
import pickle
from collections.abc import Callable
from pathlib import Path
from traceback import TracebackException
from typing import Any

import pytest
from starlette.responses import JSONResponse, Response

from tests.control.doorman import CLIENT_SECRET, SECRET, USER, Doorman, auth_profile, served
from vipex_sdk import errors
from vipex_sdk.control import AsyncClient, Client, RetryPolicy, Timeouts
from vipex_sdk.control.auth import Credentials, Token

SCHEMES = (
    "basic",
    "digest",
    "header_key",
    "query_key",
    "body_key",
    "login_token",
    "oauth2_client_credentials",
    "oauth2_password",
)
CANARIES = ("kanari", "dGVjaG5pa2FpOmthbmFyaS", "cHJvZ3JhbTprYW5hcmkt")  # as text, and as Basic credentials
PROXY = "http://u:kanari-proxy@"


def shown(error: BaseException) -> str:
    """Give all that a program could print about *error*: our frames with their locals, theirs without."""
    said: list[str] = []
    one: BaseException | None = error
    while one is not None:
        said += [str(one), repr(one), repr(vars(one)) if hasattr(one, "__dict__") else ""]
        for frame in TracebackException.from_exception(one, capture_locals=True).stack:
            if "/vipex_sdk/" in frame.filename or "/httpx/" in frame.filename or "/httpcore/" in frame.filename:
                said += [f"{frame.name}: {name} = {value}" for name, value in (frame.locals or {}).items()]
        one = one.__cause__ or one.__context__
    return "\n".join(said)


def clean(text: str) -> None:
    for canary in CANARIES:
        found = text.find(canary)
        assert found < 0, text[max(found - 200, 0) : found + 80]


def failing(colour: str, url: str, options: dict[str, Any], scenario: Callable[[Any], Any]) -> str:
    """Run *scenario* and give what can be seen of the client and of what it raised."""
    limits = {"retry": RetryPolicy(attempts=2, first=0.001), "timeout": Timeouts(connect=0.5, read=0.3, total=2)}
    if colour == "sync":
        with Client(url, **limits, **options) as client, pytest.raises(errors.VipexError) as caught:
            scenario(client)
        return _all_of(client) + shown(caught.value)

    async def run() -> str:
        async with AsyncClient(url, **limits, **options) as client:
            with pytest.raises(errors.VipexError) as caught:
                await scenario(client)
            return _all_of(client) + shown(caught.value)

    return asyncio.run(run())


def _all_of(client: Any) -> str:
    inside = [client, vars(client), client._scheme, vars(client._scheme), client.plan, client._writer]
    return "\n".join(repr(one) for one in inside if "TokenAuth" not in repr(one) or one is client._scheme)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("colour", ["sync", "async"])
@pytest.mark.parametrize("trouble", ["refused", "broken", "echoed", "down", "garbage", "misplaced"])
def test_no_failure_shows_a_secret(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, scheme: str, colour: str, trouble: str
) -> None:
    caplog.set_level(logging.DEBUG)
    keeper = Doorman(lambda _request, _body: False)
    if trouble == "broken":
        keeper.script = [Response(status_code=503) for _ in range(4)]
    elif trouble == "echoed":
        keeper.script = [JSONResponse({"error": f"bad key {SECRET}"}, status_code=403) for _ in range(4)]
        keeper.token_script = [JSONResponse({"error": SECRET, "error_description": SECRET}, status_code=400)] * 4
    elif trouble == "garbage":
        keeper.script = [Response(b"\x1f\x8bgarbage", headers={"Content-Encoding": "gzip"}) for _ in range(4)]
    elif trouble == "misplaced":
        keeper.token_script = [JSONResponse({"jegy": "kanari-1", "access_token": "kanari 2"})] * 4
    options = {"user": USER, "password": SECRET, "client_id": "program", "client_secret": CLIENT_SECRET}
    options["profile"] = auth_profile(tmp_path, scheme)  # type: ignore[assignment]  # of many types
    with served(keeper) as url:
        where = "http://127.0.0.1:9" if trouble == "down" else url
        text = failing(colour, where, options, lambda client: client.calls.originate("101", "+36300000001"))
    if trouble == "echoed":
        text = "\n".join(line for line in text.splitlines() if "detail" not in line)  # the other side's own words
    clean(text)
    clean("\n".join(record.getMessage() for record in caplog.records))


@pytest.mark.parametrize("cls", [Client, AsyncClient])
@pytest.mark.parametrize(
    "wrong",
    [
        {"base_url": "http://pbx.example.hu"},
        {"user": ""},
        {"user": "a:b"},
        {"profile": "/nowhere.toml"},
        {"proxy": f"ftp://{PROXY}"},
        {"proxy": f"{PROXY}host:port"},
    ],
)
def test_no_wrong_argument_shows_a_secret(cls: Any, wrong: dict[str, Any]) -> None:
    options = {"base_url": "https://pbx.example.hu", "user": USER, "password": SECRET} | wrong
    with pytest.raises(errors.VipexError) as caught:
        cls(**options | {"client_secret": CLIENT_SECRET})
    clean(shown(caught.value))


def test_values_that_hold_secrets_do_not_show_them() -> None:
    clean(repr(Credentials(user=USER, password=SECRET, client_secret=CLIENT_SECRET)))
    clean(repr(Token(access="kanari-1", refresh="kanari-2")))
    assert pickle.loads(pickle.dumps(Token(access="kanari-1"))).access == "kanari-1"  # stores may keep it


def test_a_key_in_the_query_is_not_in_the_log_of_any_library(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    keeper = Doorman()
    keeper.door = lambda _request, _body: True
    profile = auth_profile(tmp_path, "query_key")
    with served(keeper) as url, Client(url, password=SECRET, profile=profile) as client:
        client.users.get("17")
    assert SECRET in str(keeper.requests[0].url)
    clean(caplog.text)
