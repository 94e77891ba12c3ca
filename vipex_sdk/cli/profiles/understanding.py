"""What a profile makes of one recorded request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from vipex_sdk.cli.profiles.audio import as_stored
from vipex_sdk.cli.profiles.capture import Capture, encoding_of, fields_of, hook_of
from vipex_sdk.cli.profiles.likeness import name_likeness
from vipex_sdk.errors import BadPayload, VipexError
from vipex_sdk.webhooks.events import CallEnd, CallLeg, DataQuery, IncomingCall, RecordingUpload
from vipex_sdk.webhooks.message import Hook
from vipex_sdk.webhooks.parse import decode_event
from vipex_sdk.webhooks.receiver import methods_of
from vipex_sdk.wire.explain import Explained, Leaf, explain, leaves
from vipex_sdk.wire.paths import first_at
from vipex_sdk.wire.profile import WireProfile

__all__ = ["Understanding", "understand"]

_MODELS: Mapping[Hook, type] = {
    Hook.DATA_QUERY: DataQuery,
    Hook.INCOMING_CALL: IncomingCall,
    Hook.CALL_END: CallEnd,
    Hook.RECORDING_UPLOAD: RecordingUpload,
}
_SIGNS: Mapping[Hook, tuple[str, ...]] = {
    Hook.CALL_END: ("ended_at", "talk_seconds", "duration_seconds", "hangup_cause", "legs"),
    Hook.INCOMING_CALL: ("phase", "extensions"),
    Hook.DATA_QUERY: ("logic", "dtmf", "parameters"),
}
_SURE = 0.94


@attrs.frozen(kw_only=True)
class Understanding:
    """One request, explained.

    Attributes:
        capture: its name.
        event: which event it is; ``None`` when nobody knows.
        problem: why it is no event of ours; empty when it is.
        fields: every field of the event's models.
        unread: values that no field reads.
        method, encoding: how it came; ``json``, ``form``, ``multipart``, ``xml`` or ``query``.
        refused: why the receiver would not even look at it.
        duration_ratio: the call's duration by the time it took; 1000 where the unit is wrong.
    """

    capture: str
    event: str | None = None
    problem: str = ""
    fields: tuple[Explained, ...] = ()
    unread: tuple[Leaf, ...] = ()
    method: str = "POST"
    encoding: str = "json"
    refused: tuple[str, ...] = ()
    duration_ratio: float | None = None

    @property
    def ok(self) -> bool:
        """Whether all that has a place in the profile was understood."""
        return (
            not self.problem
            and not self.refused
            and all(one.verdict in {"understood", "absent"} for one in self.fields)
        )


def understand(profile: WireProfile, capture: Capture) -> Understanding:
    """Explain one request by *profile*."""
    problem, ratio = "", None
    try:
        fields = fields_of(capture, profile)
        hook = hook_of(capture, fields, profile)
    except BadPayload as exc:
        guessed = _guessed(fields)
        if guessed is None:
            return Understanding(capture=capture.name, problem=str(exc))
        hook, problem = guessed, str(exc)
    except VipexError as exc:
        return Understanding(capture=capture.name, problem=str(exc))
    explained, unread = explain(profile, _MODELS[hook], fields)
    if hook is Hook.CALL_END and first_at(fields, (profile.webhooks.legs.part,)) is not None:
        explained, unread = _with_leg(profile, fields, explained, unread)
    try:
        event = decode_event(as_stored(fields, capture, profile, hook=hook), profile, kind=hook)
    except VipexError as exc:
        problem = problem or str(exc)
    else:
        ratio = _duration_ratio(event)
    return Understanding(
        capture=capture.name,
        event=hook.value,
        problem=problem,
        fields=tuple(explained),
        unread=tuple(unread),
        method=capture.method,
        encoding=encoding_of(capture),
        refused=tuple(_refused(profile, hook, capture)),
        duration_ratio=ratio,
    )


def _refused(profile: WireProfile, hook: Hook, capture: Capture) -> Iterator[str]:
    """Say what about the request itself the profile does not allow."""
    encodings, encoding = profile.webhooks.encodings, encoding_of(capture)
    if capture.method not in methods_of(profile)[hook]:
        yield f"the profile does not take {capture.method} for a {hook.value}"
    elif encoding not in encodings and not (encoding == "query" and capture.method == "GET"):
        yield f"the profile takes no {encoding}"


def _guessed(fields: Mapping[str, Any]) -> Hook | None:
    """Guess the event by names that only one of them is likely to have, for a single address nobody has words for."""
    places = [place for place, _ in leaves(fields, "")]
    for hook, names in _SIGNS.items():
        if any(name_likeness(name, place) >= _SURE for name in names for place in places):
            return hook
    return None


def _with_leg(
    profile: WireProfile, fields: Mapping[str, Any], explained: list[Explained], unread: list[Leaf]
) -> tuple[list[Explained], list[Leaf]]:
    """Read a message that is one leg both ways: the call's own fields stand beside the leg's."""
    of_leg, unread_by_leg = explain(profile, CallLeg, fields)
    places = {leaf.place for leaf in unread_by_leg}
    return [*explained, *of_leg], [leaf for leaf in unread if leaf.place in places]


def _duration_ratio(event: object) -> float | None:
    if not isinstance(event, CallEnd) or not event.ended_at or not event.duration_seconds:
        return None
    seconds = (event.ended_at - event.started_at).total_seconds()
    return event.duration_seconds / seconds if seconds > 0 else None
