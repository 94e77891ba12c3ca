"""What VIPeX can give in the place of a recording, and who can ask for one: F41 to F47 of the fault matrix."""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from attrs import define, field

from tests.gateway.front.audio import in_pieces, named, tone
from tests.gateway.front.rig import RECORDING_AUTH, TOML, Running, ScanningCrm, configured, running
from vipex_sdk.webhooks.events import RecordingRef

CORPUS = Path(__file__).parents[2] / "corpus"
CASES = sorted((CORPUS / "recording").glob("*.json"))
ASKED = sorted((CORPUS / "asking").glob("*.json"))
_HEADER_BYTES = 44
PROFILE = "[recordings]\nready_delays = [0, 0.05]\nmax_bytes = 1_000_000\n"


@define
class Vipex:
    """Answers as a case says, byte by byte; the last answer again and again."""

    answers: list[dict[str, Any]] = field(factory=list, converter=lambda answers: [given(answer) for answer in answers])
    sent: int = 0
    asked: int = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            line = (await reader.readuntil(b"\r\n\r\n")).partition(b"\r\n")[0]
            if b"/recordings/" in line:
                answer = self.answers[min(self.asked, len(self.answers) - 1)]
                self.asked += 1
                await self._say(answer, writer)
        writer.close()

    async def _say(self, answer: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        writer.write(answer["bytes"])
        await writer.drain()
        while answer.get("endless") and self.sent < 200_000_000:
            writer.write(bytes(65536))
            self.sent += 65536
            await writer.drain()


def given(answer: dict[str, Any]) -> dict[str, Any]:
    """Make the bytes of *answer* beforehand: they are not the gateway's memory."""
    headers = answer["headers"] | {"Connection": "close"}
    if "length" in answer:
        headers["Content-Length"] = answer["length"]
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return answer | {"bytes": f"HTTP/1.1 {answer['status']}\r\n{lines}\r\n".encode() + _body(answer)}


def _body(answer: dict[str, Any]) -> bytes:
    if "wav" in answer:
        return tone((answer["wav"] - _HEADER_BYTES) / 16_000)[: answer.get("sent")]
    if "gzip" in answer:
        return gzip.compress(bytes(answer["gzip"]))
    return str(answer["text"]).encode("latin-1")


@asynccontextmanager
async def exchange(folder: Path, vipex: Vipex) -> AsyncIterator[Running]:
    """Run a gateway whose VIPeX is *vipex*."""
    async with await asyncio.start_server(vipex, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        (folder / "profile.toml").write_text(PROFILE, encoding="utf-8")
        toml = TOML.replace('"http://127.0.0.1:9"', f'"http://127.0.0.1:{port}"\nprofile = "profile.toml"')
        async with running(configured(folder, ScanningCrm(), toml=toml)) as house:
            yield house


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
async def test_what_is_no_whole_recording_is_never_given_out(
    path: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    case = case_in(path)
    vipex = Vipex(case["answers"])
    async with exchange(tmp_path, vipex) as house:
        name = await named(house, RecordingRef(code="rec-1"))
        tracemalloc.start()
        answer = await house.http.get(f"/recordings/{name}", auth=RECORDING_AUTH)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        passing = [file.name for file in (tmp_path / "data" / "passing").iterdir()]
    assert answer.status_code == case["expect"]["status"], case["why"]
    assert bool(passing) == (answer.status_code == 200)
    assert peak < 16_000_000
    assert vipex.sent <= case["expect"].get("most", 0)
    assert "rec-1" not in answer.text + caplog.text
    assert "Traceback" not in caplog.text


def case_in(path: Path) -> dict[str, Any]:
    case: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return case


def credentials(kind: str | None) -> tuple[str, str] | None:
    return {"right": RECORDING_AUTH, "wrong": (RECORDING_AUTH[0], "wrong"), None: None}[kind]


async def _asked(house: Running, case: dict[str, Any]) -> list[httpx.Response]:
    key = await house.gateway.shelf.keep(in_pieces(tone()), "audio/wav")
    name = await named(house, RecordingRef(stored=key))
    transport = httpx.ASGITransport(house.gateway.app(), client=("198.51.100.7", 1))
    answers = []
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway.test") as http:
        for request in case["requests"]:
            headers = {label: text.encode() for label, text in request.get("headers", {}).items()}
            path = request["path"].replace("{name}", name)
            auth = credentials(request["credentials"])
            same = [await http.get(path, headers=headers, auth=auth) for _ in range(request.get("times", 1))]
            assert len({answer.status_code for answer in same}) == 1
            answers.append(same[-1])
    return answers


@pytest.mark.parametrize("path", ASKED, ids=lambda path: path.stem)
async def test_who_may_not_have_a_recording_learns_nothing(path: Path, tmp_path: Path) -> None:
    case = case_in(path)
    expect = case["expect"]
    toml = TOML + f"allow = {json.dumps(expect.get('allow', []))}\n"
    async with running(configured(tmp_path, ScanningCrm(), toml=toml)) as house:
        answers = await _asked(house, case)
    found = [answer.status_code for answer in answers]
    if "statuses" in expect:
        assert found == expect["statuses"], case["why"]
        assert len({answer.content for answer in answers}) <= expect["bodies"]
    else:
        assert set(found) <= set(expect["among"]), case["why"]
        assert max(len(answer.content) for answer in answers) <= expect["most_bytes"]
