"""A running gateway for the tests of its front half."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.gateway.clock import eventually
from tests.gateway.front.rig import Running, ScanningCrm, a_customer, configured, running
from vipex_sdk.gateway.database import Database, open_database


@pytest.fixture
def crm() -> ScanningCrm:
    crm = ScanningCrm()
    crm.cards = [a_customer()]
    return crm


@pytest.fixture
async def house(tmp_path: Path, crm: ScanningCrm) -> AsyncIterator[Running]:
    """Give a gateway whose directory has been filled."""
    async with running(configured(tmp_path, crm)) as house:
        await eventually(lambda: crm.scanned_since and house.gateway.scanner.running is None)
        await eventually(_scanned(house))
        yield house


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[Database]:
    async with open_database(tmp_path / "vipex.db") as database:
        yield database


def _scanned(house: Running) -> object:
    async def scanned() -> bool:
        return (await house.gateway.directory.size()).times.scanned > 0

    return scanned
