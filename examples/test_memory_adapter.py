"""The adapter contract, run against the adapter of memory_adapter.py."""

from __future__ import annotations

import pytest
from attrs import frozen
from memory_adapter import Crm, MemoryAdapter

from vipex_sdk.crm import CallRecord, CustomerCard, Ref
from vipex_sdk.numbers import PhoneNumber
from vipex_sdk.testing import AdapterContract, CrmUnderTest, Fault


def customer(number: int, *numbers: str) -> CustomerCard:
    return CustomerCard(
        contact=Ref("person", str(number)), name=f"Minta {number}", card=Ref("card", str(number)), numbers=numbers
    )


@frozen
class MemoryUnderTest:
    crm: Crm
    one: PhoneNumber = PhoneNumber.parse("+36300000001")
    many: PhoneNumber | None = PhoneNumber.parse("+36300000002")
    spelled: tuple[PhoneNumber, ...] = (PhoneNumber.parse("+36300000003"),)
    nobody: PhoneNumber = PhoneNumber.parse("+36300000009")
    secrets: tuple[str, ...] = ()
    faults: frozenset[Fault] = frozenset({Fault.DOWN})

    def adapter(self) -> MemoryAdapter:
        return MemoryAdapter(self.crm)

    async def entries(self, record: CallRecord) -> int:
        return int(record.key in self.crm.entries)

    async def fail(self, fault: Fault | None) -> None:
        self.crm.down = fault is Fault.DOWN


def some_crm() -> Crm:
    customers = [customer(1, "+36300000001"), customer(2, "+36300000002")]
    customers += [customer(3, "06 30 000 0002"), customer(4, "06-30/000-0003")]
    return Crm(customers)


class TestMemoryAdapter(AdapterContract):
    @pytest.fixture
    def crm(self) -> CrmUnderTest:
        return MemoryUnderTest(some_crm())
