"""Each documented example of ``facts/minicrm.md`` 1.1 to 1.12 and 2, as a contract of simulator and client."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest
from vipex_minicrm import MiniCrmClient, MiniCrmSettings
from vipex_minicrm.refusals import Refused

from tests.minicrm.documented import Example, fits
from tests.minicrm.documented_beside import BESIDE
from tests.minicrm.documented_cards import CARDS, QUIRKS
from tests.minicrm.documented_contacts import CONTACTS
from tests.minicrm.running import RunningSimulator
from vipex_sdk.errors import RateLimited

EXAMPLES = (*CONTACTS, *CARDS, *BESIDE, *QUIRKS)
ASKED = [example for example in EXAMPLES if example.path]
UNDERSTOOD = [example for example in ASKED if example.client is not None]

FEWEST = {
    "1.1": 1,
    "1.2": 1,
    "1.3": 5,
    "1.4": 10,
    "1.5": 3,
    "1.6": 26,
    "1.7": 2,
    "1.8": 6,
    "1.9": 3,
    "1.10": 1,
    "1.11": 1,
    "1.12": 1,
    **{f"2.{number}": 1 for number in range(1, 26)},
}
"""How many examples each section documents."""


def _prepare(simulator: RunningSimulator, example: Example) -> str:
    """Make what an example needs; give the id of what was made last."""
    for name, value in example.switches.items():
        setattr(simulator.switches, name, value)
    made = ""
    for method, path, body in example.before:
        answer = simulator.api(method, path.format(id=made), json=body)
        assert answer.status_code == 200, answer.text
        made = str(answer.json().get("Id", ""))
    return made


def _body(simulator: RunningSimulator, example: Example) -> Any:
    return json.loads(json.dumps(example.body).replace("{url}", simulator.url))


@pytest.mark.parametrize("example", ASKED, ids=lambda example: example.name)
def test_the_simulator_answers_as_documented(simulator: RunningSimulator, example: Example) -> None:
    path = example.path.format(id=_prepare(simulator, example))
    asked: dict[str, Any] = {"params": dict(example.query)} if example.query else {}
    answer = simulator.api(example.method, path, json=_body(simulator, example), **asked)
    assert answer.status_code == example.status, answer.text
    if example.status == 200:
        assert answer.headers["content-type"] == "application/json; charset=utf-8"
        fits(example.answer, answer.json())
    else:
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        assert answer.text == example.answer or not example.answer


class Watching(httpx.AsyncHTTPTransport):
    """The network, with what went over it."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request)
        return await super().handle_async_request(request)


@pytest.mark.parametrize("example", UNDERSTOOD, ids=lambda example: example.name)
async def test_the_client_asks_and_understands_as_documented(
    simulator: RunningSimulator, settings: MiniCrmSettings, example: Example
) -> None:
    made, network = _prepare(simulator, example), Watching()
    assert example.client is not None
    async with MiniCrmClient(settings, transport=network) as client:
        if example.status == 200:
            _understood(await example.client(client, made), example)
        else:
            with pytest.raises((Refused, RateLimited)) as refused:
                await example.client(client, made)
            assert getattr(refused.value, "status", 429) == example.status
    (request,) = network.sent
    assert (request.method, request.url.path) == (example.method, "/Api" + example.path.format(id=made))
    assert dict(request.url.params) == example.query
    assert (json.loads(request.content) if request.content else None) == example.body


def _understood(got: Any, example: Example) -> None:
    if isinstance(got, str):
        assert got.isdigit()
    rows = getattr(got, "rows", got)
    first = rows[0] if isinstance(rows, tuple) and rows else got
    assert {name: getattr(first, name) for name in example.understood} == example.understood


def test_each_section_has_its_examples() -> None:
    rows = Counter(example.section for example in EXAMPLES)
    assert rows.keys() == FEWEST.keys()
    assert not {section: rows[section] for section, fewest in FEWEST.items() if rows[section] < fewest}


def test_each_row_is_asked_or_names_a_test_that_exists() -> None:
    written = {
        name
        for file in Path(__file__).parents[1].rglob("test_*.py")
        for name in re.findall(r"def (test_\w+)", file.read_text())
    }
    for example in EXAMPLES:
        assert example.path or example.tests, example.name
        assert set(example.tests) <= written, example.name
    names = Counter(example.name for example in ASKED)
    assert max(names.values()) == 1, "a row is named once"
