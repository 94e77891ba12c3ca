"""Webhooks go where, when and as often as the administrator set, and every attempt is remembered."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import io
import itertools
import wave
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request

from tests.sandbox.conftest import House
from tests.sandbox.running import FAST, Receiver, asking, assert_adds_up, serving
from vipex_sdk.sandbox import build
from vipex_sdk.webhooks.events import IncomingCall
from vipex_sdk.wire.convert import converter_for
from vipex_sdk.wire.media import parse_body
from vipex_sdk.wire.profile import default_profile, load_profile

# Those that send parts apart, or everything to one address, play the whole demo in tests/profiles.
_PROFILES = [Path(__file__).parent.parent / "profiles" / "hungarian.toml"]


def _attempts(played: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [attempt for attempt in played["webhooks"] if attempt["kind"] == kind]


async def test_end_of_call_is_repeated_until_it_is_taken(house: House) -> None:
    house.receiver.failures["/call-end"] = [503, 404, 500]
    await house.configure(retry_count=5, retry_intervals=[0.03, 0.06])
    attempts = _attempts(await house.play("answered"), "call_end")
    assert [attempt["status"] for attempt in attempts] == [503, 404, 500, 204]
    assert [attempt["attempt"] for attempt in attempts] == [1, 2, 3, 4]
    assert [attempt["delivered"] for attempt in attempts] == [False, False, False, True]
    sent = house.receiver.at("/call-end")
    assert [body["attempt"] for body in sent] == [1, 2, 3, 4]
    assert len({body["event_id"] for body in sent}) == 1


async def test_repetitions_keep_the_intervals_and_the_last_one_serves_for_the_rest(house: House) -> None:
    house.receiver.failures["/call-end"] = [503] * 9
    await house.configure(retry_count=3, retry_intervals=[0.02, 0.5])
    times: list[float] = []
    original = house.receiver.received.append

    def noted(item: tuple[str, Request, bytes]) -> None:
        times.append(asyncio.get_running_loop().time())
        original(item)

    house.receiver.received = _Noting(noted)
    attempts = _attempts(await house.play("answered", extension="101"), "call_end")
    assert [attempt["delivered"] for attempt in attempts] == [False] * 4
    gaps = [after - before for before, after in itertools.pairwise(times[-4:])]
    assert 0.02 <= gaps[0] < 0.5
    assert all(gap >= 0.5 for gap in gaps[1:])


class _Noting(list[tuple[str, Request, bytes]]):
    def __init__(self, noted: Any) -> None:
        super().__init__()
        self.append = noted  # type: ignore[method-assign]  # the receiver's only way to add


async def test_query_and_notice_are_sent_once(house: House) -> None:
    house.receiver.failures |= {"/data-query": [500], "/incoming-call": [500]}
    played = await house.play("answered")
    assert len(_attempts(played, "data_query")) == len(_attempts(played, "incoming_call")) == 1
    assert played["decision"] is None


@pytest.mark.parametrize(
    ("notify", "phases"),
    [("ringing", ["ringing"]), ("answered", ["answered"]), ("both", ["ringing", "answered"]), ("none", [])],
)
async def test_the_administrator_chooses_when_the_notice_comes(house: House, notify: str, phases: list[str]) -> None:
    await house.configure(notify=notify)
    await house.play("answered")
    notices = [
        converter_for(default_profile()).decode(IncomingCall, one) for one in house.receiver.at("/incoming-call")
    ]
    assert [str(notice.phase) for notice in notices] == phases
    for notice in notices:
        ringing = notice.phase == "ringing"
        assert notice.extensions == (("101", "102") if ringing else ("101",))
        assert notice.extension == (None if ringing else "101")
        assert (notice.answered_at is None) == ringing


async def test_a_picked_up_call_is_announced_at_the_telephone_that_took_it(house: House) -> None:
    await house.configure(notify="answered")
    await house.play("pickup", extension="103", transfer_to="105")
    (notice,) = house.receiver.at("/incoming-call")
    assert notice["extension"] == "105"


async def test_credentials_are_sent_and_may_differ_for_one_webhook(house: House) -> None:
    await house.configure(hooks={"call_end": {"user": "other", "password": "pw"}})
    await house.play("answered")
    sent = {path: request.headers["authorization"] for path, request, _ in house.receiver.received}
    assert sent["/data-query"] == "Basic " + base64.b64encode(b"vipex:secret").decode()
    assert sent["/call-end"] == "Basic " + base64.b64encode(b"other:pw").decode()


async def test_a_webhook_can_be_switched_off_or_sent_elsewhere(house: House) -> None:
    url = f"{house.receiver_url}/elsewhere"
    await house.configure(hooks={"data_query": {"enabled": False}, "call_end": {"url": url}})
    await house.play("missed")
    assert [path for path, _, _ in house.receiver.received] == ["/incoming-call", "/elsewhere"]


async def test_a_receiver_that_is_gone_is_reported_and_given_up(house: House) -> None:
    await house.configure(webhook_url="http://127.0.0.1:1", retry_count=1)
    attempts = _attempts(await house.play("answered"), "call_end")
    assert [(attempt["status"], attempt["error"]) for attempt in attempts] == [(None, "ConnectError")] * 2


async def test_a_scenario_answers_while_repetitions_go_on(house: House) -> None:
    house.receiver.failures["/call-end"] = [503]
    await house.configure(retry_intervals=[0.3])
    played = await house.play("answered", wait_seconds=0.02)
    assert played["reported"] is False
    later = (await house.http.get(f"/sandbox/calls/{played['call_id']}", params={"wait": "5"})).json()
    assert later["reported"] is True


async def test_inline_recording(house: House) -> None:
    await house.configure(recording_mode="inline_base64")
    await house.play("blind_transfer")
    (body,) = house.receiver.at("/call-end")
    for leg in body["legs"]:
        content = base64.b64decode(leg["recording"]["content"])
        assert leg["recording"]["sha256"] == hashlib.sha256(content).hexdigest()
        with wave.open(io.BytesIO(content)) as sound:
            assert sound.getnframes() / sound.getframerate() == leg["recording"]["duration_seconds"]


async def test_multipart_recording(house: House) -> None:
    await house.configure(recording_mode="multipart")
    played = await house.play("blind_transfer")
    ((_, request, body),) = [one for one in house.receiver.received if one[0] == "/call-end"]
    boundary = request.headers["content-type"].partition("boundary=")[2]
    parts = body.split(f"--{boundary}".encode())[1:-1]
    heads = [part.partition(b"\r\n\r\n")[0].decode() for part in parts]
    assert 'name="data"' in heads[0]
    assert [f'name="recording_{played["call_id"]}-{leg}"' in head for leg, head in zip((1, 2), heads[1:], strict=True)]
    assert all(part.partition(b"\r\n\r\n")[2].startswith(b"RIFF") for part in parts[1:])


async def test_recordings_in_messages_of_their_own(house: House) -> None:
    await house.configure(recording_mode="separate")
    played = await house.play("blind_transfer")
    (body,) = house.receiver.at("/call-end")
    assert not any(leg["recording"] for leg in body["legs"])
    sent = [(request, body) for path, request, body in house.receiver.received if path == "/recording"]
    assert len(sent) == 2
    for leg, (request, content) in enumerate(sent, start=1):
        assert request.headers["content-type"].startswith("multipart/form-data")
        assert f'"leg_id":"{played["call_id"]}-{leg}"'.encode() in content
        assert b"RIFF" in content


async def test_no_recordings_are_sent_when_the_administrator_does_not_want_it(house: House) -> None:
    await house.configure(recording_mode="none")
    await house.play("answered")
    assert house.receiver.call_end().recording is None


@pytest.mark.parametrize("path", [None, *_PROFILES], ids=lambda path: path.stem if path else "default")
@pytest.mark.parametrize("name", ["answered", "missed", "blind_transfer", "attended_transfer", "pickup"])
async def test_any_profile_carries_the_same_call(path: Path | None, name: str) -> None:
    profile = load_profile(path)
    receiver = Receiver()
    app = build(profile=profile)
    async with serving(receiver.app()) as url, asking(app) as http:
        await http.post("/sandbox/configure", json={"webhook_url": url, **FAST})
        played = (await http.post(f"/sandbox/scenarios/{name}", json={"extension": "101"})).json()
    end = receiver.call_end(profile)
    assert_adds_up(end)
    assert (end.call_id, end.caller.e164) == (played["call_id"], played["customer"])
    assert (end.talk_seconds, end.duration_seconds) == (played["talk_seconds"], played["duration_seconds"])
    assert [str(leg.type) for leg in end.legs] == ([leg["type"] for leg in played["legs"]] if end.legs else [])
    where, request, body = receiver.received[0]
    assert where == profile.webhooks.data_query.path
    assert parse_body(request.headers["content-type"], body, accepted=("json", "form"))
