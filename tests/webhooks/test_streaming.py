"""Long audio: on disk as it arrives, kept only once the message is proved, and never lost with what nobody reads."""

import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from benchmarks.webhooks_audio import GOAL_GROWTH, KINDS, MIB, growth
from tests.webhooks.receiving import CALL_END, Seen, Shelf, client
from vipex_sdk.gateway.database import open_database
from vipex_sdk.gateway.recordings import Shelf as DiskShelf
from vipex_sdk.webhooks import CallEnd, HmacSignature, Message, RecordingRef, parse, sign_body
from vipex_sdk.webhooks.intake import MAX_FIELD_BYTES
from vipex_sdk.wire.profile import WireProfile, default_profile, load_profile

AUDIO = b"RIFF\x00\x00\x00\x00WAVEfmt " + bytes(range(256)) * 1000
LONG = base64.b64encode(AUDIO).decode()


async def _post(seen: Seen, content: Any, *, headers: dict[str, str] | None = None, **settings: Any) -> int:
    signed = settings.get("checks") is not None
    async with client(seen.receiver(**settings), **({"auth": None} if signed else {})) as http:
        sent = {"content-type": "application/json"} | (headers or {})
        return (await http.post("/call-end", content=content, headers=sent)).status_code


@pytest.mark.parametrize("kind", KINDS)
def test_a_hundred_megabytes_need_little_memory(kind: str) -> None:
    audio = 74 * MIB
    assert growth(kind, audio_bytes=audio) < GOAL_GROWTH


async def test_a_forged_signature_leaves_no_file(tmp_path: Path) -> None:
    shelf = DiskShelf(tmp_path, open_database(tmp_path / "x.db"), _no_fetch)
    shelf.open()
    body = json.dumps({**CALL_END, "recording": {"content": LONG}}).encode()
    during: list[int] = []

    async def slowly() -> AsyncIterator[bytes]:
        for place in range(0, len(body), 65536):
            yield body[place : place + 65536]
            during.append(len(list((tmp_path / "audio").iterdir())))

    checks = [HmacSignature("k3y")]
    assert await _post(Seen(), slowly(), headers={"X-Signature": "0" * 64}, checks=checks, audio=shelf) == 401
    assert max(during) == 1
    assert list((tmp_path / "audio").iterdir()) == []
    seen = Seen()
    assert await _post(seen, slowly(), headers=sign_body("k3y", body), checks=checks, audio=shelf) == 204
    (kept,) = (tmp_path / "audio").iterdir()
    assert kept.read_bytes() == AUDIO
    assert seen.calls[0][0].recording == RecordingRef(stored=kept.name)


async def _no_fetch(_code: str, _path: Path) -> None:
    raise NotImplementedError


def elsewhere(tmp_path: Path) -> WireProfile:
    file = tmp_path / "profile.toml"
    file.write_text(
        '[webhooks]\nmultipart_data = "json"\n[recordings]\ncontent = ["data"]\n'
        '[fields.call_end]\nstarted_at = ["begin"]\nrecording = ["sound"]'
    )
    return load_profile(file)


async def test_audio_of_a_message_nobody_understands_is_kept_for_the_day_somebody_does(tmp_path: Path) -> None:
    seen, shelf = Seen(), Shelf()
    strange = {"event": "call_end", "call_id": "c1", "begin": CALL_END["started_at"], "sound": {"data": LONG}}
    assert await _post(seen, json.dumps(strange), audio=shelf) == 202
    message = seen.quarantined[0][0]
    assert len(message.body) < 1000
    call = parse(message, elsewhere(tmp_path))
    assert isinstance(call, CallEnd)
    assert call.recording == RecordingRef(stored="k1")
    assert shelf.kept["k1"][0] == AUDIO


async def test_files_of_a_message_nobody_understands_are_kept_too(tmp_path: Path) -> None:
    seen, shelf = Seen(), Shelf()
    fields = {"call_id": "c1", "begin": CALL_END["started_at"]}
    async with client(seen.receiver(audio=shelf)) as http:
        answer = await http.post(
            "/call-end", data={"json": json.dumps(fields)}, files=[("recording", ("a.wav", AUDIO, "audio/wav"))]
        )
    assert answer.status_code == 202
    call = parse(seen.quarantined[0][0], elsewhere(tmp_path))
    assert isinstance(call, CallEnd)
    assert call.recording == RecordingRef(stored="k1", content_type="audio/wav")
    assert shelf.kept["k1"][0] == AUDIO


