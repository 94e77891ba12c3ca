"""Calls on their way to a MiniCRM that does not know the caller, has the call already, or says "too many"."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from attrs import evolve
from vipex_minicrm.simulator.records import Call, Contact

from tests.gateway.calls import STARTED, a_call
from tests.gateway.clock import HandClock
from tests.gateway.delivery.minicrm_house import MiniCrmHouse, minicrm_house, passing
from vipex_sdk.crm.journal import JournalSettings, OwnerRule
from vipex_sdk.gateway.database import Database
from vipex_sdk.gateway.delivery.ledger import already_logged
from vipex_sdk.gateway.inbox import Status
from vipex_sdk.webhooks.events import CallEnd, CallLeg, LegResult, LegType

NEWCOMER = "+36300000044"


@pytest.fixture
async def house(database: Database, clock: HandClock) -> AsyncIterator[MiniCrmHouse]:
    async with minicrm_house(database, clock) as house, passing(clock):
        yield house


async def test_a_call_of_an_unknown_number_waits_until_the_directory_knows_it(house: MiniCrmHouse) -> None:
    await house.scanner.scan()
    seq = await house.put(a_call(caller=NEWCOMER))
    await house.worker.deliver(seq)
    assert await house.status(seq) is Status.PARKED
    await house.scanner.scan()
    assert await house.status(seq) is Status.PARKED

    tenant = house.simulation.tenant
    contact = Contact(
        id=700, last_name="Új", first_name="Ügyfél", phone="06 30 000 0044", created_at=tenant.now(),
        updated_at=tenant.now(),
    )  # fmt: skip
    tenant.contacts[contact.id] = contact
    card = tenant.cards[1003]
    card.contact_id, card.updated_at = contact.id, tenant.now()
    house.clock.advance(300)
    await house.scanner.scan()
    assert await house.status(seq) is Status.PENDING
    await house.worker.deliver(seq)
    assert await house.status(seq) is Status.DELIVERED
    (call,) = tenant.calls.values()
    assert (call.number, call.card_id, call.contact_id) == (NEWCOMER, 1003, 700)


@pytest.mark.parametrize("there", [True, False])
async def test_a_call_that_the_provider_s_own_link_wrote_first_is_counted(house: MiniCrmHouse, *, there: bool) -> None:
    if there:
        house.simulation.tenant.calls[1] = Call(
            id=1, card_id=1010, contact_id=101, number="06300000001", started_at=STARTED, duration=60, type=1,
            extension="101", user_id=2001,
        )  # fmt: skip
        house.simulation.tenant.calls[1].number = "+36300000001"
    seq = await house.put(a_call())
    await house.worker.deliver(seq)
    assert await house.status(seq) is Status.DELIVERED
    assert await house.database.read(already_logged(since=0)) == int(there)
    assert ("another connection" in (await house.note(seq) or "")) is there
    assert len(house.simulation.tenant.calls) == 1


async def test_a_call_whose_answer_got_lost_is_not_counted_as_somebody_else_s(house: MiniCrmHouse) -> None:
    await house.scanner.scan()
    house.simulation.faults.path, house.simulation.faults.truncate = "CallLog", 1
    seq = await house.put(a_call())
    await house.worker.deliver(seq)
    assert await house.status(seq) is Status.PENDING
    house.clock.advance(120)
    await house.worker.deliver(seq)
    assert await house.status(seq) is Status.DELIVERED
    assert await house.database.read(already_logged(since=0)) == 0
    assert len(house.simulation.tenant.calls) == 1


@pytest.mark.parametrize(("retry_after", "seconds"), [("7", 7), ("", 60)])
async def test_too_many_requests_cost_no_attempt_and_hold_everybody(
    database: Database, clock: HandClock, retry_after: str, seconds: int
) -> None:
    async with minicrm_house(database, clock, recorder="todo") as house:
        async with passing(clock):
            await house.scanner.scan()
            house.simulation.faults.rate_limit, house.simulation.faults.retry_after = 1, retry_after
            seq = await house.put(a_call())
            began = clock.now()
            await house.worker.deliver(seq)
            assert await house.status(seq) is Status.PENDING
            detail = await house.inbox.show(seq)
            assert detail is not None
            assert detail.delivery.attempts == 0
            clock.advance(seconds * 2)
            await house.worker.deliver(seq)
        assert await house.status(seq) is Status.DELIVERED
        assert clock.now() - began >= seconds
        assert len(house.simulation.tenant.todos) == 1


async def test_calls_of_one_customer_that_begin_in_neighbouring_seconds_are_all_kept(house: MiniCrmHouse) -> None:
    calls = [a_call(f"c-{number}", started_at=STARTED + timedelta(seconds=number)) for number in range(5)]
    seqs = [await house.put(call) for call in calls]
    for seq in seqs:
        await house.worker.deliver(seq)
    assert len({call.started_at for call in house.simulation.tenant.calls.values()}) == 5


def _transferred() -> CallEnd:
    """Give a call that went from 101 to 102 and back, told with the time of the whole call on every leg."""
    types = {"101": LegType.INITIAL, "102": LegType.TRANSFER_BLIND}
    legs = [
        CallLeg(
            leg_id=f"l-{seq}", seq=seq, type=types[extension] if seq < 3 else LegType.TRANSFER_ATTENDED,
            extension=extension, by_extension="101" if extension == "102" else None, started_at=STARTED,
            answered_at=STARTED, ended_at=STARTED + timedelta(seconds=60), talk_seconds=20, duration_seconds=20,
            result=LegResult.ANSWERED,
        )
        for seq, extension in enumerate(("101", "102", "101"), start=1)
    ]  # fmt: skip
    return a_call("transferred", legs=tuple(legs))


async def test_every_answered_leg_of_a_transferred_call_is_an_entry_with_a_second_of_its_own(
    database: Database, clock: HandClock
) -> None:
    each = JournalSettings(owner=OwnerRule.EACH)
    async with minicrm_house(database, clock, journal=each) as house, passing(clock):
        seq = await house.put(_transferred())
        await house.worker.deliver(seq)
        assert await house.status(seq) is Status.DELIVERED
        again = await house.put(evolve(_transferred(), attempt=2, event_id="e-again"))
        await house.worker.deliver(again)
        entries = sorted(house.simulation.tenant.calls.values(), key=lambda entry: entry.started_at)
    assert sorted(entry.extension for entry in entries) == ["101", "101", "102"]
    assert {entry.user_id for entry in entries} == {2001, 2002}
    seconds = [entry.started_at.replace(microsecond=0) for entry in entries]
    assert seconds == [STARTED + timedelta(seconds=number) for number in range(3)]
