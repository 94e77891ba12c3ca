"""What must be true of every body, however broken: nothing is lost, and the cuts of the network change nothing."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from attrs import frozen

from vipex_sdk.errors import VipexError
from vipex_sdk.webhooks.cutter import Base64Reader, Cutter, Marks
from vipex_sdk.webhooks.scanners import PartScanner, Scanner, scanner_of
from vipex_sdk.wire.media import parse_body

TYPES = {
    "json": "application/json",
    "form": "application/x-www-form-urlencoded",
    "xml": "application/xml",
}
"""Of the encodings that are parsed as a whole; a part of a multipart body is not."""


def scanner(kind: str, body: bytes = b"") -> Scanner:
    return PartScanner() if kind == "part" else scanner_of(TYPES[kind], body)


def chunks_of(body: bytes, sizes: list[int]) -> list[bytes]:
    chunks, place = list[bytes](), 0
    while place < len(body):
        chunks.append(body[place : place + sizes[len(chunks) % len(sizes)]])
        place += len(chunks[-1])
    return chunks


@frozen
class Text:
    """A text that was taken out.

    Attributes:
        raw: as it stood in the body.
        audio: ``None`` when it is no base64.
    """

    raw: bytes
    audio: bytes | None


def cut(kind: str, body: bytes, sizes: list[int]) -> tuple[bytes, dict[bytes, Text]]:
    """Give what stays of a body, and each text that was taken out by its mark."""
    cutter, taken = Cutter(scanner(kind, body), Marks()), dict[bytes, list[bytes]]()
    for chunk in chunks_of(body, sizes):
        for piece in cutter.feed(chunk):
            taken.setdefault(piece.mark.encode(), []).append(piece.data)
    cutter.finish()
    unescaped = cutter.scanner.unescaped
    return bytes(cutter.kept), {
        mark: Text(b"".join(pieces), decoded(pieces, unescaped)) for mark, pieces in taken.items()
    }


def decoded(pieces: list[bytes], unescaped: Callable[[bytes], bytes]) -> bytes | None:
    """Decode a text as the receiver does."""
    reader = Base64Reader(unescaped)
    try:
        audio = b"".join([reader.read(piece) for piece in pieces])
        reader.finish()
    except ValueError:
        return None
    return audio


def check(kind: str, body: bytes, sizes: list[int]) -> int:
    """Compare a body that is cut with the same body in one; give how many texts were taken out."""
    reader = scanner(kind, body)
    assert (
        b"".join([data for chunk in chunks_of(body, sizes) for _, data in reader.scan(chunk)]) + reader.rest() == body
    )
    kept, taken = cut(kind, body, sizes)
    at_once, whole = cut(kind, body, [max(1, len(body))])
    assert list(taken.values()) == list(whole.values())
    for mark, other in zip(taken, whole, strict=True):
        at_once = at_once.replace(other, mark)
    assert at_once == kept
    for mark, text in taken.items():
        at_once = at_once.replace(mark, text.raw)
    assert len(at_once) == len(body)
    if kind != "xml":  # markup in the middle of a text stays where it was
        assert at_once == body
    if kind in TYPES:
        _compare_fields(kind, body, kept, {mark.decode(): text for mark, text in taken.items()})
    return len(taken)


def _compare_fields(kind: str, body: bytes, kept: bytes, taken: dict[str, Text]) -> None:
    try:
        fields = parse_body(TYPES[kind], body, accepted={kind})
    except VipexError:
        return
    _compare(fields, parse_body(TYPES[kind], kept, accepted={kind}), taken, spaces_count=kind == "form")


def _compare(whole: Any, cut: Any, taken: dict[str, Text], *, spaces_count: bool) -> None:
    """Find the same on both sides, and the audio of a mark where its base64 was; what was no base64 has no audio."""
    if isinstance(whole, dict):
        for (key, one), (other_key, other) in zip(whole.items(), cut.items(), strict=True):
            assert key == other_key or other_key in taken
            _compare(one, other, taken, spaces_count=spaces_count)
    elif isinstance(whole, list):
        for one, other in zip(whole, cut, strict=True):
            _compare(one, other, taken, spaces_count=spaces_count)
    elif cut in taken:
        bare_plus = spaces_count and b"+" in taken[cut].raw
        assert taken[cut].audio == (None if bare_plus else _audio_in(whole))
    elif isinstance(cut, str) and any(mark in cut for mark in taken):
        assert _audio_in(whole) is None
    elif all(text.audio is not None for text in taken.values()):
        assert whole == cut


def _audio_in(text: str) -> bytes | None:
    try:
        return base64.b64decode(text.translate(dict.fromkeys(map(ord, " \t\r\n"))), validate=True)
    except ValueError:
        return None
