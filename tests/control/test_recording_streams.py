"""Recordings as streams: parts, breaks, lies about the length, and where the bytes go."""

from __future__ import annotations

import inspect
import io
import re
from pathlib import Path
from typing import Any

import pytest

from tests.control.scripted import CHUNK, SOUND, WAV, Answer, Server, part, says, whole
from vipex_sdk import errors
from vipex_sdk.control import AsyncClient, RetryPolicy


def heard(client: Any, **options: Any) -> Any:
    """Take a recording through the stream of either client."""
    if isinstance(client, AsyncClient):
        return _heard_later(client, options)
    with client.recordings.stream("R-1", **options) as recording:
        first = (recording.content_type, recording.total_bytes)
        return (*first, b"".join(recording))


async def _heard_later(client: AsyncClient, options: dict[str, Any]) -> Any:
    async with client.recordings.stream("R-1", **options) as recording:
        first = (recording.content_type, recording.total_bytes)
        return (*first, b"".join([chunk async for chunk in recording]))


def test_a_stream_knows_what_it_is_before_it_is_read(ask: Any, server: Server) -> None:
    server.script = [whole()]
    told: list[tuple[int, int | None]] = []
    found = ask(lambda client: heard(client, progress=lambda *seen: told.append(seen)), url=server.url)
    assert found == ("audio/wav", len(SOUND), SOUND)
    assert told[-1] == (len(SOUND), len(SOUND))
    assert told == sorted(told)
    assert server.asked[0]["accept-encoding"] == "identity"
    assert "range" not in server.asked[0]


def test_a_stream_that_is_left_gives_its_connection_back(ask: Any, server: Server) -> None:
    server.script = [whole(), whole()]

    def first_bytes(client: Any) -> Any:
        if isinstance(client, AsyncClient):
            return _first_bytes_later(client)
        for _ in range(2):
            with client.recordings.stream("R-1") as recording:
                chunk = next(iter(recording))
        return chunk

    assert SOUND.startswith(ask(first_bytes, url=server.url))


async def _first_bytes_later(client: AsyncClient) -> bytes:
    for _ in range(2):
        async with client.recordings.stream("R-1") as recording:
            chunk = await anext(aiter(recording))
    return chunk


@pytest.mark.parametrize("tag", ["", '|ETag: "v1"', '|ETag: W/"v1"'])
@pytest.mark.parametrize("take", ["stream", "download"])
def test_a_broken_connection_is_taken_up_where_it_broke(
    ask: Any, server: Server, tmp_path: Path, tag: str, take: str
) -> None:
    server.script = [whole(sent=CHUNK, more=tag), part(sent=CHUNK), part()]
    if take == "stream":
        assert ask(heard, url=server.url)[2] == SOUND
    else:
        ask(lambda client: client.recordings.download("R-1", tmp_path / "a.wav"), url=server.url)
        assert (tmp_path / "a.wav").read_bytes() == SOUND
    assert [one.get("range") for one in server.asked] == [None, f"bytes={CHUNK}-", f"bytes={2 * CHUNK}-"]
    assert server.asked[1].get("if-range") == ('"v1"' if tag == '|ETag: "v1"' else None)


@pytest.mark.parametrize("take", ["stream", "download", "file", "pipe"])
def test_without_parts_it_begins_again_and_gives_no_byte_twice(
    ask: Any, server: Server, tmp_path: Path, take: str
) -> None:
    server.script = [whole(sent=CHUNK), whole(sent=2 * CHUNK), whole()]
    target: Any = {"download": tmp_path / "a.wav", "file": io.BytesIO(), "pipe": _Pipe()}.get(take)
    if target is None:
        assert ask(heard, url=server.url)[2] == SOUND
        return
    saved = ask(lambda client: client.recordings.download("R-1", target), url=server.url)
    assert saved.size_bytes == len(SOUND)
    assert (target.read_bytes() if take == "download" else target.getvalue()) == SOUND


class _Pipe(io.BytesIO):
    def seekable(self) -> bool:
        return False


def test_a_recording_that_changed_meanwhile_is_not_mixed(ask: Any, server: Server) -> None:
    server.script = [whole(sent=CHUNK), whole(SOUND + b"more")]
    with pytest.raises(errors.RecordingRejected, match="changed"):
        ask(heard, url=server.url)


@pytest.mark.parametrize(
    "answer",
    [
        part(total="400001"),
        lambda _: says(f"206 Partial Content|Content-Range: bytes 0-9/{len(SOUND)}|Content-Length: 10", SOUND[:10]),
        lambda _: says("206 Partial Content|Content-Length: 10", SOUND[:10]),
    ],
)
def test_another_part_than_was_asked_for_is_refused(ask: Any, server: Server, answer: Answer) -> None:
    server.script = [whole(sent=CHUNK), answer]
    with pytest.raises(errors.RecordingRejected, match="another part"):
        ask(heard, url=server.url)


