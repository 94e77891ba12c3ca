"""The program: how it starts, what it prints, how it ends."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from vipex_sdk.sandbox import main


@asynccontextmanager
async def _started(*options: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, dict[str, Any]]]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "vipex_sdk.sandbox", "--port", "0", "--json", *options),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout
    try:
        yield process, json.loads(await process.stdout.readline())
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


@pytest.mark.parametrize(("stop", "code"), [(signal.SIGTERM, -signal.SIGTERM), (signal.SIGINT, 0)])
async def test_it_says_where_it_is_and_ends_at_once_though_a_page_is_open(stop: signal.Signals, code: int) -> None:
    async with _started("--password", "known") as (process, ready):
        assert ready | {"url": ""} == {
            "ready": True,
            "simulated": True,
            "url": "",
            "user": "crm",
            "password": "known",
        }
        async with (
            httpx.AsyncClient(base_url=ready["url"]) as client,
            client.stream("GET", "/sandbox/events") as events,
        ):
            lines = events.aiter_lines()
            assert await anext(lines) == "event: state"
            process.send_signal(stop)
            async with asyncio.timeout(1.5):
                assert await process.wait() == code
        assert process.stderr
        assert await process.stderr.read() == b""


async def test_it_logs_no_number_and_no_secret() -> None:
    async with _started("--verbose", "--webhook-url", "http://127.0.0.1:1", "--webhook-password", "hush") as (
        process,
        ready,
    ):
        async with httpx.AsyncClient(base_url=ready["url"]) as client:
            await client.post("/sandbox/scenarios/answered", json={"speed": 1e9, "wait_seconds": 0.1})
            await client.get("/api/v1/users/17", auth=("crm", ready["password"]))
        process.terminate()
        assert process.stderr
        log = (await process.stderr.read()).decode()
    assert "webhook_sent" in log
    for private in ("0000001", "hush", ready["password"], "Nagy"):
        assert private not in log


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (["--retry-count", "-1"], "retry_count"),
        (["--default-target", "nowhere"], "default_target"),
        (["--profile", "/nonexistent.toml"], "nonexistent.toml"),
    ],
)
def test_wrong_options_are_named(options: list[str], text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--port", "0", *options]) == 2
    assert text in capsys.readouterr().err


def test_a_taken_port_is_a_failure(capsys: pytest.CaptureFixture[str]) -> None:

    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert main(["--port", str(taken.getsockname()[1])]) == 1
    assert "cannot listen" in capsys.readouterr().err


@pytest.mark.parametrize("missing", ["uvicorn", "structlog"])
async def test_a_missing_extra_is_named(missing: str) -> None:
    program = f"import sys; sys.modules[{missing!r}] = None; import vipex_sdk.sandbox"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", program, stderr=asyncio.subprocess.PIPE)
    _, errors = await process.communicate()
    assert process.returncode == 1
    assert 'pip install "vipex-sdk[gateway]"' in errors.decode()
