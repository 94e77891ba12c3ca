"""Conversations with the simulated VIPeX, recorded once, replayed by both clients and by today's simulation."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
import yaml

from tests.cassettes.questions import (
    ADDRESS,
    CREDENTIALS,
    FOLDER,
    QUESTIONS,
    asked,
    asked_async,
    simulated,
    tape,
)
from vipex_sdk.control import AsyncClient, CallStarted, Client, ExtensionState, User

VOLATILE = frozenset({"answered_at", "call_id", "request_id", "since", "started_at"})
"""What differs from one recording to the next; everything else must not."""


@pytest.mark.parametrize("group", QUESTIONS)
async def test_what_the_sync_client_recorded_both_clients_replay(group: str) -> None:
    with tape().use_cassette(group) as cassette, Client(ADDRESS, **CREDENTIALS) as client:
        answers = asked(client, group)
        assert cassette.all_played
    with tape().use_cassette(group) as cassette:
        async with AsyncClient(ADDRESS, **CREDENTIALS) as aclient:
            assert await asked_async(aclient, group) == answers
        assert cassette.all_played


def test_a_replay_is_typed() -> None:
    with tape().use_cassette("calls"), Client(ADDRESS, **CREDENTIALS) as client:
        idle, started, busy, ringing, _, absent = asked(client, "calls")
    assert idle.state is ExtensionState.IDLE
    assert isinstance(started, CallStarted)
    assert busy == ("Conflict", "extension_busy")
    assert ringing.state is ExtensionState.RINGING
    assert ringing.calls[0].call_id == started.call_id
    assert absent == ("NotFound", "extension_not_found")
    with tape().use_cassette("users"), Client(ADDRESS, **CREDENTIALS) as client:
        one, everybody, nobody = asked(client, "users")
    assert isinstance(one, User)
    assert one in everybody
    assert nobody == ("NotFound", "user_not_found")


@pytest.mark.parametrize("group", QUESTIONS)
async def test_todays_simulation_answers_as_recorded(group: str) -> None:
    """A difference is a change of the wire: intended, then record anew; or not, then it is a mistake."""
    app = simulated()
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://testserver",
        auth=(CREDENTIALS["user"], CREDENTIALS["password"]),
    ) as http:
        for recorded in interactions(group):
            asked_then, answered_then = recorded["request"], recorded["response"]
            headers = {
                name: values[0] for name, values in asked_then["headers"].items() if name.lower() == "content-type"
            }
            path = asked_then["uri"].removeprefix(ADDRESS)
            answer = await http.request(asked_then["method"], path, content=asked_then["body"], headers=headers)
            assert answer.status_code == answered_then["status"]["code"], path
            assert content(answer.headers.get("content-type"), answer.content) == content(
                answered_then["headers"].get("content-type", [None])[0], body_of(answered_then)
            ), path
    await app.state.pbx.aclose()


@pytest.mark.parametrize("group", QUESTIONS)
def test_a_cassette_says_what_it_is_and_keeps_no_secret(group: str) -> None:
    text = (FOLDER / f"{group}.yaml").read_text(encoding="utf-8")
    assert text.startswith("# Recorded against the simulated VIPeX of this repository, not against VIPeX")
    assert "authorization" not in text.lower()
    assert CREDENTIALS["password"] not in text
    assert not [one for one in interactions(group) if not one["request"]["uri"].startswith(f"{ADDRESS}/api/v1/")]


def test_every_group_has_its_cassette() -> None:
    assert {file.stem for file in FOLDER.glob("*.yaml")} == set(QUESTIONS)
    with Client(ADDRESS, **CREDENTIALS) as client:
        assert all(hasattr(client, group) for group in QUESTIONS)


def interactions(group: str) -> list[dict[str, Any]]:
    recorded: list[dict[str, Any]] = yaml.safe_load((FOLDER / f"{group}.yaml").read_bytes())["interactions"]
    return recorded


def body_of(response: dict[str, Any]) -> bytes:
    text = response["body"]["string"]
    return text if isinstance(text, bytes) else str(text).encode()


def content(content_type: str | None, body: bytes) -> tuple[str | None, Any]:
    if content_type == "application/json":
        return content_type, masked(json.loads(body))
    return content_type, body


def masked(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: type(inner).__name__ if key in VOLATILE else masked(inner) for key, inner in value.items()}
    return [masked(one) for one in value] if isinstance(value, list) else value
