"""A simulated MiniCRM on a real port, brought back to its beginning before each test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
from vipex_minicrm import MiniCrmAdapter, MiniCrmClient, MiniCrmSettings

from tests.minicrm.running import RunningSimulator, settings_for


@pytest.fixture(scope="session")
def server() -> Iterator[RunningSimulator]:
    with RunningSimulator() as running:
        yield running


@pytest.fixture
def simulator(server: RunningSimulator) -> RunningSimulator:
    server.reset()
    return server


@pytest.fixture
def settings(simulator: RunningSimulator) -> MiniCrmSettings:
    return settings_for(simulator.url)


@pytest.fixture
async def client(settings: MiniCrmSettings) -> AsyncIterator[MiniCrmClient]:
    async with MiniCrmClient(settings) as client:
        yield client


@pytest.fixture
async def adapter(settings: MiniCrmSettings) -> AsyncIterator[MiniCrmAdapter]:
    async with MiniCrmAdapter(settings) as adapter:
        yield adapter
