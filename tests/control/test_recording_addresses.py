"""Recordings that come as an address, through both clients and real servers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.control.scripted import CHUNK, SOUND, Server, part, says, whole
from vipex_sdk import errors
from vipex_sdk.control.recordings import fetch_recording
from vipex_sdk.wire.profile import WireProfile, lay_on


@pytest.fixture
def listed(profile: WireProfile, server: Server) -> WireProfile:
    return allowing(profile, server)


def allowing(profile: WireProfile, server: Server) -> WireProfile:
    return lay_on(profile, f'[recordings]\nurl_hosts_allowed = ["{server.url.removeprefix("http://")}"]')


def test_it_is_fetched_from_a_listed_host_without_our_credentials(
    ask: Any, exchange: Any, server: Server, listed: WireProfile, tmp_path: Path
) -> None:
    server.script = [whole(sent=CHUNK), part()]
    address = f"{server.url}/a%2Fb.wav?sig=x%2By"
    ask(lambda client: client.recordings.download(address, tmp_path / "a.wav"), profile=listed)
    assert (tmp_path / "a.wav").read_bytes() == SOUND
    assert server.lines == ["GET /a%2Fb.wav?sig=x%2By HTTP/1.1"] * 2
    assert [one["host"] for one in server.asked] == [server.url.removeprefix("http://")] * 2
    assert server.asked[1]["range"] == f"bytes={CHUNK}-"
    assert not any("authorization" in one for one in server.asked)
    assert exchange.requests == []


def test_the_exchange_itself_is_asked_with_our_credentials(ask: Any, server: Server, listed: WireProfile) -> None:
    server.script = [whole()]
    address = f"{server.url}/elsewhere/1.wav"
    assert ask(lambda client: client.send(fetch_recording(address)), profile=listed, url=server.url) == SOUND
    assert server.lines == ["GET /elsewhere/1.wav HTTP/1.1"]
    assert server.asked[0]["authorization"].startswith("Basic ")


@pytest.mark.parametrize("address", ["{}/1.wav", "https://elsewhere.example/1.wav", "http://user:secret@{}/1.wav"])
def test_no_other_address_is_visited(ask: Any, exchange: Any, server: Server, tmp_path: Path, address: str) -> None:
    with pytest.raises(errors.Invalid) as refused:
        ask(lambda client: client.recordings.download(address.format(server.url), tmp_path / "a.wav"))
    assert "1.wav" not in str(refused.value)
    assert (exchange.requests, server.lines, list(tmp_path.iterdir())) == ([], [], [])


def test_a_redirect_is_not_followed(ask: Any, server: Server, listed: WireProfile, tmp_path: Path) -> None:
    server.script = [lambda _: says(f"302 Found|Location: {server.url}/other.wav|Content-Length: 0")]
    with pytest.raises(errors.StatusError) as refused:
        ask(lambda client: client.recordings.download(f"{server.url}/1.wav", tmp_path / "a.wav"), profile=listed)
    assert refused.value.status == 302
    assert len(server.lines) == 1


def test_what_is_too_long_or_no_audio_is_refused(ask: Any, server: Server, listed: WireProfile, tmp_path: Path) -> None:
    server.script = [whole(), whole(b"<html>" + bytes(2000))]
    for limit in (1000, None):
        with pytest.raises(errors.RecordingRejected):
            ask(
                lambda client, limit=limit: client.recordings.download(
                    f"{server.url}/1.wav", tmp_path / "a.wav", max_bytes=limit
                ),
                profile=listed,
            )
    assert list(tmp_path.iterdir()) == []
