"""Audio whose message was never committed goes after a while; audio that a message names stays (F05)."""

from __future__ import annotations

import base64
import os
import time
from pathlib import Path
from typing import Any

import pytest

from tests.gateway.clock import eventually
from tests.gateway.front.audio import in_pieces, tone
from tests.gateway.front.rig import Running, ScanningCrm, configured, running
from vipex_sdk.errors import StoreUnavailable
from vipex_sdk.gateway.database import select
from vipex_sdk.gateway.recordings.orphans import ORPHAN_SECONDS

AUDIO = base64.b64encode(tone()).decode()
REPORT: dict[str, Any] = {
    "event": "call_end",
    "event_id": "ev-1",
    "call_id": "c-1",
    "started_at": "2026-03-02T09:00:00+01:00",
    "caller": "+36300000001",
    "recording": {"content": AUDIO},
}


def kept(house: Running) -> list[Path]:
    return sorted((house.gateway.configuration.gateway.data / "audio").iterdir())


def aged(path: Path, seconds: float = ORPHAN_SECONDS) -> Path:
    then = time.time() - seconds
    os.utime(path, (then, then))
    return path


async def test_audio_that_no_message_names_goes(house: Running) -> None:
    key = await house.gateway.shelf.keep(in_pieces(tone()), "audio/wav")
    assert await house.gateway.shelf.orphans.sweep() == 0  # its message may be on the way
    (file,) = kept(house)
    assert aged(file).name == key
    assert await house.gateway.shelf.orphans.sweep() == 1
    assert kept(house) == []


@pytest.mark.parametrize("report", [REPORT, {"nobody": "understands", "recording": {"content": AUDIO}}])
async def test_audio_that_a_message_names_stays(house: Running, report: dict[str, Any]) -> None:
    assert (await house.hook("call-end", **report)).is_success
    for file in kept(house):
        aged(file)
    assert await house.gateway.shelf.orphans.sweep() == 0
    assert len(kept(house)) == 1


async def test_audio_that_comes_again_is_young_again(house: Running) -> None:
    await house.gateway.shelf.keep(in_pieces(tone()), "audio/wav")
    aged(kept(house)[0])
    await house.gateway.shelf.keep(in_pieces(tone()), "audio/wav")
    assert await house.gateway.shelf.orphans.sweep() == 0
    aged(kept(house)[0])
    assert await house.gateway.shelf.orphans.sweep() == 1


async def test_nothing_goes_while_the_store_cannot_be_asked(house: Running) -> None:
    await house.gateway.shelf.keep(in_pieces(tone()), "audio/wav")
    aged(kept(house)[0])
    await house.gateway.database.close()
    with pytest.raises(StoreUnavailable):
        await house.gateway.shelf.orphans.sweep()
    assert len(kept(house)) == 1
    await house.gateway.database.open()
    assert await house.gateway.shelf.orphans.sweep() == 1


async def test_what_is_found_named_is_not_asked_about_again(house: Running) -> None:
    await house.hook("call-end", **REPORT)
    aged(kept(house)[0])
    await house.gateway.shelf.orphans.sweep()
    await house.gateway.database.write(select("DELETE FROM audio_uses"))
    await house.gateway.database.write(select("DELETE FROM recordings"))
    assert await house.gateway.shelf.orphans.sweep() == 0
    assert len(kept(house)) == 1


async def test_a_gateway_that_starts_sweeps_and_counts(tmp_path: Path) -> None:
    settings = configured(tmp_path, ScanningCrm())
    folder = settings.gateway.data / "audio"
    folder.mkdir(parents=True)
    (folder / "0123456789abcdef0123456789abcdef").write_bytes(tone())
    aged(folder / "0123456789abcdef0123456789abcdef")
    async with running(settings) as house:
        await eventually(lambda: b"vipex_orphaned_audio_total 1.0" in house.gateway.metrics.render())
        assert kept(house) == []


async def test_messages_of_an_earlier_version_are_looked_through_once(house: Running) -> None:
    await house.hook("call-end", **REPORT)
    before = await house.gateway.database.read(select("SELECT key, seq FROM audio_uses"))
    await house.gateway.database.write(select("DROP TABLE audio_uses"))
    await house.gateway.database.write(select("UPDATE schema_version SET version = 2"))
    await house.gateway.database.close()
    await house.gateway.database.open()
    assert await house.gateway.database.read(select("SELECT key, seq FROM audio_uses")) == before
    assert len(before) == 1