def test_breaks_count_until_there_was_real_progress(ask: Any, server: Server, tmp_path: Path) -> None:
    server.script = [whole(sent=CHUNK), part(sent=10), part(sent=10), part(sent=10)]
    with pytest.raises(errors.RecordingRejected, match=f"after {CHUNK + 20} of {len(SOUND)} bytes") as cut:
        ask(lambda client: client.recordings.download("R-1", tmp_path / "a.wav"), url=server.url)
    assert isinstance(cut.value.__cause__, errors.OutcomeUnknown)
    assert list(tmp_path.iterdir()) == []


def test_an_answer_of_unknown_length_that_broke_at_its_very_end(ask: Any, server: Server) -> None:
    chunked = b"%x\r\n%b\r\n" % (len(SOUND), SOUND)
    server.script = [
        lambda _: says("200 OK|Transfer-Encoding: chunked", chunked),
        lambda _: says(f"416 Range Not Satisfiable|Content-Range: bytes */{len(SOUND)}|Content-Length: 0"),
    ]
    assert ask(heard, url=server.url) == ("audio/wav", None, SOUND)


def test_a_wav_file_that_says_it_is_longer_was_cut_short(ask: Any, server: Server) -> None:
    server.script = [lambda _: says("200 OK|Connection: close", SOUND[:CHUNK])]
    with pytest.raises(errors.RecordingRejected, match=f"after {CHUNK} of {len(SOUND)} bytes"):
        ask(heard, url=server.url)
    server.script = [whole(SOUND[:CHUNK])]
    with pytest.raises(errors.RecordingRejected, match=f"after {CHUNK} of {len(SOUND)} bytes"):
        ask(heard, url=server.url)
    server.script = [lambda _: says("200 OK|Connection: close", SOUND)]
    assert ask(heard, url=server.url)[2] == SOUND


@pytest.mark.parametrize("size", [0, 0x7FFF_F024, 0xFFFF_FFFF])
def test_a_wav_file_that_was_written_before_its_length_was_known_is_whole(ask: Any, server: Server, size: int) -> None:
    sound = SOUND[:4] + size.to_bytes(4, "little") + SOUND[8:]
    server.script = [whole(sound)]
    assert ask(heard, url=server.url)[2] == sound


def test_compressed_recordings_are_refused(ask: Any, server: Server, tmp_path: Path) -> None:
    server.script = [whole(more="|Content-Encoding: gzip")]
    with pytest.raises(errors.RecordingRejected, match="compressed"):
        ask(lambda client: client.recordings.download("R-1", tmp_path / "a.wav"), url=server.url)
    assert list(tmp_path.iterdir()) == []


def test_an_announced_length_beyond_the_cap_is_not_even_read(ask: Any, server: Server) -> None:
    server.script = [lambda _: says("200 OK|Content-Length: 99999999999", SOUND)]
    with pytest.raises(errors.RecordingRejected, match="longer than 500 bytes"):
        ask(lambda client: heard(client, max_bytes=500), url=server.url)


def test_a_short_recording_is_looked_at_too(ask: Any, server: Server) -> None:
    server.script = [whole(b"ID3\x04")]
    assert ask(heard, url=server.url) == ("audio/mpeg", 4, b"ID3\x04")
    server.script = [whole(b"<b>")]
    with pytest.raises(errors.RecordingRejected, match="not WAV"):
        ask(heard, url=server.url)


def test_an_open_file_is_put_back_where_it_stood(ask: Any, server: Server) -> None:
    file = io.BytesIO()
    file.write(b"before")
    server.script = [whole(sent=CHUNK)]
    with pytest.raises(errors.RecordingRejected):
        ask(lambda client: client.recordings.download("R-1", file), url=server.url, retry=RetryPolicy(attempts=1))
    assert file.getvalue() == b"before"
    server.script = [whole()]
    saved = ask(lambda client: client.recordings.download("R-1", file), url=server.url)
    assert file.getvalue() == b"before" + SOUND
    assert (saved.path, saved.content_type) == (None, "audio/wav")


def test_streams_wait_for_a_recording_and_tell_what_is_wrong_with_it(ask: Any, exchange: Any) -> None:
    exchange.not_ready = 2
    assert ask(heard) == ("audio/wav", len(WAV), WAV)
    assert ask.slept == [5, 15]
    for code, wanted in (("gone", errors.RecordingExpired), ("text", errors.RecordingRejected)):
        exchange.not_ready = 0

        def entered(client: Any, code: str = code) -> Any:
            return client.recordings.download(code, io.BytesIO())

        with pytest.raises(wanted):
            ask(entered)


def test_a_stream_shows_nothing_of_its_address(ask: Any, server: Server) -> None:
    shown = ask(lambda client: repr(client.recordings.stream("R-4711")), url=server.url)
    assert re.fullmatch(r"<\w*RecordingStream not entered, 0 bytes so far>", shown)


def test_streams_are_written_as_a_pair() -> None:
    from vipex_sdk.control import AsyncRecordingStream, RecordingStream

    names = [
        {name for name, _ in inspect.getmembers(cls) if not name.startswith("_")}
        for cls in (RecordingStream, AsyncRecordingStream)
    ]
    assert names[0] == names[1]
