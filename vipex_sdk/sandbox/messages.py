"""Write webhooks by the wire profile, and read the answer to a data query. No wire name stands here."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from attrs import evolve

from vipex_sdk.errors import VipexError
from vipex_sdk.sandbox.behaviours import assumed, documented
from vipex_sdk.sandbox.sender import Answer, Message
from vipex_sdk.webhooks.events import (
    CallEnd,
    CallLeg,
    DataQuery,
    Decision,
    IncomingCall,
    RecordingRef,
    RecordingUpload,
)
from vipex_sdk.wire.convert import converter_for
from vipex_sdk.wire.events import EventKind, event_request, read_decision_answer
from vipex_sdk.wire.messages import WireRequest
from vipex_sdk.wire.multipart import Part
from vipex_sdk.wire.paths import laid_over, put_at, value_at
from vipex_sdk.wire.profile import WireProfile

__all__ = ["Writer"]

_Wire = dict[str, Any]


class Writer:
    """Turns events into messages as one profile wants them."""

    def __init__(self, profile: WireProfile) -> None:
        self._profile = profile
        self._converter = converter_for(profile)

    def data_query(self, event: DataQuery) -> Message:
        """Write a data query."""
        return self._message("data_query", event)

    def incoming_call(self, event: IncomingCall) -> Message:
        """Write an incoming-call notice."""
        return self._message("incoming_call", event, phase=str(event.phase))

    @documented("The end of call carries the recorded sound, if the administrator lets it be sent.")
    @assumed("It comes as a code, inline as base64, or as a part of a multipart body.", source="3.6")
    def call_end(
        self, event: CallEnd, *, mode: str, audio: Mapping[str, bytes], elapsed: Callable[[], float]
    ) -> list[Message]:
        """Write an end of call; several messages where the profile wants legs apart.

        Args:
            event: the whole call.
            mode: a recording mode of the settings.
            audio: recordings' bytes by their code.
            elapsed: seconds since the first sending, so that each attempt is stamped anew.
        """
        return [
            Message(
                kind="call_end",
                request=self._request(part, leg, flags, mode=mode, audio=audio, elapsed=elapsed),
            )
            for part, leg, flags in self._parts(event)
        ]

    @assumed("Where recordings have a webhook of their own, each comes after the end of its call.", source="3.6")
    def uploads(self, event: CallEnd, *, audio: Mapping[str, bytes]) -> list[Message]:
        """Write the recordings of *event* as messages of their own; *audio* has their bytes by their code."""
        recorded = [(None, event.recording), *((leg.leg_id, leg.recording) for leg in event.legs)]
        return [
            self._upload(
                RecordingUpload(
                    call_id=event.call_id,
                    event_id=f"{event.event_id}-{recording.code}",
                    started_at=event.started_at,
                    leg_id=leg_id,
                    recording=evolve(recording, code=None),
                ),
                content,
            )
            for leg_id, recording in recorded
            if recording is not None and (content := audio.get(recording.code or "")) is not None
        ]

    def _upload(self, upload: RecordingUpload, content: bytes) -> Message:
        wire = self._wire(upload)
        kind = (upload.recording and upload.recording.content_type) or ""
        name = self._profile.webhooks.multipart_recording
        files: tuple[Part, ...] = (Part(name=name, filename=f"{name}.wav", content_type=kind, content=content),)
        if "multipart" not in self._profile.webhooks.encodings:
            files = ()
            self._put_audio(value_at(wire, self._path("recording_upload", "recording")), content)
        request = event_request(self._profile, "recording_upload", wire, files=files)
        return Message(kind="recording_upload", request=lambda _attempt: request)

    def decision(self, answer: Answer) -> Decision | None:
        """Read the answer to a data query; ``None`` when it says nothing that can be understood."""
        said = read_decision_answer(self._profile, answer.content_type, answer.body)
        if said is None or isinstance(said, str):
            return Decision.to_extension(said) if said else None
        try:
            return self._converter.decode(Decision, said)
        except VipexError:
            return None

    def _message(self, kind: EventKind, event: DataQuery | IncomingCall, **more: str) -> Message:
        request = event_request(self._profile, kind, self._wire(event))
        return Message(kind=kind, request=lambda _attempt: request, phase=more.get("phase"))

    def _wire(self, event: object) -> _Wire:
        wire: _Wire = self._converter.encode(event)
        return wire

    def _parts(self, event: CallEnd) -> list[tuple[CallEnd, CallLeg | None, _Wire]]:
        legs = self._profile.webhooks.legs
        if legs.mode == "embedded" or not event.legs:
            return [(event, None, {})]
        bare = CallEnd(
            call_id=event.call_id,
            started_at=event.started_at,
            ended_at=event.ended_at,
            direction=event.direction,
            caller=event.caller,
            called=event.called,
            client_ref=event.client_ref,
        )
        parts: list[tuple[CallEnd, CallLeg | None, _Wire]] = [
            (evolve(bare, event_id=f"{event.event_id}-{leg.seq}"), leg, {legs.part: True}) for leg in event.legs
        ]
        return [*parts, (evolve(event, legs=()), None, {legs.final: True})]

    def _request(
        self,
        event: CallEnd,
        leg: CallLeg | None,
        flags: _Wire,
        *,
        mode: str,
        audio: Mapping[str, bytes],
        elapsed: Callable[[], float],
    ) -> Callable[[int], WireRequest]:
        def write(attempt: int) -> WireRequest:
            stamped = evolve(event, attempt=attempt, sent_at=_sent_at(event, elapsed()))
            wire = self._wire(stamped)
            if leg is not None:  # what a part says about times and results is the leg's
                wire = laid_over(_without_empty(wire), self._wire(leg))
            for path, value in flags.items():
                put_at(wire, path, value)
            if mode == "inline_base64":
                self._inline(wire, stamped, leg, audio)
            files = tuple(self._files(stamped, leg, audio)) if mode == "multipart" else ()
            return event_request(self._profile, "call_end", wire, files=files)

        return write

    def _inline(self, wire: _Wire, event: CallEnd, part: CallLeg | None, audio: Mapping[str, bytes]) -> None:
        if part is not None:
            self._embed(value_at(wire, self._path("call_leg", "recording")), part.recording, audio)
            return
        self._embed(value_at(wire, self._path("call_end", "recording")), event.recording, audio)
        legs = value_at(wire, self._path("call_end", "legs")) or ()
        for leg, data in zip(event.legs, legs, strict=False):
            self._embed(value_at(data, self._path("call_leg", "recording")), leg.recording, audio)

    def _embed(self, data: Any, recording: RecordingRef | None, audio: Mapping[str, bytes]) -> None:
        content = audio.get(recording.code or "") if recording else None
        if content is not None and isinstance(data, dict):
            self._put_audio(data, content)

    def _put_audio(self, data: _Wire, content: bytes) -> None:
        put_at(data, self._profile.recordings.content[0], base64.b64encode(content).decode())
        put_at(data, self._profile.recordings.sha256[0], hashlib.sha256(content).hexdigest())

    def _files(self, event: CallEnd, part: CallLeg | None, audio: Mapping[str, bytes]) -> Iterator[Part]:
        base = self._profile.webhooks.multipart_recording
        named = [(base, part.recording if part is not None else event.recording)]
        named += [(f"{base}_{leg.leg_id}", leg.recording) for leg in event.legs]
        for name, recording in named:
            content = audio.get(recording.code or "") if recording else None
            if recording is not None and content is not None:
                kind = recording.content_type or ""
                yield Part(name=name, filename=f"{name}.wav", content_type=kind, content=content)

    def _path(self, model: str, name: str) -> str:
        return self._profile.fields.get(model, {}).get(name, (name,))[0]


def _without_empty(wire: _Wire) -> _Wire:
    """Leave out what the message does not say, on every level."""
    inner = {key: _without_empty(value) if isinstance(value, dict) else value for key, value in wire.items()}
    return {key: value for key, value in inner.items() if value}


@assumed("Each repetition is stamped with its number and its own time of sending; the event id stays.", source="3.5")
def _sent_at(event: CallEnd, elapsed: float) -> datetime:
    return (event.ended_at or event.started_at) + timedelta(seconds=1 + int(elapsed))
