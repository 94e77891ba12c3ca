from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from attrs import field, frozen
from vipex_generic import PLUGIN, GenericSettings

from vipex_sdk.crm import CallRecord, CrmAdapter, unpaced
from vipex_sdk.numbers import PhoneNumber
from vipex_sdk.testing import AdapterContract, CrmUnderTest, Fault

ANNA, *SPELLED_, SHARED = (PhoneNumber.parse(f"+3630000000{digit}") for digit in "123456")
SPELLED = tuple(SPELLED_)
NOBODY = PhoneNumber.parse("+36300000999")


@frozen
class Mintabolt:
    address: str
    token: str
    spec: Path
    one: PhoneNumber = ANNA
    many: PhoneNumber | None = SHARED
    spelled: tuple[PhoneNumber, ...] = SPELLED
    nobody: PhoneNumber = NOBODY
    faults: frozenset[Fault] = field(default=frozenset(Fault))

    @property
    def secrets(self) -> tuple[str, ...]:
        return (self.token,)

    def adapter(self) -> CrmAdapter:
        settings = GenericSettings(
            spec=self.spec,
            base_url=self.address,
            token=self.token,
            variables={"source": "vipex"},
            connect_timeout=0.5,
            read_timeout=0.3,
        )
        return PLUGIN.open(settings, unpaced)

    async def entries(self, record: CallRecord) -> int:
        async with httpx.AsyncClient(base_url=self.address, verify=False) as outside:
            answer = await outside.get("/test/activities", params={"key": record.key})
        return len(answer.json())

    async def fail(self, fault: Fault | None) -> None:
        async with httpx.AsyncClient(base_url=self.address, verify=False) as outside:
            await outside.post("/test/fault", json=fault.value if fault else "")


class TestGeneric(AdapterContract):
    @pytest.fixture
    def crm(self, mintabolt: str, token: str, example: str, write_spec: Callable[[str], Path]) -> CrmUnderTest:
        return Mintabolt(mintabolt, token, write_spec(example))
