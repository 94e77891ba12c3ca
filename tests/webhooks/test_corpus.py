"""Hostile and broken bodies: nothing answers 500, and nothing that came from the customer's VIPeX is lost."""

import base64
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.webhooks.receiving import CONTINUE, CORPUS, Seen, client
from vipex_sdk.webhooks import parse
from vipex_sdk.wire.profile import default_profile

ADDRESSES = ("/call-end", "/incoming-call", "/events")
TYPES = ("application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x")


def bodies(*folders: str) -> list[Path]:
    found = [path for folder in folders for path in sorted((CORPUS / folder).iterdir())]
    assert found
    return found


def sent(path: Path) -> dict[str, Any]:
    media = "application/x-www-form-urlencoded" if path.suffix == ".form" else "application/json"
    return {"content": path.read_bytes(), "headers": {"content-type": media}}


@pytest.mark.parametrize("path", bodies("not_json", "no_event"), ids=lambda path: path.name)
async def test_what_nobody_understands_is_kept_as_it_came(path: Path) -> None:
    request, seen = sent(path), Seen()
    async with client(seen.receiver()) as http:
        answer = await http.post("/call-end", **request)
    assert answer.status_code == 202
    assert seen.quarantined[-1][0].body == request["content"]
    assert not seen.calls


@pytest.mark.parametrize("path", bodies("not_json"), ids=lambda path: path.name)
async def test_a_caller_never_waits_for_what_nobody_understands(path: Path) -> None:
    request, seen = sent(path), Seen()
    async with client(seen.receiver()) as http:
        answer = await http.post("/data-query", **request)
    if len(request["content"]) > 65_536:
        assert answer.status_code == 413
        return
    assert (answer.status_code, answer.json()) == (200, CONTINUE)
    assert seen.quarantined[-1][0].body == request["content"]


@pytest.mark.parametrize("path", bodies("event"), ids=lambda path: path.name)
async def test_what_is_odd_but_whole_is_handled(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    seen = Seen()
    async with client(seen.receiver()) as http:
        answer = await http.post("/call-end", **sent(path))
    assert answer.status_code == 204
    ((call, message),) = seen.calls
    assert parse(message, default_profile()) == call
    assert "script" not in caplog.text
    if path.suffix == ".form":
        assert call.user is not None
        assert call.user.name == "Szőke Tünde"


@pytest.mark.parametrize(
    "value",
    [
        b"Basic",
        b"Basic \xff\xfe\x00\x01",
        "Basic jelszó".encode(),
        b"Basic " + b"A" * 1_000_000,
        b"Basic " + base64.b64encode(b"\xed\xa0\x80:\x00"),
        b"Digest username=x",
        b",",
        b"\t",
    ],
)
async def test_hostile_credentials_are_refused(value: bytes) -> None:
    seen = Seen()
    async with client(seen.receiver(), auth=None) as http:
        answer = await http.post("/call-end", content=b"{}", headers=[(b"authorization", value)])
    assert answer.status_code == 401
    assert not seen.quarantined


@settings(max_examples=60)
@given(st.binary(max_size=300), st.sampled_from(ADDRESSES), st.sampled_from(TYPES))
async def test_no_body_makes_the_receiver_fail(body: bytes, address: str, media: str) -> None:
    seen = Seen()
    async with client(seen.receiver()) as http:
        answer = await http.post(address, content=body, headers={"content-type": media})
        query = await http.post("/data-query", content=body, headers={"content-type": media})
    assert answer.status_code in {202, 204}
    assert query.status_code in {200, 202, 204}
    assert seen.quarantined or seen.calls or seen.pops


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
NAMES = (
    "call_id", "started_at", "ended_at", "caller", "called", "extension", "user", "legs", "recording", "attempt",
    "talk_seconds", "disposition", "direction", "answered_at", "hangup_cause", "phase", "extensions", "parameters",
)  # fmt: skip


@settings(max_examples=150)
@given(st.dictionaries(st.sampled_from(NAMES), json_values), st.sampled_from(("call_end", "incoming_call")))
async def test_no_drift_of_types_makes_the_receiver_fail(fields: dict[str, object], event: str) -> None:
    seen = Seen()
    whole = {"call_id": "c1", "started_at": "2026-03-02T09:00:00+01:00", **fields, "event": event}
    async with client(seen.receiver()) as http:
        answer = await http.post("/call-end", json=whole)
    assert answer.status_code in {202, 204}
    assert seen.quarantined or seen.calls or seen.pops
