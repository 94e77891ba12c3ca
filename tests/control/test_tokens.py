"""Tokens: asked for once, before they expire, again after 401, and shared between processes."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time
from base64 import b64decode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import JSONResponse, Response

from tests.control.doorman import CLIENT_ID, CLIENT_SECRET, SECRET, USER, Doorman, auth_profile, served
from vipex_sdk import errors
from vipex_sdk.control import AsyncClient, Client, RetryPolicy
from vipex_sdk.control.auth import Token
from vipex_sdk.wire.profile import WireProfile


class Door:
    """A doorman, and one way to ask through either client."""

    def __init__(self, colour: str, folder: Path) -> None:
        self.colour = colour
        self.folder = folder
        self.keeper = Doorman()
        self.url = ""
        self.slept: list[float] = []

    def profile(self, scheme: str = "login_token", more: str = "") -> WireProfile:
        return auth_profile(self.folder, scheme, more)

    def __call__(self, scenario: Any = None, **options: Any) -> Any:
        options = {"user": USER, "password": SECRET, "retry": RetryPolicy(first=0.01)} | options
        options.setdefault("profile", self.profile())
        if self.colour == "sync":
            with Client(self.url, sleep=self.slept.append, **options) as client:
                return [client.users.get("17") for _ in range(scenario or 1)]
        return asyncio.run(self._later(scenario or 1, options))

    async def _later(self, count: int, options: dict[str, Any]) -> Any:
        async def sleep(seconds: float) -> None:
            self.slept.append(seconds)

        async with AsyncClient(self.url, sleep=sleep, **options) as client:
            return [await client.users.get("17") for _ in range(count)]


@pytest.fixture(params=["sync", "async"])
def door(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Door]:
    found = Door(request.param, tmp_path)
    with served(found.keeper) as found.url:
        yield found


class Shelf:
    """A store; ``broken`` makes it raise."""

    def __init__(self) -> None:
        self.tokens: dict[str, Token] = {}
        self.broken = False
        self.threads: set[int] = set()

    def get(self, key: str) -> Token | None:
        self.threads.add(threading.get_ident())
        if self.broken:
            raise OSError("kanari")
        return self.tokens.get(key)

    def put(self, key: str, token: Token) -> None:
        if self.broken:
            raise OSError("kanari")
        self.tokens[key] = token


def test_a_login_gives_the_token_for_many_calls(door: Door) -> None:
    users = door(3)
    assert [user.extension for user in users] == ["101"] * 3
    assert door.keeper.token_requests == [{"username": USER, "password": SECRET}]
    assert len(door.keeper.requests) == 3


def test_a_login_may_be_a_form_and_the_token_anywhere(door: Door) -> None:
    door.keeper.token_script = [JSONResponse({"adat": {"jegy": "kanari-9"}, "ttl": "60"})]
    door.keeper.good = {"kanari-9"}
    door.keeper.door = lambda request, _body: request.headers.get("x-token") == "kanari-9"
    table = 'body = "form"\nuser = "nev"\npassword = "jelszo"\ntoken = ["adat.jegy"]\nexpires_in = ["ttl"]\n'
    door(profile=door.profile(more=f'[control.auth.token]\n{table}header = "X-Token"\nprefix = ""\n'))
    assert door.keeper.token_requests == [{"nev": USER, "jelszo": SECRET}]


@pytest.mark.parametrize("scheme", ["oauth2_client_credentials", "oauth2_password"])
@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_oauth2(door: Door, scheme: str, method: str) -> None:
    table = f'[control.auth.token]\nclient_auth = "{method}"\nscope = "calls"\n'
    who = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    door(2, profile=door.profile(scheme, table), **who)
    asked, headers = door.keeper.token_requests[0], door.keeper.token_headers[0]
    by_password = {"grant_type": "password", "username": USER, "password": SECRET}
    wanted = (by_password if scheme == "oauth2_password" else {"grant_type": "client_credentials"}) | {"scope": "calls"}
    if method == "client_secret_post":
        wanted |= who
    else:
        assert b64decode(headers["authorization"].removeprefix("Basic ")).decode() == f"{CLIENT_ID}:{CLIENT_SECRET}"
    assert asked == wanted
    assert len(door.keeper.token_requests) == 1


def test_oauth2_takes_user_and_password_as_the_program(door: Door) -> None:
    door(profile=door.profile("oauth2_client_credentials"))
    assert b64decode(door.keeper.token_headers[0]["authorization"][6:]).decode() == f"{USER}:{SECRET}"


def test_a_stale_token_is_refreshed_with_its_refresh_token(door: Door) -> None:
    door.keeper.token_answer = {"expires_in": 1e-6, "refresh_token": "kanari-friss"}
    door(2, profile=door.profile("oauth2_password"))
    grants = [asked["grant_type"] for asked in door.keeper.token_requests]
    assert grants == ["password", "refresh_token"]
    assert door.keeper.token_requests[1]["refresh_token"] == "kanari-friss"


def test_a_refresh_token_that_ended_gives_way_to_the_credentials(door: Door) -> None:
    first = {"access_token": "kanari-1", "expires_in": 1e-6, "refresh_token": "kanari-friss"}
    door.keeper.good = {"kanari-1"}
    door.keeper.token_script = [JSONResponse(first), JSONResponse({"error": "invalid_grant"}, status_code=400)]
    door(2, profile=door.profile("oauth2_password"))
    grants = [asked["grant_type"] for asked in door.keeper.token_requests]
    assert grants == ["password", "refresh_token", "password"]


def test_a_token_is_replaced_before_it_expires_but_not_at_once() -> None:
    from vipex_sdk.control.auth.exchange import token_in
    from vipex_sdk.wire.messages import WireResponse
    from vipex_sdk.wire.profile import default_profile

    def lasting(seconds: float) -> Token:
        body = b'{"access_token": "kanari", "expires_in": %d}' % seconds
        return token_in(WireResponse(status=200, body=body), default_profile().control.auth.token, now=1000.0)

    assert lasting(3600).is_fresh(4569)
    assert not lasting(3600).is_fresh(4571)
    assert lasting(8).is_fresh(1005.9)
    assert not lasting(8).is_fresh(1006.1)


def test_a_refused_token_is_replaced_and_the_request_sent_once_more(door: Door) -> None:
    door.keeper.script = [Response(status_code=401)]
    door()
    assert len(door.keeper.requests) == len(door.keeper.token_requests) == 2


def test_a_request_is_sent_once_more_and_not_again(door: Door) -> None:
    door.keeper.door = lambda _request, _body: False
    with pytest.raises(errors.AuthError) as refused:
        door()
    assert refused.value.status == 401
    assert len(door.keeper.requests) == len(door.keeper.token_requests) == 2


def test_wrong_credentials_are_an_auth_error_and_asked_for_once(door: Door) -> None:
    door.keeper.token_script = [JSONResponse({"error": "invalid_grant", "error_description": SECRET}, status_code=400)]
    with pytest.raises(errors.AuthError) as refused:
        door()
    assert SECRET not in str(refused.value)
    assert door.keeper.requests == []
    assert len(door.keeper.token_requests) == 1


@pytest.mark.parametrize(
    "answer",
    [
        Response(b"", media_type="application/json"),
        JSONResponse({"access_token": "two words"}),
        JSONResponse({"access_token": 5}),
        JSONResponse(["kanari"]),
        Response(b"<html>Bejelentkez\xe9s</html>", media_type="text/html"),
        Response(status_code=302, headers={"Location": "/login"}),
    ],
)
def test_an_answer_without_a_token_is_an_auth_error(door: Door, answer: Response) -> None:
    door.keeper.token_script = [answer]
    with pytest.raises(errors.AuthError):
        door()


def test_asking_for_a_token_is_tried_again_and_obeys_retry_after(door: Door) -> None:
    busy = Response(status_code=429, headers={"Retry-After": "1"})
    door.keeper.token_script = [Response(status_code=503), busy]
    with pytest.raises(errors.NotSent) as unsent:  # time does not pass while the client sleeps here
        door()
    assert 0.9 < (unsent.value.retry_after or 0) <= 1
    assert len(door.keeper.token_requests) == 2
    assert len(door.slept) == 2
    assert door.slept[0] < 0.011
    assert 0.9 < door.slept[1] <= 1


def test_no_answer_to_a_request_for_a_token_is_not_sent(door: Door) -> None:
    with pytest.raises(errors.NotSent):
        door(profile=door.profile(more='[control.auth.token]\nurl = "http://127.0.0.1:9/login"\n'))


def test_a_token_answer_that_unfolds_to_too_much_is_cut_off(door: Door) -> None:
    import gzip

    bomb = gzip.compress(bytes(3 * 1024 * 1024))
    packed = {"Content-Encoding": "gzip"}
    door.keeper.token_script = [Response(bomb, headers=packed, media_type="application/json") for _ in range(3)]
    with pytest.raises(errors.NotSent, match="too long"):
        door()


def test_threads_ask_for_one_token(tmp_path: Path) -> None:
    keeper = Doorman()
    keeper.delay = 0.05
    profile = auth_profile(tmp_path, "login_token")
    with served(keeper) as url, Client(url, user=USER, password=SECRET, profile=profile) as client:
        with ThreadPoolExecutor(12) as pool:
            list(pool.map(client.users.get, ["17"] * 24))
        assert len(keeper.token_requests) == 1
        keeper.good = set()  # revoked
        with ThreadPoolExecutor(12) as pool:
            list(pool.map(client.users.get, ["17"] * 24))
    assert len(keeper.token_requests) == 2
    assert keeper.most_under_way == 1


async def test_tasks_ask_for_one_token(tmp_path: Path) -> None:
    keeper = Doorman()
    keeper.delay = 0.05
    profile = auth_profile(tmp_path, "login_token")
    with served(keeper) as url:
        async with AsyncClient(url, user=USER, password=SECRET, profile=profile) as client:
            await asyncio.gather(*(client.users.get("17") for _ in range(50)))
            assert len(keeper.token_requests) == 1
            keeper.good = set()
            await asyncio.gather(*(client.users.get("17") for _ in range(50)))
    assert len(keeper.token_requests) == 2
    assert keeper.most_under_way == 1


async def test_whoever_waits_for_a_token_that_cannot_be_had_is_told_without_asking_again(tmp_path: Path) -> None:
    keeper = Doorman()
    keeper.delay = 0.05
    keeper.token_script = [JSONResponse({"error": "invalid_grant"}, status_code=401) for _ in range(20)]
    profile = auth_profile(tmp_path, "login_token")
    with served(keeper) as url:
        async with AsyncClient(url, user=USER, password=SECRET, profile=profile) as client:
            found = await asyncio.gather(*(client.users.get("17") for _ in range(20)), return_exceptions=True)
    assert all(isinstance(one, errors.AuthError) for one in found)
    assert len({id(one) for one in found}) == 20
    assert len(keeper.token_requests) == 1


async def test_a_caller_that_leaves_while_it_asks_for_a_token_leaves_the_others_unharmed(tmp_path: Path) -> None:
    keeper = Doorman()
    keeper.delay = 0.1
    profile = auth_profile(tmp_path, "login_token")
    with served(keeper) as url:
        async with AsyncClient(url, user=USER, password=SECRET, profile=profile) as client:
            first = asyncio.create_task(client.users.get("17"))
            while not keeper.under_way:  # noqa: ASYNC110 - the server runs in a thread
                await asyncio.sleep(0.001)
            second = asyncio.create_task(client.users.get("17"))
            await asyncio.sleep(0)
            first.cancel()
            assert (await second).id == "17"


def test_the_lock_is_not_held_while_a_request_is_under_way(tmp_path: Path) -> None:
    keeper = Doorman()
    profile = auth_profile(tmp_path, "login_token")
    started, go_on = threading.Event(), threading.Event()

    def slow(request: Any, body: bytes) -> bool:
        if request.url.path.endswith("/slow"):
            started.set()
        return keeper.by_token(request, body)

    keeper.door = slow
    with served(keeper) as url, Client(url, user=USER, password=SECRET, profile=profile) as client:
        client.users.get("17")
        scheme: Any = client._scheme
        original = client._transport.handle_request

        def held(request: Any) -> Any:
            if request.url.path.endswith("/slow"):
                started.set()
                go_on.wait(5)
            return original(request)

        client._transport.handle_request = held  # type: ignore[method-assign]  # a slow network
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(client.users.get, "slow")
            started.wait(5)
            assert not scheme._threads.locked()
            client.users.get("17")
            go_on.set()
            waiting.result()


def test_processes_share_a_token_through_a_store(door: Door) -> None:
    shelf = Shelf()
    door(token_store=shelf)
    door(token_store=shelf)
    assert len(door.keeper.token_requests) == 1
    assert len(shelf.tokens) == 1
    (key,) = shelf.tokens
    assert key.startswith("vipex:")
    assert USER not in key
    door.keeper.good = set()  # revoked: the one on the shelf is the refused one
    door(token_store=shelf)
    assert len(door.keeper.token_requests) == 2
    if door.colour == "async":
        assert threading.get_ident() not in shelf.threads


def test_a_stale_token_on_the_shelf_is_passed_over(door: Door) -> None:
    shelf = Shelf()
    door(token_store=shelf)
    (key,) = shelf.tokens
    shelf.tokens[key] = Token(access="kanari-old", stale_at=time.time() - 1)
    door(token_store=shelf)
    assert len(door.keeper.token_requests) == 2


def test_a_broken_store_harms_nothing_and_is_logged(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    shelf = Shelf()
    shelf.broken = True
    door(token_store=shelf)
    assert caplog.text.count("token store could not be") == 2
    assert "kanari" not in caplog.text


@pytest.mark.parametrize("scheme", ["basic", "login_token"])
def test_authlib_is_imported_only_for_oauth2(tmp_path: Path, scheme: str) -> None:
    auth_profile(tmp_path, scheme)
    file = str(tmp_path / "profile.toml")
    code = (
        "import sys, vipex_sdk\n"
        f"vipex_sdk.Client('https://pbx.example.hu', user='u', password='p', profile={file!r})\n"
        "print([name for name in sys.modules if name.split('.')[0] in {'authlib', 'cryptography', 'joserfc'}])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_oauth2_never_takes_another_http_library(tmp_path: Path) -> None:
    """With httpx2 installed beside httpx, Authlib's own clients would use that."""
    auth_profile(tmp_path, "oauth2_client_credentials")
    file = str(tmp_path / "profile.toml")
    (tmp_path / "httpx2.py").write_text("raise SystemExit('imported')")
    code = (
        "import sys, vipex_sdk\n"
        f"sys.path.insert(0, {str(tmp_path)!r})\n"
        f"vipex_sdk.Client('https://pbx.example.hu', user='u', password='p', profile={file!r})\n"
        "print('httpx2' in sys.modules, 'authlib.integrations' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False False"
