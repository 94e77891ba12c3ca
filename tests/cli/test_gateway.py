"""The commands that talk to a running gateway, with the gateway as a program of its own."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.cli.programs import Done, program
from tests.docs.site import ROOT
from vipex_sdk.cli import main

CONFIG = """\
[gateway]
port = {port}
settle_seconds = 0
[vipex]
base_url = "http://127.0.0.1:9"
user = "crm"
password = "invented"
[webhooks]
user = "vipex"
password = "invented-webhook-password"
[extensions.101]
crm_user = "2001"
name = "Nagy Béla"
[crm]
adapter = "minicrm"
[crm.minicrm]
system_id = "12345"
api_key = "invented-key-of-exactly-32-letters"
base_url = "http://127.0.0.1:9"
"""
CALL = (ROOT / "examples" / "payloads" / "call_end_answered.json").read_text(encoding="utf-8")

Command = Callable[..., Done]

# One gateway for all of them, whichever test process has it.
pytestmark = pytest.mark.xdist_group("cli-gateway")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def write_config(folder: Path, port: int) -> Path:
    path = folder / "vipex.toml"
    path.write_text(CONFIG.format(port=port), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_config(tmp_path_factory.mktemp("gateway"), free_port())


@pytest.fixture(scope="module")
def gateway(config: Path) -> Iterator[dict[str, Any]]:
    """A gateway that has received a call, which its CRM is too dead to take, and a message nobody understands."""
    with program(["-m", "vipex_sdk.cli", "serve", "--config", str(config), "--json"]) as ready:
        with httpx.Client(auth=("vipex", "invented-webhook-password"), trust_env=False) as vipex:
            for body in (CALL, '{"nonsense": true}'):
                answer = vipex.post(
                    ready["url"] + "/vipex/call-end", content=body, headers={"Content-Type": "application/json"}
                )
                assert answer.is_success
        yield ready


@pytest.fixture
def command(gateway: dict[str, Any], config: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    def run(*words: str) -> Done:
        code = main([*words, "--config", str(config)])
        out, err = capsys.readouterr()
        return Done(code, out, err)

    return run


def test_serve_says_in_one_line_where_everything_is(gateway: dict[str, Any]) -> None:
    assert gateway["ready"] is True
    assert gateway["desk"]["101"].startswith(gateway["url"] + "/desk/101?key=")
    assert gateway["dashboard"].startswith(gateway["url"] + "/dashboard")


def test_links_are_those_that_serve_printed(command: Command, gateway: dict[str, Any]) -> None:
    assert command("desk", "links", "--json").document["desk"] == gateway["desk"]
    table = [line.split("\t") for line in command("desk", "links").out.splitlines()]
    assert table == [
        ["desk", "address", "call_link"],
        ["101", gateway["desk"]["101"], gateway["call"]["101"]],
        ["dashboard", gateway["dashboard"], ""],
    ]


def test_deliveries_are_listed_by_status(command: Command) -> None:
    listed = command("deliveries", "list", "--json").document
    assert {each["status"] for each in listed} >= {"quarantined"}
    assert len(listed) == 2
    table = command("deliveries", "list", "--status", "quarantined").out.splitlines()
    assert table[0].startswith("seq\tstatus")
    assert len(table) == 2
    assert len(command("deliveries", "list", "--limit", "1", "--json").document) == 1


def test_one_delivery_is_shown_with_what_came(command: Command) -> None:
    (row,) = command("deliveries", "list", "--status", "quarantined", "--json").document
    shown = command("deliveries", "show", str(row["seq"]), "--json").document
    assert json.loads(shown["body"]) == {"nonsense": True}
    assert "nonsense" in command("deliveries", "show", str(row["seq"])).out


def test_a_delivery_that_does_not_exist(command: Command) -> None:
    done = command("deliveries", "show", "999999")
    assert (done.code, len(done.err.splitlines())) == (1, 1)


def test_deliveries_are_replayed_by_number_and_by_status(command: Command) -> None:
    (row,) = (each for each in command("deliveries", "list", "--json").document if each["status"] != "quarantined")
    assert command("deliveries", "replay", str(row["seq"]), "--json").document == {"replayed": 1}
    assert command("deliveries", "replay", "--status", "dead", "--json").document == {"replayed": 0}
    assert "0 to be delivered again" in command("deliveries", "replay", "--status", "dead").err


def test_quarantine_is_listed_shown_read_again_and_dropped(command: Command) -> None:
    (row,) = command("quarantine", "list", "--json").document
    shown = command("quarantine", "show", str(row["seq"]), "--json").document
    assert json.loads(shown["body"]) == {"nonsense": True}
    assert shown["last_error"]
    (other,) = (each for each in command("deliveries", "list", "--json").document if each["status"] != "quarantined")
    assert "is not in quarantine" in command("quarantine", "show", str(other["seq"])).err
    assert command("quarantine", "drop", str(other["seq"]), "--json").document == {"dropped": 0}
    for action in ("replay", "drop"):
        assert command("quarantine", action).code == 2
        assert command("quarantine", action, "1", "--all").code == 2
    assert command("quarantine", "replay", "999999", "--json").document == {"replayed": 0}
    assert "0 dropped" in command("quarantine", "drop", "999999").err


def test_the_directory_says_that_it_cannot_ask(command: Command) -> None:
    found = command("directory", "lookup", "06 30 000 0001", "--json").document
    assert (found["number"], found["cards"]) == ("+36300000001", [])
    assert command("directory", "lookup", "06 30 000 0001").code == 0
    done = command("directory", "sync")
    assert done.code == 1
    assert "CRM" in done.err


def test_a_second_gateway_on_the_same_folder_is_refused(command: Command) -> None:
    done = command("serve")
    assert done.code == 1
    assert "another gateway" in done.err


def test_a_gateway_that_is_down_says_how_to_start_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = write_config(tmp_path, free_port())
    assert main(["deliveries", "list", "--config", str(config)]) == 1
    assert "was never started" in capsys.readouterr().err
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "admin.token").write_text("0" * 64, encoding="utf-8")
    assert main(["deliveries", "list", "--config", str(config)]) == 1
    assert f"vipex serve --config {config}" in capsys.readouterr().err


def test_the_token_of_another_gateway_is_refused(
    gateway: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = write_config(tmp_path, int(gateway["url"].rpartition(":")[2]))
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "admin.token").write_text("0" * 64, encoding="utf-8")
    assert main(["deliveries", "list", "--config", str(config)]) == 1
    assert "is it the gateway of this data folder?" in capsys.readouterr().err


def test_a_port_that_changes_cannot_be_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["desk", "links", "--config", str(write_config(tmp_path, 0))]) == 2
    assert "set a port" in capsys.readouterr().err


def test_a_mistake_in_the_configuration_is_named_by_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "vipex.toml"
    config.write_text(CONFIG.format(port=8080).replace("settle_seconds", "setle_seconds"), encoding="utf-8")
    assert main(["serve", "--config", str(config)]) == 1
    err = capsys.readouterr().err
    assert f"{config}:3:1: gateway.setle_seconds" in err
    assert len(err.splitlines()) == 1


def test_serve_without_a_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["serve"]) == 2
    assert main(["deliveries", "list"]) == 2
    assert "--config" in capsys.readouterr().err