@pytest.mark.parametrize("broken", [b'{"recording": {"content": "%s"}', b'{"a": 1, "b": "%s', b'["%s"]', b'"%s" "%s"'])
async def test_audio_in_broken_json_is_kept_with_a_mark(broken: bytes) -> None:
    seen, shelf = Seen(), Shelf()
    body = broken.replace(b"%s", LONG.encode())
    assert await _post(seen, body, audio=shelf) == 202
    message = seen.quarantined[0][0]
    assert message.body.replace(b"stored:k1", LONG.encode()).replace(b"stored:k2", LONG.encode()) == body


async def test_long_base64_where_the_profile_expects_none_is_kept_with_the_call() -> None:
    seen, shelf = Seen(), Shelf()
    assert await _post(seen, json.dumps({**CALL_END, "fax": LONG}), audio=shelf) == 204
    ((call, message),) = seen.calls
    assert call.extra["fax"] == "stored:k1"
    assert parse(message, default_profile()) == call


async def test_what_looks_like_our_marks_is_not_believed() -> None:
    seen, shelf = Seen(), Shelf()
    body = {**CALL_END, "recording": {"content": "cut:00:0"}, "fax": LONG}
    assert await _post(seen, json.dumps(body), audio=shelf) == 204
    assert seen.calls[0][0].recording == RecordingRef()


async def test_a_wrong_checksum_or_too_much_audio_costs_only_the_audio() -> None:
    profile = default_profile()
    short = evolve(profile, recordings=evolve(profile.recordings, max_bytes=1000))
    for settings, recording in (({}, {"sha256": "0" * 64}), ({"profile": short}, {})):
        seen, shelf = Seen(), Shelf()
        body = {**CALL_END, "recording": {"code": "R-1", "content": LONG, **recording}}
        assert await _post(seen, json.dumps(body), audio=shelf, **settings) == 204
        assert seen.calls[0][0].recording == RecordingRef(code="R-1")
        assert shelf.kept == {}


@pytest.mark.parametrize(
    "media", ["application/json", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "text/xml"]
)
async def test_fields_without_an_end_are_refused(media: str) -> None:
    async def endless() -> AsyncIterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="data"\r\n\r\n{"a": "'
        for _ in range(MAX_FIELD_BYTES // 65536 + 2):
            yield b"no base64 " * 6554

    seen, profile = Seen(), default_profile()
    profile = evolve(profile, webhooks=evolve(profile.webhooks, encodings=("json", "form", "multipart", "xml")))
    assert await _post(seen, endless(), headers={"content-type": media}, profile=profile) == 413
    assert not seen.quarantined


async def test_a_call_that_cannot_be_kept_tells_so_and_comes_again() -> None:
    body = json.dumps({**CALL_END, "recording": {"content": LONG}})
    seen = Seen()

    class Unsure(Shelf):
        async def keep(self, chunks: AsyncIterator[bytes], content_type: str) -> str:
            async for _ in chunks:
                raise OSError("no space")
            return content_type

    assert await _post(seen, body, audio=Unsure()) == 500
    assert not seen.calls


def test_a_kept_message_of_parts_gives_what_it_holds() -> None:
    body = (
        b'--x\r\nContent-Disposition: form-data; name="data"\r\n\r\n' + json.dumps(CALL_END).encode() + b"\r\n"
        b'--x\r\nContent-Disposition: form-data; name="recording"; filename="a"\r\nContent-Type: audio/wav\r\n\r\n'
        b"stored:k9\r\n--x--\r\n"
    )
    seen = Message(
        hook="call_end",  # type: ignore[arg-type]
        content_type="multipart/form-data; boundary=x",
        body=body,
        received_at=None,  # type: ignore[arg-type]
    )
    call = parse(seen, default_profile())
    assert isinstance(call, CallEnd)
    assert call.recording is not None
    assert call.recording.stored == "k9"
