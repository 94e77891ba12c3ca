from __future__ import annotations

import asyncio
import struct
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from attrs import evolve

from tests.control.scripted import Server, whole
from tests.gateway.calls import STARTED, a_call
from tests.gateway.clock import HandClock, eventually
from tests.gateway.front.audio import in_pieces, named, tone
from tests.gateway.front.rig import RECORDING_AUTH, TOML, Running, ScanningCrm, configured, running
from vipex_sdk.errors import NotFound, RecordingExpired, RecordingNotReady, RecordingRejected, ServerError
from vipex_sdk.gateway.delivery.ledger import lasting
from vipex_sdk.gateway.recordings import shelf as shelf_module
from vipex_sdk.gateway.recordings.mp3 import encode_mp3
from vipex_sdk.gateway.recordings.sniff import audio_type
from vipex_sdk.webhooks.events import CallLeg, RecordingRef


@pytest.fixture
async def stored(house: Running) -> str:
    """Keep a recording that came inline; gives its name at the proxy."""
    key = await house.gateway.shelf.keep(in_pieces(tone()), "audio/wav")
    return await named(house, RecordingRef(stored=key))


@pytest.fixture
def audio_host() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


async def test_a_crm_gets_mp3_and_a_person_the_original(house: Running, stored: str) -> None:
    pulled = await house.http.get(f"/recordings/{stored}", auth=RECORDING_AUTH)
    assert (pulled.status_code, pulled.headers["content-type"]) == (200, "audio/mpeg")
    assert pulled.headers["cache-control"] == "no-store, private"
    assert pulled.headers["x-content-type-options"] == "nosniff"
    assert pulled.headers["content-disposition"] == f'inline; filename="recording-{stored[:8]}.mp3"'
    as_minicrm = await house.http.get("/recordings", params={"Rec": stored}, auth=RECORDING_AUTH)
    assert as_minicrm.content == pulled.content
    url = house.gateway.links.url(stored, datetime.now(UTC) + timedelta(hours=1))
    heard = await house.http.get(url)
    assert (heard.status_code, heard.headers["content-type"], heard.content) == (200, "audio/wav", tone())


async def test_a_link_that_ends_so_gives_mp3(house: Running) -> None:
    ref = RecordingRef(stored=await house.gateway.shelf.keep(in_pieces(tone()), "audio/wav"))
    link = (await evolve(house.gateway.links, mp3=True).prepare(a_call(recording=ref)))(ref)
    assert link is not None
    assert link.mp3_url is not None
    assert httpx.URL(link.mp3_url).path == f"/recordings/{link.key}.mp3"
    pulled = await house.http.get(link.mp3_url)
    assert (pulled.status_code, pulled.headers["content-type"]) == (200, "audio/mpeg")
    assert pulled.headers["content-disposition"] == f'inline; filename="recording-{link.key[:8]}.mp3"'
    bent = httpx.URL(link.mp3_url).copy_with(path=f"/recordings/{'0' * 32}.mp3")
    assert (await house.http.get(bent)).status_code == 403
    assert (await house.http.get(f"/recordings/{link.key}.mp3")).status_code == 401
    assert (await house.http.get(f"/recordings/{link.key}.mp3", auth=RECORDING_AUTH)).content == pulled.content


async def test_without_an_encoder_no_link_promises_mp3(house: Running) -> None:
    ref = RecordingRef(code="rec-1")
    link = (await evolve(house.gateway.links, mp3=False).prepare(a_call(recording=ref)))(ref)
    assert link is not None
    assert (link.url is None, link.mp3_url) == (False, None)


