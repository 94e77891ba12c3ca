"""Calls on their way to a MiniCRM that does not know the caller, has the call already, or says "too many"."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from vipex_minicrm.simulator.records import Call, Contact

from tests.gateway.calls import STARTED, a_call
from tests.gateway.clock import HandClock
from tests.gateway.delivery.minicrm_house import MiniCrmHouse, minicrm_house, passing
from vipex_sdk.gateway.database import Database
from vipex_sdk.gateway.delivery.ledger import already_logged
from vipex_sdk.gateway.inbox import Status

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


async def test_several_records_of_a_transferred_call_never_share_a_second(house: MiniCrmHouse) -> None:
    calls = [a_call(f"c-{number}", started_at=STARTED + timedelta(seconds=number)) for number in range(5)]
    seqs = [await house.put(call) for call in calls]
    for seq in seqs:
        await house.worker.deliver(seq)
    assert len({call.started_at for call in house.simulation.tenant.calls.values()}) == 5
