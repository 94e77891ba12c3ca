"""The fault matrix (facts/reliability.md, F33 to F57) as far as it is about input: one file of the corpus a trap.

No case answers 500, loses an authenticated body, leaks memory, or writes what it must not into the log.
"""

from __future__ import annotations

import ast
import asyncio
import base64
import gc
import json
import logging
import tomllib
import tracemalloc
from collections import defaultdict
from functools import reduce
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from tests.webhooks.receiving import CORPUS, PASSWORD, USER, Seen, Shelf
from vipex_sdk.webhooks import AddressList, BasicAuth, CallEnd, Receiver, call_key, merge, missing_legs, parse
from vipex_sdk.wire.profile import default_profile

CASES = sorted((CORPUS / "matrix").glob("*.json"))
FAULTS = {f"F{number}" for number in range(33, 58)}
ROOT = CORPUS.parents[1]
# facts/reliability.md 2.1, without 500: handled, kept, refused, or asked for again.
HANDLED, KEPT, REFUSED = {200, 204}, 202, {400, 401, 404, 405, 408, 413, 415, 429, 503}
BASIC = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()


def _headers(request: dict[str, Any]) -> list[tuple[bytes, bytes]]:
    given = request.get("headers", {})
    pairs = list(given.items() if isinstance(given, dict) else given)
    if request.get("auth", True):
        pairs.insert(0, ("authorization", BASIC))
    written: list[tuple[bytes, bytes]] = [(b"content-type", b"application/json")]
    for name, value in pairs:
        kind, _, rest = value.partition(":")
        if kind == "HEADERS":
            written += [(f"x-{number}".encode(), b"1") for number in range(int(rest))]
            continue
        if kind == "REPEAT":
            text, _, times = rest.partition(":")
            written.append((name.encode(), text.encode() * int(times)))
            continue
        written.append((name.encode(), value.encode()))
    return written


def _body(request: dict[str, Any]) -> bytes:
    return request["raw"].encode("latin-1") if "raw" in request else json.dumps(request["body"]).encode()


async def _send(receiver: Receiver, request: dict[str, Any], peer: str) -> int:
    body = _body(request)
    scope = {
        "type": "http",
        "method": "POST",
        "path": unquote(request["to"]),
        "query_string": b"",
        "headers": _headers(request),
        "client": (peer, 1),
    }
    answers: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        answers.append(message)

    await receiver(scope, receive, send)
    status: int = answers[0]["status"]
    return status


def _read(path: Path) -> dict[str, Any]:
    case: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return case


async def _play(case: dict[str, Any]) -> tuple[Seen, list[int]]:
    seen = Seen()
    expect = case["expect"]
    checks: list[Any] = [BasicAuth(USER, PASSWORD)]
    if "allow" in expect:
        checks.append(AddressList(expect["allow"], trusted_proxies=["10.0.0.1"]))
    receiver = seen.receiver(checks=checks, audio=Shelf())
    sent = [_send(receiver, request, expect.get("peer", "127.0.0.1")) for request in case["requests"]]
    statuses = await asyncio.gather(*sent) if expect.get("simultaneous") else [await one for one in sent]
    return seen, list(statuses)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
async def test_a_trap_of_the_matrix(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    case = _read(path)
    expect = case["expect"]
    seen, statuses = await _play(case)
    assert set(statuses) == set(expect["status"]), case["why"]
    _check_contract(case, seen, statuses)
    calls = defaultdict[str, list[CallEnd]](list)
    for call, message in seen.calls:
        calls[call_key(call)].append(call)
        assert parse(message, default_profile()) == call
    assert len(calls) == expect["calls"]
    assert len(seen.quarantined) == expect.get("quarantined", 0)
    merged = [reduce(merge, same) for same in calls.values()]
    if "talk" in expect:
        assert [call.talk_seconds for call in merged] == [expect["talk"]]
    if "missing" in expect:
        assert [len(missing_legs(call)) for call in merged] == [expect["missing"]]
    assert "+36300000001" not in caplog.text
    assert expect.get("not_logged", "\0") not in caplog.text
    if expect.get("logged_once"):
        assert caplog.text.count("bad credentials refused") == 1


def _check_contract(case: dict[str, Any], seen: Seen, statuses: list[int]) -> None:
    """Success stands for what was handled or kept, byte for byte, and for nothing else."""
    assert set(statuses) <= {*HANDLED, KEPT, *REFUSED}
    handled = len(seen.calls) + len(seen.pops) + len(seen.queries)
    assert handled == sum(status in HANDLED for status in statuses)
    pairs = zip(case["requests"], statuses, strict=True)
    kept = sorted(_body(request) for request, status in pairs if status == KEPT)
    assert sorted(message.body for message, _ in seen.quarantined) == kept


COVERAGE: dict[str, dict[str, Any]] = tomllib.loads((CORPUS / "coverage.toml").read_text(encoding="utf-8"))


def test_the_matrix_and_the_corpus_know_the_same_rows() -> None:
    files = {path.stem.partition("_")[0] for path in CORPUS.glob("*/F[0-9]*_*.json")}
    assert COVERAGE.keys() == FAULTS
    assert files <= FAULTS


@pytest.mark.parametrize("row", sorted(COVERAGE))
def test_every_row_of_the_matrix_is_held_by_a_file_or_a_test(row: str) -> None:
    nodes = COVERAGE[row].get("tests", [])
    assert nodes or list(CORPUS.glob(f"*/{row}_*.json")), f"{row} has neither a file in tests/corpus nor a test"
    for node in nodes:
        file, _, name = node.partition("::")
        defined = ast.parse((ROOT / file).read_text(encoding="utf-8")).body
        functions = {one.name for one in defined if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)}
        assert name in functions, f"{node} does not exist"


async def test_the_whole_corpus_leaves_no_memory_behind() -> None:
    cases = [_read(path) for path in CASES]

    async def round_() -> int:
        for case in cases:
            await _play(case)
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    logging.disable(logging.CRITICAL)
    tracemalloc.start()
    try:
        await round_()
        before = await round_()
        after = [await round_() for _ in range(2)][-1]
    finally:
        tracemalloc.stop()
        logging.disable(logging.NOTSET)
    assert after - before < 256 * 1024
