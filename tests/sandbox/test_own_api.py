"""The sandbox's own addresses: configure, reset, behaviours, and what they refuse."""

from __future__ import annotations

import pytest

from tests.sandbox.conftest import House
from vipex_sdk.sandbox.behaviours import Certainty, behaviours
from vipex_sdk.sandbox.settings import Settings


async def test_passwords_are_not_shown(house: House) -> None:
    await house.configure(hooks={"call_end": {"password": "other secret"}})
    shown = (await house.http.get("/sandbox/state")).text
    assert "secret" not in shown
    assert house.pbx.settings.webhook_password == "secret"


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"retry_count": -1}, "retry_count"),
        ({"retry_intervals": []}, "retry_intervals"),
        ({"notify": "sometimes"}, "notify"),
        ({"colour": "red"}, "colour"),
        ({"hooks": {"fax": {}}}, "hooks"),
        ({"outbound": {"result": "voicemail"}}, "result"),
        ({"webhook_password": 5}, "webhook_password"),
    ],
)
async def test_wrong_settings_are_refused_whole(house: House, change: dict[str, object], names: str) -> None:
    before = house.pbx.settings
    answer = await house.http.post("/sandbox/configure", json={"retry_count": 9} | change)
    assert answer.status_code == 422
    assert names in answer.json()["error"]
    assert house.pbx.settings == before


async def test_another_site_cannot_post(house: House) -> None:
    answer = await house.http.post("/sandbox/reset", content="{}", headers={"content-type": "text/plain"})
    assert answer.status_code == 415


@pytest.mark.parametrize(("body", "status"), [(b"[]", 400), (b"{", 400), (b" " * 70_000, 413)])
async def test_bad_bodies(house: House, body: bytes, status: int) -> None:
    answer = await house.http.post("/sandbox/configure", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == status


async def test_reset_begins_anew(house: House) -> None:
    await house.play("answered")
    assert (await house.http.post("/sandbox/reset", json={})).status_code == 200
    assert (await house.http.get("/sandbox/calls")).json() == {"items": []}
    assert house.pbx.settings == Settings()


async def test_behaviours_say_how_sure_we_are(house: House) -> None:
    listed = (await house.http.get("/sandbox/behaviours")).json()["items"]
    assert len(listed) == len(behaviours()) > 20
    for behaviour in behaviours():
        if behaviour.certainty is Certainty.DOCUMENTED:
            assert behaviour.source == "1.2"
    assert {one["certainty"] for one in listed} == {"documented", "assumed"}


async def test_unknown_addresses_ask_for_credentials_first(house: House) -> None:
    assert (await house.http.get("/api/v1/secrets")).status_code == 401
    known = ("crm", house.pbx.office.passwords["crm"])
    answer = await house.http.get("/api/v1/secrets", auth=known)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


async def test_a_technical_user_gets_a_generated_password(house: House) -> None:
    made = (await house.http.post("/sandbox/technical-users", json={"name": "desk"})).json()
    assert (await house.http.get("/api/v1/users/17", auth=(made["name"], made["password"]))).status_code == 200


async def test_operators_and_telephones_can_be_set(house: House) -> None:
    await house.http.post("/sandbox/operators/103", json={"status": "break"})
    await house.http.post("/sandbox/telephones/105", json={"offline": True})
    phones = {phone["extension"]: phone for phone in (await house.http.get("/sandbox/state")).json()["phones"]}
    assert phones["103"]["operator_label"] == "Szünet"
    assert phones["105"]["state"] == "offline"
    assert (await house.http.post("/sandbox/operators/103", json={"status": "asleep"})).status_code == 422
    assert (await house.http.post("/sandbox/telephones/199", json={})).status_code == 404
