"""Each switch of the simulator does what it says: what is assumed about MiniCRM can be assumed otherwise."""

from __future__ import annotations

import ast
import asyncio
import base64
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import attrs
import httpx
import pytest
import vipex_minicrm.simulator
from vipex_minicrm import MiniCrmAdapter
from vipex_minicrm.simulator import REST_KEY, VOIP_KEY, Simulation, Switches, create_app

from tests.minicrm.running import ANNA, STARTED, RunningSimulator, record_for
from vipex_sdk.crm import Recorded

CALL = {"Date": "2025-03-02 16:00:12", "Number": "06300000001", "CallType": 1, "Duration": 9, "ReferenceId": "abc"}
SWITCHES = {attribute.name: attribute.default for attribute in attrs.fields(Switches)}


def _log(simulator: RunningSimulator, *entries: dict[str, Any]) -> httpx.Response:
    body = {"ApiKey": VOIP_KEY, "UserExtension": "101", "Data": list(entries)}
    return simulator.api("POST", "/CallLog", json=body, auth=None)


def _found(simulator: RunningSimulator, path: str) -> set[str]:
    return set(simulator.api("GET", f"/R3/{path}").json()["Results"])


@pytest.mark.parametrize(("rule", "ending", "whole"), [("ending", {"108", "101"}, {"105"}), ("words", set(), {"105"})])
def test_digits_match_the_ending_or_whole_words(
    simulator: RunningSimulator, rule: str, ending: set[str], whole: set[str]
) -> None:
    simulator.switches.query_digits = rule
    assert _found(simulator, "Contact?Query=0000001") == ending
    assert _found(simulator, "Contact?Query=06300000007") == whole
    assert _found(simulator, "Contact?Query=horvath") == {"103"}


def test_numbers_that_no_row_shows_may_not_be_found_either(simulator: RunningSimulator) -> None:
    assert _found(simulator, "Contact?Query=00000005") == {"104"}
    simulator.switches.hidden_phones = False
    assert _found(simulator, "Contact?Query=00000005") == set()


@pytest.mark.parametrize(
    ("meaning", "of_company", "of_person"),
    [
        ("company_else_person", {"1001", "1007", "1008", "1010"}, set()),
        ("person", {"1007"}, {"1001", "1010"}),
        ("either", {"1001", "1007", "1008", "1010"}, {"1001", "1010"}),
    ],
)
def test_whom_main_contact_id_means(
    simulator: RunningSimulator, meaning: str, of_company: set[str], of_person: set[str]
) -> None:
    simulator.switches.main_contact = meaning
    assert _found(simulator, "Project?MainContactId=100") == of_company
    assert _found(simulator, "Project?MainContactId=101") == of_person
    assert "1003" in _found(simulator, "Project?MainContactId=103"), "who has no company is meant in any case"


def test_a_search_may_leave_out_the_bin(simulator: RunningSimulator) -> None:
    assert _found(simulator, "Project?ContactId=102") == {"1002", "1009"}
    simulator.switches.deleted_in_search = False
    assert _found(simulator, "Project?ContactId=102") == {"1002"}


def test_what_an_external_id_gives(simulator: RunningSimulator) -> None:
    assert simulator.api("GET", "/R3/Project?ReferenceId=WEB-1010").json()["Id"] == 1010
    simulator.switches.reference_search = "list"
    assert _found(simulator, "Project?ReferenceId=WEB-1010") == {"1010"}


def test_a_status_may_be_required(simulator: RunningSimulator) -> None:
    written = {"CategoryId": 21, "ContactId": 107}
    assert simulator.api("PUT", "/R3/Project", json=written).status_code == 200
    simulator.switches.status_required = True
    assert simulator.api("PUT", "/R3/Project", json=written).status_code == 400
    assert simulator.api("PUT", "/R3/Project", json={**written, "StatusId": 2601}).status_code == 200


def _todo(simulator: RunningSimulator, **written: object) -> int:
    created = simulator.api("PUT", "/R3/ToDo", json={"ProjectId": 1010, "Comment": "x", **written})
    number: int = created.json()["Id"]
    return number


@pytest.mark.parametrize(("keeps", "year"), [(False, False), (True, True)])
def test_put_may_keep_the_time_of_a_close(simulator: RunningSimulator, *, keeps: bool, year: bool) -> None:
    simulator.switches.todo_put_keeps_time = keeps
    number = _todo(simulator)
    simulator.api("PUT", f"/R3/ToDo/{number}", json={"Status": "Closed", "ClosedAt": "2009-01-09"})
    assert simulator.api("GET", f"/R3/ToDo/{number}").json()["ClosedAt"].startswith("2009") is year


