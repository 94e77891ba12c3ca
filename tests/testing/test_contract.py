"""The contract finds what it is there to find: each defect of a small adapter in memory fails its test."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

import pytest
from attrs import Factory, define, evolve, field

from vipex_sdk.crm import (
    AudioPath,
    CallRecord,
    CrmAdapter,
    CustomerCard,
    Idempotency,
    Manifest,
    MatchRule,
    NotRecorded,
    Recorded,
    RecordResult,
    Ref,
    WhyNot,
)
from vipex_sdk.errors import NotPermitted, OutcomeUnknown, RateLimited, Unavailable, VipexError
from vipex_sdk.numbers import PhoneNumber
from vipex_sdk.testing import AdapterContract, CrmUnderTest, Fault

ONE, MANY, SPELLED, NOBODY = (PhoneNumber.parse(f"+3630000000{digit}") for digit in "1239")
SECRET = "s3cret-key"


def card(contact: str, number: str) -> CustomerCard:
    return CustomerCard(contact=Ref("c", contact), card=Ref("c", contact), name=f"Ügyfél {contact}", numbers=(number,))


def book() -> dict[str, list[CustomerCard]]:
    return {
        "+36300000001": [card("1", "06 30 000 0001")],
        "+36300000002": [card("2", "+36300000002"), card("3", "06/30/0000002")],
        "+36300000003": [card("4", "0036-30-000-0003 (mobil)")],
    }


@define
class MemoryCrm:
    """A CRM in memory; *defect* spoils one habit of its adapter."""

    defect: str = ""
    fault: Fault | None = None
    cards: dict[str, list[CustomerCard]] = field(factory=book)
    written: dict[str, list[CallRecord]] = field(factory=dict)

    one: PhoneNumber = ONE
    many: PhoneNumber | None = MANY
    spelled: Sequence[PhoneNumber] = (SPELLED,)
    nobody: PhoneNumber = NOBODY
    secrets: Sequence[str] = (SECRET,)
    faults: frozenset[Fault] = Factory(lambda: frozenset(Fault) - {Fault.SILENT})

    def adapter(self) -> CrmAdapter:
        return Forgetful(self) if self.defect == "cannot_look" else MemoryAdapter(self)

    async def entries(self, record: CallRecord) -> int:
        return len(self.written.get(record.key, []))

    async def fail(self, fault: Fault | None) -> None:
        self.fault = fault


@define
class Forgetful:
    crm: MemoryCrm

    @property
    def manifest(self) -> Manifest:
        return Manifest(
            name="memory",
            title="Memory",
            match=MatchRule.NORMALISED,
            idempotency=Idempotency.FINDABLE,
            audio=AudioPath.NONE,
            can_update=True,
            needs_card=True,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    async def check(self) -> None: ...

    async def find(self, number: PhoneNumber) -> Sequence[CustomerCard]:
        self.stumble(writes=False, detail=number.digits)
        found = self.crm.cards.get(number.value, [])
        if self.crm.defect == "creates" and not found:
            found = self.crm.cards[number.value] = [card("9", number.value)]
        if self.crm.defect == "exact":
            found = [each for each in found if each.numbers == (number.value,)]
        return found[:1] if self.crm.defect == "picks" else found

    async def record(self, record: CallRecord, previous: Ref | None) -> RecordResult:
        if record.card is None and self.crm.defect != "takes_all":
            return NotRecorded(WhyNot.UNKNOWN_CUSTOMER)
        self.stumble(writes=True, detail=SECRET)
        kept = self.crm.written.setdefault(record.key, [])
        if previous is None or self.crm.defect == "appends":
            kept.append(record)
        return Recorded(Ref("e", record.key), was_there=self.crm.defect == "always_there")

    def stumble(self, *, writes: bool, detail: str) -> None:
        fault = self.crm.fault
        if fault is None:
            return
        text = detail if self.crm.defect == "leaks" else fault.value
        known: dict[Fault, VipexError] = {
            Fault.RATE_LIMITED: RateLimited(text, retry_after=None if self.crm.defect == "hurries" else 7.0),
            Fault.BAD_CREDENTIAL: NotPermitted(text),
            Fault.FORBIDDEN: NotPermitted(text),
        }
        unsure = writes and fault is not Fault.DOWN and self.crm.defect != "sure"
        raise known.get(fault) or (OutcomeUnknown(text) if unsure else Unavailable(text))


class MemoryAdapter(Forgetful):
    async def find_record(self, record: CallRecord) -> Recorded | None:
        if self.crm.defect == "never_finds" or record.key not in self.crm.written:
            return None
        return Recorded(Ref("e", record.key), was_there=True)


class TestMemory(AdapterContract):
    @pytest.fixture
    def crm(self) -> CrmUnderTest:
        return MemoryCrm()


class Replacing(AdapterContract):
    def test_find_creates_nothing(self) -> None:  # type: ignore[override]
        """Prove nothing."""


class Excused(AdapterContract):
    @pytest.mark.xfail(reason="this CRM creates on search")
    def test_find_creates_nothing(self) -> None:  # type: ignore[override]
        """Prove nothing, and say so."""


def test_a_test_of_the_contract_cannot_be_replaced_in_silence() -> None:
    with pytest.raises(AssertionError, match="test_find_creates_nothing"):
        Replacing().test_the_contract_is_whole()
    Excused().test_the_contract_is_whole()


@pytest.mark.parametrize(
    ("defect", "test", "arguments"),
    [
        ("creates", "test_nobody_is_an_empty_answer", {}),
        ("creates", "test_find_creates_nothing", {}),
        ("picks", "test_find_picks_nobody_among_several", {}),
        ("exact", "test_numbers_are_found_however_they_are_spelled", {}),
        ("always_there", "test_every_shape_of_call_is_recorded_once", {"shape": "pickup"}),
        ("never_finds", "test_what_was_written_is_not_written_again", {}),
        ("appends", "test_late_facts_make_no_second_entry", {}),
        ("takes_all", "test_a_call_of_nobody_is_parked_or_kept", {}),
        ("leaks", "test_find_says_why_it_could_not_ask", {"fault": Fault.DOWN}),
        ("leaks", "test_record_says_whether_it_may_be_repeated", {"fault": Fault.ERROR}),
        ("hurries", "test_record_says_whether_it_may_be_repeated", {"fault": Fault.RATE_LIMITED}),
    ],
)
async def test_a_defect_fails_its_test(
    defect: str, test: str, arguments: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    crm = MemoryCrm(defect=defect)
    logs = {"caplog": caplog} if "fault" in arguments else {}
    with pytest.raises(AssertionError):
        await getattr(AdapterContract(), test)(crm.adapter(), crm, **arguments, **logs)


async def test_a_write_that_failed_may_not_be_called_harmless(caplog: pytest.LogCaptureFixture) -> None:
    crm = MemoryCrm(defect="sure")
    with pytest.raises(Unavailable):
        await AdapterContract().test_record_says_whether_it_may_be_repeated(crm.adapter(), crm, Fault.ERROR, caplog)


def test_findable_needs_a_way_to_find() -> None:
    with pytest.raises(AssertionError, match="needs find_record"):
        AdapterContract().test_the_manifest_fits_the_abilities(MemoryCrm(defect="cannot_look"))


async def test_records_of_the_contract_are_calls_of_their_own() -> None:
    crm = MemoryCrm()
    contract, adapter = AdapterContract(), crm.adapter()
    made = await asyncio.gather(*(contract.record_of(adapter, ONE) for _ in range(5)))
    assert len({record.key for record in made}) == 5
    assert len({int(record.started_at.timestamp()) for record in made}) == 5
    assert evolve(made[0], key=made[1].key) != made[1]
