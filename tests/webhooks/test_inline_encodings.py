"""Long inline audio in forms, XML and parts, by way of the whole receiver: stored, or kept as it came."""

from __future__ import annotations

import base64
import json
import logging
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from attrs import evolve

from tests.webhooks.receiving import CALL_END, Seen, Shelf, client
from tests.webhooks.test_streaming import elsewhere
from vipex_sdk.webhooks import CallEnd, HmacSignature, RecordingRef, parse
from vipex_sdk.wire.markup import render_xml
from vipex_sdk.wire.multipart import Part, join_parts
from vipex_sdk.wire.profile import WireProfile, default_profile

AUDIO = b"RIFF\x00\x00\x00\x00WAVEfmt " + bytes(range(256)) * 1000
LONG = base64.b64encode(AUDIO)
FLAT = {name: text for name, text in CALL_END.items() if name != "recording"}
STORED = RecordingRef(code="R-1", stored="k1")


def _profile() -> WireProfile:
    profile = default_profile()
    return evolve(profile, webhooks=evolve(profile.webhooks, encodings=("json", "form", "multipart", "xml")))


async def _post(seen: Seen, sent: tuple[str, bytes], **settings: Any) -> int:
    async with client(seen.receiver(**{"profile": _profile()} | settings)) as http:
        return (await http.post("/call-end", content=sent[1], headers={"content-type": sent[0]})).status_code


def _form(fields: dict[str, Any]) -> tuple[str, bytes]:
    return "application/x-www-form-urlencoded", urlencode(fields).encode()


def _xml(fields: dict[str, Any]) -> tuple[str, bytes]:
    return "application/xml", render_xml(fields, root="call")


def _parts(*parts: tuple[str, bytes | dict[str, Any]]) -> tuple[str, bytes]:
    texts = [(name, json.dumps(text).encode() if isinstance(text, dict) else text) for name, text in parts]
    return join_parts([Part(name=name, content=text) for name, text in texts], boundary="x")


RECORDING = {"code": "R-1", "content": LONG.decode()}
WAYS = {
    "json": ("application/json", json.dumps({**FLAT, "recording": RECORDING}).encode()),
    "form": _form({**FLAT, "recording.code": "R-1", "recording[content]": LONG}),
    "xml": _xml({**FLAT, "recording": RECORDING}),
    "xml with an attribute": (
        "text/xml",
        _xml({**FLAT, "recording": "*"})[1].replace(
            b"<recording>*</recording>", b'<recording code="R-1" content="' + LONG + b'"/>'
        ),
    ),
    "json in a part": _parts(("data", {**FLAT, "recording": RECORDING})),
    "fields in parts": _parts(
        *((name, text.encode()) for name, text in FLAT.items()),
        ("recording.code", b"R-1"),
        ("recording.content", LONG),
    ),
}


@pytest.mark.parametrize("way", WAYS)
async def test_long_audio_is_stored_by_every_encoding(way: str) -> None:
    seen, shelf = Seen(), Shelf()
    assert await _post(seen, WAYS[way], audio=shelf) == 204
    ((call, message),) = seen.calls
    assert call.recording == STORED
    assert shelf.kept == {"k1": (AUDIO, "audio/wav")}
    assert len(message.body) < 1000
    assert parse(message, _profile()) == call


@pytest.mark.parametrize("audio", [AUDIO, AUDIO[:1000], AUDIO[:13]], ids=["long", "short", "tiny"])
@pytest.mark.parametrize("name", ["recording", "recording[]", "recording_call"])
async def test_a_part_of_base64_is_the_recording_as_a_file_is(name: str, audio: bytes) -> None:
    seen, shelf = Seen(), Shelf()
    sent = _parts(("data", {**FLAT, "recording": {"code": "R-1"}}), (name, b"\r\n" + base64.encodebytes(audio)))
    assert await _post(seen, sent, audio=shelf) == 204
    ((call, message),) = seen.calls
    assert call.recording == evolve(STORED, content_type="audio/wav")
    assert shelf.kept == {"k1": (audio, "audio/wav")}
    assert parse(message, _profile()) == call


@pytest.mark.parametrize("code", ["R-5f1c9b7e", "5f1c9b7e", "ő", ""])
async def test_a_part_with_a_code_is_a_code(code: str) -> None:
    seen, shelf = Seen(), Shelf()
    fields = [(name, text.encode()) for name, text in FLAT.items()]
    assert await _post(seen, _parts(*fields, ("recording", code.encode())), audio=shelf) == 204
    recording = seen.calls[0][0].recording
    assert (recording.code if recording else "") == code
    assert shelf.kept == {}


@pytest.mark.parametrize("text", [LONG, LONG[:1000]], ids=["long", "short"])
async def test_a_part_that_turns_out_to_be_no_base64_costs_only_the_audio(text: bytes) -> None:
    seen, shelf = Seen(), Shelf()
    assert await _post(seen, _parts(("data", FLAT), ("recording", text + b"?")), audio=shelf) == 204
    assert seen.calls[0][0].recording is None
    assert shelf.kept == {}


