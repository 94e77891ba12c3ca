"""The gateway as a program: real server, real store, the simulated MiniCRM as a program of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.gateway.front.rig import HOOK_AUTH, TOML, configured
from vipex_sdk.errors import ConfigError
from vipex_sdk.gateway.serve import serve

RUN = """
import json, sys
from vipex_sdk.gateway.config import load
from vipex_sdk.gateway.operations import configure_logging
from vipex_sdk.gateway.serve import serve
configure_logging(as_json=True)
serve(load(sys.argv[1]), ready=lambda links: print(json.dumps(dict(links)), flush=True))
"""

ANNA = "+36300000001"
CALL = {
    "call_id": "serve-1",
    "direction": "inbound",
    "caller": ANNA,
    "called": "+3610000100",
    "extension": "101",
    "started_at": "2026-03-02T10:00:00+01:00",
    "answered_at": "2026-03-02T10:00:05+01:00",
    "ended_at": "2026-03-02T10:01:05+01:00",
    "talk_seconds": 60,
    "disposition": "answered",
}


@contextmanager
def program(*arguments: str, log: Path) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """Run Python with *arguments*; gives the process and the first line it says."""
    with log.open("w", encoding="utf-8") as errors:
        process = subprocess.Popen(
            [sys.executable, *arguments], stdout=subprocess.PIPE, stderr=errors, text=True, env={**os.environ}
        )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert line, log.read_text(encoding="utf-8")
        yield process, json.loads(line)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(10)
        process.stdout.close()


@pytest.fixture(scope="module")
def minicrm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    log = tmp_path_factory.mktemp("minicrm") / "errors"
    with program("-m", "vipex_minicrm.simulator", "--port", "0", "--json", log=log) as (_, ready):
        yield ready["url"]


@pytest.fixture
def toml(tmp_path: Path, minicrm: str) -> Path:
    file = tmp_path / "vipex.toml"
    keys = f'base_url = "{minicrm}"\nvoip_key = "simulated-voip-key-of-nobody-001"'
    text = TOML.replace("canary-crm", "simulated-rest-key-of-nobody-001").replace(
        'system_id = "12345"', f'system_id = "12345"\n{keys}'
    )
    file.write_text(text.replace('public_url = "http://gateway.test"', ""), encoding="utf-8")
    return file


def eventually(condition: Callable[[], Any], *, seconds: float = 20.0) -> Any:
    end = time.monotonic() + seconds
    while not (result := condition()):
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)
    return result


def history(minicrm: str) -> str:
    """Say what a user of MiniCRM sees on Anna's open card."""
    return httpx.get(f"{minicrm}/simulator/history/1010", trust_env=False).text


def test_a_call_on_vipex_becomes_an_entry_in_minicrm(toml: Path, minicrm: str, tmp_path: Path) -> None:
    log = tmp_path / "gateway.log"
    with program("-c", RUN, str(toml), log=log) as (process, links), httpx.Client(trust_env=False) as http:
        hooks = links["url"] + "/vipex"
        query = {"call_id": "serve-1", "caller": ANNA}
        eventually(lambda: http.post(f"{hooks}/data-query", json=query, auth=HOOK_AUTH).json().get("target") == "101")
        before = history(minicrm)
        assert http.post(f"{hooks}/call-end", json=CALL, auth=HOOK_AUTH).is_success
        assert http.post(f"{hooks}/call-end", json=CALL, auth=HOOK_AUTH).is_success
        eventually(lambda: history(minicrm) != before)
        assert http.post(f"{hooks}/call-end", json=CALL, auth=("vipex", "wrong")).status_code == 401
        with http.stream("GET", links["desk"]["101"], follow_redirects=True) as page:
            page.read()
        with http.stream("GET", f"{links['url']}/desk/101/events") as events:
            assert events.status_code == 200
            next(events.iter_lines())
            process.send_signal(signal.SIGTERM)
            # The open page is ended, not waited for.
            assert process.wait(8) == 0
    said = log.read_text(encoding="utf-8")
    events_said = [json.loads(line)["event"] for line in said.splitlines()]
    assert events_said[-1] == "gateway.stopped"
    for secret in (ANNA, "0000001", "Kiss Anna", "jelszó-hook", "simulated-rest-key", links["desk"]["101"][-32:]):
        assert secret not in said


def test_what_was_acknowledged_before_a_stop_is_delivered_after_it(toml: Path, minicrm: str, tmp_path: Path) -> None:
    text = toml.read_text(encoding="utf-8")
    toml.write_text(text.replace("settle_seconds = 0", "settle_seconds = 600"), encoding="utf-8")
    call = CALL | {"call_id": "serve-2", "started_at": "2026-03-03T10:00:00+01:00"}
    call |= {"answered_at": "2026-03-03T10:00:05+01:00", "ended_at": "2026-03-03T10:01:05+01:00"}
    with program("-c", RUN, str(toml), log=tmp_path / "first.log") as (process, links):
        hooks = links["url"] + "/vipex"
        assert httpx.post(f"{hooks}/call-end", json=call, auth=HOOK_AUTH, trust_env=False).is_success
        before = history(minicrm)
        process.send_signal(signal.SIGTERM)
        assert process.wait(8) == 0
    assert history(minicrm) == before
    toml.write_text(text, encoding="utf-8")
    with program("-c", RUN, str(toml), log=tmp_path / "second.log") as (_, links):
        token = (tmp_path / "data" / "admin.token").read_text().strip()
        headers = {"Authorization": f"Bearer {token}"}
        replay = httpx.post(
            links["url"] + "/admin/deliveries/replay", json={"status": "pending"}, headers=headers, trust_env=False
        )
        assert replay.json() == {"replayed": 1}
        eventually(lambda: history(minicrm) != before)


def test_a_second_gateway_on_the_same_folder_says_so(toml: Path, tmp_path: Path) -> None:
    with program("-c", RUN, str(toml), log=tmp_path / "first.log"):
        second = subprocess.run(
            [sys.executable, "-c", RUN, str(toml)], capture_output=True, text=True, timeout=20, check=False
        )
    assert second.returncode == 1
    assert "another gateway runs on the folder" in second.stderr


def test_a_taken_port_says_so(toml: Path, tmp_path: Path) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        configuration = configured(tmp_path, toml=TOML.replace("port = 0", f"port = {port}"))
        with pytest.raises(ConfigError, match=f"cannot listen on 127.0.0.1 port {port}") as caught:
            serve(configuration)
    assert caught.value.key == "gateway.port"
