"""A whole adapter for a CRM that is a list in memory: the smallest one that keeps the contract."""

from __future__ import annotations

from typing import Self

from attrs import Factory, define, frozen

from vipex_sdk.crm import (
    AudioPath,
    CallRecord,
    CustomerCard,
    Idempotency,
    Manifest,
    MatchRule,
    NotRecorded,
    Recorded,
    Ref,
    WhyNot,
)
from vipex_sdk.errors import Unavailable
from vipex_sdk.numbers import PhoneNumber


@define
class Crm:
    customers: list[CustomerCard] = Factory(list[CustomerCard])
    entries: dict[str, CallRecord] = Factory(dict[str, CallRecord])
    down: bool = False


@frozen
class MemoryAdapter:
    crm: Crm
    manifest: Manifest = Manifest(
        name="memory", title="Memory", match=MatchRule.NORMALISED, idempotency=Idempotency.NATIVE,
        audio=AudioPath.NONE, can_update=True, needs_card=True,
    )  # fmt: skip

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None: ...

    async def check(self) -> None:
        if self.crm.down:
            raise Unavailable("the CRM cannot be reached")

    async def find(self, number: PhoneNumber) -> list[CustomerCard]:
        await self.check()
        return [card for card in self.crm.customers if number in map(PhoneNumber.parse, card.numbers)]

    async def record(self, record: CallRecord, previous: Ref | None) -> Recorded | NotRecorded:
        await self.check()
        if record.card is None:
            return NotRecorded(WhyNot.UNKNOWN_CUSTOMER)
        was_there = record.key in self.crm.entries and previous is None
        self.crm.entries[record.key] = record
        return Recorded(Ref("entry", record.key), was_there=was_there)
