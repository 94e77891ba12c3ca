"""The whole corpus posted to a gateway with its store: what was taken stands there afterwards, byte for byte."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.gateway.front.rig import HOOK_AUTH, Running
from vipex_sdk.gateway.inbox import Status

CORPUS = Path(__file__).parents[2] / "corpus"


def bodies(*folders: str) -> dict[str, bytes]:
    found = {path.name: path.read_bytes() for folder in folders for path in sorted((CORPUS / folder).iterdir())}
    assert found
    return found


async def post(house: Running, name: str, body: bytes, address: str) -> int:
    media = "application/x-www-form-urlencoded" if name.endswith(".form") else "application/json"
    headers = {"content-type": media}
    answer = await house.http.post(f"/vipex/{address}", content=body, headers=headers, auth=HOOK_AUTH)
    return answer.status_code


async def stored(house: Running, status: Status) -> set[bytes]:
    found = set()
    for row in await house.gateway.inbox.page(status, limit=500):
        detail = await house.gateway.inbox.show(row.seq)
        assert detail is not None
        found.add(detail.message.body)
    return found


async def test_all_that_nobody_understands_stands_in_quarantine(house: Running) -> None:
    sent = bodies("not_json", "no_event")
    answers = {name: await post(house, name, body, "call-end") for name, body in sent.items()}
    assert answers == dict.fromkeys(sent, 202)
    assert await stored(house, Status.QUARANTINED) == set(sent.values())


@pytest.mark.parametrize(("address", "status"), [("data-query", 200), ("incoming-call", 202)])
async def test_at_the_other_addresses_too(house: Running, address: str, status: int) -> None:
    sent = {name: body for name, body in bodies("not_json").items() if len(body) <= 65_536}
    answers = {name: await post(house, name, body, address) for name, body in sent.items()}
    assert answers == dict.fromkeys(sent, status)
    assert await stored(house, Status.QUARANTINED) == set(sent.values())


async def test_all_that_is_odd_but_whole_is_an_event(house: Running) -> None:
    sent = bodies("event")
    answers = {name: await post(house, name, body, "call-end") for name, body in sent.items()}
    assert answers == dict.fromkeys(sent, 204)
    assert not await stored(house, Status.QUARANTINED)
    assert sum((await house.gateway.inbox.counts()).values()) > 0


async def test_strangers_leave_nothing(house: Running) -> None:
    for name, body in bodies("not_json", "no_event", "event").items():
        media = {"content-type": "application/json"}
        answer = await house.http.post("/vipex/call-end", content=body, headers=media, auth=("vipex", "wrong"))
        assert answer.status_code == 401, name
    assert sum((await house.gateway.inbox.counts()).values()) == 0
