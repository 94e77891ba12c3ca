"""Recordings that come in messages of their own: understood, kept, acknowledged only when durable."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.webhooks.receiving import CALL_END, Seen, Shelf, client
from tests.webhooks.strategies import START, call_ends
from vipex_sdk.errors import StoreUnavailable, VipexError
from vipex_sdk.webhooks import Message, RecordingUpload, parse
from vipex_sdk.webhooks.attach import with_uploads
from vipex_sdk.webhooks.events import CallEnd, RecordingRef
from vipex_sdk.wire.profile import WireProfile, default_profile, load_profile

AUDIO = b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(500)
LATER = START + timedelta(minutes=1)
FIELDS = {"event": "recording_upload", "event_id": "ev-1", "call_id": "20260302-090000-11aa"}
INLINE = FIELDS | {"recording": {"content": base64.b64encode(AUDIO).decode(), "duration_seconds": 7}}


class Kept:
    """Takes uploads."""

    def __init__(self, error: Exception | None = None) -> None:
        self.uploads: list[tuple[RecordingUpload, Message]] = []
        self.error = error

    async def __call__(self, upload: RecordingUpload, message: Message) -> None:
        if self.error is not None:
            raise self.error
        self.uploads.append((upload, message))


async def post(path: str, kept: Kept | None, shelf: Shelf, seen: Seen, **request: Any) -> Any:
    profile: WireProfile | None = request.pop("profile", None)
    async with client(seen.receiver(on_recording=kept, audio=shelf, profile=profile)) as http:
        return await http.post(path, **request)


@pytest.mark.parametrize("path", ["/recording", "/events", "/call-end"])
async def test_inline_audio_is_stored_and_handed_on(path: str) -> None:
    kept, shelf, seen = Kept(), Shelf(), Seen()
    assert (await post(path, kept, shelf, seen, json=INLINE)).status_code == 204
    ((upload, message),) = kept.uploads
    assert upload.recording == RecordingRef(stored="k1", duration_seconds=7)
    assert shelf.kept["k1"][0] == AUDIO
    assert b"stored:k1" in message.body
    assert parse(message, default_profile()) == upload


@pytest.mark.parametrize("part", ["recording", "recording_l2"])
async def test_a_file_beside_the_fields_is_the_recording(part: str) -> None:
    kept, shelf, seen = Kept(), Shelf(), Seen()
    files = {"data": (None, json.dumps(FIELDS), "application/json"), part: ("a.wav", AUDIO, "audio/wav")}
    assert (await post("/recording", kept, shelf, seen, files=files)).status_code == 204
    ((upload, message),) = kept.uploads
    assert upload.recording == RecordingRef(stored="k1", content_type="audio/wav")
    assert upload.leg_id == ("l2" if part.endswith("l2") else None)
    assert parse(message, default_profile()) == upload


async def test_the_address_tells_what_a_message_without_a_word_is(tmp_path: Path) -> None:
    kept, shelf, seen = Kept(), Shelf(), Seen()
    bare = {key: value for key, value in INLINE.items() if key != "event"}
    assert (await post("/recording", kept, shelf, seen, json=bare)).status_code == 204
    assert (await post("/recording", kept, shelf, seen, json=CALL_END)).status_code == 204
    assert (len(kept.uploads), len(seen.calls)) == (1, 1)
    assert (await post("/events", kept, shelf, seen, json=bare)).status_code == 204
    whole = {key: value for key, value in CALL_END.items() if key not in {"event", "ended_at", "disposition"}}
    assert (await post("/call-end", kept, shelf, seen, json=whole)).status_code == 204
    assert (len(kept.uploads), len(seen.calls)) == (2, 2)
    (tmp_path / "own.toml").write_text('[webhooks.recording_upload]\npath = "/hang"\nwords = ["HANG"]\n')
    own = load_profile(tmp_path / "own.toml")
    named = INLINE | {"event": "hang"}
    assert (await post("/hang", kept, shelf, seen, json=named, profile=own)).status_code == 204


@pytest.mark.parametrize("recording", [None, {}, {"content": "no base64!"}, {"duration_seconds": 7}])
async def test_a_message_without_a_recording_is_kept_for_people_to_look_at(recording: Any) -> None:
    kept, seen = Kept(), Seen()
    answer = await post("/recording", kept, Shelf(), seen, json=FIELDS | {"recording": recording})
    assert answer.status_code == 202
    assert len(seen.quarantined) == 1
    assert not kept.uploads


async def test_nothing_is_acknowledged_that_is_not_durable() -> None:
    for kept, status in ((Kept(StoreUnavailable("full")), 503), (Kept(ValueError("bug")), 500), (None, 404)):
        assert (await post("/recording", kept, Shelf(), Seen(), json=INLINE)).status_code == status


async def test_a_broken_body_with_a_file_can_be_read_after_the_profile_has_changed(tmp_path: Path) -> None:
    kept, shelf, seen = Kept(), Shelf(), Seen()
    files = {"data": (None, json.dumps({"event": "VOICE"}), "application/json"), "recording": ("a.wav", AUDIO)}
    assert (await post("/events", kept, shelf, seen, files=files)).status_code == 202
    ((message, _),) = seen.quarantined
    with pytest.raises(VipexError):
        parse(message, default_profile())
    (tmp_path / "own.toml").write_text(
        '[webhooks.recording_upload]\nwords = ["VOICE"]\n[fields.recording_upload]\ncall_id = ["event"]\n'
    )
    upload = parse(message, load_profile(tmp_path / "own.toml"))
    assert isinstance(upload, RecordingUpload)
    assert upload.recording is not None
    assert upload.recording.stored == "k1"


uploads = st.builds(
    RecordingUpload,
    call_id=st.just("20260302-090000-11aa"),
    event_id=st.none() | st.sampled_from(["a", "b"]),
    attempt=st.none() | st.integers(0, 2),
    leg_id=st.none() | st.sampled_from(["l1", "l2", "l9"]),
    recording=st.builds(RecordingRef, code=st.none() | st.just("R-1"), stored=st.sampled_from(["k1", "k2"])),
)


def test_a_leg_that_nobody_knows_takes_nothing_from_the_whole_call() -> None:
    call = CallEnd(call_id="c", started_at=START)
    whole = RecordingUpload(call_id="c", sent_at=START, recording=RecordingRef(stored="k1"))
    leg = RecordingUpload(call_id="c", sent_at=LATER, leg_id="l9", recording=RecordingRef(stored="k2"))
    assert with_uploads(call, [whole, leg]).recording == RecordingRef(stored="k1")
    assert with_uploads(call, [leg]).recording == RecordingRef(stored="k2")


@given(call_ends, st.lists(uploads, max_size=4), st.randoms())
def test_the_order_of_uploads_makes_no_difference(call: Any, some: list[RecordingUpload], chance: Any) -> None:
    once = with_uploads(call, some)
    shuffled = [*some, *some]
    chance.shuffle(shuffled)
    assert with_uploads(call, shuffled) == once
    assert with_uploads(once, some) == once
    if some:
        everywhere = [once.recording, *(leg.recording for leg in once.legs)]
        assert {ref.stored for ref in everywhere if ref} & {one.recording.stored for one in some if one.recording}
