"""What must be true of every body, however broken: nothing is lost, and the cuts of the network change nothing."""

from __future__ import annotations

import base64
from typing import Any

from vipex_sdk.errors import VipexError
from vipex_sdk.webhooks.cutter import Base64Reader, Cutter, Marks
from vipex_sdk.webhooks.scanner import Scanner
from vipex_sdk.webhooks.scanners import PlainScanner, scanner_of
from vipex_sdk.wire.media import parse_body

TYPES = {
    "json": "application/json",
    "form": "application/x-www-form-urlencoded",
    "xml": "application/xml",
    "plain": "text/plain",
}
_SPACE = " \t\r\n"


def scanner(kind: str, body: bytes = b"") -> Scanner:
    return PlainScanner() if kind == "plain" else scanner_of(TYPES[kind], body)


def chunks_of(body: bytes, sizes: list[int]) -> list[bytes]:
    chunks, place = list[bytes](), 0
    while place < len(body):
        chunks.append(body[place : place + sizes[len(chunks) % len(sizes)]])
        place += len(chunks[-1])
    return chunks


def cut(kind: str, body: bytes, sizes: list[int]) -> tuple[bytes, dict[bytes, list[bytes]]]:
    """Give what stays of a body, and the pieces of each text that was taken out by its mark."""
    cutter, taken = Cutter(scanner(kind, body), Marks()), dict[bytes, list[bytes]]()
    for chunk in chunks_of(body, sizes):
        for piece in cutter.feed(chunk):
            taken.setdefault(piece.mark.encode(), []).append(piece.data)
    cutter.finish()
    return bytes(cutter.kept), taken


def audio_of(kind: str, pieces: list[bytes]) -> bytes | None:
    """Decode the pieces as the receiver does; ``None`` when they are not base64."""
    reader = Base64Reader(scanner(kind).unescaped)
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
    audio = {mark: audio_of(kind, pieces) for mark, pieces in taken.items()}
    at_once, whole = cut(kind, body, [max(1, len(body))])
    for (mark, pieces), (other, others) in zip(taken.items(), whole.items(), strict=True):
        assert b"".join(pieces) == b"".join(others)
        assert audio[mark] == audio_of(kind, others)
        at_once = at_once.replace(other, mark)
    assert at_once == kept
    if kind != "xml":  # markup in the middle of a text stays where it was
        assert _put_back(kept, taken) == body
    assert len(_put_back(kept, taken)) == len(body)
    if kind != "plain":
        _compare_fields(kind, body, kept, audio, bare_plus={m for m, p in taken.items() if b"+" in b"".join(p)})
    return len(taken)


def _put_back(kept: bytes, taken: dict[bytes, list[bytes]]) -> bytes:
    for mark, pieces in taken.items():
        kept = kept.replace(mark, b"".join(pieces))
    return kept


def _compare_fields(
    kind: str, body: bytes, kept: bytes, audio: dict[bytes, bytes | None], *, bare_plus: set[bytes]
) -> None:
    try:
        fields = parse_body(TYPES[kind], body, accepted={kind})
    except VipexError:
        return
    marks = {mark.decode(): content for mark, content in audio.items()}
    unsure = {mark.decode() for mark in bare_plus} if kind == "form" else set()
    _compare(fields, parse_body(TYPES[kind], kept, accepted={kind}), marks, unsure)


def _compare(whole: Any, cut: Any, marks: dict[str, bytes | None], unsure: set[str]) -> None:
    """Find the same on both sides, and the audio of a mark where its base64 was; what was no base64 has no audio."""
    if isinstance(whole, dict):
        assert len(whole) == len(cut)
        for (key, one), (other_key, other) in zip(whole.items(), cut.items(), strict=True):
            assert key == other_key or other_key in marks
            _compare(one, other, marks, unsure)
    elif isinstance(whole, list):
        for one, other in zip(whole, cut, strict=True):
            _compare(one, other, marks, unsure)
    elif cut in marks:
        assert marks[cut] == (None if cut in unsure else _decoded(whole))
    elif isinstance(cut, str) and any(mark in cut for mark in marks):
        assert _decoded(whole) is None
    elif None not in marks.values():
        assert whole == cut


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode(text.translate(dict.fromkeys(map(ord, _SPACE))), validate=True)
    except ValueError:
        return None
