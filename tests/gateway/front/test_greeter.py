"""An unknown caller becomes a customer while it rings, where that is wanted."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.gateway.clock import eventually
from tests.gateway.crm import OpenCrm
from tests.gateway.front.rig import TOML, ScanningCrm, a_customer, configured, running
from tests.gateway.front.test_desk import state_of

NOBODY = "+36300000009"


class WelcomingCrm(ScanningCrm, OpenCrm):
    """Lists its cards and lets us create some."""


def settings(**calls: str) -> str:
    lines = "".join(f'{name} = "{value}"\n' for name, value in calls.items())
    return TOML.replace("[calls]\n", "[calls]\n" + lines)


@pytest.fixture
def crm() -> WelcomingCrm:
    crm = WelcomingCrm()
    crm.cards = [a_customer()]
    return crm


async def test_the_card_pops_while_it_rings(tmp_path: Path, crm: WelcomingCrm) -> None:
    toml = settings(unknown_callers="inbound", unknown_callers_at="ring")
    async with running(configured(tmp_path, crm, toml=toml)) as house:
        for _ in range(2):
            await house.hook("incoming-call", call_id="c-1", phase="ringing", caller=NOBODY, extensions=["101"])
        await eventually(lambda: house.gateway.pops.current("101")[0]["card"])
        page = state_of(await house.enter("101"))
    assert page["current"][0]["card"]["name"] == "Ismeretlen hívó +36 30 000 0009"
    assert crm.requests.count("create") == 1


UNTOUCHED = [
    ({"unknown_callers": "inbound"}, NOBODY, "inbound"),
    ({"unknown_callers_at": "ring"}, NOBODY, "inbound"),
    ({"unknown_callers": "inbound", "unknown_callers_at": "ring"}, "anonymous", "inbound"),
    ({"unknown_callers": "inbound", "unknown_callers_at": "ring"}, "+3610000100", "inbound"),
    ({"unknown_callers": "inbound", "unknown_callers_at": "ring"}, "+36300000001", "inbound"),
    ({"unknown_callers": "inbound", "unknown_callers_at": "ring"}, "102", "internal"),
]


@pytest.mark.parametrize(("calls", "caller", "direction"), UNTOUCHED)
async def test_nobody_else_is_created(
    tmp_path: Path, crm: WelcomingCrm, calls: dict[str, str], caller: str, direction: str
) -> None:
    async with running(configured(tmp_path, crm, toml=settings(**calls))) as house:
        await eventually(lambda: crm.scanned_since and house.gateway.scanner.running is None)
        await house.hook(
            "incoming-call", call_id="c-1", phase="ringing", caller=caller, extensions=["101"], direction=direction
        )
        await eventually(lambda: not house.gateway.greeter._tasks)
    assert "create" not in crm.requests


async def test_a_crm_that_fails_costs_only_the_pop(tmp_path: Path, crm: WelcomingCrm) -> None:
    crm.fails = TimeoutError()
    toml = settings(unknown_callers="inbound", unknown_callers_at="ring")
    async with running(configured(tmp_path, crm, toml=toml)) as house:
        answer = await house.hook("incoming-call", call_id="c-1", phase="ringing", caller=NOBODY, extensions=["101"])
        await eventually(lambda: not house.gateway.greeter._tasks)
    assert answer.is_success


async def test_blocked_numbers_do_not_pop(tmp_path: Path, crm: WelcomingCrm) -> None:
    toml = TOML.replace("[calls]\n", '[calls]\nblock = ["+3630*"]\nunknown_callers = "both"\n')
    async with running(configured(tmp_path, crm, toml=toml)) as house:
        await house.hook("incoming-call", call_id="c-1", phase="ringing", caller=NOBODY, extensions=["101"])
        assert house.gateway.pops.current("101") == []
