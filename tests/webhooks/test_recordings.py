"""Audio in a message: stored as it arrives, its key in its place, and never in what is kept."""

import base64
import hashlib
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from attrs import evolve

from tests.webhooks.receiving import CALL_END, Seen, Shelf, client
from vipex_sdk.errors import RecordingRejected, StoreUnavailable
from vipex_sdk.webhooks import HmacSignature, RecordingRef, parse, sign_body
from vipex_sdk.wire.profile import default_profile

AUDIO = b"RIFF" + bytes(range(256)) * 2000
BASE64 = base64.b64encode(AUDIO).decode()
LEGS = [{"leg_id": "x-1", "seq": 1, "type": "initial"}, {"leg_id": "x-2", "seq": 2, "type": "transfer_blind"}]


def inline(**more: Any) -> dict[str, Any]:
    return {**CALL_END, "recording": {"code": "R-1", "content_type": "audio/wav", "content": BASE64, **more}}


async def _post(seen: Seen, body: Any, **settings: Any) -> int:
    async with client(seen.receiver(**settings)) as http:
        return (await http.post("/call-end", json=body)).status_code


async def test_inline_audio_is_stored_and_only_its_key_is_kept() -> None:
    seen, shelf = Seen(), Shelf()
    assert await _post(seen, inline(sha256=hashlib.sha256(AUDIO).hexdigest()), audio=shelf) == 204
    assert shelf.kept == {"k1": (AUDIO, "audio/wav")}
    ((call, message),) = seen.calls
    assert call.recording == RecordingRef(code="R-1", stored="k1", content_type="audio/wav")
    assert len(message.body) < 1000
    assert parse(message, default_profile()) == call


async def test_audio_of_legs_is_stored_leg_by_leg() -> None:
    seen, shelf = Seen(), Shelf()
    legs = [
        {**leg, "recording": {"content": base64.b64encode(text).decode()}}
        for leg, text in zip(LEGS, (b"one", b"two"), strict=True)
    ]
    assert await _post(seen, {**CALL_END, "recording": None, "legs": legs}, audio=shelf) == 204
    ((call, message),) = seen.calls
    assert [leg.recording and leg.recording.stored for leg in call.legs] == ["k1", "k2"]
    assert [audio for audio, _ in shelf.kept.values()] == [b"one", b"two"]
    assert parse(message, default_profile()) == call


@pytest.mark.parametrize(
    "recording",
    [
        {"content": "not base64!", "code": "R-1"},
        {"content": BASE64[:-3], "code": "R-1"},
        {"content": BASE64, "code": "R-1", "sha256": "0" * 64},
        {"content": 7, "code": "R-1"},
        {"content": "stored:somebody-elses", "code": "R-1"},
        {"stored": "somebody-elses", "code": "R-1"},
    ],
)
async def test_broken_or_forged_audio_is_dropped_and_the_call_is_not(recording: dict[str, Any]) -> None:
    seen, shelf = Seen(), Shelf()
    assert await _post(seen, {**CALL_END, "recording": recording}, audio=shelf) == 204
    assert seen.calls[0][0].recording == RecordingRef(code="R-1")
    assert parse(seen.calls[0][1], default_profile()) == seen.calls[0][0]
    assert shelf.kept == {}


async def test_without_a_store_the_code_is_kept(caplog: pytest.LogCaptureFixture) -> None:
    seen = Seen()
    assert await _post(seen, inline()) == 204
    assert seen.calls[0][0].recording == RecordingRef(code="R-1", content_type="audio/wav")
    assert BASE64[:50] not in seen.calls[0][1].body.decode()
    assert "inline audio dropped: no store" in caplog.text


async def test_base64_in_lines_is_understood() -> None:
    seen, shelf = Seen(), Shelf()
    assert await _post(seen, inline(content=base64.encodebytes(AUDIO).decode()), audio=shelf) == 204
    assert shelf.kept["k1"][0] == AUDIO


async def test_too_long_audio_is_dropped() -> None:
    profile = default_profile()
    profile = evolve(profile, recordings=evolve(profile.recordings, max_bytes=1000))
    seen, shelf = Seen(), Shelf()
    assert await _post(seen, inline(), audio=shelf, profile=profile) == 204
    assert shelf.kept == {}


async def test_audio_that_cannot_be_stored_is_asked_for_again() -> None:
    assert await _post(Seen(), inline(), audio=Shelf(StoreUnavailable("disk full"))) == 503
    assert await _post(Seen(), inline(), audio=Shelf(RuntimeError())) == 500


async def test_a_store_that_refuses_the_audio_costs_only_the_audio() -> None:
    seen = Seen()
    assert await _post(seen, inline(), audio=Shelf(RecordingRejected("no audio"))) == 204
    assert seen.calls[0][0].recording == RecordingRef(code="R-1", content_type="audio/wav")


async def test_a_megabyte_of_json_is_no_trouble() -> None:
    seen, shelf = Seen(), Shelf()
    long = AUDIO * 4
    assert await _post(seen, inline(content=base64.b64encode(long).decode()), audio=shelf) == 204
    assert shelf.kept["k1"][0] == long


async def _multipart(
    seen: Seen, files: list[tuple[str, Any]], fields: dict[str, str] | None = None, **settings: Any
) -> int:
    async with client(seen.receiver(**settings)) as http:
        return (await http.post("/call-end", data=fields, files=files)).status_code


DATA = ("data", (None, json.dumps({**CALL_END, "legs": LEGS}), "application/json"))


