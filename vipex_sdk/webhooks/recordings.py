"""Audio inside a message: found, taken out, stored elsewhere, and its key put in its place.

A kept message never holds audio. Where base64 stood, ``stored:KEY`` stands; a sender cannot write that itself, because
a colon is no base64 and everything at that place goes through :func:`take_out`. Long base64 does not get here: it was
taken out of the raw body as it arrived (:mod:`vipex_sdk.webhooks.cuts`), and here only its place is decided.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import logging
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any, Protocol, TypeVar

from attrs import evolve

from vipex_sdk.errors import RecordingRejected
from vipex_sdk.webhooks.cuts import Cuts
from vipex_sdk.webhooks.events import CallEnd, CallLeg, RecordingRef, RecordingUpload
from vipex_sdk.webhooks.kind import field_paths
from vipex_sdk.webhooks.message import STORED, Hook, stored_mark
from vipex_sdk.wire.paths import first_at, put_at, value_at
from vipex_sdk.wire.plan import snake
from vipex_sdk.wire.profile import WireProfile

__all__ = ["AudioStore", "put_stored", "take_out", "with_stored"]

_log = logging.getLogger(__name__)
_CHUNK_CHARACTERS = 4 * 64 * 1024
_UNKNOWN_AUDIO = "application/octet-stream"

M = TypeVar("M", CallEnd, CallLeg, RecordingUpload)


class AudioStore(Protocol):
    """Where inline audio goes."""

    async def keep(self, chunks: AsyncIterator[bytes], content_type: str) -> str:
        """Make the audio durable and give its key; when *chunks* raises, leave nothing behind and let it through.

        Several may be kept at the same time, and a cancelled call leaves nothing behind either: the last chunk comes
        only when the sender is proved. The type is the sender's word, or told by the first bytes; never proof.

        Raises:
            RecordingRejected: this is not audio, or too much of it.
            StoreUnavailable: it could not be made durable.
        """
        ...


def with_stored(part: M, fields: Mapping[str, Any], profile: WireProfile) -> M:
    """Set ``stored`` of the recordings of a message or a leg from the marks in its fields; nobody else sets it."""
    model = snake(type(part).__name__)
    key = _stored_key(_recording_in(fields, profile, model), profile)
    recording = part.recording
    if key or recording is not None:
        recording = evolve(recording or RecordingRef(), stored=key)
    if not isinstance(part, CallEnd):
        return evolve(part, recording=recording)
    wire = {first_at(leg, field_paths(profile, "call_leg", "leg_id")): leg for leg in _legs_in(fields, profile)}
    by_id = {str(leg_id): leg for leg_id, leg in wire.items()}
    legs = tuple(with_stored(leg, by_id.get(leg.leg_id, {}), profile) for leg in part.legs)
    return evolve(part, recording=recording, legs=legs)


def _stored_key(recording: Mapping[str, Any] | None, profile: WireProfile) -> str | None:
    content = first_at(recording, profile.recordings.content) if recording is not None else None
    marked = isinstance(content, str) and content.startswith(STORED)
    return content.removeprefix(STORED) if marked and isinstance(content, str) else None


def _recording_in(fields: Mapping[str, Any], profile: WireProfile, model: str) -> dict[str, Any] | None:
    for path in field_paths(profile, model, "recording"):
        found = value_at(fields, path)
        if isinstance(found, dict):
            return found
    return None


def _legs_in(fields: Mapping[str, Any], profile: WireProfile) -> list[dict[str, Any]]:
    legs = first_at(fields, field_paths(profile, "call_end", "legs"))
    return [leg for leg in legs if isinstance(leg, dict)] if isinstance(legs, list) else []


async def take_out(
    fields: dict[str, Any], profile: WireProfile, audio: AudioStore | None, *, kind: Hook, cuts: Cuts | None = None
) -> bool:
    """Move all inline audio of a message of *kind* into *audio*, in place; give whether there was any.

    *cuts* is what was taken out of the raw body already.

    Audio that is broken, unwanted or without a store is dropped with a warning: the call counts more, and its code
    may still fetch the recording.

    Raises:
        StoreUnavailable: from the store.
    """
    found = False
    for recording in _all_recordings(fields, profile, kind):
        for path in profile.recordings.content:
            content = value_at(recording, path)
            if content not in (None, ""):
                found = True
                put_at(recording, path, await _kept(recording, content, profile, audio, cuts))
    if cuts:
        await cuts.settle_rest(fields)
    return found or bool(cuts)


def _all_recordings(fields: dict[str, Any], profile: WireProfile, kind: Hook) -> list[dict[str, Any]]:
    """Give every recording once: of the message, of one that is a leg itself, and of the legs in a call."""
    models = ("recording_upload",) if kind is Hook.RECORDING_UPLOAD else ("call_end", "call_leg")
    holders = [_recording_in(fields, profile, model) for model in models]
    holders += [_recording_in(leg, profile, "call_leg") for leg in _legs_in(fields, profile)]
    return list({id(recording): recording for recording in holders if recording is not None}.values())


async def _kept(
    recording: Mapping[str, Any],
    content: object,
    profile: WireProfile,
    audio: AudioStore | None,
    cuts: Cuts | None,
) -> str | None:
    sha256 = first_at(recording, profile.recordings.sha256)
    digest = str(sha256).lower() if sha256 else None
    cut = cuts.at(content) if cuts else None
    if cut is not None:
        return await cut.settle(sha256=digest)
    if audio is None or not profile.recordings.takes_inline:
        _log.warning("inline audio dropped: %s", "no store" if audio is None else "the profile takes codes only")
        return None
    content_type = first_at(recording, field_paths(profile, "recording_ref", "content_type"))
    chunks = _decoded(content, profile.recordings.max_bytes, digest)
    try:
        key = await audio.keep(chunks, content_type if isinstance(content_type, str) else _UNKNOWN_AUDIO)
    except RecordingRejected as exc:
        _log.warning("inline audio dropped: %s", exc)
        return None
    return stored_mark(key)


async def _decoded(content: object, max_bytes: int, digest: str | None) -> AsyncIterator[bytes]:
    if not isinstance(content, str):
        raise RecordingRejected("inline audio is not text")
    seen, actual = 0, hashlib.sha256()
    for chunk in _base64_chunks(content):
        seen += len(chunk)
        actual.update(chunk)
        if seen > max_bytes:
            raise RecordingRejected("inline audio is longer than the profile allows")
        yield chunk
    if digest is not None and actual.hexdigest() != digest:
        raise RecordingRejected("inline audio does not have the checksum that came with it")


def _base64_chunks(content: str) -> Iterator[bytes]:
    text = content if content.isalnum() else "".join(content.split())
    try:
        for start in range(0, len(text), _CHUNK_CHARACTERS):
            yield base64.b64decode(text[start : start + _CHUNK_CHARACTERS], validate=True)
    except (binascii.Error, ValueError):
        raise RecordingRejected("inline audio is not base64") from None


def put_stored(
    fields: dict[str, Any], profile: WireProfile, *, kind: Hook, place: str, key: str, content_type: str
) -> None:
    """Note in *fields* that audio which came beside them is stored.

    Args:
        fields: of the message, changed in place.
        profile: the wire format.
        kind: what the message is.
        place: empty for the call's recording, else the id of a leg, or ``[0]`` for the first leg.
        key: of the store.
        content_type: as the sender said.
    """
    owner, model = fields, kind.value
    if place and kind is Hook.RECORDING_UPLOAD:
        paths = field_paths(profile, model, "leg_id")
        if first_at(fields, paths) is None and not place.startswith("["):
            put_at(fields, paths[0], place)
    elif place:
        found = _leg(fields, profile, place)
        if found is None:
            _log.warning("audio of a leg that the message does not have is kept with the call")
        else:
            owner, model = found, "call_leg"
    recording = _recording_in(owner, profile, model)
    if recording is None:
        path = field_paths(profile, model, "recording")[0]
        code = value_at(owner, path)
        recording = {field_paths(profile, "recording_ref", "code")[0]: code} if isinstance(code, str) and code else {}
        put_at(owner, path, recording)
    put_at(recording, profile.recordings.content[0], stored_mark(key))
    type_path = field_paths(profile, "recording_ref", "content_type")
    if first_at(recording, type_path) is None:
        put_at(recording, type_path[0], content_type)


def _leg(fields: Mapping[str, Any], profile: WireProfile, place: str) -> dict[str, Any] | None:
    legs = _legs_in(fields, profile)
    if place.startswith("[") and place[1:-1].isdecimal():
        position = int(place[1:-1])
        return legs[position] if position < len(legs) else None
    paths = field_paths(profile, "call_leg", "leg_id")
    return next((leg for leg in legs if str(first_at(leg, paths)) == place), None)
