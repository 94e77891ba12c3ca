"""Whose turn it is must be found as quickly with a backlog as without one."""

from __future__ import annotations

from pathlib import Path

import pytest

from vipex_sdk.gateway.database import Statement, Transaction, open_database, select
from vipex_sdk.gateway.database.statement import Row
from vipex_sdk.gateway.inbox.lanes import due_heads, head_of


@pytest.mark.parametrize("asking", [due_heads(0.0, 8), head_of(1)])
async def test_a_lane_is_found_by_its_call_and_not_among_all_that_waits(
    tmp_path: Path, asking: Transaction[object]
) -> None:
    statement = next(asking)
    assert isinstance(statement, Statement)
    async with open_database(tmp_path / "vipex.db") as database:
        plan: list[Row] = await database.read(select(f"EXPLAIN QUERY PLAN {statement.sql}", **statement.parameters))
    assert any("events_lane (call=?" in row["detail"] for row in plan)