async def test_an_outsider_learns_nothing(tmp_path: Path, crm: ScanningCrm) -> None:
    toml = TOML.replace('user = "minicrm"', 'user = "minicrm"\nallow = ["198.51.100.7"]')
    async with running(configured(tmp_path, crm, toml=toml)) as house:
        key = await house.gateway.shelf.keep(in_pieces(tone()), "audio/wav")
        name = await named(house, RecordingRef(stored=key))
        spoofed = {"X-Forwarded-For": "198.51.100.7"}
        refusals = [
            await house.http.get(f"/recordings/{name}"),
            await house.http.get("/recordings/" + "0" * 32),
            await house.http.get(f"/recordings/{name}", auth=("minicrm", "wrong")),
            await house.http.get(f"/recordings/{name}", auth=RECORDING_AUTH),
            await house.http.get(f"/recordings/{name}", auth=RECORDING_AUTH, headers=spoofed),
            await house.http.get("/recordings?Rec="),
        ]  # fmt: skip
        assert {answer.status_code for answer in refusals} == {401}
        assert len({answer.content for answer in refusals}) == 1
        assert len({str(sorted(answer.headers.items())) for answer in refusals}) == 1


async def test_behind_our_own_proxy_the_forwarded_address_counts(tmp_path: Path, crm: ScanningCrm) -> None:
    toml = TOML.replace('user = "minicrm"', 'user = "minicrm"\nallow = ["198.51.100.7"]')
    async with running(configured(tmp_path, crm, toml=toml.replace("http://gateway", "https://gateway"))) as house:
        name = await named(house, RecordingRef(stored=await house.gateway.shelf.keep(in_pieces(tone()), "")))

        async def asked(forwarded: str) -> int:
            headers = {"X-Forwarded-For": forwarded}
            return (await house.http.get(f"/recordings/{name}", auth=RECORDING_AUTH, headers=headers)).status_code

        assert await asked("198.51.100.7") == 200
        assert await asked("198.51.100.7, 203.0.113.9") == 401


async def test_links_for_people_expire_and_cannot_be_bent(house: Running, stored: str) -> None:
    links = house.gateway.links
    now = datetime.now(UTC)
    assert (await house.http.get(links.url(stored, now - timedelta(seconds=2)))).status_code == 403
    url = httpx.URL(links.url(stored, now + timedelta(hours=1)))
    later = str(int(now.timestamp()) + 999999)
    assert (await house.http.get(url.copy_set_param("expires", later))).status_code == 403
    assert (await house.http.get(url.copy_with(path="/recordings/" + "0" * 32))).status_code == 403
    assert (await house.http.get(url.copy_set_param("signature", "ő"))).status_code == 403


async def test_the_same_call_gives_the_same_link(house: Running) -> None:
    ref = RecordingRef(code="rec-1", duration_seconds=60)
    leg = CallLeg(leg_id="1", seq=1, recording=RecordingRef(code="rec-2"))
    links = evolve(house.gateway.links, clock=HandClock())
    first = await links.prepare(a_call(recording=ref, legs=(leg,)))
    again = await links.prepare(a_call(recording=ref, attempt=2))
    assert first(ref) == again(ref)
    assert first(RecordingRef(code="rec-2")) != first(ref)
    assert first(RecordingRef()) is None
    link = first(ref)
    assert link
    assert "rec-1" not in f"{link.key}{link.url}"
    assert link.duration_seconds == 60


@pytest.mark.parametrize("outage", [0, 3, 400])
async def test_a_link_lives_from_when_it_is_given_out_however_late_the_call_is_delivered(
    house: Running, outage: int
) -> None:
    day = 86_400
    ref = RecordingRef(code="rec-1", duration_seconds=60)
    call = a_call(recording=ref)
    given_out = HandClock(now=STARTED.timestamp() + outage * day)
    links = evolve(house.gateway.links, clock=given_out)
    link = (await links.prepare(call))(ref)
    assert link
    assert link.url
    query = httpx.URL(link.url).params

    def works(days: float) -> bool:
        now = given_out.now() + days * day
        return links.is_signed(link.key, query["expires"], query["signature"], now=now)

    assert works(30)
    assert not works(31.01)
    given_out.advance(5 * day)
    later = (await links.prepare(call))(ref)
    assert later
    assert (later.key, later.url == link.url) == (link.key, False)
    assert lasting(later) == lasting(link)


