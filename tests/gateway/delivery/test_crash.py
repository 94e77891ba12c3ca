"""Kill -9 at each stage between receiving and recording: every acknowledged call is in the CRM exactly once.

Real processes, a real store, a CRM that outlives them (``facts/reliability.md`` 4.1, F01 to F04).
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections import Counter
from pathlib import Path

import pytest

from vipex_sdk.gateway.crashpoints import STAGES

ROOT = Path(__file__).parents[3]
COUNT = 3


async def run(store: str | Path, crm: Path, idempotency: str, *, die_at: str | None = None) -> tuple[int, list[str]]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("COV_", "VIPEX_"))}
    if die_at is not None:
        environment["VIPEX_CRASHPOINT"] = die_at
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.gateway.delivery.crash_worker", str(store), str(crm), idempotency, str(COUNT)),
        cwd=ROOT,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(50):
            output, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode or 0, output.decode().splitlines()


def entries(crm: Path) -> Counter[str]:
    lines = crm.read_text().splitlines() if crm.exists() else []
    return Counter(json.loads(line)["key"] for line in lines)


async def crash_and_restart(store: str | Path, crm: Path, idempotency: str, die_at: str) -> tuple[list[str], list[str]]:
    """Die at a stage, then start again while VIPeX sends everything once more."""
    code, before = await run(store, crm, idempotency, die_at=die_at)
    assert code == -signal.SIGKILL, before
    acknowledged = [line.split()[1] for line in before if line.startswith("acknowledged")]
    assert all(count == 1 for count in entries(crm).values())
    code, after = await run(store, crm, idempotency)
    assert code == 0, after
    return acknowledged, after


@pytest.mark.parametrize("stage", STAGES)
async def test_every_call_is_recorded_exactly_once(tmp_path: Path, stage: str) -> None:
    crm = tmp_path / "crm.jsonl"
    acknowledged, _ = await crash_and_restart(tmp_path / "vipex.db", crm, "findable", stage)
    expected = {"before_commit": 0, "after_commit": 0}.get(stage, COUNT)
    assert len(acknowledged) == expected
    assert entries(crm) == Counter(f"c-{n}" for n in range(COUNT))


async def test_a_native_key_closes_the_window(tmp_path: Path) -> None:
    crm = tmp_path / "crm.jsonl"
    await crash_and_restart(tmp_path / "vipex.db", crm, "native", "after_record")
    assert entries(crm) == Counter(f"c-{n}" for n in range(COUNT))


async def test_where_nothing_closes_the_window_the_record_is_flagged(tmp_path: Path) -> None:
    crm = tmp_path / "crm.jsonl"
    _, after = await crash_and_restart(tmp_path / "vipex.db", crm, "none", "after_record")
    doubled = sum(count - 1 for count in entries(crm).values())
    flagged = int(next(line for line in after if line.startswith("flagged")).split()[1])
    assert 1 <= doubled <= flagged
    assert set(entries(crm)) == {f"c-{n}" for n in range(COUNT)}


@pytest.mark.postgres
@pytest.mark.parametrize("stage", ["claimed", "after_record"])
async def test_another_worker_takes_over(postgres_url: str, tmp_path: Path, stage: str) -> None:
    crm = tmp_path / "crm.jsonl"
    await crash_and_restart(postgres_url, crm, "findable", stage)
    assert entries(crm) == Counter(f"c-{n}" for n in range(COUNT))
