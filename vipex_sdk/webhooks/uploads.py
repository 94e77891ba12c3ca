"""Multipart messages once they are read: which part is the data, whose recording a file is, and how both are kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote_plus

from vipex_sdk.webhooks.cuts import Cuts
from vipex_sdk.webhooks.held import Held
from vipex_sdk.webhooks.message import STORED, Hook, stored_mark
from vipex_sdk.webhooks.recordings import put_stored
from vipex_sdk.wire.multipart import Part, join_parts, split_parts
from vipex_sdk.wire.profile import WireProfile

__all__ = ["data_of", "kept_parts", "note_files", "put_kept_files", "split_kept", "take_recordings"]

_FORM = "application/x-www-form-urlencoded"
_JSON = "application/json"


def data_of(texts: Sequence[tuple[str, bytes]], profile: WireProfile) -> tuple[str, bytes]:
    """Give type and body of the data part, or the text parts as a form when every field is a part of its own."""
    for name, body in texts:
        if name == profile.webhooks.multipart_data:
            return _JSON, body
    pairs = (quote_plus(name) + "=" + quote_plus(value) for name, value in texts)
    return _FORM, "&".join(pairs).encode("ascii")


async def take_recordings(
    texts: list[tuple[str, bytes]], files: list[tuple[str, Held]], cuts: Cuts, profile: WireProfile
) -> None:
    """Move the texts that are audio as base64, and named as recordings are, to the files."""
    base = profile.webhooks.multipart_recording
    for name, text in list(texts):
        if name not in {base, base + "[]"} and not name.startswith(base + "_"):
            continue
        audio = cuts.at(text.decode("latin-1")) or await cuts.take(text)
        if audio is not None:
            texts.remove((name, text))
            files.append((name, audio))


async def note_files(
    fields: dict[str, Any], files: Sequence[tuple[str, Held]], profile: WireProfile, *, kind: Hook
) -> None:
    """Let the store keep *files*, and note their keys at the recordings they are in a message of *kind*.

    Raises:
        StoreUnavailable: from the store.
    """
    kept = [(name, file.content_type, await file.keep()) for name, file in files]
    _note(fields, [(name, content_type, key) for name, content_type, key in kept if key is not None], profile, kind)


def _note(fields: dict[str, Any], files: Sequence[tuple[str, str, str]], profile: WireProfile, kind: Hook) -> None:
    base = profile.webhooks.multipart_recording
    position = 0
    for name, content_type, key in files:
        place = name.removeprefix(base + "_") if name.startswith(base + "_") else ""
        if name == base + "[]":
            place, position = f"[{position}]", position + 1
        put_stored(fields, profile, kind=kind, place=place, key=key, content_type=content_type)


async def kept_parts(texts: Sequence[tuple[str, bytes]], files: Sequence[tuple[str, Held]]) -> tuple[str, bytes]:
    """Write a message that nobody understands as parts again, its files as marks of what is stored.

    Raises:
        StoreUnavailable: from the store.
    """
    parts = [Part(name=name, content=text) for name, text in texts]
    for name, file in files:
        key = await file.keep()
        mark = stored_mark(key).encode() if key is not None else b""
        parts.append(Part(name=name, filename="audio", content_type=file.content_type, content=mark))
    return join_parts(parts)


def split_kept(content_type: str, body: bytes, profile: WireProfile) -> tuple[str, bytes, list[tuple[str, str, str]]]:
    """Read a message that :func:`kept_parts` wrote: type and body of the data, and the files with their keys.

    Raises:
        DecodeError: it is none.
    """
    parts = split_parts(content_type, body)
    texts = [(part.name, part.content) for part in parts if not part.filename]
    marks = [(part, part.content.decode("utf-8", "replace")) for part in parts if part.filename]
    files = [
        (part.name, part.content_type, mark.removeprefix(STORED)) for part, mark in marks if mark.startswith(STORED)
    ]
    return (*data_of(texts, profile), files)


def put_kept_files(
    fields: dict[str, Any], files: Sequence[tuple[str, str, str]], profile: WireProfile, *, kind: Hook
) -> None:
    """Note the keys of files that :func:`split_kept` gave at the recordings they are in a message of *kind*."""
    _note(fields, files, profile, kind)
