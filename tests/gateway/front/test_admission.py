"""What VIPeX must present is configuration: every check, two live secrets each, and never nobody."""

from __future__ import annotations

import asyncio
import base64
import json
from pathlib import Path
from typing import Any

import pytest

from tests.gateway.crm import PlainCrm
from tests.gateway.front.rig import TOML, configured, running
from vipex_sdk.crm.model import CustomerCard
from vipex_sdk.errors import ConfigError
from vipex_sdk.webhooks import sign_body

CALL = {"event": "incoming_call", "call_id": "c1", "caller": "+36300000001", "extension": "101"}
BODY = json.dumps(CALL).encode()
BASIC = 'user = "vipex"\npassword = "jelszó-hook"\n'


def basic(password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"vipex:{password}".encode()).decode()}


def toml(webhooks: str) -> str:
    return TOML.replace(BASIC, webhooks)


CASES = [
    ('user = "vipex"\npassword = "new"\npassword_previous = "old"', "", basic, BODY),
    ('header = "X-Token"\nheader_token = "new"\nheader_token_previous = "old"', "", lambda s: {"X-Token": s}, BODY),
    (
        'header_token = "new"\nheader_token_previous = "old"',
        "",
        lambda secret: {"Authorization": f"Bearer {secret}"},
        BODY,
    ),
    ('path_secret = "new"\npath_secret_previous = "old"', "/{}", lambda _: {}, BODY),
    ('query_name = "k"\nquery_token = "new"\nquery_token_previous = "old"', "?k={}", lambda _: {}, BODY),
    ('hmac_secret = "new"\nhmac_secret_previous = "old"', "", lambda secret: sign_body(secret, BODY), BODY),
    (
        'hmac_secret = "new"\nhmac_secret_previous = "old"\nhmac_timestamp_header = "X-Time"',
        "",
        lambda secret: sign_body(secret, BODY, timestamp_header="X-Time"),
        BODY,
    ),
    ('body_field = "auth.key"\nbody_token = "new"\nbody_token_previous = "old"', "", lambda _: {}, None),
]


@pytest.mark.parametrize(("webhooks", "place", "headers", "body"), CASES, ids=[case[0][:14] for case in CASES])
async def test_each_check_admits_the_present_and_the_previous_secret(
    tmp_path: Path, webhooks: str, place: str, headers: Any, body: bytes | None
) -> None:
    async with running(configured(tmp_path, PlainCrm(), toml=toml(webhooks + "\n"))) as house:
        statuses = []
        for secret in ("new", "old", "older"):
            query = place.format(secret) if place.startswith("?") else ""
            below = place.format(secret) if place.startswith("/") else ""
            answer = await house.http.post(
                f"/vipex{below}/incoming-call{query}",
                content=body or json.dumps({**CALL, "auth": {"key": secret}}).encode(),
                headers={"Content-Type": "application/json", **headers(secret)},
            )
            statuses.append(answer.status_code)
        assert statuses == [204, 204, 401]
        assert (await house.http.post("/vipex/incoming-call", json=CALL)).status_code == 401


async def test_everything_that_is_set_must_be_right(tmp_path: Path) -> None:
    both = (
        BASIC + 'header = "X-Token"\nheader_token = "t"\nallow = ["198.51.100.0/24"]\ntrusted_proxies = ["127.0.0.1"]\n'
    )
    async with running(configured(tmp_path, PlainCrm(), toml=toml(both))) as house:
        right = {**basic("jelszó-hook"), "X-Token": "t", "X-Forwarded-For": "198.51.100.9"}
        assert (await house.http.post("/vipex/incoming-call", json=CALL, headers=right)).status_code == 204
        for missing in right:
            less = {name: value for name, value in right.items() if name != missing}
            assert (await house.http.post("/vipex/incoming-call", json=CALL, headers=less)).status_code == 401
        elsewhere = right | {"X-Forwarded-For": "203.0.113.9"}
        assert (await house.http.post("/vipex/incoming-call", json=CALL, headers=elsewhere)).status_code == 401


SIGNED = """[webhooks.auth]
schemes = ["signature"]
[webhooks.auth.signature]
header = "X-Pbx-Sign"
algorithm = "sha512"
encoding = "base64"
"""


def speaking(folder: Path, profile: str, webhooks: str) -> str:
    """Give settings for an exchange that presents what *profile* says."""
    (folder / "dialect.toml").write_text(profile)
    return toml(webhooks).replace("[vipex]", '[vipex]\nprofile = "dialect.toml"')


