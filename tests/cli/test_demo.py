"""The main job as a user sees it: three processes, seven calls, everything read back from the CRM."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SCENARIOS = [
    "answered",
    "missed",
    "blind_transfer",
    "attended_transfer",
    "pickup",
    "unknown_caller",
    "outbound",
]


def run(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "vipex_sdk.cli", "demo", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)


def test_the_seven_calls_arrive_and_the_document_says_so() -> None:
    done = run("--once", "--json")
    document = json.loads(done.stdout)
    assert [call["differences"] for call in document["calls"]] == [[]] * len(SCENARIOS)
    assert done.returncode == 0, done.stderr
    assert document["ok"] is True
    assert [call["scenario"] for call in document["calls"]] == SCENARIOS
    assert set(document["calls"][0]) == {
        "scenario",
        "call_id",
        "routed_to",
        "popped_on",
        "crm_records",
        "ok",
        "differences",
    }
    answered = document["calls"][0]
    assert (answered["routed_to"], answered["popped_on"]) == ("101", ["101"])
    assert [(record["kind"], record["seconds"], record["plays"]) for record in answered["crm_records"]] == [
        ("incoming", 200, True)
    ]


@pytest.fixture
def staying() -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "vipex_sdk.cli", "demo"], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    yield process
    if process.poll() is None:
        process.kill()
        process.wait()
    assert process.stdout is not None
    process.stdout.close()


def test_it_stays_up_with_its_pages_and_ends_all_three_programs_when_interrupted(
    staying: subprocess.Popen[str],
) -> None:
    assert staying.stdout is not None
    said = ""
    for line in staying.stdout:
        said += line
        if "Ctrl+C" in line:
            break
    children = Path(f"/proc/{staying.pid}/task/{staying.pid}/children").read_text().split()
    assert len(children) == 3
    assert said.count("/desk/10") >= 4
    assert "simulated" in said
    os.kill(staying.pid, signal.SIGINT)
    assert staying.wait(30) == 0
    for child in children:
        with pytest.raises(ProcessLookupError):
            os.kill(int(child), 0)
