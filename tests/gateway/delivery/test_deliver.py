"""From an acknowledged event to one entry in the CRM: settling, merging, matching, parking, dying."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from attrs import evolve

from tests.gateway.calls import STARTED, a_call, a_message
from tests.gateway.clock import HandClock
from tests.gateway.crm import FindableCrm, OpenCrm, PlainCrm, a_card
from tests.gateway.house import SCHEDULE, House, a_house
from vipex_sdk.crm.journal import Journal, JournalSettings
from vipex_sdk.crm.model import CallOutcome, NotRecorded, WhyNot
from vipex_sdk.errors import BadPayload
from vipex_sdk.gateway.database import Database, select
from vipex_sdk.gateway.delivery import DeliveryPolicy
from vipex_sdk.gateway.inbox import Status
from vipex_sdk.numbers import PhoneNumber
from vipex_sdk.webhooks.events import CallLeg, Direction, LegType


@pytest.fixture
def house(database: Database, clock: HandClock) -> House:
    return a_house(database, clock, FindableCrm())


def with_policy(house: House, crm: PlainCrm, **decisions: object) -> House:
    policy = DeliveryPolicy(**{"schedule": SCHEDULE, **decisions})  # type: ignore[arg-type]
    return a_house(house.database, house.clock, crm, policy=policy)


async def test_a_call_becomes_one_entry(house: House) -> None:
    seq = await house.put(a_call())
    await house.settle()
    assert await house.status(seq) is Status.DELIVERED
    [record] = house.crm.entries.values()
    assert record.outcome is CallOutcome.ANSWERED
    assert record.card == a_card()
    detail = await house.inbox.show(seq)
    assert detail is not None
    [written] = detail.records
    assert (written.state, written.revision, written.ref and written.ref.id) == ("recorded", 1, "1")


async def test_waits_until_no_more_news_is_expected(house: House) -> None:
    first = await house.put(a_call())
    house.clock.advance(15)
    await house.put(a_call(talk_seconds=61))
    await house.settle(10)
    assert house.crm.entries == {}
    assert await house.status(first) is Status.PENDING
    await house.settle(10)
    assert [record.talk_seconds for record in house.crm.entries.values()] == [61]
    assert (await house.inbox.counts())[Status.DELIVERED] == 2


async def test_a_part_that_never_came_is_marked_until_it_comes(house: House) -> None:
    def part(number: int) -> CallLeg:
        parent = f"c-1-{number - 1}" if number > 1 else None
        return CallLeg(leg_id=f"c-1-{number}", seq=number, parent_leg_id=parent, extension="101", type=LegType.INITIAL)

    early = await house.put(a_call(legs=(part(1), part(3))))
    await house.settle()
    detail = await house.inbox.show(early)
    assert detail is not None
    assert detail.delivery.status is Status.DELIVERED
    assert detail.delivery.last_error == "without 1 part(s) of the call that never came"
    late = await house.put(a_call(event_id="e-late", legs=(part(2),)))
    await house.settle()
    detail = await house.inbox.show(late)
    assert detail is not None
    assert (detail.delivery.status, detail.delivery.last_error) == (Status.DELIVERED, None)


async def test_a_delivered_row_is_not_delivered_again(house: House) -> None:
    seq = await house.put(a_call())
    await house.settle()
    requests = list(house.crm.requests)
    await house.worker.deliver(seq)
    await house.worker.deliver(99_999)
    assert house.crm.requests == requests


async def test_late_facts_update_the_entry(house: House) -> None:
    await house.put(a_call())
    await house.settle()
    late = await house.put(a_call(talk_seconds=75))
    await house.settle()
    assert await house.status(late) is Status.DELIVERED
    [record] = house.crm.entries.values()
    assert (record.talk_seconds, record.revision) == (75, 2)
    assert house.crm.requests.count("update") == 1


async def test_late_facts_that_change_nothing_send_nothing(house: House) -> None:
    await house.put(a_call())
    await house.settle()
    await house.put(a_call(hangup_cause=16))
    await house.settle()
    assert house.crm.requests.count("record") + house.crm.requests.count("update") == 1
    assert (await house.inbox.counts())[Status.DELIVERED] == 2


async def test_late_facts_are_noted_where_the_crm_cannot_be_changed(house: House) -> None:
    house = a_house(house.database, house.clock, FindableCrm(can_update=False))
    await house.put(a_call())
    await house.settle()
    late = await house.put(a_call(talk_seconds=75))
    await house.settle()
    detail = await house.inbox.show(late)
    assert detail is not None
    assert detail.delivery.status is Status.DELIVERED
    assert "cannot be changed" in (detail.records[0].note or "")
    assert [record.talk_seconds for record in house.crm.entries.values()] == [60]


async def test_late_facts_that_move_the_call_to_a_colleague_leave_one_entry(house: House) -> None:
    journal = Journal(JournalSettings(language="en", owner="each"))
    house = a_house(house.database, house.clock, FindableCrm(), journal=journal)
    await house.put(a_call(sent_at=STARTED))
    await house.settle()
    assert [record.extension for record in house.crm.entries.values()] == ["101"]
    later = STARTED + timedelta(minutes=5)
    await house.put(a_call(extension="102", final_extension="102", sent_at=later))
    await house.settle()
    assert [record.extension for record in house.crm.entries.values()] == ["102"]
    assert house.crm.requests.count("update") == 1


async def test_internal_calls_are_ignored_by_rule(house: House) -> None:
    seq = await house.put(a_call(direction=Direction.INTERNAL, caller="101", called=PhoneNumber.parse("102")))
    await house.settle()
    assert (await house.status(seq), await house.error(seq)) == (Status.IGNORED, "internal")
    assert house.crm.requests == []


async def test_an_unknown_customer_is_parked_until_the_directory_learns_the_number(house: House) -> None:
    seq = await house.put(a_call(caller="+36300000009"))
    await house.settle()
    assert await house.status(seq) is Status.PARKED
    assert "0000009" not in (await house.error(seq) or "")
    house.crm.cards.append(a_card("9", "+36300000009"))
    assert await house.worker.release(["+36300000009", "+36300000010"]) == 1
    await house.deliver_due()
    assert await house.status(seq) is Status.DELIVERED


async def test_the_crm_may_say_itself_that_it_knows_nobody(house: House) -> None:
    house.crm.refuses = NotRecorded(WhyNot.UNKNOWN_CUSTOMER)
    seq = await house.put(a_call())
    await house.settle()
    assert await house.status(seq) is Status.PARKED
    house.crm.refuses = None
    assert await house.worker.release([a_call().caller.value]) == 1
    await house.deliver_due()
    assert await house.status(seq) is Status.DELIVERED


@pytest.mark.parametrize("why", [WhyNot.REFUSED, WhyNot.UNSUPPORTED])
async def test_a_refused_record_is_a_dead_letter_and_can_be_replayed(house: House, why: WhyNot) -> None:
    house.crm.refuses = NotRecorded(why, "the card is archived")
    seq = await house.put(a_call())
    await house.settle()
    assert (await house.status(seq), await house.error(seq)) == (Status.DEAD, f"{why.value}: the card is archived")
    house.crm.refuses = None
    assert await house.inbox.replay([seq]) == 1
    await house.deliver_due()
    assert await house.status(seq) is Status.DELIVERED
    assert len(house.crm.entries) == 1


async def test_more_news_of_a_dead_call_carries_the_dead_letter_along(house: House) -> None:
    house.crm.refuses = NotRecorded(WhyNot.REFUSED)
    dead = await house.put(a_call())
    await house.settle()
    house.crm.refuses = None
    await house.put(a_call(talk_seconds=61))
    await house.settle()
    assert await house.status(dead) is Status.DELIVERED
    assert len(house.crm.entries) == 1


async def test_unknown_callers_become_customers_once(house: House) -> None:
    crm = OpenCrm()
    house = with_policy(house, crm, unknown_callers="inbound")
    seqs = [await house.put(a_call(f"c-{n}", caller="+36300000009")) for n in range(4)]
    house.clock.advance(20)
    await asyncio.gather(*(house.worker.deliver(seq) for seq in seqs))
    for _ in range(5):
        await house.settle(10)
    assert crm.requests.count("create") == 1
    assert crm.created_keys[0].startswith("caller-")
    assert [await house.status(seq) for seq in seqs] == [Status.DELIVERED] * 4


@pytest.mark.parametrize(
    ("policy", "changes", "created"),
    [
        ("never", {}, False),
        ("inbound", {}, True),
        ("inbound", {"direction": Direction.OUTBOUND}, False),
        ("both", {"direction": Direction.OUTBOUND}, True),
        ("both", {"caller": PhoneNumber.anonymous()}, False),
    ],
)
async def test_who_becomes_a_customer(house: House, policy: str, changes: dict[str, object], *, created: bool) -> None:
    crm = OpenCrm()
    house = with_policy(house, crm, unknown_callers=policy)
    number = PhoneNumber.parse("+36300000009")
    call = a_call(caller="+36300000009")
    if changes.get("direction") is Direction.OUTBOUND:
        call = evolve(call, caller=PhoneNumber.parse("101"), called=number)
    await house.put(evolve(call, **changes))
    await house.settle()
    assert ("create" in crm.requests) is created


async def test_an_ambiguous_number_never_creates(house: House) -> None:
    crm = OpenCrm()
    crm.cards = [a_card("1", name="Minta Márton"), a_card("2", name="Teszt Tamara")]
    house = with_policy(house, crm, unknown_callers="both")
    await house.put(a_call())
    await house.settle()
    assert "create" not in crm.requests


async def test_a_quarantined_message_is_delivered_once_it_can_be_read(house: House) -> None:
    call = a_call()
    kept = await house.inbox.quarantine(a_message(call, at=house.clock.now()), BadPayload("an older version"))
    assert await house.inbox.replay(status="quarantined") == 1
    await house.settle()
    assert await house.status(kept.seq) is Status.DELIVERED
    assert len(house.crm.entries) == 1


async def test_a_quarantined_twin_of_a_known_event_is_a_duplicate(house: House) -> None:
    call = a_call()
    await house.put(call)
    kept = await house.inbox.quarantine(a_message(call, at=house.clock.now()), BadPayload("an older version"))
    await house.inbox.replay([kept.seq])
    await house.settle()
    assert (await house.status(kept.seq), await house.error(kept.seq)) == (Status.IGNORED, "duplicate")
    assert len(house.crm.entries) == 1


async def test_what_still_cannot_be_read_goes_back_to_quarantine(house: House) -> None:
    kept = await house.inbox.quarantine(a_message(a_call(), body=b"{"), BadPayload("not well formed"))
    await house.inbox.replay([kept.seq])
    await house.settle()
    assert await house.status(kept.seq) is Status.QUARANTINED


async def test_a_pbx_that_counts_from_one_again_does_not_overwrite_history(house: House) -> None:
    await house.put(a_call())
    await house.settle()
    later = timedelta(days=3)
    again = a_call(event_id="e-other", started_at=STARTED + later, answered_at=None, ended_at=STARTED + later)
    await house.put(again)
    await house.settle()
    assert len(house.crm.entries) == 2


async def test_acknowledged_is_the_sum_of_all_endings(house: House) -> None:
    for n in range(12):
        await house.put(a_call(f"c-{n}", caller=f"+3630000000{n % 3}"))
    await house.put(a_call("c-internal", direction=Direction.INTERNAL, caller="101"))
    await house.settle()
    counts = await house.inbox.counts()
    rows = await house.database.read(select("SELECT count(*) AS n FROM events"))
    assert sum(counts.values()) == rows[0]["n"] == 13
    assert counts[Status.PENDING] == 0
