"""Every scheme that the profile can name, over real HTTP, with both clients."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import RedirectResponse, Response

from tests.control import doorman
from tests.control.doorman import SECRET, USER, Doorman, auth_profile, served
from vipex_sdk import errors
from vipex_sdk.control import AsyncClient, Client, RetryPolicy

KEY = 'header = "X-Key"\nprefix = "Key "\nparameter = "key"\n'


def ask(colour: str, url: str, scenario: Any, **options: Any) -> Any:
    options = {"user": USER, "password": SECRET, "retry": RetryPolicy(first=0.01)} | options
    if colour == "sync":
        with Client(url, **options) as client:
            return scenario(client)

    async def run() -> Any:
        async with AsyncClient(url, **options) as client:
            return await scenario(client)

    return asyncio.run(run())


@pytest.fixture(params=["sync", "async"])
def colour(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.mark.parametrize(
    ("scheme", "door", "knocks"),
    [
        ("basic", doorman.basic, 2),
        ("digest", doorman.digest, 3),
        ("header_key", doorman.in_header, 2),
        ("query_key", doorman.in_query, 2),
        ("body_key", doorman.in_body, 2),
    ],
)
def test_a_scheme_opens_its_door(tmp_path: Path, colour: str, scheme: str, door: Any, knocks: int) -> None:
    keeper = Doorman(door)
    profile = auth_profile(tmp_path, scheme, KEY)

    def both(client: Any) -> Any:
        if colour == "sync":
            return client.users.get("17"), client.calls.originate("101", "+36300000001")

        async def run() -> Any:
            return await client.users.get("17"), await client.calls.originate("101", "+36300000001")

        return run()

    with served(keeper) as url:
        user, call = ask(colour, url, both, profile=profile)
    assert (user.extension, call.call_id) == ("101", "c-1")
    assert len(keeper.requests) == knocks


@pytest.mark.parametrize("scheme", ["basic", "digest", "header_key"])
def test_a_wrong_secret_is_an_auth_error_and_not_tried_again(tmp_path: Path, colour: str, scheme: str) -> None:
    keeper = Doorman(lambda _request, _body: False)
    with served(keeper) as url, pytest.raises(errors.AuthError) as refused:
        ask(colour, url, lambda client: client.users.get("17"), profile=auth_profile(tmp_path, scheme, KEY))
    assert refused.value.status == 401
    assert len(keeper.requests) == (2 if scheme == "digest" else 1)


@pytest.mark.parametrize("challenge", ['Digest realm="x"', 'Digest realm="x", nonce="y", qop="auth-int"', "Digest x"])
def test_a_digest_challenge_that_nobody_understands_is_an_auth_error(
    tmp_path: Path, colour: str, challenge: str
) -> None:
    keeper = Doorman(doorman.digest)
    keeper.script = [Response(status_code=401, headers={"WWW-Authenticate": challenge})]
    with served(keeper) as url, pytest.raises(errors.AuthError):
        ask(colour, url, lambda client: client.users.get("17"), profile=auth_profile(tmp_path, "digest"))


@pytest.mark.parametrize("scheme", ["basic", "digest", "header_key", "query_key", "body_key"])
def test_credentials_never_follow_a_redirect(tmp_path: Path, colour: str, scheme: str) -> None:
    elsewhere, keeper = Doorman(), Doorman()
    with served(elsewhere) as other, served(keeper) as url:
        keeper.script = [RedirectResponse(f"{other}/api/v1/users/17", status_code=307)]
        with pytest.raises(errors.StatusError, match="redirects are not followed"):
            ask(colour, url, lambda client: client.users.get("17"), profile=auth_profile(tmp_path, scheme, KEY))
    assert elsewhere.requests == []


@pytest.mark.parametrize(
    ("scheme", "user", "password", "key"),
    [
        ("basic", "", "p", "user"),
        ("digest", "a:b", "p", "user"),
        ("digest", "a", "", "password"),
        ("header_key", "", "", "password"),
        ("header_key", "", "line\nbreak", "password"),
        ("query_key", "", "kulcs é", "password"),
        ("login_token", "", "p", "user"),
        ("login_token", "a", "", "password"),
        ("oauth2_client_credentials", "", "p", "user"),
        ("oauth2_password", "a", "", "password"),
    ],
)
@pytest.mark.parametrize("cls", [Client, AsyncClient])
def test_credentials_that_a_scheme_cannot_use_are_refused(
    tmp_path: Path, *, cls: Any, scheme: str, user: str, password: str, key: str
) -> None:
    with pytest.raises(errors.ConfigError) as wrong:
        cls("https://pbx.example.hu", user=user, password=password, profile=auth_profile(tmp_path, scheme))
    assert wrong.value.key == key


def test_a_scheme_that_does_not_exist_is_a_profile_error(tmp_path: Path) -> None:
    with pytest.raises(errors.ProfileError, match="scheme"):
        auth_profile(tmp_path, "magic")


def test_tokens_are_not_asked_for_over_plain_http_elsewhere(tmp_path: Path) -> None:
    profile = auth_profile(tmp_path, "login_token", '[control.auth.token]\nurl = "http://login.example.hu/token"\n')
    with pytest.raises(errors.ConfigError) as wrong:
        Client("https://pbx.example.hu", user="a", password="p", profile=profile)
    assert wrong.value.key == "control.auth.token.url"
