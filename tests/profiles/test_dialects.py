"""Three foreign dialects run the whole main job by TOML alone: three programs, seven calls, read back from the CRM."""

from __future__ import annotations

from pathlib import Path

import pytest

from vipex_sdk.cli.demo.play import play
from vipex_sdk.cli.demo.script import SCRIPT
from vipex_sdk.cli.demo.stage import staged

PROFILES = Path(__file__).parent


@pytest.mark.parametrize("dialect", ["flat_form", "nested_json", "hungarian_xml"])
def test_the_seven_calls_arrive_in_a_foreign_dialect(tmp_path: Path, dialect: str) -> None:
    with staged(tmp_path, profile=PROFILES / f"{dialect}.toml") as stage:
        played = list(play(stage))
    assert [(call.scenario, call.differences) for call in played] == [(call.scenario, ()) for call in SCRIPT]
    assert all(call.ok for call in played)
