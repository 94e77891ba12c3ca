"""What ``vipex doctor`` says about the shared store, in front of a real server and of none."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg
import pytest

from tests.gateway.front.rig import TOML, configured
from vipex_sdk.cli.doctor.finding import Finding, State
from vipex_sdk.cli.doctor.store import look_at_store


async def _said(folder: Path, url: str) -> Finding:
    toml = TOML.replace("[gateway]", f"[gateway]\ndatabase = {json.dumps(url)}")
    (finding,) = await look_at_store(configured(folder, toml=toml))
    assert finding.check == "database"
    return finding


async def test_without_a_server_in_the_settings_there_is_nothing_to_say(tmp_path: Path) -> None:
    assert await look_at_store(configured(tmp_path)) == ()


async def test_a_server_that_does_not_answer_is_told_without_its_password(tmp_path: Path) -> None:
    finding = await _said(tmp_path, "postgresql://vipex:canary@127.0.0.1:9/vipex")
    assert finding.state is State.FAILED
    assert finding.fix
    assert "gateway.database" in finding.fix.en
    assert "canary" not in str(finding)


@pytest.mark.postgres
async def test_a_server_that_lets_us_in(tmp_path: Path, postgres_url: str) -> None:
    finding = await _said(tmp_path, postgres_url)
    assert finding.state is State.OK
    with psycopg.connect(postgres_url) as connection:
        assert connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)


@pytest.mark.postgres
async def test_a_database_that_is_not_there(tmp_path: Path, postgres_url: str) -> None:
    base, _, query = postgres_url.rpartition("?")
    finding = await _said(tmp_path, f"{base.rpartition('/')[0]}/no_such_database?{query}")
    assert finding.state is State.FAILED


@pytest.mark.postgres
async def test_a_user_who_may_not_create_tables(tmp_path: Path, postgres_url: str) -> None:
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS reader")
        connection.execute("CREATE ROLE reader LOGIN PASSWORD 'invented'")
        connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    try:
        finding = await _said(tmp_path, f"{postgres_url}&user=reader&password=invented")
    finally:
        with psycopg.connect(postgres_url, autocommit=True) as connection:
            connection.execute("DROP ROLE reader")
    assert finding.state is State.FAILED
    assert finding.fix
    assert "GRANT CREATE" in finding.fix.en
