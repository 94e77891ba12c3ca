"""Wrong settings are told when the gateway starts, not when the first unknown caller comes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.gateway.clock import eventually
from tests.gateway.front.rig import TOML, ScanningCrm, configured, running
from vipex_sdk.errors import Misconfigured
from vipex_sdk.gateway import maintenance


class WrongCrm(ScanningCrm):
    """Knows that its settings are wrong."""

    async def check(self) -> None:
        self.requests.append("check")
        raise Misconfigured("crm.notebook.new_cards.status: no such status")


class CardlessCrm(ScanningCrm):
    """Lacks what new cards need."""

    async def check(self) -> None:
        self.requests.append("check")

    async def check_new_cards(self) -> None:
        self.requests.append("check_new_cards")
        raise Misconfigured("crm.notebook.new_cards: needed to create cards for unknown callers")


@pytest.mark.parametrize("wanted", ["never", "inbound"])
async def test_the_start_says_what_cards_for_unknown_callers_lack(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wanted: str
) -> None:
    told: list[str] = []
    monkeypatch.setattr(maintenance._log, "error", lambda _event, **facts: told.append(facts["problem"]))
    crm = CardlessCrm()
    toml = TOML.replace("[calls]", f'[calls]\nunknown_callers = "{wanted}"')
    async with running(configured(tmp_path, crm, toml=toml)) as house:
        await eventually(lambda: "2002" in {user.id for user in house.gateway.extensions.users.values()})
    assert told == ([] if wanted == "never" else ["crm.notebook.new_cards: needed to create cards for unknown callers"])
    assert crm.requests.count("check_new_cards") == len(told)


async def test_the_start_names_a_wrong_setting_and_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(maintenance._log, "error", lambda event, **facts: told.append(f"{event} {facts['problem']}"))
    crm = WrongCrm()
    async with running(configured(tmp_path, crm)) as house:
        await eventually(lambda: "2002" in {user.id for user in house.gateway.extensions.users.values()})
    assert told == ["crm.wrong_settings crm.notebook.new_cards.status: no such status"]
    assert crm.requests.count("check") == 1
