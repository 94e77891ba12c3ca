"""The commands that use the exchange, against a simulated VIPeX that runs as a program of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import get_args

import httpx
import pytest

from tests.cli.programs import Done
from vipex_sdk.cli import forward
from vipex_sdk.control.forwarding import ForwardingType, TargetType

Command = Callable[..., Done]


def test_users_as_a_table_and_as_json(command: Command) -> None:
    table = command("users").out.splitlines()
    assert table[0].split("\t")[:3] == ["id", "name", "extension"]
    assert "17\tNagy Béla\t101" in "\n".join(table)
    assert [user["extension"] for user in command("users", "--json").document][:2] == ["101", "102"]


def test_one_user(command: Command) -> None:
    assert command("users", "17", "--json").document["name"] == "Nagy Béla"


def test_an_unknown_user_is_one_line_with_what_to_do(command: Command) -> None:
    done = command("users", "999", "--json")
    assert done.code == 1
    assert done.document["error"]["type"] == "NotFound"
    assert done.document["error"]["status"] == 404
    assert len(done.err.splitlines()) == 1


def test_a_call_is_started_and_seen_at_its_extension(command: Command) -> None:
    started = command("call", "103", "+36300000003", "--client-ref", "crm-1", "--json")
    assert started.code == 0, started.err
    assert started.document["call_id"]
    state = command("current", "103", "--json").document
    assert state["extension"] == "103"
    assert started.document["call_id"] in {call["call_id"] for call in state["calls"]}
    assert "call_id\tdirection" in command("current", "103").out


def test_a_call_is_followed_to_its_end(command: Command, vipex: dict[str, str]) -> None:
    with httpx.Client(base_url=vipex["VIPEX_BASE_URL"], trust_env=False) as sandbox:
        party = {"number": "+36300000002", "extension_seconds": 0, "ring_seconds": 0, "talk_seconds": 2, "speed": 1}
        sandbox.post("/sandbox/scenarios/outbound", json=party).raise_for_status()
    done = command("call", "101", "+36300000002", "--wait", "20", "--json")
    assert (done.code, done.document["ending"], done.document["answered"]) == (0, "answered", True)
    assert "answered" in done.err
    assert command("current", "101", "--until-idle", "20", "--json").document["state"] == "idle"
    party["talk_seconds"] = 60
    with httpx.Client(base_url=vipex["VIPEX_BASE_URL"], trust_env=False) as sandbox:
        sandbox.post("/sandbox/scenarios/outbound", json=party).raise_for_status()
    assert "still_on" in command("call", "101", "+36300000002", "--wait", "0").out
    busy = command("current", "101", "--until-idle", "0", "--json")
    assert (busy.code, busy.document["error"]["type"]) == (1, "StillBusy")
    with httpx.Client(base_url=vipex["VIPEX_BASE_URL"], trust_env=False) as sandbox:
        sandbox.post("/sandbox/reset", json={}).raise_for_status()


def test_an_ivr_call_takes_variables(command: Command) -> None:
    done = command("ivr", "+36300000001", "feedback", "--variable", "lang=hu", "--variable", "order=4711", "--json")
    assert done.code == 0, done.err
    assert done.document["status"]


def test_forwarding_is_set_shown_and_deleted(command: Command) -> None:
    done = command("forward", "set", "102", "no_answer", "103", "--ring-seconds", "20", "--json").document
    assert (done["type"], done["target_type"], done["ring_seconds"]) == ("no_answer", "extension", 20)
    command("forward", "set", "102", "busy", "+36300000002")
    shown = {each["type"]: each["target_type"] for each in command("forward", "get", "102", "--json").document}
    assert shown == {"no_answer": "extension", "busy": "number"}
    assert [each["type"] for each in command("forward", "get", "102", "busy", "--json").document] == ["busy"]
    assert command("forward", "get", "102", "unreachable", "--json").document == []
    assert command("forward", "delete", "102", "busy", "--json").document == {"extension": "102", "deleted": "busy"}
    assert command("forward", "delete", "102", "--all").code == 0
    assert command("forward", "get", "102", "--json").document == []


def test_the_phonebook_is_changed_and_listed(command: Command) -> None:
    created = command(
        "phonebook", "create", "Fekete Ilona", "--number", "mobile:06 30 000 0004", "--external-id", "card-4", "--json"
    ).document
    assert created["numbers"] == [{"number": "+36300000004", "type": "mobile"}]
    changed = command("phonebook", "update", created["id"], "--company", "Minta Kft.", "--json").document
    assert (changed["name"], changed["company"], changed["external_id"]) == ("Fekete Ilona", "Minta Kft.", "card-4")
    assert command("phonebook", "get", created["id"], "--json").document == changed
    assert changed in command("phonebook", "list", "--json").document
    assert command("phonebook", "delete", created["id"]).code == 0
    assert command("phonebook", "get", created["id"]).code == 1


def test_operators_and_their_time(command: Command) -> None:
    operators = command("operators", "statuses", "--json").document
    assert operators
    assert operators[0]["status"]
    words = ("--since", "2026-05-04T08:00", "--until", "2026-05-04T16:00", "--json")
    times = command("operators", "time", operators[0]["operator_id"], *words).document
    assert times["operator_id"] == operators[0]["operator_id"]
    assert command("operators", "time", operators[0]["operator_id"]).code == 0


def test_a_recording_that_does_not_exist_leaves_no_file(command: Command, tmp_path: Path) -> None:
    target = tmp_path / "call.wav"
    assert command("recording", "no-such-code", str(target)).code == 1
    assert list(tmp_path.iterdir()) == []


def test_a_recording_overwrites_nothing_unless_told(command: Command, tmp_path: Path) -> None:
    target = tmp_path / "call.wav"
    target.write_bytes(b"kept")
    assert command("recording", "code", str(target)).code == 2
    assert command("recording", "code", str(tmp_path / "nowhere" / "call.wav")).code == 2
    assert target.read_bytes() == b"kept"


def test_the_words_of_the_command_line_are_the_vocabularies() -> None:
    assert set(get_args(get_args(forward.When)[0])) == {each.value for each in ForwardingType}
    assert set(get_args(forward.Target)) == {each.value for each in TargetType}


@pytest.mark.parametrize("name", ["VIPEX_PASSWORD", "VIPEX_USER"])
def test_wrong_credentials_are_refused_and_not_shown(
    command: Command, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "wrong-secret")
    done = command("users", "--json")
    assert done.code == 1
    assert done.document["error"]["type"] == "AuthError"
    assert "technical user" in done.err
    assert "wrong-secret" not in done.out + done.err


def test_a_recording_is_fetched_whole(command: Command, vipex: dict[str, str], tmp_path: Path) -> None:
    with httpx.Client(base_url=vipex["VIPEX_BASE_URL"], trust_env=False, timeout=30) as sandbox:
        played = sandbox.post("/sandbox/scenarios/answered", json={}).raise_for_status().json()
    (code,) = played["recordings"]
    target = tmp_path / "call.wav"
    done = command("recording", code, str(target), "--json")
    assert done.code == 0, done.err
    assert done.document == {"file": str(target), "bytes": target.stat().st_size, "content_type": "audio/wav"}
    assert target.read_bytes()[:4] == b"RIFF"
    assert command("recording", code, str(target), "--force").err.endswith("bytes of audio/wav\n")
