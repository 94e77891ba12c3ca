"""Recordings that came in messages of their own, and the call they belong to."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import evolve, fields

from vipex_sdk.webhooks.events import CallEnd, RecordingRef, RecordingUpload
from vipex_sdk.webhooks.plain import canonical

__all__ = ["with_uploads"]


def with_uploads(call: CallEnd, uploads: Iterable[RecordingUpload]) -> CallEnd:
    """Give *call* the recordings in *uploads*, whatever order they came in.

    A recording of a leg that the call does not have is the call's, unless there is one of the whole call. What an
    upload says counts more than what the call says of the same recording, and a later one more than an earlier one.
    """
    known = {None, *(leg.leg_id for leg in call.legs)}
    for upload in sorted(uploads, key=lambda upload: (upload.leg_id in known, _age(upload))):
        if upload.recording is None:
            continue
        legs = tuple(
            evolve(leg, recording=_laid_over(leg.recording, upload.recording)) if leg.leg_id == upload.leg_id else leg
            for leg in call.legs
        )
        if any(leg.leg_id == upload.leg_id for leg in call.legs):
            call = evolve(call, legs=legs)
        else:
            call = evolve(call, recording=_laid_over(call.recording, upload.recording))
    return call


def _age(upload: RecordingUpload) -> tuple[float, int, str]:
    return (upload.sent_at.timestamp() if upload.sent_at else 0.0, upload.attempt or 0, canonical(upload))


def _laid_over(below: RecordingRef | None, above: RecordingRef) -> RecordingRef:
    if below is None:
        return above
    said = {one.name: getattr(above, one.name) for one in fields(RecordingRef)}
    return evolve(below, **{name: value for name, value in said.items() if value is not None})
