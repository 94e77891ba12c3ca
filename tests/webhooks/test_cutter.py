"""Long base64 leaves the raw body, whatever stands around it and however the body is cut on its way."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vipex_sdk.webhooks.cutter import LONG_TEXT_BYTES, Base64Reader, Cutter, Marks
from vipex_sdk.webhooks.scanners import JsonScanner

AUDIO = bytes(range(256)) * 400
LONG = base64.b64encode(AUDIO).decode()


def cut(body: bytes, sizes: list[int]) -> tuple[Cutter, dict[str, bytes]]:
    cutter, found = Cutter(JsonScanner(), Marks()), dict[str, bytes]()
    place = 0
    while place < len(body):
        size = sizes[place % len(sizes)] if sizes else len(body)
        for piece in cutter.feed(body[place : place + size]):
            found[piece.mark] = found.get(piece.mark, b"") + piece.data
        place += size
    cutter.finish()
    return cutter, found


def decoded(text: bytes, size: int = 1000) -> bytes:
    reader = Base64Reader(JsonScanner().unescaped)
    audio = b"".join(reader.read(text[place : place + size]) for place in range(0, len(text), size))
    reader.finish()
    return audio


@pytest.mark.parametrize("escape", [lambda text: text, lambda text: text.replace("/", "\\/")], ids=["plain", "php"])
@pytest.mark.parametrize("sizes", [[65536], [4096, 7, 1], [1000]])
def test_long_base64_is_taken_out_and_the_rest_stays(escape: Any, sizes: list[int]) -> None:
    text = json.dumps({"a": 'q"\\', "legs": [{"content": LONG}, {"content": LONG}], "ő": "\ud83d\ude00/"})
    cutter, found = cut(escape(text).encode(), sizes)
    assert [decoded(piece) for piece in found.values()] == [AUDIO, AUDIO]
    first, second = found
    assert json.loads(cutter.kept) == {
        "a": 'q"\\',
        "legs": [{"content": first}, {"content": second}],
        "ő": "😀/",
    }


@pytest.mark.parametrize(
    "text",
    ["long words " * LONG_TEXT_BYTES, "A" * (LONG_TEXT_BYTES - 1), "árvíztűrő" * LONG_TEXT_BYTES],
    ids=["words", "short", "accents"],
)
def test_other_texts_stay(text: str) -> None:
    body = json.dumps({"note": text}, ensure_ascii=False).encode()
    cutter, found = cut(body, [65536])
    assert (bytes(cutter.kept), found) == (body, {})


pieces = st.lists(
    st.sampled_from(
        [b'"', b"\\", b"\\u00e1", b"\\u0", b"\\x", b"{", b":", b" ", b"abc/+=", b"\xff", b"\0", LONG.encode(), b'"a":']
    ),
    max_size=12,
)


@settings(max_examples=60, deadline=None)
@given(pieces.map(b"".join), st.lists(st.sampled_from([1, 2, 5, 4096, 65536]), min_size=1, max_size=3))
def test_however_broken_the_body_nothing_is_lost(body: bytes, sizes: list[int]) -> None:
    if len(body) > 3 * len(LONG):
        sizes = [65536]
    cutter, found = cut(body, sizes)
    kept = bytes(cutter.kept)
    for mark, text in found.items():
        kept = kept.replace(mark.encode(), text)
    assert kept == body


@settings(max_examples=50)
@given(audio=st.binary(max_size=300), size=st.integers(1, 50), lines=st.booleans())
def test_base64_is_decoded_in_any_pieces(*, audio: bytes, size: int, lines: bool) -> None:
    text = base64.encodebytes(audio) if lines else base64.b64encode(audio)
    assert decoded(text, size) == audio


@pytest.mark.parametrize(
    "text", [b"AAA", b"AA==AAAA", b"AAAA====", b"A?AA", b"AA\\u00e1A", b"AAAA\\xAAA", "AAAő".encode(), b"=AAA"]
)
def test_what_is_no_base64_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any of Python's own
        decoded(text, 4)


def test_escapes_in_base64_are_understood() -> None:
    assert decoded(b"AA\\u0041A\\nAAAA\\r\\n", 50) == bytes(6)
