"""What each failure of the CRM leads to; nothing is written twice, nothing is given up silently."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Sequence

import pytest

from tests.gateway.calls import CUSTOMER, a_call
from tests.gateway.clock import HandClock, eventually
from tests.gateway.crm import FindableCrm, PlainCrm
from tests.gateway.house import SCHEDULE, House, a_house
from vipex_sdk.crm.model import CallRecord, CustomerCard, Idempotency
from vipex_sdk.errors import (
    Invalid,
    Misconfigured,
    NeedsReauth,
    NotPermitted,
    OutcomeUnknown,
    RateLimited,
    Unavailable,
)
from vipex_sdk.gateway.budget import Budget
from vipex_sdk.gateway.database import Database
from vipex_sdk.gateway.delivery import DeliveryPolicy
from vipex_sdk.gateway.inbox import Status
from vipex_sdk.numbers import PhoneNumber


def failing(*errors: BaseException) -> Callable[[CallRecord], None]:
    """Raise one of *errors* a time, then nothing."""
    left = list(errors)

    def fail(record: CallRecord) -> None:
        if left:
            raise left.pop(0)

    return fail


@pytest.fixture
def house(database: Database, clock: HandClock) -> House:
    return a_house(database, clock, FindableCrm())


async def waits(house: House, seq: int) -> float:
    detail = await house.inbox.show(seq)
    assert detail is not None
    return detail.delivery.next_at.timestamp() - house.clock.now()


async def test_unavailable_is_tried_by_the_schedule_and_then_dies(house: House) -> None:
    house.crm.before = failing(*[Unavailable("down")] * 10)
    seq = await house.put(a_call())
    await house.settle()
    for seconds in SCHEDULE:
        assert await house.status(seq) is Status.PENDING
        assert await waits(house, seq) == pytest.approx(seconds)
        await house.settle(seconds)
    assert (await house.status(seq), await house.error(seq)) == (Status.DEAD, "Unavailable: down")
    assert house.crm.requests.count("record") == 4
    assert "find_record" not in house.crm.requests


async def test_unavailable_then_back_again(house: House) -> None:
    house.crm.before = failing(Unavailable("down"))
    seq = await house.put(a_call())
    await house.settle()
    await house.settle(SCHEDULE[0])
    assert await house.status(seq) is Status.DELIVERED


@pytest.mark.parametrize("error", [NotPermitted("no right"), Misconfigured("no field"), Invalid("refused", status=422)])
async def test_hopeless_errors_die_at_once_with_their_reason(house: House, error: Exception) -> None:
    house.crm.before = failing(error)
    seq = await house.put(a_call())
    await house.settle()
    assert await house.status(seq) is Status.DEAD
    assert await house.error(seq) == f"{type(error).__name__}: {error}"


@pytest.mark.parametrize(("retry_after", "waited"), [(7.0, 7.0), (None, 60.0), (0.0, 1.0), (1e9, 3600.0)])
async def test_too_many_requests_wait_as_told_and_cost_no_attempt(
    house: House, retry_after: float | None, waited: float
) -> None:
    house.crm.before = failing(RateLimited("slow down", retry_after=retry_after))
    seq = await house.put(a_call())
    await house.settle()
    assert await waits(house, seq) == pytest.approx(waited)
    detail = await house.inbox.show(seq)
    assert detail is not None
    assert detail.delivery.attempts == 0


async def test_too_many_requests_slow_down_the_whole_account(database: Database, clock: HandClock) -> None:
    budget = Budget(database, "notebook", requests_per_minute=60, clock=clock)
    house = a_house(database, clock, FindableCrm(), throttle=budget)
    house.crm.before = failing(RateLimited("slow down", retry_after=30))
    await house.put(a_call())
    await house.settle()
    asking = asyncio.create_task(budget())
    await asyncio.sleep(0.05)
    clock.advance(25)
    await asyncio.sleep(0.05)
    assert not asking.done()

    def a_second_later() -> bool:
        clock.advance(1)
        return asking.done()

    await eventually(a_second_later)


async def test_a_lost_answer_is_looked_up_before_anything_is_sent_again(house: House) -> None:
    house.crm.after = failing(OutcomeUnknown("connection reset"))
    seq = await house.put(a_call())
    await house.settle()
    assert await waits(house, seq) >= 60
    await house.settle(60)
    assert await house.status(seq) is Status.DELIVERED
    assert len(house.crm.entries) == 1
    assert house.crm.requests.count("record") == 1


async def test_a_request_that_never_arrived_is_sent_again_after_looking(house: House) -> None:
    house.crm.before = failing(OutcomeUnknown("connection reset"))
    seq = await house.put(a_call())
    await house.settle()
    await house.settle(60)
    assert await house.status(seq) is Status.DELIVERED
    assert house.crm.requests.count("record") == 2
    detail = await house.inbox.show(seq)
    assert detail is not None
    assert not detail.records[0].maybe_duplicate


async def test_a_native_key_is_simply_sent_again(database: Database, clock: HandClock) -> None:
    house = a_house(database, clock, PlainCrm(idempotency=Idempotency.NATIVE))
    house.crm.after = failing(OutcomeUnknown("connection reset"))
    seq = await house.put(a_call())
    await house.settle()
    await house.settle(60)
    assert await house.status(seq) is Status.DELIVERED
    assert len(house.crm.entries) == 1


async def test_a_crm_that_can_neither_compare_nor_look_is_flagged(database: Database, clock: HandClock) -> None:
    house = a_house(database, clock, PlainCrm(idempotency=Idempotency.NONE))
    house.crm.after = failing(OutcomeUnknown("connection reset"))
    seq = await house.put(a_call())
    await house.settle()
    await house.settle(60)
    detail = await house.inbox.show(seq)
    assert detail is not None
    assert detail.delivery.status is Status.DELIVERED
    assert detail.records[0].maybe_duplicate


async def test_a_lost_answer_to_an_update_is_repeated_on_the_same_entry(house: House) -> None:
    await house.put(a_call())
    await house.settle()
    house.crm.after = failing(OutcomeUnknown("connection reset"))
    await house.put(a_call(talk_seconds=75))
    await house.settle()
    await house.settle(60)
    assert len(house.crm.entries) == 1
    assert house.crm.requests.count("update") == 2


async def test_a_hanging_adapter_is_given_up(database: Database, clock: HandClock) -> None:
    class Hanging(FindableCrm):
        async def find(self, number: PhoneNumber) -> Sequence[CustomerCard]:
            await asyncio.Event().wait()
            return await super().find(number)

    policy = DeliveryPolicy(schedule=SCHEDULE, patience_seconds=0.05)
    house = a_house(database, clock, Hanging(), policy=policy)
    seq = await house.put(a_call())
    await house.settle()
    assert await house.error(seq) == "TimeoutError"
    assert await waits(house, seq) >= 60


def leave(record: CallRecord) -> None:
    sys.exit(3)


def stumble(record: CallRecord) -> None:
    raise ValueError(f"cannot handle {CUSTOMER} of Próba Piroska")


@pytest.mark.parametrize(("accident", "reason"), [(leave, "SystemExit"), (stumble, "ValueError")])
async def test_a_hostile_adapter_fails_its_own_call_only(
    house: House, capsys: pytest.CaptureFixture[str], accident: Callable[[CallRecord], None], reason: str
) -> None:
    house.crm.before = accident
    seq = await house.put(a_call())
    await house.settle()
    assert (await house.status(seq), await house.error(seq)) == (Status.PENDING, reason)
    shown = capsys.readouterr()
    assert CUSTOMER not in shown.out + shown.err
    assert "Piroska" not in shown.out + shown.err


async def test_reasons_hide_numbers_that_an_adapter_let_slip(house: House) -> None:
    house.crm.before = failing(Unavailable("no answer about +36 30 000 0001 today"))
    seq = await house.put(a_call())
    await house.settle()
    reason = await house.error(seq) or ""
    assert "about +3630*****01 today" in reason


async def test_a_dead_crm_is_left_alone_and_probed_by_one(house: House) -> None:
    house.crm.before = failing(*[Unavailable("down")] * 5)
    seqs = [await house.put(a_call(f"c-{n}")) for n in range(8)]
    await house.settle()
    assert house.crm.requests.count("record") == 5
    state = await house.worker.crm_state()
    assert state.open_until == pytest.approx(house.clock.now() + 30)
    assert state.reason == "Unavailable: down"
    await house.settle(29)
    assert house.crm.requests.count("record") == 5
    await house.settle(1)
    for _ in range(6):
        await house.settle(30)
    assert [await house.status(seq) for seq in seqs] == [Status.DELIVERED] * 8
    assert (await house.worker.crm_state()).open_until is None
    assert len(house.crm.entries) == 8


async def test_a_failed_probe_doubles_the_pause(house: House) -> None:
    house.crm.before = failing(*[Unavailable("down")] * 6)
    for n in range(6):
        await house.put(a_call(f"c-{n}"))
    await house.settle()
    await house.settle(30)
    state = await house.worker.crm_state()
    assert state.open_until == pytest.approx(house.clock.now() + 60)
    assert house.crm.requests.count("record") == 6


async def test_a_dead_credential_pauses_the_destination_until_it_is_replaced(house: House) -> None:
    house.crm.before = failing(NeedsReauth("the key was revoked"))
    seqs = [await house.put(a_call(f"c-{n}")) for n in range(3)]
    await house.settle()
    assert house.crm.requests.count("record") == 1
    state = await house.worker.crm_state()
    assert (state.reason, state.open_until) == ("NeedsReauth: the key was revoked", house.clock.now() + 900)
    await house.worker.resume()
    await house.settle(900)
    assert [await house.status(seq) for seq in seqs] == [Status.DELIVERED] * 3
    detail = await house.inbox.show(seqs[0])
    assert detail is not None
    assert detail.delivery.attempts == 0