async def test_parts_of_a_recording_can_be_asked_for(house: Running, stored: str) -> None:
    url = house.gateway.links.url(stored, datetime.now(UTC) + timedelta(hours=1))
    part = await house.http.get(url, headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.content) == (206, b"RIFF")
    assert (await house.http.get(url, headers={"Range": "bytes=99999999-"})).status_code == 416
    abused = await house.http.get(url, headers={"Range": "bytes=" + ",".join("0-" for _ in range(500))})
    assert len(abused.content) <= 2 * len(tone())
    head = await house.http.head(url)
    assert (head.status_code, head.content) == (200, b"")


class Exchange:
    """The fetching side: what VIPeX does when it is asked for a recording."""

    def __init__(self, result: bytes | Exception) -> None:
        self.result = result
        self.asked = 0
        self.go_on = asyncio.Event()
        self.go_on.set()

    async def __call__(self, code: str, path: Path) -> None:
        self.asked += bool(code)
        await asyncio.to_thread(path.write_bytes, b"RIFF half")
        await self.go_on.wait()
        if isinstance(self.result, Exception):
            raise self.result
        await asyncio.to_thread(path.write_bytes, self.result)


def exchange_for(house: Running, result: bytes | Exception) -> Exchange:
    exchange = Exchange(result)
    house.gateway.shelf._fetch = exchange
    return exchange


async def test_many_listeners_fetch_once_and_never_half(house: Running) -> None:
    exchange = exchange_for(house, tone())
    name = await named(house, RecordingRef(code="rec-1"))
    exchange.go_on.clear()
    requests = [asyncio.create_task(house.http.get(f"/recordings/{name}", auth=RECORDING_AUTH)) for _ in range(5)]
    passing = house.gateway.configuration.gateway.data / "passing"
    await eventually(lambda: list(passing.iterdir()))
    assert [path.suffix for path in passing.iterdir()] == [".part"]
    assert not any(request.done() for request in requests)
    exchange.go_on.set()
    answers = await asyncio.gather(*requests)
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert exchange.asked == 1
    assert sorted(path.name for path in passing.iterdir()) == [name, f"{name}.mp3"]


async def test_a_recording_at_an_address_is_fetched_from_a_host_that_the_profile_lists(
    tmp_path: Path, crm: ScanningCrm, audio_host: Server
) -> None:
    host = audio_host.url.removeprefix("http://")
    (tmp_path / "dialect.toml").write_text(f'[recordings]\nurl_hosts_allowed = ["{host}"]')
    toml = TOML.replace("[vipex]", '[vipex]\nprofile = "dialect.toml"')
    audio_host.script = [whole(tone())]
    async with running(configured(tmp_path, crm, toml=toml)) as house:
        name = await named(house, RecordingRef(code=f"{audio_host.url}/1.wav"))
        answer = await house.http.get(f"/recordings/{name}", auth=RECORDING_AUTH)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "audio/mpeg")
        other = await named(house, RecordingRef(code="https://elsewhere.example/1.wav"))
        refused = await house.http.get(f"/recordings/{other}", auth=RECORDING_AUTH)
        assert (refused.status_code, "elsewhere" in refused.text) == (502, False)
    assert (audio_host.lines, "authorization" in audio_host.asked[0]) == (["GET /1.wav HTTP/1.1"], False)


FAILURES = [
    (RecordingNotReady("wait", status=409), 503),
    (RecordingExpired("gone", status=410), 410),
    (NotFound("none", status=404), 410),
    (ServerError("broken", status=500), 502),
    (b"<html>an error page</html>", 502),
    (OSError(28, "No space left on device"), 503),
]


