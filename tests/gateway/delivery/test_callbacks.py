"""A missed caller has one open task, which is closed when the two have talked."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from attrs import evolve

from tests.gateway.calls import CUSTOMER, STARTED, a_call
from tests.gateway.clock import HandClock
from tests.gateway.crm import FindableCrm, PlainCrm, a_card
from tests.gateway.house import House, a_house
from vipex_sdk.crm.model import CallRecord, Recorded, RecordResult, Ref
from vipex_sdk.errors import NotFound, Unavailable
from vipex_sdk.gateway.database import Database
from vipex_sdk.gateway.inbox import Status
from vipex_sdk.numbers import PhoneNumber
from vipex_sdk.webhooks.events import CallEnd, Direction, Disposition


class TaskCrm(FindableCrm):
    """Keeps tasks that can be looked at and closed."""

    def __init__(self) -> None:
        super().__init__()
        self.tasks: dict[str, str] = {}
        self.closed_at: dict[str, datetime] = {}
        self.fails_to_close = 0

    async def record(self, record: CallRecord, previous: Ref | None) -> RecordResult:
        result = await super().record(record, previous)
        if record.task is None or not isinstance(result, Recorded):
            return result
        self.tasks.setdefault(record.task.key, "open")
        return evolve(result, task=Ref("task", record.task.key))

    async def find_record(self, record: CallRecord) -> Recorded | None:
        found = await super().find_record(record)
        if found is None or record.task is None:
            return found
        self.tasks.setdefault(record.task.key, "open")
        return evolve(found, task=Ref("task", record.task.key))

    async def task_is_open(self, task: Ref) -> bool:
        if task.id not in self.tasks:
            raise NotFound("no such task", status=404)
        return self.tasks[task.id] == "open"

    async def close_task(self, task: Ref, at: datetime) -> None:
        if self.fails_to_close:
            self.fails_to_close -= 1
            raise Unavailable("the CRM is down")
        if task.id not in self.tasks:
            raise NotFound("no such task", status=404)
        self.tasks[task.id] = "closed"
        self.closed_at[task.id] = at


def missed(call_id: str, *, minutes: int = 0, caller: str = CUSTOMER) -> CallEnd:
    at = STARTED + timedelta(minutes=minutes)
    return a_call(
        call_id,
        caller=caller,
        started_at=at,
        answered_at=None,
        ended_at=at + timedelta(seconds=20),
        final_extension=None,
        talk_seconds=0,
        duration_seconds=20,
        ring_seconds=20,
        disposition=Disposition.NO_ANSWER,
    )


def talked(call_id: str, *, minutes: int, outbound: bool = False) -> CallEnd:
    at = STARTED + timedelta(minutes=minutes)
    times = {"started_at": at, "answered_at": at + timedelta(seconds=5), "ended_at": at + timedelta(seconds=65)}
    call = a_call(call_id, **times)
    if not outbound:
        return call
    return evolve(
        call, direction=Direction.OUTBOUND, caller=PhoneNumber.parse("101"), called=PhoneNumber.parse(CUSTOMER)
    )


@pytest.fixture
def crm() -> TaskCrm:
    return TaskCrm()


@pytest.fixture
def house(database: Database, clock: HandClock, crm: TaskCrm) -> House:
    return a_house(database, clock, crm)


async def deliver(house: House, *calls: CallEnd) -> None:
    for call in calls:
        await house.put(call)
        await house.settle()


async def test_a_second_missed_call_adds_no_second_task(house: House, crm: TaskCrm) -> None:
    await deliver(house, missed("c-1"), missed("c-2", minutes=3), missed("c-3", minutes=9))
    assert list(crm.tasks) == ["c-1:callback"]
    assert len(crm.entries) == 3


async def test_other_callers_have_tasks_of_their_own(house: House, crm: TaskCrm) -> None:
    crm.cards.append(a_card("2", "+36300000002"))
    await deliver(house, missed("c-1"), missed("c-2", caller="+36300000002"))
    assert list(crm.tasks) == ["c-1:callback", "c-2:callback"]


@pytest.mark.parametrize("outbound", [True, False], ids=["called back", "called again"])
async def test_who_was_talked_to_has_no_open_task(house: House, crm: TaskCrm, *, outbound: bool) -> None:
    await deliver(house, missed("c-1"), talked("c-2", minutes=5, outbound=outbound))
    assert crm.tasks == {"c-1:callback": "closed"}
    assert crm.closed_at["c-1:callback"] == STARTED + timedelta(minutes=5, seconds=65)
    await deliver(house, missed("c-3", minutes=10))
    assert crm.tasks == {"c-1:callback": "closed", "c-3:callback": "open"}


async def test_an_earlier_conversation_that_arrives_late_closes_nothing(house: House, crm: TaskCrm) -> None:
    await deliver(house, missed("c-1", minutes=30), talked("c-0", minutes=5))
    assert crm.tasks == {"c-1:callback": "open"}


@pytest.mark.parametrize("gone", [False, True], ids=["closed by hand", "deleted by hand"])
async def test_the_crm_knows_better_than_we_whether_a_task_is_open(house: House, crm: TaskCrm, *, gone: bool) -> None:
    await deliver(house, missed("c-1"))
    if gone:
        crm.tasks.clear()
    else:
        crm.tasks["c-1:callback"] = "closed"
    await deliver(house, missed("c-2", minutes=60))
    assert crm.tasks["c-2:callback"] == "open"


async def test_a_task_that_could_not_be_closed_is_closed_later(house: House, crm: TaskCrm) -> None:
    await deliver(house, missed("c-1"))
    crm.fails_to_close = 1
    seq = await house.put(talked("c-2", minutes=5))
    await house.settle()
    assert (await house.status(seq), crm.tasks["c-1:callback"]) == (Status.PENDING, "open")
    await house.settle(30.0)
    assert (await house.status(seq), crm.tasks["c-1:callback"]) == (Status.DELIVERED, "closed")
    assert len(crm.entries) == 2


async def test_a_deleted_task_is_no_reason_to_fail(house: House, crm: TaskCrm) -> None:
    await deliver(house, missed("c-1"))
    crm.tasks.clear()
    seq = await house.put(talked("c-2", minutes=5))
    await house.settle()
    assert await house.status(seq) is Status.DELIVERED


async def test_a_record_whose_answer_was_lost_keeps_its_one_task(house: House, crm: TaskCrm) -> None:
    def lose(_record: CallRecord) -> None:
        crm.after = lambda _again: None
        raise TimeoutError

    crm.after = lose
    await deliver(house, missed("c-1"))
    await house.settle(60.0)
    await deliver(house, missed("c-2", minutes=3))
    assert crm.tasks == {"c-1:callback": "open"}
    assert len(crm.entries) == 2


async def test_a_crm_without_that_ability_gets_a_task_a_call(database: Database, clock: HandClock) -> None:
    crm = PlainCrm()
    await deliver(a_house(database, clock, crm), missed("c-1"), missed("c-2", minutes=3))
    assert [record.task is not None for record in crm.entries.values()] == [True, True]
