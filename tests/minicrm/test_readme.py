"""The table of settings has a row for each setting, with its default."""

from __future__ import annotations

from pathlib import Path

from attrs import fields
from vipex_minicrm import MiniCrmSettings
from vipex_minicrm.simulator.faults import Faults
from vipex_minicrm.simulator.front import PARTS

README = Path(__file__).parents[2] / "adapters" / "minicrm" / "README.md"


def test_every_setting_has_its_row() -> None:
    text = README.read_text(encoding="utf-8")
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    missing = [one.name for one in fields(MiniCrmSettings) if not any(f"`{one.name}`" in row for row in rows)]
    assert not missing


def test_every_simulated_address_has_its_row() -> None:
    table = README.read_text(encoding="utf-8").partition("| MiniCRM's address |")[2].partition("\n\n")[0]
    first = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    assert [entity for entity in PARTS if not any(f"`{entity}`" in cell for cell in first)] == []


def test_every_fault_is_named() -> None:
    text = README.read_text(encoding="utf-8")
    assert [one.name for one in fields(Faults) if f"`{one.name}`" not in text] == []
