"""Recordings into files, through both clients."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import Response, StreamingResponse

from vipex_sdk import errors
from vipex_sdk.control import AsyncRecordings, Recordings, RetryPolicy, sniff
from vipex_sdk.control.recordings import fetch_recording

WAV = b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(2000)


def test_a_recording_is_saved_whole(ask: Any, tmp_path: Path) -> None:
    target = tmp_path / "call.wav"
    told: list[tuple[int, int | None]] = []
    saved = ask(lambda client: client.recordings.download("R-1", target, progress=lambda *seen: told.append(seen)))
    assert target.read_bytes() == WAV
    assert (saved.path, saved.content_type, saved.size_bytes) == (target, "audio/wav", len(WAV))
    assert told[-1] == (len(WAV), len(WAV))
    assert [one.name for one in tmp_path.iterdir()] == ["call.wav"]


def test_it_waits_while_a_recording_is_not_ready(ask: Any, exchange: Any, tmp_path: Path) -> None:
    exchange.not_ready = 2
    ask(lambda client: client.recordings.download("R-1", tmp_path / "a.wav"))
    assert ask.slept == [5, 15]


def test_it_says_so_when_a_recording_stays_away(ask: Any, exchange: Any, tmp_path: Path) -> None:
    exchange.not_ready = 99
    with pytest.raises(errors.RecordingNotReady):
        ask(lambda client: client.recordings.download("R-1", tmp_path / "a.wav"))
    assert ask.slept == [5, 15, 40, 120]
    assert list(tmp_path.iterdir()) == []


def test_accepted_means_not_ready_too(ask: Any, exchange: Any, tmp_path: Path) -> None:
    exchange.script = [lambda: Response(status_code=202)]
    ask(lambda client: client.recordings.download("R-1", tmp_path / "a.wav"))
    assert ask.slept == [5]


def test_a_deleted_recording_is_not_waited_for(ask: Any, exchange: Any, tmp_path: Path) -> None:
    with pytest.raises(errors.RecordingExpired):
        ask(lambda client: client.recordings.download("gone", tmp_path / "a.wav"))
    assert ask.slept == []


@pytest.mark.parametrize(
    "scripted",
    [
        lambda: Response(b"<html>Login</html>", media_type="text/html"),
        lambda: Response(b"this is no audio", media_type="audio/mpeg"),
        lambda: Response(b"", media_type="audio/mpeg"),
    ],
)
def test_what_is_no_audio_leaves_the_old_file_alone(ask: Any, exchange: Any, tmp_path: Path, scripted: Any) -> None:
    target = tmp_path / "a.mp3"
    target.write_bytes(b"older")
    exchange.script = [scripted]
    with pytest.raises(errors.RecordingRejected):
        ask(lambda client: client.recordings.download("R-1", target))
    assert target.read_bytes() == b"older"
    assert [one.name for one in tmp_path.iterdir()] == ["a.mp3"]


def test_a_recording_has_a_limit_announced_or_not(ask: Any, exchange: Any, tmp_path: Path) -> None:
    with pytest.raises(errors.RecordingRejected):
        ask(lambda client: client.recordings.download("R-1", tmp_path / "a.wav", max_bytes=1000))
    exchange.script = [lambda: StreamingResponse(iter([WAV]), media_type="audio/wav")]
    with pytest.raises(errors.RecordingRejected):
        ask(lambda client: client.recordings.download("R-1", tmp_path / "a.wav", max_bytes=1000))
    assert list(tmp_path.iterdir()) == []


def test_a_recording_cut_short_is_fetched_again(ask: Any, exchange: Any, tmp_path: Path) -> None:
    exchange.script = [lambda: _Cut(WAV[:1500], headers={"content-length": str(len(WAV))})]
    ask(lambda client: client.recordings.download("R-1", tmp_path / "a.wav"))
    assert (tmp_path / "a.wav").read_bytes() == WAV
    exchange.script = [lambda: _Cut(WAV[:1500], headers={"content-length": str(len(WAV))})]
    with pytest.raises(errors.RecordingRejected, match=f"cut short after 1500 of {len(WAV)} bytes"):
        ask(lambda client: client.recordings.download("R-1", tmp_path / "b.wav"), retry=RetryPolicy(attempts=1))
    assert not (tmp_path / "b.wav").exists()


class _Cut(Response):
    """Announces more than it sends."""

    async def __call__(self, _scope: Any, _receive: Any, send: Any) -> None:
        headers = [(b"content-type", b"audio/wav"), (b"content-length", self.headers["content-length"].encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": self.body, "more_body": True})


@pytest.mark.parametrize("code", ["", "a/b", "..", "a..b", "a\nb", "a b", "ftp://x", "a?b", "a#b", "x" * 201, "a\\b"])
def test_what_is_no_code_is_not_asked_for(code: str) -> None:
    with pytest.raises(errors.Invalid):
        fetch_recording(code)


def test_a_small_recording_may_be_kept_in_memory(ask: Any) -> None:
    assert ask(lambda client: client.send(fetch_recording("R-1"))) == WAV


@pytest.mark.parametrize(
    ("head", "wanted"),
    [
        (WAV[:12], "audio/wav"),
        (b"RIFF....AVI ", None),
        (b"ID3\x04", "audio/mpeg"),
        (b"\xff\xfb\x90\x00", "audio/mpeg"),
        (b"\xff\xd8\xff\xe0", None),
        (b"OggS\x00", "audio/ogg"),
        (b"<!DOCTYPE", None),
        (b"", None),
    ],
)
def test_audio_is_known_by_its_first_bytes(head: bytes, wanted: str | None) -> None:
    assert sniff(head) == wanted


@pytest.mark.parametrize("name", ["download", "stream"])
def test_both_clients_have_one_signature(name: str) -> None:
    sync, later = inspect.signature(getattr(Recordings, name)), inspect.signature(getattr(AsyncRecordings, name))
    assert sync.parameters == later.parameters