@pytest.mark.parametrize(("result", "status"), FAILURES, ids=[type(row[0]).__name__ for row in FAILURES])
async def test_what_vipex_does_not_give_is_told_apart(house: Running, result: bytes | Exception, status: int) -> None:
    exchange_for(house, result)
    name = await named(house, RecordingRef(code="rec-1"))
    answer = await house.http.get(f"/recordings/{name}", auth=RECORDING_AUTH)
    assert answer.status_code == status
    assert "rec-1" not in answer.text
    passing = house.gateway.configuration.gateway.data / "passing"
    assert not list(passing.glob("*.part"))


async def test_an_unknown_name_is_told_to_those_who_may_know(house: Running) -> None:
    assert (await house.http.get("/recordings/" + "0" * 32, auth=RECORDING_AUTH)).status_code == 404


async def test_repeated_audio_is_one_file_and_nonsense_none(house: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = house.gateway.shelf
    first = await shelf.keep(in_pieces(tone()), "audio/wav")
    assert await shelf.keep(in_pieces(tone()), "audio/x-other") == first
    with pytest.raises(RecordingRejected, match="no audio"):
        await shelf.keep(in_pieces(b"MZ\x90\x00 a program named .mp3"), "audio/mpeg")
    monkeypatch.setattr(shelf_module, "MAX_BYTES", 100)
    with pytest.raises(RecordingRejected, match="too large"):
        await shelf.keep(in_pieces(tone()), "audio/wav")
    kept = house.gateway.configuration.gateway.data / "audio"
    assert [path.name for path in kept.iterdir()] == [first]


async def test_fetched_audio_does_not_stay(house: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    passing = house.gateway.configuration.gateway.data / "passing"
    for name in ("old", "new"):
        (passing / name).write_bytes(b"x" * 100)
    assert await house.gateway.shelf.tidy() == 0
    monkeypatch.setattr(shelf_module, "PASSING_BYTES", 150)
    assert await house.gateway.shelf.tidy() == 1
    assert await house.gateway.shelf.tidy(now=lambda: time.time() + 3601) == 1
    assert not list(passing.iterdir())


def g711(coding: int, samples: bytes) -> bytes:
    form = struct.pack("<HHIIHH", coding, 1, 8000, 8000, 1, 8)
    return b"RIFF" + struct.pack("<I", 0) + b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(samples)) + samples  # fmt: skip # noqa: E501


WAVS = {
    "pcm": tone(),
    "alaw": g711(6, b"\xd5" * 8000),
    "ulaw": g711(7, b"\xff" * 8000),
    "pcm8": g711(1, b"\x80" * 8000),
}


@pytest.mark.parametrize("kind", WAVS)
def test_what_telephones_record_becomes_mp3(tmp_path: Path, kind: str) -> None:
    source, target = tmp_path / "call.wav", tmp_path / "call.mp3"
    source.write_bytes(WAVS[kind])
    encode_mp3(source, target)
    assert audio_type(target) == "audio/mpeg"
    # A second at 32 kbit/s is 4 kB.
    assert 3500 < target.stat().st_size < 6000


BROKEN: dict[str, Any] = {
    "cut short": tone()[:9000],
    "no samples": tone()[:40],
    "a video codec": g711(0x1234, b"x"),
    "a cut header": b"RIFF\0\0\0\0WAVEfmt \x04\0\0\0abcd",
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_a_broken_recording_is_no_shorter_recording(tmp_path: Path, content: bytes) -> None:
    source = tmp_path / "call.wav"
    source.write_bytes(content)
    with pytest.raises(RecordingRejected):
        encode_mp3(source, tmp_path / "call.mp3")


async def test_what_a_crash_left_half_done_is_removed(tmp_path: Path, crm: ScanningCrm) -> None:
    configuration = configured(tmp_path, crm)
    audio = configuration.gateway.data / "audio"
    audio.mkdir(parents=True)
    (audio / "x.part").write_bytes(b"RIFF")
    async with running(evolve(configuration)):
        assert not list(audio.iterdir())