def test_a_todo_may_be_created_closed(simulator: RunningSimulator) -> None:
    written = {"ProjectId": 1010, "Comment": "x", "Status": "Closed"}
    assert simulator.api("PUT", "/R3/ToDo", json=written).status_code == 400
    simulator.switches.todo_created_closed = True
    number = simulator.api("PUT", "/R3/ToDo", json=written).json()["Id"]
    assert simulator.api("GET", f"/R3/ToDo/{number}").json()["Status"] == "Closed"


@pytest.mark.parametrize(("given", "count"), [("Open", 1), ("Closed", 0), ("All", 1)])
def test_what_a_list_of_todos_gives_without_a_status(simulator: RunningSimulator, given: str, count: int) -> None:
    simulator.switches.todo_list_status = given
    _todo(simulator)
    assert simulator.api("GET", "/R3/ToDoList/1010").json()["Count"] == count


@pytest.mark.parametrize(("what", "status"), [("refuse", 400), ("forget", 200)])
def test_an_attachment_that_does_not_come(simulator: RunningSimulator, what: str, status: int) -> None:
    simulator.switches.attachment_unfetched = what
    number = _todo(simulator)
    change = {"Comment": "y", "Attachments": "http://127.0.0.1:1/x.mp3"}
    assert simulator.api("PUT", f"/R3/ToDo/{number}", json=change).status_code == status
    assert simulator.api("GET", f"/R3/ToDo/{number}").json()["Attachments"] == []


@pytest.mark.parametrize(("window", "status"), [("fixed", 200), ("rolling", 429)])
async def test_a_minute_is_fixed_or_rolling(window: str, status: int) -> None:
    now = 0.0
    simulation = Simulation(clock=lambda: now)
    simulation.switches.rate_limit = 2
    simulation.switches.rate_window = window
    async with _asking(simulation) as http:
        for now in (50.0, 51.0, 61.0):  # noqa: B007 - read by the clock
            answer = await http.get("/Api/R3/Category")
    assert answer.status_code == status


async def test_a_limit_may_come_with_a_hint() -> None:
    simulation = Simulation(clock=lambda: 0.0)
    simulation.switches.rate_limit = 0
    async with _asking(simulation) as http:
        assert "retry-after" not in (await http.get("/Api/R3/Category")).headers
        simulation.switches.retry_after = True
        assert (await http.get("/Api/R3/Category")).headers["retry-after"] == "61"


@pytest.mark.parametrize(("limited", "status"), [(False, 200), (True, 429)])
async def test_the_calllog_may_count_in_the_limit(*, limited: bool, status: int) -> None:
    simulation = Simulation(clock=lambda: 0.0)
    simulation.switches.rate_limit = 0
    simulation.switches.calllog_limited = limited
    async with _asking(simulation) as http:
        body = {"ApiKey": VOIP_KEY, "UserExtension": "101", "Data": []}
        assert (await http.post("/Api/CallLog", json=body)).status_code == status


def _asking(simulation: Simulation) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(create_app(simulation))
    return httpx.AsyncClient(transport=transport, base_url="http://test", auth=("12345", REST_KEY))


def test_a_wrong_address_has_some_status(simulator: RunningSimulator) -> None:
    simulator.switches.calllog_addresses = ()
    assert _log(simulator, CALL).status_code == 403
    simulator.switches.calllog_address_status = 400
    assert _log(simulator, CALL).status_code == 400


def test_many_calls_at_once_may_be_too_many(simulator: RunningSimulator) -> None:
    simulator.switches.calllog_most = 1
    assert _log(simulator, CALL).json()["Processed"] == 1
    assert _log(simulator, CALL, CALL).status_code == 400


async def test_too_many_calls_at_once_are_written_one_by_one(
    simulator: RunningSimulator, adapter: MiniCrmAdapter
) -> None:
    simulator.switches.calllog_most = 1
    records = [record_for(ANNA, None, started_at=STARTED + timedelta(minutes=minute)) for minute in range(4)]
    results = await asyncio.gather(*(adapter.record(record, None) for record in records))
    assert all(isinstance(result, Recorded) for result in results)
    assert len(simulator.calls()) == len(records)