STRANGE = {"event": "call_end", "call_id": "c1", "begin": CALL_END["started_at"]}


@pytest.mark.parametrize(
    "sent",
    [
        _form({**STRANGE, "sound.data": LONG}),
        _xml({**STRANGE, "sound": {"data": LONG.decode()}}),
        _parts(("json", {**STRANGE, "sound": {"data": LONG.decode()}})),
        _parts(*((name, text.encode()) for name, text in STRANGE.items()), ("sound.data", LONG)),
        _parts(("json", STRANGE), ("recording", LONG)),
    ],
    ids=["form", "xml", "data part", "parts", "recording part"],
)
async def test_audio_of_a_message_nobody_understands_is_kept_for_the_day_somebody_does(
    sent: tuple[str, bytes], tmp_path: Path
) -> None:
    seen, shelf = Seen(), Shelf()
    assert await _post(seen, sent, audio=shelf) == 202
    message = seen.quarantined[0][0]
    assert len(message.body) < 1500
    call = parse(message, elsewhere(tmp_path))
    assert isinstance(call, CallEnd)
    assert call.recording is not None
    assert call.recording.stored == "k1"
    assert shelf.kept["k1"][0] == AUDIO


BROKEN = {
    "form": ("application/x-www-form-urlencoded", b"a=%s&&b", quote(LONG, safe="").encode()),
    "xml": ("application/xml", b"<a><b>%s</b><c x='%s'></a>", LONG),
    "no type": ("", b"<a><b>%s</b>", LONG),
    "a document type": ("text/xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>%s</a>', LONG),
}


@pytest.mark.parametrize("name", BROKEN)
async def test_a_broken_body_is_kept_as_it_came_with_marks(name: str) -> None:
    seen, shelf = Seen(), Shelf()
    content_type, frame, text = BROKEN[name]
    body = frame.replace(b"%s", text)
    assert await _post(seen, (content_type, body), audio=shelf) == 202
    message = seen.quarantined[0][0]
    assert message.body.replace(b"stored:k1", text).replace(b"stored:k2", text) == body
    assert {audio for audio, _ in shelf.kept.values()} == {AUDIO}


@pytest.mark.parametrize(
    "sent",
    [
        ("application/x-www-form-urlencoded", b"no=base64+at+all&" + b"a=%C3%A1rv%C3%ADz+" * 8000),
        ("application/xml", "<a><b>árvíz</c></a>".replace("árvíz", "árvíz " * 20_000).encode()),
    ],
    ids=["form", "xml"],
)
async def test_what_is_no_base64_is_kept_as_it_came(sent: tuple[str, bytes]) -> None:
    seen = Seen()
    assert await _post(seen, sent, audio=Shelf()) == 202
    assert seen.quarantined[0][0].body == sent[1]


async def test_a_forged_signature_of_parts_leaves_no_audio() -> None:
    seen, shelf = Seen(), Shelf()
    for content_type, body in (_parts(("recording", LONG)), _parts(("recording", LONG[:1000])), WAYS["form"]):
        async with client(seen.receiver(checks=[HmacSignature("k3y")], audio=shelf), auth=None) as http:
            headers = {"content-type": content_type, "X-Signature": "0" * 64}
            assert (await http.post("/call-end", content=body, headers=headers)).status_code == 401
    assert shelf.kept == {}


async def test_a_broken_multipart_body_leaves_no_audio() -> None:
    seen, shelf = Seen(), Shelf()
    content_type, body = _parts(("data", FLAT), ("recording", LONG))
    assert await _post(seen, (content_type, body[:-4]), audio=shelf) == 202
    assert seen.quarantined[0][0].body == body[:-4]
    assert shelf.kept == {}


async def test_many_cuts_do_not_take_each_other_for_the_beginning_of_another() -> None:
    seen, shelf = Seen(), Shelf()
    text = base64.b64encode(bytes(60_000)).decode()
    body = b'["' + b'", "'.join([text.encode()] * 12) + b'"'
    assert await _post(seen, ("application/json", body), audio=shelf) == 202
    kept = seen.quarantined[0][0].body
    assert kept == ('["' + '", "'.join(f"stored:k{number}" for number in range(1, 13)) + '"').encode()


async def test_a_bare_plus_sign_in_a_form_costs_only_the_audio(caplog: pytest.LogCaptureFixture) -> None:
    seen, shelf = Seen(), Shelf()
    body = _form(FLAT)[1] + b"&recording.code=R-1&recording.content=" + LONG
    with caplog.at_level(logging.WARNING):
        assert await _post(seen, ("application/x-www-form-urlencoded", body), audio=shelf) == 204
    assert seen.calls[0][0].recording == RecordingRef(code="R-1")
    assert shelf.kept == {}
    assert "inline audio dropped: it is not base64" in caplog.text
