"""The adapter contract as tests: subclass, supply a CRM, and pytest says whether the adapter keeps its promises.

.. code-block:: python

    class TestMyCrm(AdapterContract):
        @pytest.fixture
        def crm(self) -> Iterator[CrmUnderTest]:
            with my_simulator() as simulator:
                yield MyCrmUnderTest(simulator)

Every test stands for a complaint about some integration (``facts/peers.md`` sections 3 and 5). A subclass may add
tests; it may not replace one of these, unless the replacement is marked ``xfail`` with a reason.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import pytest_asyncio
from attrs import evolve

from vipex_sdk.crm import (
    CallOutcome,
    CallRecord,
    CreatesCard,
    CrmAdapter,
    CustomerCard,
    FindsRecord,
    Idempotency,
    Journal,
    JournalSettings,
    ListsUsers,
    Manifest,
    Match,
    NotRecorded,
    Recorded,
    Ref,
    WhyNot,
    choose,
)
from vipex_sdk.errors import (
    Misconfigured,
    NeedsReauth,
    NotPermitted,
    OutcomeUnknown,
    RateLimited,
    Unavailable,
    VipexError,
)
from vipex_sdk.numbers import PhoneNumber
from vipex_sdk.testing.calls import SHAPES, build_call
from vipex_sdk.testing.crm import CrmUnderTest, Fault

__all__ = ["AdapterContract"]

_READING: dict[Fault, tuple[type[VipexError], ...]] = {
    Fault.DOWN: (Unavailable,),
    Fault.ERROR: (Unavailable,),
    Fault.SILENT: (Unavailable,),
    Fault.RATE_LIMITED: (RateLimited,),
    Fault.BAD_CREDENTIAL: (NeedsReauth, NotPermitted),
    Fault.FORBIDDEN: (NotPermitted,),
    Fault.NONSENSE: (Unavailable, Misconfigured),
}
_WRITING: dict[Fault, tuple[type[VipexError], ...]] = {
    **_READING,
    # An answer that says "failed" is no proof that nothing was written.
    Fault.DOWN: (Unavailable, OutcomeUnknown),
    Fault.ERROR: (OutcomeUnknown,),
    Fault.SILENT: (OutcomeUnknown,),
    Fault.NONSENSE: (OutcomeUnknown,),
}
_FIRST = datetime(2025, 6, 1, tzinfo=UTC)


class AdapterContract:
    """Tests that every adapter passes; the subclass supplies the fixture ``crm``."""

    @pytest.fixture
    def crm(self) -> CrmUnderTest:
        """Supply the CRM: override this fixture."""
        raise NotImplementedError("override the fixture `crm`")

    @pytest_asyncio.fixture
    async def adapter(self, crm: CrmUnderTest) -> AsyncIterator[CrmAdapter]:
        """Open an adapter for the test."""
        async with crm.adapter() as adapter:
            yield adapter

    async def card_of(self, adapter: CrmAdapter, number: PhoneNumber) -> CustomerCard:
        """Find the customer as the core does."""
        match = choose(number, await adapter.find(number))
        assert match.card is not None, "the customer is not found"
        return match.card

    async def record_of(
        self, adapter: CrmAdapter, number: PhoneNumber, *, shape: str = "answered", known: bool = True
    ) -> CallRecord:
        """Make a record of a new call with *number*, as the core does."""
        call_id = uuid4().hex
        call = build_call(shape, call_id=call_id, remote=number.e164, started_at=_new_start(call_id))
        match = Match(card=await self.card_of(adapter, number)) if known else Match()
        users: dict[str, Ref] = {}
        if isinstance(adapter, ListsUsers):
            users = {user.extension: user.ref for user in await adapter.users() if user.extension}
        (record,) = Journal(JournalSettings()).records(call, match, revision=1, users=users, recording=lambda _: None)
        return record

    def test_the_contract_is_whole(self) -> None:
        replaced = [
            name
            for name in dir(AdapterContract)
            if name.startswith("test_")
            and getattr(type(self), name) is not getattr(AdapterContract, name)
            and not _excused(getattr(type(self), name))
        ]
        assert not replaced, f"these tests of the contract were replaced: {replaced}; mark them xfail with a reason"

    def test_the_manifest_fits_the_abilities(self, crm: CrmUnderTest) -> None:
        adapter = crm.adapter()
        manifest = adapter.manifest
        assert isinstance(manifest, Manifest)
        assert manifest.name.isidentifier()
        assert manifest.title.strip()
        assert manifest.requests_per_minute is None or manifest.requests_per_minute > 0
        if manifest.idempotency is Idempotency.FINDABLE:
            assert isinstance(adapter, FindsRecord), "idempotency FINDABLE needs find_record"

    @pytest.mark.asyncio
    async def test_check_passes_with_right_settings(self, adapter: CrmAdapter) -> None:
        await adapter.check()

    @pytest.mark.asyncio
    async def test_nobody_is_an_empty_answer(self, adapter: CrmAdapter, crm: CrmUnderTest) -> None:
        assert not choose(crm.nobody, await adapter.find(crm.nobody)).candidates

    @pytest.mark.asyncio
    async def test_one_customer_is_found_with_name_and_card(self, adapter: CrmAdapter, crm: CrmUnderTest) -> None:
        match = choose(crm.one, await adapter.find(crm.one))
        assert match.card is not None
        assert not match.ambiguous
        assert match.card.verified
        assert match.card.name.strip()
        assert match.card.card is not None or not adapter.manifest.needs_card

    @pytest.mark.asyncio
    async def test_find_picks_nobody_among_several(self, adapter: CrmAdapter, crm: CrmUnderTest) -> None:
        if crm.many is None:
            pytest.skip("this CRM has no two customers with one number")
        match = choose(crm.many, await adapter.find(crm.many))
        assert len({card.contact for card in match.candidates}) > 1, "the core chooses, not the adapter"

    @pytest.mark.asyncio
    async def test_numbers_are_found_however_they_are_spelled(self, adapter: CrmAdapter, crm: CrmUnderTest) -> None:
        lost = [index for index, number in enumerate(crm.spelled) if not await _verified(adapter, number)]
        assert not lost, f"not found or not verified: spelled[{lost}]"

    @pytest.mark.asyncio
    async def test_find_creates_nothing(self, adapter: CrmAdapter, crm: CrmUnderTest) -> None:
        for _ in range(2):
            assert not await adapter.find(crm.nobody)

    @pytest.mark.asyncio
    @pytest.mark.parametrize("shape", SHAPES)
    async def test_every_shape_of_call_is_recorded_once(
        self, adapter: CrmAdapter, crm: CrmUnderTest, shape: str
    ) -> None:
        record = await self.record_of(adapter, crm.one, shape=shape)
        result = await adapter.record(record, None)
        assert isinstance(result, Recorded), result
        assert not result.was_there
        assert await crm.entries(record) == 1

    @pytest.mark.asyncio
    async def test_hungarian_letters_survive(self, adapter: CrmAdapter, crm: CrmUnderTest) -> None:
        record = await self.record_of(adapter, crm.one)
        text = f"Árvíztűrő tükörfúrógép „idézet” ☎ <b>&amp;</b>\n{record.text}"
        assert isinstance(await adapter.record(evolve(record, title="Őrült Űr hívása", text=text), None), Recorded)
        assert await crm.entries(record) == 1

    @pytest.mark.asyncio
    async def test_what_was_written_is_not_written_again(self, adapter: CrmAdapter, crm: CrmUnderTest) -> None:
        record = await self.record_of(adapter, crm.one)
        assert isinstance(await adapter.record(record, None), Recorded)
        await self._again(adapter, record)
        assert await crm.entries(record) == 1

    @pytest.mark.asyncio
    async def test_what_was_never_written_is_not_found(self, adapter: CrmAdapter, crm: CrmUnderTest) -> None:
        if not isinstance(adapter, FindsRecord):
            pytest.skip("this adapter does not look for records")
        assert await adapter.find_record(await self.record_of(adapter, crm.one)) is None

    @pytest.mark.asyncio
    async def test_late_facts_make_no_second_entry(self, adapter: CrmAdapter, crm: CrmUnderTest) -> None:
        record = await self.record_of(adapter, crm.one)
        first = await adapter.record(record, None)
        assert isinstance(first, Recorded)
        if not adapter.manifest.can_update or first.ref is None:
            pytest.skip("this CRM's entries cannot be changed")
        later = evolve(record, revision=2, title="Kiegészített hívás")
        assert isinstance(await adapter.record(later, first.ref), Recorded)
        assert await crm.entries(record) == 1

    @pytest.mark.asyncio
    async def test_a_call_of_nobody_is_parked_or_kept(self, adapter: CrmAdapter, crm: CrmUnderTest) -> None:
        result = await adapter.record(await self.record_of(adapter, crm.nobody, known=False), None)
        if adapter.manifest.needs_card:
            assert isinstance(result, NotRecorded)
            assert result.why is WhyNot.UNKNOWN_CUSTOMER
        else:
            assert isinstance(result, Recorded)

    @pytest.mark.asyncio
    async def test_a_missed_call_has_no_talk(self, adapter: CrmAdapter, crm: CrmUnderTest) -> None:
        record = await self.record_of(adapter, crm.one, shape="missed")
        assert (record.outcome, record.talk_seconds) == (CallOutcome.MISSED, 0)
        assert isinstance(await adapter.record(record, None), Recorded)

    @pytest.mark.asyncio
    @pytest.mark.parametrize("fault", Fault)
    async def test_find_says_why_it_could_not_ask(
        self, adapter: CrmAdapter, crm: CrmUnderTest, fault: Fault, caplog: pytest.LogCaptureFixture
    ) -> None:
        _need(crm, fault)
        with caplog.at_level(logging.DEBUG):
            await crm.fail(fault)
            with pytest.raises(_READING[fault]) as caught:
                await adapter.find(crm.one)
        _no_secrets(crm, caught.value, caplog.text)
        await crm.fail(None)
        assert await adapter.find(crm.one), "the adapter did not recover"

    @pytest.mark.asyncio
    @pytest.mark.parametrize("fault", Fault)
    async def test_record_says_whether_it_may_be_repeated(
        self, adapter: CrmAdapter, crm: CrmUnderTest, fault: Fault, caplog: pytest.LogCaptureFixture
    ) -> None:
        _need(crm, fault)
        record = await self.record_of(adapter, crm.one)
        with caplog.at_level(logging.DEBUG):
            await crm.fail(fault)
            with pytest.raises(_WRITING[fault]) as caught:
                await adapter.record(record, None)
        _no_secrets(crm, caught.value, caplog.text)
        if fault is Fault.RATE_LIMITED:
            assert isinstance(caught.value, RateLimited)
            assert caught.value.retry_after == 7.0  # noqa: PLR2004 - what Fault.RATE_LIMITED sends
        await crm.fail(None)
        written = await crm.entries(record)
        assert written == 0 or isinstance(caught.value, OutcomeUnknown), "said nothing was written, but it was"
        assert isinstance(await self._again(adapter, record), Recorded)
        assert await crm.entries(record) == 1

    @pytest.mark.asyncio
    async def test_a_cancelled_request_leaves_the_adapter_usable(self, adapter: CrmAdapter, crm: CrmUnderTest) -> None:
        _need(crm, Fault.SILENT)
        await crm.fail(Fault.SILENT)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await adapter.find(crm.one)
        await crm.fail(None)
        assert await adapter.find(crm.one)

    @pytest.mark.asyncio
    async def test_a_new_customer_is_found_afterwards_and_made_once(
        self, adapter: CrmAdapter, crm: CrmUnderTest
    ) -> None:
        if not isinstance(adapter, CreatesCard):
            pytest.skip("this adapter creates no customers")
        key = uuid4().hex
        created = await adapter.create_card(crm.nobody, "Ismeretlen hívó", key)
        again = await adapter.create_card(crm.nobody, "Ismeretlen hívó", key)
        assert created.contact == again.contact
        assert {card.contact for card in await adapter.find(crm.nobody)} == {created.contact}

    async def _again(self, adapter: CrmAdapter, record: CallRecord) -> object:
        """Do what the core does after an unknown outcome: look first, where the CRM does not recognise it itself."""
        if adapter.manifest.idempotency is Idempotency.NONE:
            pytest.skip("nothing protects this CRM from a second entry, and its manifest says so")
        if isinstance(adapter, FindsRecord):
            found = await adapter.find_record(record)
            if found is not None:
                return found
        return await adapter.record(record, None)


def _excused(test: object) -> bool:
    """Whether a test says openly that, and why, it is expected to fail."""
    marks = getattr(test, "pytestmark", [])
    return any(mark.name == "xfail" and mark.kwargs.get("reason") for mark in marks)


def _need(crm: CrmUnderTest, fault: Fault) -> None:
    if fault not in crm.faults:
        pytest.skip(f"this CRM cannot be made to fail so: {fault.value}")


async def _verified(adapter: CrmAdapter, number: PhoneNumber) -> bool:
    card = choose(number, await adapter.find(number)).card
    return card is not None and card.verified


def _no_secrets(crm: CrmUnderTest, error: BaseException, log: str) -> None:
    shown = f"{error} {error!r} {log}"
    for index, secret in enumerate(crm.secrets):
        assert secret not in shown, f"secrets[{index}] stands in an error or a log line"
    for spelling in _spellings(crm.one):
        assert spelling not in shown, "a telephone number stands in an error or a log line"


def _spellings(number: PhoneNumber) -> Iterable[str]:
    significant = (number.national or number.digits).lstrip("0")
    return (number.digits, number.national or number.digits, significant[-7:])


def _new_start(call_id: str) -> datetime:
    """Give each call a start of its own: some CRMs know a call by number and second."""
    return _FIRST + timedelta(seconds=int(call_id[:6], 16))
