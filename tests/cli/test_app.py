from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from vipex_sdk.cli import main
from vipex_sdk.cli.app import app

COMMANDS = [name for name in app if not name.startswith("-")]


def run_python(code: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONWARNINGS": "error"}
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment)


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_the_list_is_the_commands_own(name: str) -> None:
    listed = app._commands[name].help  # type: ignore[union-attr]
    command = app[name].default_command
    if command is not None:
        assert (command.__doc__ or "").partition("\n")[0] == listed
    assert listed.endswith(".")


GROUPS = [name for name in COMMANDS if app[name].default_command is None]


@pytest.mark.parametrize("name", GROUPS)
def test_the_help_of_a_group_says_what_each_of_its_commands_does(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name, "--help"]) == 0
    listed = [line.strip("│ ").split(maxsplit=1) for line in capsys.readouterr().out.splitlines() if line[:1] == "│"]
    said = {line[0]: line[1] for line in listed if len(line) > 1}
    for command in (one for one in app[name] if not one.startswith("-")):
        assert len(said.get(command, "")) > len("Do it."), f"vipex {name} {command}"


@pytest.mark.parametrize("words", [["--help"], ["call", "--help"], ["forward", "set", "--help"], ["--version"]])
def test_help_is_success(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 0
    assert capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense"],
        ["call", "101"],
        ["call", "101", "+36300000001", "--password", "x"],
        ["forward", "set", "101", "sometimes", "102"],
        ["forward", "delete", "101"],
        ["forward", "delete", "101", "busy", "--all"],
        ["ivr", "+36300000001", "feedback", "--variable", "x"],
        ["phonebook", "update", "1"],
        ["deliveries", "replay"],
        ["deliveries", "list", "--status", "lost"],
    ],
)
def test_wrong_use_is_one_line_and_code_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 1
    assert err.startswith("vipex: ")


def test_wrong_use_with_json_is_a_document_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["call", "101", "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["type"] == "WrongUse"


def test_help_loads_no_client_no_gateway_and_no_drawing_of_tables() -> None:
    done = run_python(
        "import sys; from vipex_sdk.cli import main; main(['--help']);"
        "print(sorted({'httpx', 'starlette', 'sqlite3', 'uvicorn', 'vipex_sdk.control.client'} & set(sys.modules)))"
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "[]"


def test_without_the_extra_it_says_what_to_install() -> None:
    done = run_python("import sys; sys.modules['cyclopts'] = None; from vipex_sdk.cli import main; sys.exit(main([]))")
    assert done.returncode == 1
    assert done.stderr == "vipex: cyclopts is missing; install the command line: pip install 'vipex-sdk[cli]'\n"
