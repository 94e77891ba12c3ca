"""Recordings the whole way: MiniCRM (simulated) fetches them from a served gateway, by both of its paths."""

from __future__ import annotations

import base64
import socket
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.gateway.clock import eventually
from tests.gateway.front.audio import tone
from tests.gateway.front.rig import HOOK_AUTH, RECORDING_AUTH, TOML, configured
from tests.gateway.front.serving import Served, serving
from tests.minicrm.running import RunningSimulator

KEYS = 'system_id = "12345"\napi_key = "simulated-rest-key-of-nobody-001"\n'
VOIP = 'voip_key = "simulated-voip-key-of-nobody-001"\nrecorder = "both"\n'


@pytest.fixture
def minicrm() -> Iterator[RunningSimulator]:
    with RunningSimulator() as simulator:
        simulator.switches.rate_limit = 6000
        yield simulator


@pytest.fixture
async def served(tmp_path: Path, minicrm: RunningSimulator) -> AsyncIterator[Served]:
    port = free_port()
    toml = (
        TOML.replace("port = 0", f"port = {port}")
        .replace("http://gateway.test", f"http://127.0.0.1:{port}")
        .replace('system_id = "12345"\napi_key = "canary-crm"\n', KEYS + VOIP + f'base_url = "{minicrm.url}"\n')
        .replace("[crm.minicrm]\n", "[crm.minicrm]\nrequests_per_minute = 6000\n")
        .replace("[recordings]\n", '[recordings]\nallow = ["127.0.0.1"]\n')
    )
    with serving(configured(tmp_path, toml=toml)) as served:
        user, password = RECORDING_AUTH
        address = served.url.replace("http://", f"http://{user}:{password.replace('ó', '%C3%B3')}@")
        minicrm.switches.recording_template = f"{address}/recordings?Rec={{%RefereceId%}}"
        yield served


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


async def end_of_call(served: Served) -> None:
    """Send a call that has just ended with its recording inside, as VIPeX may."""
    ended = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=1)
    call: dict[str, Any] = {
        "call_id": "c-1",
        "direction": "inbound",
        "caller": "+36300000001",
        "called": "+3610000100",
        "extension": "101",
        "final_extension": "101",
        "started_at": (ended - timedelta(seconds=65)).isoformat(),
        "answered_at": (ended - timedelta(seconds=60)).isoformat(),
        "ended_at": ended.isoformat(),
        "disposition": "answered",
        "talk_seconds": 60,
        "recording": {"content": base64.b64encode(tone()).decode(), "content_type": "audio/wav"},
    }
    async with httpx.AsyncClient(auth=HOOK_AUTH, trust_env=False) as vipex:
        answer = await vipex.post(served.url + "/vipex/call-end", json=call)
        assert answer.is_success, answer.text


async def test_both_ways_of_a_recording_into_minicrm(served: Served, minicrm: RunningSimulator) -> None:
    await end_of_call(served)
    await eventually(lambda: minicrm.calls() and any(todo["status"].lower() == "closed" for todo in minicrm.todos()))
    (call,) = minicrm.calls()
    async with httpx.AsyncClient(trust_env=False) as user:
        played = (await user.post(f"{minicrm.url}/simulator/play/{call['id']}")).json()
        assert (played["ok"], played["content_type"], played["sniffed"]) == (True, "audio/mpeg", "audio/mpeg")

        (todo,) = minicrm.simulation.tenant.todos.values()
        (file,) = todo.attachments
        assert (file.sniffed, file.content_type) == ("audio/mpeg", "audio/mpeg")
        assert file.file_name == f"{call['reference_id']}.mp3"
        shown = minicrm.api("GET", f"/R3/ToDo/{todo.id}").json()["Attachments"]
        assert shown["FileName"].endswith(".mp3")
        assert "expires=" in todo.comment

        wrong = minicrm.switches.recording_template.replace("@", "x@", 1)
        minicrm.switches.recording_template = wrong
        refused = (await user.post(f"{minicrm.url}/simulator/play/{call['id']}")).json()
        assert (refused["ok"], refused["status"]) == (False, 401)


async def test_guessing_names_gives_nothing(served: Served) -> None:
    async with httpx.AsyncClient(auth=RECORDING_AUTH, trust_env=False) as puller:
        for name in ("0", "1", "c-1", "0" * 32, "../vipex.db", "%2e%2e%2fvipex.db"):
            answer = await puller.get(f"{served.url}/recordings", params={"Rec": name})
            assert (answer.status_code, answer.text) == (404, "there is no such recording\n"), name
    async with httpx.AsyncClient(trust_env=False) as stranger:
        answers = {(await stranger.get(f"{served.url}/recordings/{name}")).text for name in ("1", "0" * 32)}
    assert len(answers) == 1