@pytest.mark.parametrize(("dedupe", "stored"), [(True, 1), (False, 2)])
def test_a_call_sent_twice_may_be_stored_twice(simulator: RunningSimulator, *, dedupe: bool, stored: int) -> None:
    simulator.switches.calllog_dedupe = dedupe
    _log(simulator, CALL, CALL)
    assert len(simulator.calls()) == stored


@pytest.mark.parametrize(("what", "counter", "stored"), [("drop", "Skipped", 0), ("keep", "Processed", 1)])
def test_a_call_of_a_contact_without_any_card(
    simulator: RunningSimulator, what: str, counter: str, stored: int
) -> None:
    simulator.switches.calllog_without_card = what
    assert _log(simulator, {**CALL, "Number": "06300000008"}).json()[counter] == 1
    assert [call["card_id"] for call in simulator.calls()] == [None] * stored


@pytest.mark.parametrize(("company", "card"), [(True, [1007]), (False, [])])
def test_a_call_may_go_to_the_companys_card(simulator: RunningSimulator, *, company: bool, card: list[int]) -> None:
    simulator.switches.calllog_company_cards = company
    for number in (1001, 1008, 1010):
        simulator.simulation.tenant.cards[number].deleted = True
    _log(simulator, CALL)
    assert [call["card_id"] for call in simulator.calls()] == card


@pytest.mark.parametrize(("basic", "status"), [(False, 200), (True, 401)])
def test_the_calllog_may_want_basic(simulator: RunningSimulator, *, basic: bool, status: int) -> None:
    simulator.switches.calllog_basic = basic
    assert _log(simulator, CALL).status_code == status


@pytest.mark.parametrize(("when", "status"), [("at_once", 200), ("when_asked", 200), ("never", 401)])
def test_how_the_credentials_of_a_template_are_sent(simulator: RunningSimulator, when: str, status: int) -> None:
    simulator.switches.pull_credentials = when
    # The simulator's own API stands in for a proxy: it wants Basic, and counts who asked how often.
    host = simulator.url.removeprefix("http://")
    simulator.switches.recording_template = f"http://12345:{REST_KEY}@{host}/Api/R3/Category?Rec={{%RefereceId%}}"
    _log(simulator, CALL)
    played = httpx.post(f"{simulator.url}/simulator/play/{simulator.calls()[0]['id']}").json()
    assert played["status"] == status
    asked = simulator.requests().count("GET Category")
    assert asked == (2 if when == "when_asked" else 1)
    assert base64.b64encode(REST_KEY.encode()).decode() not in str(played)


@pytest.mark.parametrize(("name", "value"), [("language", "de"), ("query_digits", "x"), ("calllog_without_card", "")])
def test_a_word_that_no_switch_has_is_told(simulator: RunningSimulator, name: str, value: str) -> None:
    answer = httpx.post(f"{simulator.url}/simulator/settings", json={name: value})
    assert answer.status_code == 400
    assert name in answer.json()["error"]


def _changed(tree: ast.AST) -> Iterator[str]:
    """Find ``….switches.NAME = value`` in tests, unless the value is the default."""
    tests = (node for node in ast.walk(tree) if getattr(node, "name", "").startswith("test_"))
    for node in (inner for test in tests for inner in ast.walk(test)):
        if not isinstance(node, ast.Assign):
            continue
        place, given = node.targets[0], node.value
        if isinstance(place, ast.Attribute) and getattr(place.value, "attr", "") == "switches":
            if isinstance(given, ast.Constant) and given.value == SWITCHES[place.attr]:
                continue
            yield place.attr


def test_a_test_changes_each_switch() -> None:
    trees = [ast.parse(file.read_text()) for file in Path(__file__).parent.glob("test_*.py")]
    changed = {name for tree in trees for name in _changed(tree)}
    assert not SWITCHES.keys() - changed, "no test changes these"


def test_each_assumption_has_a_switch_or_a_reason() -> None:
    parts = Path(vipex_minicrm.simulator.__file__).parent
    marked = set()
    for file in parts.glob("*.py"):
        for mark in re.findall(r"\[I(?:\]|[:,] ?[^\]]*\])", file.read_text()):
            if file.name == "switches.py":
                continue
            assert mark == "[I, no switch]" or mark[4:-1] in SWITCHES | {"name": ""}, (file.name, mark)
            marked.add(mark[4:-1])
    said = Switches.__doc__ or ""
    assumed = {name for name in SWITCHES if re.search(rf"\b{name}: .*I\]", said)}
    assert all(f"{name}: " in said for name in SWITCHES), "each switch is explained"
    assert assumed <= marked, "what a switch changes says so where it is done"
