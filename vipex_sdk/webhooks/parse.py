"""From a kept message to an event. Pure: the same message gives the same event, today and after an upgrade."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from attrs import evolve

from vipex_sdk.errors import BadPayload, VipexError
from vipex_sdk.webhooks.events import CallEnd, CallLeg, DataQuery, Event, IncomingCall, Phase, RecordingUpload
from vipex_sdk.webhooks.kind import field_paths, kind_of
from vipex_sdk.webhooks.message import Hook, Message
from vipex_sdk.webhooks.recordings import with_stored
from vipex_sdk.webhooks.uploads import put_kept_files, split_kept
from vipex_sdk.wire.convert import converter_for
from vipex_sdk.wire.media import media_type, parse_body
from vipex_sdk.wire.paths import first_at, put_at
from vipex_sdk.wire.profile import WireProfile

__all__ = ["decode_event", "is_final", "parse", "read_fields"]

_KEPT_AS = frozenset({"json", "form", "xml"})


def parse(message: Message, profile: WireProfile) -> Event:
    """Understand a message. The kind of the event is told by its content; its address decides only when that does not.

    Raises:
        DecodeError: the body is not well formed, or lacks what an event must have; names paths, never values.
        BadPayload: it is well formed, but nobody knows what it is, or it holds text that cannot be stored.
    """
    content_type, body, files = _taken_apart(message, profile)
    fields = read_fields(content_type, body)
    kind = kind_of(fields, profile, address=message.hook)
    put_kept_files(fields, files, profile, kind=kind)
    return decode_event(fields, profile, kind=kind)


def _taken_apart(message: Message, profile: WireProfile) -> tuple[str, bytes, list[tuple[str, str, str]]]:
    """Give type and body of the fields, and the files that were kept beside them."""
    if media_type(message.content_type) != "multipart/form-data":
        return message.content_type, message.body, []
    return split_kept(message.content_type, message.body, profile)


def read_fields(content_type: str | None, body: bytes) -> dict[str, Any]:
    """Read the fields of a JSON, form or XML body.

    Raises:
        DecodeError: it is not well formed.
        BadPayload: it holds half characters, zero bytes or endless numbers, which no database takes.
    """
    fields = parse_body(content_type, body, accepted=_KEPT_AS)
    _check(fields)
    return fields


def _check(value: object) -> None:
    if isinstance(value, str):
        if "\0" in value or not _is_whole(value):
            raise BadPayload("the body holds text that is no text")
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise BadPayload("the body holds a number without an end")
    elif isinstance(value, dict):
        for key, item in value.items():
            _check(key)
            _check(item)
    elif isinstance(value, list):
        for item in value:
            _check(item)


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        return False
    return True


def decode_event(fields: Mapping[str, Any], profile: WireProfile, *, kind: Hook) -> Event:
    """Build the event of *kind* from the fields of a body.

    Raises:
        DecodeError: a field is missing or cannot be understood.
    """
    try:
        if kind is Hook.DATA_QUERY:
            return converter_for(profile).decode(DataQuery, fields)
        if kind is Hook.INCOMING_CALL:
            return _incoming_call(fields, profile)
        if kind is Hook.RECORDING_UPLOAD:
            return _recording_upload(fields, profile)
        return _call_end(fields, profile)
    except VipexError:
        raise
    except (ArithmeticError, LookupError, TypeError, ValueError) as exc:
        # A value that no reader foresaw, such as a time before the first year, is the sender's fault, not ours.
        raise BadPayload(f"a field of the {kind.value} cannot be understood ({type(exc).__name__})") from None


def _incoming_call(fields: Mapping[str, Any], profile: WireProfile) -> IncomingCall:
    call = converter_for(profile).decode(IncomingCall, fields)
    if first_at(fields, field_paths(profile, "incoming_call", "phase")) is not None:
        return call
    phase = Phase.ANSWERED if call.answered_at else Phase(profile.webhooks.default_phase)
    return evolve(call, phase=phase)


def _recording_upload(fields: Mapping[str, Any], profile: WireProfile) -> RecordingUpload:
    upload = with_stored(converter_for(profile).decode(RecordingUpload, fields), fields, profile)
    if upload.recording is None or not (upload.recording.stored or upload.recording.code):
        raise BadPayload("there is no recording in it")
    return upload


def _call_end(fields: Mapping[str, Any], profile: WireProfile) -> CallEnd:
    legs = profile.webhooks.legs
    if legs.mode == "separate" and _flag(first_at(fields, (legs.part,)), profile):
        return _part(fields, profile)
    named = _with_named_legs(fields, profile)
    return with_stored(converter_for(profile).decode(CallEnd, named), named, profile)


def is_final(message: Message, profile: WireProfile) -> bool:
    """Whether the sender says that *message* is the last about its call, where legs come as messages of their own."""
    try:
        fields = read_fields(*_taken_apart(message, profile)[:2])
        return _flag(first_at(fields, (profile.webhooks.legs.final,)), profile)
    except VipexError:
        return False


def _flag(value: object, profile: WireProfile) -> bool:
    return value is not None and converter_for(profile).decode(bool, value)


def _part(fields: Mapping[str, Any], profile: WireProfile) -> CallEnd:
    """Read a message that is one leg: what it says about times and results is the leg's, not the call's."""
    converter = converter_for(profile)
    call = converter.decode(CallEnd, fields)
    leg = with_stored(converter.decode(CallLeg, _with_place(fields, profile, seq=0)), fields, profile)
    flags = {profile.webhooks.legs.part, profile.webhooks.legs.final}
    unknown = {key: value for key, value in call.extra.items() if key in leg.extra and key not in flags}
    return CallEnd(
        call_id=call.call_id,
        started_at=call.started_at,
        event_id=call.event_id,
        attempt=call.attempt,
        sent_at=call.sent_at,
        direction=call.direction,
        caller=call.caller,
        called=call.called,
        client_ref=call.client_ref,
        legs=(evolve(leg, extra=unknown),),
    )


def _with_named_legs(fields: Mapping[str, Any], profile: WireProfile) -> Mapping[str, Any]:
    """Give legs without an id or a number the ones that their place means: not every exchange names its legs."""
    for path in field_paths(profile, "call_end", "legs"):
        legs = first_at(fields, (path,))
        if isinstance(legs, list):
            call_id = first_at(fields, field_paths(profile, "call_end", "call_id"))
            named = [
                _with_place(leg, profile, seq=place, leg_id=f"{call_id}-{place}") if isinstance(leg, Mapping) else leg
                for place, leg in enumerate(legs, start=1)
            ]
            copied = dict(fields)
            put_at(copied, path, named)
            return copied
    return fields


def _with_place(
    leg: Mapping[str, Any], profile: WireProfile, *, seq: int, leg_id: str | None = None
) -> Mapping[str, Any]:
    copied = dict(leg)
    for name, value in (("seq", seq), ("leg_id", leg_id)):
        paths = field_paths(profile, "call_leg", name)
        if value is not None and first_at(leg, paths) is None:
            put_at(copied, paths[0], value)
    return copied
