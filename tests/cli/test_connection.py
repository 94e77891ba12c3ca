from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.programs import Done, run
from vipex_sdk.cli import main

CONFIG = """\
[vipex]
base_url = "{url}"
user = "{user}"
password = {{ file = "secret" }}
[webhooks]
user = "vipex"
password = "invented"
[crm]
adapter = "minicrm"
[crm.minicrm]
system_id = "12345"
api_key = "invented-key-of-exactly-32-letters"
"""

Command = Callable[..., Done]


@pytest.fixture
def config(vipex: dict[str, str], tmp_path: Path) -> Path:
    path = tmp_path / "vipex.toml"
    path.write_text(CONFIG.format(url=vipex["VIPEX_BASE_URL"], user=vipex["VIPEX_USER"]), encoding="utf-8")
    (tmp_path / "secret").write_text(vipex["VIPEX_PASSWORD"] + "\n", encoding="utf-8")
    return path


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Begin without a connection: an empty folder, no settings in the environment."""
    for name in ("VIPEX_BASE_URL", "VIPEX_USER", "VIPEX_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")


def test_without_a_connection_it_says_how_to_give_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["users"]) == 2
    assert "--config vipex.toml" in capsys.readouterr().err


def test_from_the_configuration(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["users", "17", "--config", str(config)]) == 0
    assert "Nagy Béla" in capsys.readouterr().out


def test_from_the_configuration_in_this_folder(
    config: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(config.parent)
    assert main(["users", "17"]) == 0
    assert "Nagy Béla" in capsys.readouterr().out


def test_from_options_with_the_password_in_a_file(
    vipex: dict[str, str], config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = str(config.parent / "secret")
    words = ["users", "17", "--url", vipex["VIPEX_BASE_URL"], "--user", vipex["VIPEX_USER"], "--password-file", secret]
    assert main(words) == 0
    assert "Nagy Béla" in capsys.readouterr().out


def test_with_a_profile_of_ones_own(
    vipex: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in vipex.items():
        monkeypatch.setenv(name, value)
    profile = tmp_path / "profile.toml"
    profile.write_text('[control]\npath_prefix = "/elsewhere"\n', encoding="utf-8")
    assert main(["users", "17", "--profile", str(profile)]) == 1
    profile.write_text("[control]\npath_prefx = 1\n", encoding="utf-8")
    assert main(["users", "17", "--profile", str(profile)]) == 1
    assert "profile.toml:2:1: control.path_prefx" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ["--config", "vipex.toml", "--url", "http://127.0.0.1:9"],
        ["--user", "crm"],
        ["--url", "http://127.0.0.1:9"],
    ],
)
def test_sources_are_never_mixed(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["users", *words]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_password_file_that_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["users", "--url", "http://127.0.0.1:9", "--user", "crm", "--password-file", "none"]) == 1
    assert "none" in capsys.readouterr().err


def test_without_a_terminal_no_password_is_asked_for() -> None:
    done = run(["-m", "vipex_sdk.cli", "users", "--url", "http://127.0.0.1:9", "--user", "crm"])
    assert done.code == 2
    assert "VIPEX_PASSWORD" in done.err


def test_an_exchange_that_is_not_there_was_sent_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VIPEX_PASSWORD", "x")
    assert main(["call", "101", "+36300000001", "--url", "http://127.0.0.1:9", "--user", "crm"]) == 1
    err = capsys.readouterr().err
    assert "nothing was sent" in err
    assert "+3630" not in err


def on_a_terminal(words: list[str], answer: str) -> str:
    """Run a command on a pseudo-terminal, answer its question, and give everything it showed."""
    line = shlex.join([sys.executable, "-m", "vipex_sdk.cli", *words])
    with subprocess.Popen(["script", "-qec", line, os.devnull], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as shell:
        assert shell.stdin is not None
        assert shell.stdout is not None
        shown = b""
        while not shown.endswith(b": ") and (piece := os.read(shell.stdout.fileno(), 1000)):
            shown += piece
        shell.stdin.write(answer.encode())
        shell.stdin.flush()
        shown += shell.stdout.read()
    return shown.decode()


@pytest.mark.skipif(shutil.which("script") is None, reason="needs util-linux's script for a terminal")
def test_on_a_terminal_the_password_is_asked_for_and_a_table_is_drawn(vipex: dict[str, str]) -> None:
    words = ["users", "17", "--url", vipex["VIPEX_BASE_URL"], "--user", vipex["VIPEX_USER"]]
    shown = on_a_terminal(words, vipex["VIPEX_PASSWORD"] + "\n")
    assert "Password of the technical user" in shown
    assert "Nagy Béla" in shown
    assert "━" in shown
    assert vipex["VIPEX_PASSWORD"] not in shown


@pytest.mark.skipif(shutil.which("script") is None, reason="needs util-linux's script for a terminal")
def test_no_answer_to_the_question_is_no_traceback(vipex: dict[str, str]) -> None:
    shown = on_a_terminal(["users", "--url", vipex["VIPEX_BASE_URL"], "--user", "crm"], "\x04")
    assert "no password" in shown
    assert "Traceback" not in shown
