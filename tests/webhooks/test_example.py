"""The example runs as it stands: a process of its own, talked to over HTTP."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.webhooks.receiving import CALL_END, DATA_QUERY

EXAMPLE = Path(__file__).parents[2] / "examples" / "embed_receiver.py"


@pytest.fixture
def base_url(tmp_path: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "WEBHOOK_PASSWORD": "jelszó", "PORT": str(port), "CALLS": str(tmp_path / "calls")}
    with subprocess.Popen([sys.executable, str(EXAMPLE)], env=environment, stderr=subprocess.DEVNULL) as process:
        yield f"http://127.0.0.1:{port}"
        process.terminate()


def test_the_example_routes_and_keeps_calls(base_url: str) -> None:
    transport = httpx.HTTPTransport(retries=8)
    with httpx.Client(transport=transport, base_url=base_url, auth=("vipex", "jelszó"), timeout=10) as http:
        assert http.get("/calls").json() == {"calls": 0}
        assert http.post("/vipex/data-query", json=DATA_QUERY).json()["target"] == "101"
        for _ in range(2):
            assert http.post("/vipex/call-end", json=CALL_END).status_code == 204
        assert http.post("/vipex/call-end", json=[]).status_code == 202
        assert http.get("/calls").json() == {"calls": 2}
        assert http.post("/vipex/call-end", json=CALL_END, auth=("vipex", "wrong")).status_code == 401
