"""The README's two examples do what the README says they do."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.cli.programs import exchange

ROOT = Path(__file__).resolve().parents[2]
BLOCKS = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)


def lines(block: str) -> int:
    return sum(bool(line.strip()) for line in block.splitlines())


def test_there_are_two_short_examples() -> None:
    assert len(BLOCKS) == 2
    assert all(lines(block) <= 25 for block in BLOCKS)


def test_the_client_example_lists_users_and_rings(capsys: pytest.CaptureFixture[str]) -> None:
    with exchange() as simulated:
        block = BLOCKS[0].replace("https://pbx.example.hu", simulated["VIPEX_BASE_URL"])
        exec(block.replace("from-your-secret-store", simulated["VIPEX_PASSWORD"]), {})
    said = capsys.readouterr().out
    assert "101 Nagy Béla" in said
    assert "ringing 101 first" in said


async def test_the_receiver_example_routes_to_the_salesperson_and_hears_the_end() -> None:
    names: dict[str, Any] = {}
    exec(BLOCKS[1], names)
    transport = httpx.ASGITransport(names["app"])
    query = {"event": "data_query", "call_id": "c-1", "caller": "+36300000001", "called": "+3610000100"}
    end = {"event": "call_end", "call_id": "c-1", "started_at": "2026-03-02T09:00:00+01:00", "disposition": "answered"}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://testserver/vipex", auth=("vipex", "another-secret")
    ) as vipex:
        assert (await vipex.post("/data-query", json=query)).json()["target"] == "101"
        assert (await vipex.post("/data-query", json=query | {"caller": "+36300000002"})).json()["action"] == "continue"
        assert (await vipex.post("/call-end", json=end)).is_success
        assert (await vipex.post("/call-end", json=end, auth=("vipex", "wrong"))).status_code == 401
