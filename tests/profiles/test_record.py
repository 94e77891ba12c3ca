"""``vipex profile record``: every request in a file, masked on request, within bounds."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from tests.profiles.learning import PROFILES
from vipex_sdk.cli.profiles.capture import Capture, captures_in, fields_of
from vipex_sdk.cli.profiles.guide import guide
from vipex_sdk.cli.profiles.mask import Masker, without_credentials
from vipex_sdk.cli.profiles.recorder import Limits, Recorder
from vipex_sdk.cli.profiles.understanding import understand
from vipex_sdk.wire.multipart import Part, join_parts
from vipex_sdk.wire.profile import default_profile, load_profile


def browser(recorder: Recorder) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(recorder.app), base_url="http://recorder")


async def test_requests_are_kept_as_they_came_but_for_the_credentials(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path, profile=default_profile())
    async with browser(recorder) as client:
        body = b'{"hivo": "06 30/000-0001",  "hivo": 5}'
        url = recorder.addresses["call_end"]
        done = await client.post(url, content=body, headers={"content-type": "application/json"}, auth=("u", "pass"))
        assert done.status_code == 204
        asked = await client.get(recorder.addresses["data_query"], params={"hivo": "+36300000001"})
        assert asked.json() == {"found": False, "action": "continue"}
    first, second = captures_in([tmp_path])
    assert (first.name, first.method, first.path, first.body) == ("001-call-end", "POST", "/call-end", body)
    assert dict(first.headers)["authorization"] == "Basic ***"
    assert fields_of(second, default_profile()) == {"hivo": "+36300000001"}


@pytest.mark.parametrize("masker", [None, Masker(b"key")], ids=["whole", "masked"])
async def test_a_recording_in_a_message_of_its_own_is_answered_kept_and_understood(
    tmp_path: Path, masker: Masker | None
) -> None:
    profile = load_profile(PROFILES / "flat_form.toml")
    recorder = Recorder(tmp_path, profile=profile, masker=masker)
    fields = {"ev": (None, "VOICE"), "cid": (None, "c-1"), "t_start": (None, "2026-03-02 10:15:12")}
    audio = {"recording": ("a.wav", b"RIFF\x04\x00\x00\x00WAVE", "audio/wav")}
    async with browser(recorder) as client:
        done = await client.post(recorder.addresses["recording_upload"], files=fields | audio)
    assert (done.status_code, done.text) == (200, "OK")
    (capture,) = captures_in([tmp_path])
    understood = understand(profile, capture)
    assert (understood.event, understood.problem, understood.ok) == ("recording_upload", "", True)
    assert not understood.unread


@pytest.mark.parametrize(
    ("mode", "recording", "problem"),
    [
        ("separate", {"content": "UklGRgQAAABXQVZF"}, ""),
        ("separate", {"code": "R-1"}, ""),
        ("separate", {"duration_seconds": 7}, "there is no recording in it"),
        ("code", {"content": "UklGRgQAAABXQVZF"}, "there is no recording in it"),
    ],
)
def test_an_upload_is_understood_where_a_receiver_would_take_its_audio(
    tmp_path: Path, mode: str, recording: dict[str, object], problem: str
) -> None:
    (tmp_path / "own.toml").write_text(f'[recordings]\nmode = "{mode}"\n')
    body = json.dumps({"event": "recording_upload", "call_id": "c-1", "recording": recording}).encode()
    capture = Capture(name="x", target="/recording", headers=(("content-type", "application/json"),), body=body)
    assert understand(load_profile(tmp_path / "own.toml"), capture).problem == problem


async def test_only_who_knows_the_address_gets_in_and_only_so_long_and_so_much(tmp_path: Path) -> None:
    now = datetime(2026, 3, 2, tzinfo=UTC)
    limits = Limits(minutes=10, requests=1, max_bytes=10)
    recorder = Recorder(tmp_path, profile=default_profile(), limits=limits, clock=lambda: now)
    async with browser(recorder) as client:
        assert (await client.post("/guess/call-end")).status_code == 404
        assert (await client.post("/call-end")).status_code == 404  # not redirected to an address with a slash
        url = recorder.addresses["call_end"]
        assert (await client.post(url, content=b"x" * 11)).status_code == 413
        assert (await client.post(url, content=b"{}")).status_code == 204
        assert (await client.post(url, content=b"{}")).status_code == 507
        now += timedelta(minutes=11)
        assert (await client.post(url, content=b"{}")).status_code == 410
    assert len(captures_in([tmp_path])) == 1


def masked(content_type: str, body: str, masker: Masker | None = None) -> str:
    capture = Capture(name="x", headers=(("content-type", content_type),), body=body.encode())
    return (masker or Masker(b"key")).capture(capture).body.decode()


def test_numbers_keep_their_spelling_and_one_number_has_one_pseudonym() -> None:
    body = '{"a": "+36 30 000-0001", "b": "06300000001", "c": 36300000001, "d": "0036300000001", "e": "101"}'
    fields = json.loads(masked("application/json", body))
    assert re.fullmatch(r"\+36 30 \d{3}-\d{4}", fields["a"])
    assert fields["a"] != "+36 30 000-0001"
    assert fields["b"].startswith("0630")
    ends = {re.sub(r"\D", "", str(fields[name]))[-6:] for name in "abcd"}
    assert len(ends) == 1
    assert fields["e"] == "101"


@pytest.mark.parametrize(
    ("content_type", "body", "wanted"),
    [
        (
            "application/json",
            '{"nev": "Nagy Béla", "x": "Kiss Anna", "y": "B\\u00e9la Nagy", "irany": "nem fogadott",  "api_key": "s3"}',
            '{"nev": "Xxxx Xxxx", "x": "Xxxx Xxxx", "y": "Xxxx Xxxx", "irany": "nem fogadott",  "api_key": "***"}',
        ),
        ("application/json", '{"t": "2026-03-02 10:15:12", "e": 1772442912, "m": 1772442912000}', None),
        ("application/json", '{"a": "broken', None),
        (
            "application/x-www-form-urlencoded",
            "nev=Nagy+B%C3%A9la&irany=be&jelszo=x",
            "nev=Xxxx+Xxxx&irany=be&jelszo=%2A%2A%2A",
        ),
        ("application/xml", '<a n="Nagy Béla"><b>Kiss Anna</b></a>', '<a n="Xxxx Xxxx"><b>Xxxx Xxxx</b></a>'),
        ("application/json", '{"mail": "a@minta.hu"}', '{"mail": "x@example.com"}'),
    ],
)  # fmt: skip
def test_names_and_secrets_go_and_everything_else_stays(content_type: str, body: str, wanted: str | None) -> None:
    assert masked(content_type, body) == (wanted if wanted is not None else body)


def test_audio_is_not_kept_when_masked() -> None:
    data = Part(name="data", content_type="application/json", content=b'{"hivo": "+36300000001"}')
    content_type, body = join_parts([data, Part(name="recording", filename="a.wav", content=b"RIFFsecret")])
    capture = Capture(name="x", headers=(("content-type", content_type),), body=body)
    kept = Masker(b"key").capture(capture)
    assert b"RIFF" not in kept.body
    assert b"+3630" in kept.body
    assert b"+36300000001" not in kept.body
    assert set(fields_of(kept, default_profile())) == {"hivo"}
    assert len(masked("application/json", json.dumps({"content": "A" * 4000}))) < 100


def test_header_secrets_go_in_any_case() -> None:
    headers = (("x-api-key", "abc"), ("cookie", "a=b"), ("user-agent", "PBX/1"), ("authorization", "Bearer abc"))
    assert [value for _, value in without_credentials(Capture(name="x", headers=headers)).headers] == [
        "***",
        "***",
        "PBX/1",
        "Bearer ***",
    ]


def test_the_list_has_six_calls_in_both_languages() -> None:
    addresses = {"data_query": "http://x/1", "incoming_call": "http://x/2", "call_end": "http://x/3"}
    for language in ("en", "hu"):
        text = guide(language, addresses, "captures")  # type: ignore[arg-type]
        assert re.findall(r"^  (\d)\.", text, re.MULTILINE) == list("123456")
        assert all(address in text for address in addresses.values())


def test_the_command_serves_until_it_is_interrupted(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "vipex_sdk.cli",
        "profile",
        "record",
        str(tmp_path),
        "--port",
        "0",
        "--mask",
        "--json",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        assert process.stdout is not None
        try:
            ready = json.loads(process.stdout.readline())
            httpx.post(ready["addresses"]["call_end"], json={"hivo": "+36300000001"}).raise_for_status()
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(20)
    (capture,) = captures_in([tmp_path])
    assert b"+36300000001" not in capture.body
