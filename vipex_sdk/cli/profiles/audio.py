"""Audio in a recorded request, noted as a receiver notes it that has stored it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from vipex_sdk.cli.profiles.capture import Capture
from vipex_sdk.webhooks.kind import field_paths
from vipex_sdk.webhooks.message import Hook
from vipex_sdk.webhooks.uploads import put_kept_files
from vipex_sdk.wire.media import body_kind
from vipex_sdk.wire.multipart import split_parts
from vipex_sdk.wire.paths import first_at, value_at
from vipex_sdk.wire.profile import WireProfile

__all__ = ["as_stored"]

_KEY = "checked"


def as_stored(fields: Mapping[str, Any], capture: Capture, profile: WireProfile, *, hook: Hook) -> Mapping[str, Any]:
    """Give *fields* with a mark where an upload's audio was; other events are understood without theirs.

    Only the place of audio counts: a masked capture holds none.
    """
    if hook is not Hook.RECORDING_UPLOAD:
        return fields
    noted = deepcopy(dict(fields))
    put_kept_files(noted, list(_audio(fields, capture, profile)), profile, kind=hook)
    return noted


def _audio(fields: Mapping[str, Any], capture: Capture, profile: WireProfile) -> Iterator[tuple[str, str, str]]:
    """Give what the profile takes: name of the part, type, and a key."""
    if profile.recordings.takes_inline and _is_inline(fields, profile):
        yield profile.webhooks.multipart_recording, "", _KEY
    if profile.recordings.takes_files and body_kind(capture.content_type) == "multipart":
        for part in split_parts(capture.content_type, capture.body):
            if part.filename:
                yield part.name, part.content_type, _KEY


def _is_inline(fields: Mapping[str, Any], profile: WireProfile) -> bool:
    recordings = (value_at(fields, path) for path in field_paths(profile, Hook.RECORDING_UPLOAD.value, "recording"))
    return any(
        first_at(recording, profile.recordings.content) not in (None, "")
        for recording in recordings
        if isinstance(recording, Mapping)
    )
