"""The library's own receiver understands everything the simulated VIPeX can send."""

from __future__ import annotations

import io
import wave
from collections.abc import AsyncIterator
from functools import reduce
from pathlib import Path

import pytest
from attrs import define, field

from tests.sandbox.running import FAST, asking, assert_adds_up, serving
from vipex_sdk.sandbox import build
from vipex_sdk.webhooks import BasicAuth, CallEnd, DataQuery, Decision, IncomingCall, Message, Receiver, merge
from vipex_sdk.wire.profile import WireProfile, load_profile

# Those that send parts apart, or cannot carry every recording mode, play the whole demo in tests/profiles.
_PROFILES = [None, Path(__file__).parent.parent / "profiles" / "hungarian.toml"]


@define
class Gateway:
    """Keeps what the receiver hands over."""

    notices: list[IncomingCall] = field(factory=list)
    ends: list[CallEnd] = field(factory=list)
    audio: dict[str, bytes] = field(factory=dict)

    def receiver(self, profile: WireProfile) -> Receiver:
        return Receiver(
            profile=profile,
            checks=[BasicAuth("vipex", "secret")],
            on_data_query=self.route,
            on_incoming_call=self.notice,
            on_call_end=self.end,
            audio=self,
        )

    async def route(self, query: DataQuery) -> Decision:
        assert query.caller.e164 == "+36300000001"
        return Decision.to_extension("105", timeout_seconds=25, caller_name="Kiss Anna")

    async def notice(self, call: IncomingCall) -> None:
        self.notices.append(call)

    async def end(self, call: CallEnd, _message: Message) -> None:
        self.ends.append(call)

    async def keep(self, chunks: AsyncIterator[bytes], content_type: str) -> str:
        assert "wav" in content_type
        audio = b"".join([chunk async for chunk in chunks])
        key = f"key-{len(self.audio)}"
        self.audio[key] = audio
        return key


async def _played(profile: WireProfile, mode: str) -> Gateway:
    gateway = Gateway()
    app = build(profile=profile)
    async with serving(gateway.receiver(profile)) as url, asking(app) as http:
        settings = {"webhook_url": url, "webhook_user": "vipex", "webhook_password": "secret", "recording_mode": mode}
        await http.post("/sandbox/configure", json=settings | FAST)
        wish = {"talk_seconds": 5, "second_talk_seconds": 6, "transfer_to": "102", "caller": "+36300000001"}
        played = (await http.post("/sandbox/scenarios/blind_transfer", json=wish)).json()
    assert played["reported"], played
    assert all(attempt["delivered"] for attempt in played["webhooks"]), played["webhooks"]
    assert (played["routed_to"], played["caller_name"]) == ("105", "Kiss Anna")
    return gateway


@pytest.mark.parametrize("path", _PROFILES, ids=lambda path: path.stem if path else "default")
@pytest.mark.parametrize("mode", ["by_code", "inline_base64", "multipart", "none"])
async def test_every_recording_mode_in_every_profile(path: Path | None, mode: str) -> None:
    gateway = await _played(load_profile(path), mode)
    (notice,), (end,) = gateway.notices, gateway.ends
    assert notice.extensions == ("105",)
    assert_adds_up(end)
    assert [leg.extension for leg in end.legs] == ["105", "102"]
    recordings = [leg.recording for leg in end.legs]
    if mode == "none":
        assert not any(recording and (recording.code or recording.stored) for recording in recordings)
        return
    assert all(recording and recording.code for recording in recordings)
    if mode == "by_code":
        assert gateway.audio == {}
        return
    lengths = []
    for recording in recordings:
        assert recording is not None
        assert recording.stored is not None
        with wave.open(io.BytesIO(gateway.audio[recording.stored])) as sound:
            lengths.append(sound.getnframes() // sound.getframerate())
    assert lengths == [5, 6]


@pytest.mark.parametrize("mode", ["by_code", "inline_base64", "multipart"])
async def test_legs_that_come_apart_are_one_call_again(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "apart.toml"
    path.write_text('[webhooks.legs]\nmode = "separate"\n')
    gateway = await _played(load_profile(path), mode)
    assert len(gateway.ends) == 3
    whole = reduce(merge, gateway.ends)
    assert_adds_up(whole)
    assert [leg.extension for leg in whole.legs] == ["105", "102"]
    assert len(gateway.audio) == (0 if mode == "by_code" else 2)
