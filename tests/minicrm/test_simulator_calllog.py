"""The simulated CallLog, the pull of recordings and the request limit (section 4, numbers 13 to 15)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from vipex_minicrm.simulator import REST_KEY, VOIP_KEY, Simulation, create_app
from vipex_minicrm.simulator.limits import RateLimit
from vipex_minicrm.simulator.pulls import fetch, sniff

from tests.minicrm.running import RunningSimulator

CALL = {"Date": "2025-03-02 16:00:12", "Number": "06300000001", "CallType": 2, "Duration": 132, "ReferenceId": "abc"}


def _log(simulator: RunningSimulator, *entries: Any, key: str = VOIP_KEY, extension: Any = "101") -> httpx.Response:
    body = {"ApiKey": key, "UserExtension": extension, "Data": list(entries)}
    return simulator.api("POST", "/CallLog", json=body, auth=None)


def test_14_the_second_sample_of_the_manual(simulator: RunningSimulator) -> None:
    _log(simulator, CALL)
    bad, known, new = {"Number": "06300000001"}, {**CALL, "Duration": 9}, {**CALL, "Date": "2025-03-02 17:00:12"}
    assert _log(simulator, bad, known, new).json() == {"Skipped": 1, "Processed": 1, "Exists": 1}


def test_14_the_counters_of_the_prose(simulator: RunningSimulator) -> None:
    simulator.switches.calllog_counters = "prose"
    counted = _log(simulator, CALL, {"Number": "1"}, {**CALL, "Number": "06300000099"}).json()
    assert counted == {"Missing": 1, "NotFound": 1, "Processed": 1}


@pytest.mark.parametrize("key", [REST_KEY, "", "x"])
def test_14_only_the_voip_key_opens_it(simulator: RunningSimulator, key: str) -> None:
    assert _log(simulator, CALL, key=key).status_code == 401


def test_14_only_allowed_addresses(simulator: RunningSimulator) -> None:
    simulator.switches.calllog_addresses = ("195.228.254.37",)
    assert _log(simulator, CALL).status_code == 403


def test_14_it_goes_to_the_card_updated_last(simulator: RunningSimulator) -> None:
    _log(simulator, CALL)
    simulator.api("PUT", "/R3/Project/1001", json={"Name": "most recent"})
    _log(simulator, {**CALL, "Date": "2025-03-02 18:00:12"})
    assert [call["card_id"] for call in simulator.calls()] == [1010, 1001]


def test_14_local_time_sent_as_utc_shows(simulator: RunningSimulator) -> None:
    ahead = (datetime.now(UTC) + timedelta(hours=1)).strftime("%Y-%m-%d %H:%M:%S")
    assert _log(simulator, {**CALL, "Date": ahead}).json()["Skipped"] == 1
    simulator.switches.calllog_refuse_future = False
    assert _log(simulator, {**CALL, "Date": ahead}).json()["Processed"] == 1


@pytest.mark.parametrize(("choice", "counter"), [("keep", "Processed"), ("skip", "Skipped")])
def test_14_an_unknown_extension(simulator: RunningSimulator, choice: str, counter: str) -> None:
    simulator.switches.calllog_unknown_extension = choice
    assert _log(simulator, CALL, extension="999").json()[counter] == 1


@pytest.mark.parametrize(
    "entry",
    [7, {**CALL, "Date": "yesterday"}, {**CALL, "CallType": 3}, {**CALL, "Duration": "long"}, {**CALL, "Number": "12"}],
    ids=str,
)
def test_14_a_bad_entry_costs_only_itself(simulator: RunningSimulator, entry: Any) -> None:
    assert _log(simulator, entry, CALL).json() == {"Skipped": 1, "Processed": 1, "Exists": 0}


@pytest.mark.parametrize("body", [{"UserExtension": "101"}, {"Data": []}, {"UserExtension": "101", "Data": {}}])
def test_14_a_bad_request_is_refused(simulator: RunningSimulator, body: dict[str, Any]) -> None:
    assert simulator.api("POST", "/CallLog", json={"ApiKey": VOIP_KEY, **body}).status_code == 400
    assert simulator.api("GET", "/CallLog").status_code == 405


def test_15_a_recording_is_fetched_when_somebody_presses_play(simulator: RunningSimulator) -> None:
    simulator.switches.recording_template = f"{simulator.url}/simulator/history/1010?Rec={{%RefereceId%}}"
    _log(simulator, {**CALL, "ReferenceId": "a/b"})
    (call,) = simulator.calls()
    assert httpx.get(f"{simulator.url}/simulator/audio/{call['id']}").status_code == 404, "nothing before play"
    played = httpx.post(f"{simulator.url}/simulator/play/{call['id']}").json()
    assert (played["ok"], played["status"], played["sniffed"]) == (True, 200, "unknown")
    audio = httpx.get(f"{simulator.url}/simulator/audio/{call['id']}")
    assert len(audio.content) == played["bytes"]


@pytest.mark.parametrize(
    ("template", "reference", "reason"),
    [
        ("", "abc", "no recording template is registered"),
        ("{url}/simulator/audio/1?{{%RefereceId%}}", "abc", "answered 404"),
        ("http://127.0.0.1:1/{{%RefereceId%}}", "abc", "ConnectError"),
        ("{url}/", "", "no recording"),
    ],
)
def test_15_a_recording_that_does_not_come(
    simulator: RunningSimulator, template: str, reference: str, reason: str
) -> None:
    simulator.switches.recording_template = template.format(url=simulator.url)
    _log(simulator, {**CALL, "ReferenceId": reference})
    played = httpx.post(f"{simulator.url}/simulator/play/{simulator.calls()[0]['id']}").json()
    assert (played["ok"], played["reason"]) == (False, reason)


@pytest.mark.parametrize(
    ("begin", "kind"),
    [
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "audio/wav"),
        (b"ID3\x04", "audio/mpeg"),
        (b"\xff\xfb\x90", "audio/mpeg"),
        (b"<html>", "unknown"),
        (b"", "unknown"),
    ],
)
def test_15_audio_is_recognised_by_its_beginning(begin: bytes, kind: str) -> None:
    assert sniff(begin) == kind


async def test_15_only_web_addresses_are_fetched() -> None:
    assert (await fetch("file:///etc/passwd")).reason == "not a web address"


@pytest.mark.parametrize(("rolling", "waits"), [(False, [None, None, 50.0, None]), (True, [None, None, 50.0, 10.0])])
def test_13_fixed_and_rolling_windows(*, rolling: bool, waits: list[float | None]) -> None:
    now = 0.0
    limit = RateLimit(lambda: now)
    seen: list[float | None] = []
    for now, allowed in ((0.0, 2), (10.0, 2), (10.0, 2), (60.0, 2 if not rolling else 1)):  # noqa: B007 - read by the clock
        seen.append(limit.admit(allowed, rolling=rolling))
    assert seen == waits


@pytest.mark.parametrize("header", [True, False])
async def test_13_61_requests_a_minute_are_one_too_many(*, header: bool) -> None:
    simulation = Simulation(clock=lambda: 0.0)
    simulation.switches.retry_after = header
    transport = httpx.ASGITransport(create_app(simulation))
    async with httpx.AsyncClient(transport=transport, base_url="http://test", auth=("12345", REST_KEY)) as http:
        answers = [await http.get("/Api/R3/Category") for _ in range(61)]
        assert [answer.status_code for answer in answers].count(200) == 60
        assert answers[-1].status_code == 429
        assert ("retry-after" in answers[-1].headers) is header
        body = {"ApiKey": VOIP_KEY, "UserExtension": "101", "Data": []}
        assert (await http.post("/Api/CallLog", json=body)).status_code == 200, "not under /Api/R3"


async def test_16_a_cut_connection_without_a_socket_is_half_an_answer() -> None:
    transport = httpx.ASGITransport(create_app(simulation := Simulation()), raise_app_exceptions=False)
    simulation.faults.drop = 1
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        with pytest.raises(AssertionError):
            await http.get("/Api/R3/Category")


def test_18_the_history_is_in_the_order_of_time(simulator: RunningSimulator) -> None:
    _log(simulator, CALL)
    number = simulator.api("PUT", "/R3/ToDo", json={"ProjectId": 1010, "Comment": "x"}).json()["Id"]
    simulator.api("POST", f"/R3/ToDo/{number}", json={"Status": "Closed", "ClosedAt": "2025-03-01 10:00:00"})
    history = httpx.get(f"{simulator.url}/simulator/history/1010").json()
    assert history["simulated"] is True
    assert [entry["kind"] for entry in history["entries"]] == ["status", "todo", "call"]
    assert (history["card"]["owner"], history["card"]["company"]) == ("Nagy Béla", "Minta Kft.")
    assert httpx.get(f"{simulator.url}/simulator/history/1").status_code == 404


@pytest.mark.parametrize(
    ("path", "order"),
    [
        ("faults", {"flood": 1}),
        ("faults", {"drop": "many"}),
        ("settings", {"colour": "red"}),
        ("settings", {"rate_limit": "many"}),
        ("settings", []),
    ],
    ids=json.dumps,
)
def test_a_wrong_order_is_told(simulator: RunningSimulator, path: str, order: Any) -> None:
    answer = httpx.post(f"{simulator.url}/simulator/{path}", json=order)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_switches_and_faults_are_shown_without_the_templates_credentials(simulator: RunningSimulator) -> None:
    template = "https://user:secret@127.0.0.1/record?Rec={%RefereceId%}"
    changed = httpx.post(
        f"{simulator.url}/simulator/settings", json={"recording_template": template, "calllog_addresses": ["::1"]}
    )
    assert "secret" not in changed.text
    assert changed.json()["calllog_addresses"] == ["::1"]
    assert httpx.get(f"{simulator.url}/simulator/settings").json()["recording_template"] is True
    assert httpx.get(f"{simulator.url}/simulator/faults").json()["drop"] == 0
    assert httpx.get(f"{simulator.url}/simulator/requests").json() == []
