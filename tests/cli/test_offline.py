"""Commands that need neither an exchange nor a gateway."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from vipex_sdk.cli import main


def test_installed_adapters(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["adapters", "list", "--json"]) == 0
    listed = {each["name"]: each["title"] for each in json.loads(capsys.readouterr().out)}
    assert listed["minicrm"] == "MiniCRM"


def test_the_profile_as_tables_and_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["profile", "show"]) == 0
    out = capsys.readouterr().out
    assert "calls.originate\tPOST\t/api/v1/calls" in out
    assert "call_end\t/call-end" in out
    assert main(["profile", "show", "--json"]) == 0
    tables = json.loads(capsys.readouterr().out)
    assert tables["control"]["operations"]["users.get"]["path"] == "/users/{id}"
    assert "documents" not in tables


def test_a_profile_laid_over_the_default_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    profile = tmp_path / "profile.toml"
    profile.write_text('[control]\npath_prefix = "/rest"\n', encoding="utf-8")
    assert main(["profile", "show", "--profile", str(profile)]) == 0
    assert "/rest/calls" in capsys.readouterr().out


def test_the_sandbox_explains_its_own_options() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "vipex_sdk.cli", "sandbox", "--help"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert "simulated" in done.stdout
    assert "--webhook-url" in done.stdout


def test_a_reader_that_goes_away_is_no_traceback() -> None:
    line = f"{sys.executable} -m vipex_sdk.cli profile show --json | head -c 1"
    done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=False)
    assert done.stderr == ""
