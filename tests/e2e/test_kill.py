"""SIGKILL the gateway at each stage between receiving and recording: no acknowledged call is lost or doubled.

Three real parts: the gateway's own program on SQLite files, the simulated MiniCRM in a process that outlives it, and
a sender that repeats whatever was not acknowledged, as VIPeX does.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from vipex_sdk.gateway.crashpoints import STAGES

CALLS = {"kill-1": "+36300000001", "kill-2": "+36300000002", "kill-3": "+36300000003"}
AUTH = ("vipex", "webhook-password")
CONFIGURATION = """\
[gateway]
port = 0
settle_seconds = 0.2
[vipex]
base_url = "http://127.0.0.1:9"
user = "crm"
password = "control-password"
[webhooks]
user = "vipex"
password = "webhook-password"
[extensions.101]
crm_user = "2001"
[crm]
adapter = "minicrm"
[crm.minicrm]
base_url = "{url}"
system_id = "12345"
api_key = "simulated-rest-key-of-nobody-001"
voip_key = "simulated-voip-key-of-nobody-001"
recorder = "{recorder}"
requests_per_minute = 600
"""


@contextmanager
def program(*words: str, environment: Mapping[str, str] | None = None) -> Iterator[tuple[subprocess.Popen[str], Any]]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("VIPEX_")}
    process = subprocess.Popen(
        [sys.executable, "-m", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=clean | dict(environment or {}),
    )
    assert process.stdout is not None
    try:
        yield process, json.loads(process.stdout.readline())
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(20)
        process.stdout.close()


@pytest.fixture
def crm() -> Iterator[str]:
    with program("vipex_minicrm.simulator", "--port", "0", "--json") as (_, ready):
        settings = {"rate_limit": 600}  # the pace has tests of its own; here it would only be waited for
        httpx.post(f"{ready['url']}/simulator/settings", json=settings, trust_env=False).raise_for_status()
        yield ready["url"]


def report(call_id: str, caller: str) -> dict[str, object]:
    second = int(call_id[-1])
    return {
        "event": "call_end",
        "event_id": f"ev-{call_id}",
        "call_id": call_id,
        "direction": "inbound",
        "caller": caller,
        "called": "+3610000100",
        "extension": "101",
        "final_extension": "101",
        "started_at": f"2026-03-02T09:00:0{second}+01:00",
        "answered_at": f"2026-03-02T09:00:1{second}+01:00",
        "ended_at": f"2026-03-02T09:03:3{second}+01:00",
        "ring_seconds": 10,
        "talk_seconds": 200,
        "duration_seconds": 210,
        "disposition": "answered",
        "legs": [],
    }


def send(url: str, call_ids: set[str]) -> set[str]:
    """Send what is not acknowledged yet; give what now is."""
    acknowledged = set()
    for call_id in sorted(call_ids):
        try:
            answer = httpx.post(
                f"{url}/vipex/call-end", json=report(call_id, CALLS[call_id]), auth=AUTH, timeout=10, trust_env=False
            )
        except httpx.TransportError:
            continue
        if answer.is_success:
            acknowledged.add(call_id)
    return acknowledged


def in_crm(url: str) -> Counter[str]:
    """Count the entries by the customer they stand at: one customer a call."""
    with httpx.Client(base_url=url, timeout=10, trust_env=False) as browser:
        entries = [*browser.get("/simulator/calls").json(), *browser.get("/simulator/todos").json()]
        cards = {entry["card_id"]: browser.get(f"/simulator/history/{entry['card_id']}").json() for entry in entries}
    return Counter(cards[entry["card_id"]]["card"]["contact"] for entry in entries)


def wait_for_three(url: str) -> Counter[str]:
    deadline = time.monotonic() + 40
    while sum((found := in_crm(url)).values()) < len(CALLS) and time.monotonic() < deadline:
        time.sleep(0.1)
    return found


CASES = [*((stage, "calllog") for stage in STAGES), ("intent_committed", "todo"), ("after_record", "todo")]


@pytest.mark.parametrize(("stage", "recorder"), CASES)
def test_every_acknowledged_call_is_in_the_crm_exactly_once(
    crm: str, tmp_path: Path, stage: str, recorder: str
) -> None:
    file = tmp_path / "vipex.toml"
    file.write_text(CONFIGURATION.format(url=crm, recorder=recorder))
    serve = ("vipex_sdk.cli", "serve", "--config", str(file), "--json")

    with program(*serve, environment={"VIPEX_CRASHPOINT": stage}) as (gateway, ready):
        acknowledged = send(ready["url"], set(CALLS))
        assert gateway.wait(30) == -signal.SIGKILL
    with program(*serve) as (_, ready):
        rest = set(CALLS) - acknowledged
        assert send(ready["url"], rest) == rest
        assert send(ready["url"], set(CALLS)) == set(CALLS)  # and everything once more: duplicates are harmless
        found = wait_for_three(crm)
        time.sleep(0.5)  # a second entry of the same call would come about now

    assert in_crm(crm) == found == Counter({"Kiss Anna": 1, "Varga Péter": 1, "Horváth Ilona": 1})
