"""Which event a body is: by the word in it, else by what it holds, else by the address it came to.

Administrators enter three addresses in a portal and mix them up (``facts/vipex.md`` 4.25), so the address comes last.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import msgspec

from vipex_sdk.errors import BadPayload
from vipex_sdk.webhooks.message import Hook
from vipex_sdk.wire.paths import SELF, first_at
from vipex_sdk.wire.profile import WireProfile

__all__ = ["field_paths", "kind_of", "kind_said"]

KINDS = (Hook.CALL_END, Hook.INCOMING_CALL, Hook.DATA_QUERY, Hook.RECORDING_UPLOAD)

_SIGNS: Mapping[Hook, tuple[str, ...]] = {
    Hook.CALL_END: (
        "ended_at",
        "disposition",
        "duration_seconds",
        "talk_seconds",
        "hangup_cause",
        "hangup_by",
        "final_extension",
        "legs",
    ),
    Hook.INCOMING_CALL: ("phase", "extensions"),
    Hook.DATA_QUERY: ("logic", "dtmf", "parameters"),
    Hook.RECORDING_UPLOAD: ("recording",),
}
"""Fields that only this event has, by our names; an end of call may have a recording too, beside others of its own."""


def field_paths(profile: WireProfile, model: str, name: str) -> tuple[str, ...]:
    """Give the candidate paths of field *name* of *model* (as the profile calls it, ``call_end``)."""
    return profile.fields.get(model, {}).get(name) or (name,)


def kind_of(fields: Mapping[str, Any], profile: WireProfile, *, address: Hook) -> Hook:
    """Tell which event *fields* are.

    Raises:
        BadPayload: nothing tells.
    """
    named = _named(fields, profile)
    if named is not None:
        return named
    # What belongs to the address comes first: a field that two events share must not lead away from it.
    order = (address, *(kind for kind in KINDS if kind is not address)) if address in KINDS else KINDS
    for kind in order:
        if _has_signs(fields, profile, kind, address=address):
            return kind
    if address in KINDS:
        return address
    raise BadPayload("nothing in the body says which event it is")


def kind_said(body: bytes, profile: WireProfile) -> Hook | None:
    """Tell which event a JSON body calls itself, without reading the rest of it; ``None`` when that is not plain."""
    selectors = profile.webhooks.selector
    if any("." in path for path in selectors):
        return None
    try:
        said = _reader(selectors)(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return _meant(next((word for word in said if word is not None and word != ""), None), profile)


@lru_cache(maxsize=32)
def _reader(keys: tuple[str, ...]) -> Callable[[bytes], tuple[Any, ...]]:
    """Make what reads *keys* of a JSON object and skips everything else."""
    fields = [(f"word{place}", Any, msgspec.field(name=key, default=None)) for place, key in enumerate(keys)]
    decode = msgspec.json.Decoder(msgspec.defstruct("Selectors", fields)).decode
    return lambda body: msgspec.structs.astuple(decode(body))


def _named(fields: Mapping[str, Any], profile: WireProfile) -> Hook | None:
    return _meant(first_at(fields, profile.webhooks.selector), profile)


def _meant(word: object, profile: WireProfile) -> Hook | None:
    return _words(profile).get(word.strip().casefold()) if isinstance(word, str) else None


@lru_cache(maxsize=32)
def _words(profile: WireProfile) -> Mapping[str, Hook]:
    named = {kind: profile.webhooks.by_name[kind.value].words for kind in reversed(KINDS)}
    return {word.casefold(): kind for kind, words in named.items() for word in words}


def _has_signs(fields: Mapping[str, Any], profile: WireProfile, kind: Hook, *, address: Hook) -> bool:
    if kind is Hook.CALL_END and first_at(fields, (profile.webhooks.legs.part,)) is not None:
        return True
    # A model whose fields stand beside the others is everywhere, so it is no sign.
    names = _SIGNS[kind]
    if kind is address is Hook.CALL_END:
        names = (*names, *_SIGNS[Hook.RECORDING_UPLOAD])
    paths = (path for name in names for path in field_paths(profile, kind.value, name) if path != SELF)
    return first_at(fields, paths) is not None
