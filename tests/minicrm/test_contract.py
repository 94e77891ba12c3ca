"""The adapter contract of the SDK, once for each recorder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from attrs import frozen
from vipex_minicrm import MiniCrmAdapter, NewCards
from vipex_minicrm.simulator import REST_KEY, VOIP_KEY

from tests.minicrm.running import NOBODY, SHARED, RunningSimulator, settings_for
from vipex_sdk.crm import CallRecord
from vipex_sdk.numbers import PhoneNumber
from vipex_sdk.testing import AdapterContract, Fault

_ORDERS: dict[Fault, dict[str, Any]] = {
    Fault.DOWN: {"drop": 10_000},
    Fault.ERROR: {"fail_next": 10_000, "status": 500},
    Fault.SILENT: {"latency_ms": 700},
    Fault.RATE_LIMITED: {"rate_limit": 10_000, "retry_after": "7"},
    Fault.BAD_CREDENTIAL: {"fail_next": 10_000, "status": 401},
    Fault.FORBIDDEN: {"fail_next": 10_000, "status": 403},
    Fault.NONSENSE: {"html_login": 10_000},
}


@frozen
class SimulatedMiniCrm:
    """The simulator as the contract wants a CRM."""

    simulator: RunningSimulator
    voip_key: str

    one = PhoneNumber.parse("+36300000002")
    many = SHARED
    spelled: Sequence[PhoneNumber] = tuple(PhoneNumber.parse(f"+3630000000{digit}") for digit in (1, 2, 3, 7))
    nobody = NOBODY
    secrets: Sequence[str] = (REST_KEY, VOIP_KEY)
    faults = frozenset(Fault)

    def adapter(self) -> MiniCrmAdapter:
        new = NewCards(category="21", status="2601", owner="2001")
        return MiniCrmAdapter(settings_for(self.simulator.url, voip_key=self.voip_key, new_cards=new, read_timeout=0.3))

    async def entries(self, record: CallRecord) -> int:
        if self.voip_key:
            started = record.started_at.isoformat(timespec="seconds")
            return sum(call["at"] == started for call in self.simulator.calls())
        return sum(f"[vipex:{record.key}]" in todo["comment"] for todo in self.simulator.todos())

    async def fail(self, fault: Fault | None) -> None:
        self.simulator.order(**_ORDERS[fault] if fault else {})


class TestCallLog(AdapterContract):
    @pytest.fixture
    def crm(self, simulator: RunningSimulator) -> SimulatedMiniCrm:
        simulator.switches.rate_limit = 10_000
        return SimulatedMiniCrm(simulator, VOIP_KEY)


class TestTodo(AdapterContract):
    @pytest.fixture
    def crm(self, simulator: RunningSimulator) -> SimulatedMiniCrm:
        simulator.switches.rate_limit = 10_000
        return SimulatedMiniCrm(simulator, "")