async def test_files_beside_the_data_are_stored_while_they_arrive() -> None:
    seen, shelf = Seen(), Shelf()
    files = [
        ("recording", ("call.wav", AUDIO, "audio/wav")),
        DATA,
        ("recording_x-2", ("leg.mp3", b"two", "audio/mpeg")),
        ("recording_gone", ("odd.mp3", b"", "audio/mpeg")),
    ]
    assert await _multipart(seen, files[:3], audio=shelf) == 204
    ((call, message),) = seen.calls
    assert call.recording == RecordingRef(code="R-5f1c9b7e", content_type="audio/mpeg", stored="k1")
    assert call.legs[1].recording == RecordingRef(content_type="audio/mpeg", stored="k2")
    assert shelf.kept == {"k1": (AUDIO, "audio/wav"), "k2": (b"two", "audio/mpeg")}
    assert message.content_type == "application/json"
    assert parse(message, default_profile()) == call
    assert await _multipart(seen, [DATA, files[3]], audio=shelf) == 204
    assert seen.calls[1][0].recording is not None
    assert seen.calls[1][0].recording.stored == "k3"


async def test_files_may_be_given_in_the_order_of_the_legs() -> None:
    seen, shelf = Seen(), Shelf()
    files = [DATA, ("recording[]", ("a", b"one", "audio/wav")), ("recording[]", ("b", b"two", "audio/wav"))]
    assert await _multipart(seen, files, audio=shelf) == 204
    assert [leg.recording and leg.recording.stored for leg in seen.calls[0][0].legs] == ["k1", "k2"]


async def test_every_field_may_be_a_part_of_its_own() -> None:
    seen, shelf = Seen(), Shelf()
    fields = {"call_id": "c1", "started_at": "2026-03-02T09:00:00+01:00", "user.name": "Árvíztűrő"}
    assert await _multipart(seen, [("recording", ("a.wav", AUDIO, "audio/wav"))], fields, audio=shelf) == 204
    ((call, _),) = seen.calls
    assert (call.call_id, call.user and call.user.name) == ("c1", "Árvíztűrő")
    assert call.recording == RecordingRef(stored="k1", content_type="audio/wav")


async def test_files_without_a_store_or_refused_by_it_are_dropped(caplog: pytest.LogCaptureFixture) -> None:
    for shelf in (None, Shelf(RecordingRejected("no audio"))):
        seen = Seen()
        files = [DATA, ("recording", ("a.wav", AUDIO * 10, "audio/wav"))]
        assert await _multipart(seen, files, audio=shelf) == 204
        assert seen.calls[0][0].recording == RecordingRef(code="R-5f1c9b7e", content_type="audio/mpeg")
    assert caplog.text.count("inline audio dropped") == 2


async def test_files_that_cannot_be_stored_are_asked_for_again() -> None:
    files = [DATA, ("recording", ("a.wav", AUDIO, "audio/wav"))]
    assert await _multipart(Seen(), files, audio=Shelf(StoreUnavailable("disk full"))) == 503


async def test_a_signed_multipart_body_stores_nothing_before_it_is_proved() -> None:
    seen, shelf = Seen(), Shelf()
    boundary = "b0undary"
    body = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="data"\r\n\r\n{json.dumps(CALL_END)}\r\n'
        f'--{boundary}\r\nContent-Disposition: form-data; name="recording"; filename="a"\r\n\r\nabc\r\n'
        f"--{boundary}--\r\n"
    ).encode()
    headers = {"content-type": f"multipart/form-data; boundary={boundary}"}
    async with client(seen.receiver(checks=[HmacSignature("k3y")], audio=shelf), auth=None) as http:
        forged = await http.post("/call-end", content=body, headers=headers | {"X-Signature": "0" * 64})
        assert (forged.status_code, shelf.kept) == (401, {})
        signed = await http.post("/call-end", content=body, headers=headers | sign_body("k3y", body))
    assert signed.status_code == 204
    assert shelf.kept == {"k1": (b"abc", "application/octet-stream")}


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", b"--x\r\n"),
        ("multipart/form-data; boundary=x", b"nonsense"),
        ("multipart/form-data; boundary=x", b""),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="data"\r\n\r\n{}\r\n'),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="data"\r\n\r\n{\r\n--x--'),
        ("multipart/form-data; boundary=" + "x" * 300, b"--x--"),
        (
            "multipart/form-data; boundary=x",
            b"".join(b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n' for _ in range(300)),
        ),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="recording"; filename="a"\r\n\r\nhalf a file',
        ),
    ],
)
async def test_broken_multipart_is_kept(content_type: str, body: bytes) -> None:
    seen, shelf = Seen(), Shelf()
    async with client(seen.receiver(audio=shelf)) as http:
        answer = await http.post("/call-end", content=body, headers={"content-type": content_type})
    assert answer.status_code == 202
    assert seen.quarantined[0][0].body in body
    assert shelf.kept == {}


async def test_a_long_file_is_never_in_memory_as_a_whole() -> None:
    seen = Seen()
    most = 0

    class Slow(Shelf):
        async def keep(self, chunks: AsyncIterator[bytes], content_type: str) -> str:
            nonlocal most
            async for chunk in chunks:
                most = max(most, len(chunk))
            return content_type

    async def body() -> AsyncIterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="recording"; filename="a"\r\n\r\n'
        for _ in range(200):
            yield b"a" * 65536
        yield b'\r\n--x\r\nContent-Disposition: form-data; name="data"\r\n\r\n' + json.dumps(CALL_END).encode()
        yield b"\r\n--x--\r\n"

    async with client(seen.receiver(audio=Slow())) as http:
        answer = await http.post(
            "/call-end", content=body(), headers={"content-type": "multipart/form-data; boundary=x"}
        )
    assert answer.status_code == 204
    assert 0 < most <= 65536
