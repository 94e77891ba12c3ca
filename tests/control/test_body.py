from __future__ import annotations

import gzip
import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vipex_sdk.control.body import Body
from vipex_sdk.errors import DecodeError


def read(encoding: str | None, raw: bytes, *, limit: int = 1000, cut: int = 7) -> bytes:
    body = Body(encoding, what="the answer", limit=limit)
    for start in range(0, len(raw), cut):
        body.take(raw[start : start + cut])
    return body.finish()


@given(st.binary(max_size=1000), st.integers(min_value=1, max_value=100))
def test_what_was_packed_is_unfolded(text: bytes, cut: int) -> None:
    assert read(None, text, cut=cut) == read("identity", text, cut=cut) == text
    assert read("gzip", gzip.compress(text), cut=cut) == text
    assert read("deflate", zlib.compress(text), cut=cut) == text


@pytest.mark.parametrize(
    ("encoding", "raw", "problem"),
    [
        (None, bytes(1001), "too long"),
        ("gzip", gzip.compress(bytes(1001), mtime=0), "too long"),
        ("gzip", gzip.compress(b"text", mtime=0)[:-6], "cut short"),
        ("GZIP", b"\x1f\x8bgarbage", "compression is broken"),
        ("deflate", b"garbage", "compression is broken"),
        ("br", b"", "uncompressed"),
        ("gzip, gzip", b"", "uncompressed"),
    ],
)
def test_what_cannot_be_right_is_refused(encoding: str | None, raw: bytes, problem: str) -> None:
    with pytest.raises(DecodeError, match=problem):
        read(encoding, raw)


def test_an_empty_body_may_call_itself_compressed() -> None:
    assert read("gzip", b"") == b""


def test_a_bomb_takes_no_more_memory_than_the_limit() -> None:
    bomb = gzip.compress(bytes(64 * 1024 * 1024))
    tracemalloc.start()
    with pytest.raises(DecodeError, match="too long"):
        read("gzip", bomb, limit=2 * 1024 * 1024, cut=len(bomb))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5 * 1024 * 1024