async def test_the_profile_gives_the_shape_and_we_the_secret(tmp_path: Path) -> None:
    settings = speaking(tmp_path, SIGNED, 'hmac_secret = "new"\nhmac_secret_previous = "old"\n')
    async with running(configured(tmp_path, PlainCrm(), toml=settings)) as house:
        statuses = []
        for secret in ("new", "old", "older"):
            signed = sign_body(secret, BODY, header="X-Pbx-Sign", algorithm="sha512", encoding="base64")
            headers = {"Content-Type": "application/json", **signed}
            statuses.append((await house.http.post("/vipex/incoming-call", content=BODY, headers=headers)).status_code)
    assert statuses == [204, 204, 401]


async def test_our_settings_override_the_profiles_shape(tmp_path: Path) -> None:
    settings = speaking(tmp_path, SIGNED, 'hmac_secret = "s"\nhmac_header = "X-Other"\n')
    async with running(configured(tmp_path, PlainCrm(), toml=settings)) as house:
        statuses = []
        for header in ("X-Other", "X-Pbx-Sign"):
            signed = sign_body("s", BODY, header=header, algorithm="sha512", encoding="base64")
            headers = {"Content-Type": "application/json", **signed}
            statuses.append((await house.http.post("/vipex/incoming-call", content=BODY, headers=headers)).status_code)
    assert statuses == [204, 401]


async def test_what_the_profile_names_and_we_add_must_all_be_right(tmp_path: Path) -> None:
    settings = speaking(tmp_path, '[webhooks.auth]\nschemes = ["query_key"]\n', BASIC + 'query_token = "t"\n')
    async with running(configured(tmp_path, PlainCrm(), toml=settings)) as house:
        asked = [("?token=t", "jelszó-hook", 204), ("", "jelszó-hook", 401), ("?token=t", "x", 401)]
        for query, password, status in asked:
            answer = await house.http.post(f"/vipex/incoming-call{query}", json=CALL, headers=basic(password))
            assert answer.status_code == status


@pytest.mark.parametrize("webhooks", [BASIC, 'header_token = "t"\n'])
async def test_a_scheme_of_the_profile_without_a_secret_does_not_start(tmp_path: Path, webhooks: str) -> None:
    with pytest.raises(ConfigError, match=r"webhooks\.hmac_secret.*signature"):
        async with running(configured(tmp_path, PlainCrm(), toml=speaking(tmp_path, SIGNED, webhooks))):
            pass


WRONG = [
    ("", "webhooks.password", "at least one secret"),
    ('allow = ["198.51.100.7"]', "webhooks.password", "at least one secret"),
    ('user = "vipex"\nheader_token = "t"', "webhooks.password", "expected a password"),
    ('password = "x"', "webhooks.user", "user name"),
    ('user = "a:b"\npassword = "x"', "webhooks.user", "colon"),
    ('header_token = "t"\nhmac_secret_previous = "x"', "webhooks.hmac_secret_previous", "hmac_secret beside it"),
    ('path_secret = "a/b"', "webhooks.path_secret", "slash"),
    ('header = ""\nheader_token = "t"', "webhooks.header", "expected a name"),
    ('header_token = "t"\nallow = ["everybody"]', "webhooks.allow", "network"),
    ('header_token = "t"\ntrusted_proxies = ["10.0.0.1/8"]', "webhooks.trusted_proxies", "network"),
    ('header_tokn = "t"', "webhooks.header_tokn", "header_token"),
]


@pytest.mark.parametrize(("webhooks", "key", "hint"), WRONG, ids=[row[1] + row[2] for row in WRONG])
def test_what_would_admit_everybody_or_nobody_is_refused(tmp_path: Path, webhooks: str, key: str, hint: str) -> None:
    with pytest.raises(ConfigError) as caught:
        configured(tmp_path, toml=toml(webhooks + "\n"))
    assert key in str(caught.value)
    assert hint in str(caught.value)


@pytest.mark.parametrize(("profile", "own"), [("0.1", ""), ("30", "deadline_seconds = 0.1\n")])
async def test_a_deadline_of_ours_overrides_the_profiles(tmp_path: Path, profile: str, own: str) -> None:
    never = asyncio.Event()

    class SlowCrm(PlainCrm):
        async def find(self, number: Any) -> list[CustomerCard]:
            del number
            await never.wait()
            return []

    settings = speaking(tmp_path, f"[webhooks.data_query]\ndeadline_seconds = {profile}\n", BASIC + own)
    async with running(configured(tmp_path, SlowCrm(), toml=settings)) as house:
        started = asyncio.get_running_loop().time()
        answer = await house.hook("data-query", call_id="c1", caller="+36300000001")
        assert answer.json()["action"] == "continue"
        assert asyncio.get_running_loop().time() - started < 1
        never.set()
