"""SIGKILL between audio and message: the message comes again with its audio, or the audio goes."""

from __future__ import annotations

import base64
import io
import os
import signal
import time
import wave
from pathlib import Path

import httpx
import pytest

from tests.e2e.test_kill import AUTH, CONFIGURATION, program, report
from vipex_sdk.gateway.recordings.orphans import ORPHAN_SECONDS


@pytest.fixture
def serve(tmp_path: Path) -> tuple[str, ...]:
    file = tmp_path / "vipex.toml"
    file.write_text(CONFIGURATION.format(url="http://127.0.0.1:9", recorder="calllog"))
    return ("vipex_sdk.cli", "serve", "--config", str(file), "--json")


@pytest.fixture
def killed(serve: tuple[str, ...], tmp_path: Path) -> Path:
    """Kill a gateway when audio is kept and its message is not; give the audio, aged."""
    with program(*serve, environment={"VIPEX_CRASHPOINT": "before_commit"}) as (gateway, ready):
        with pytest.raises(httpx.TransportError):
            send(ready["url"])
        assert gateway.wait(30) == -signal.SIGKILL
    (audio,) = (file for file in tmp_path.rglob("audio/*") if file.is_file())
    return aged(audio)


def send(url: str) -> httpx.Response:
    file = io.BytesIO()
    with wave.open(file, "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(8000)
        wav.writeframes(bytes(16_000))
    audio = {"content": base64.b64encode(file.getvalue()).decode()}
    message = report("kill-1", "+36300000001") | {"recording": audio}
    return httpx.post(f"{url}/vipex/call-end", json=message, auth=AUTH, timeout=10, trust_env=False)


def aged(audio: Path) -> Path:
    then = time.time() - 2 * ORPHAN_SECONDS
    os.utime(audio, (then, then))
    return audio


def wait_until_gone(audio: Path) -> None:
    deadline = time.monotonic() + 20
    while audio.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not audio.exists()


def test_audio_whose_message_never_came_again_goes(killed: Path, serve: tuple[str, ...]) -> None:
    with program(*serve):
        wait_until_gone(killed)


def test_audio_whose_message_comes_again_stays(killed: Path, serve: tuple[str, ...]) -> None:
    os.utime(killed)  # young, so that the first start leaves it for its message
    with program(*serve) as (_, ready):
        assert send(ready["url"]).status_code == 204
    nobodys = killed.with_name("0123456789abcdef0123456789abcdef")
    nobodys.write_bytes(killed.read_bytes())
    aged(nobodys)
    aged(killed)
    with program(*serve):
        wait_until_gone(nobodys)  # so the sweep has been there
        assert killed.exists()
