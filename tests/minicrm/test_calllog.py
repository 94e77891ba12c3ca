from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve
from vipex_minicrm import MiniCrmAdapter, MiniCrmSettings, NumberStyle
from vipex_minicrm.calllog import result_of
from vipex_minicrm.model import CallLogAnswer

from tests.minicrm.running import ANNA, NOBODY, PETER, STARTED, RunningSimulator, missed, record_for, recording
from vipex_sdk.crm import (
    AudioPath,
    CallOutcome,
    Idempotency,
    NotRecorded,
    Recorded,
    RecordResult,
    Ref,
    WhyNot,
    choose,
)
from vipex_sdk.errors import Misconfigured, NotPermitted, OutcomeUnknown, Unavailable
from vipex_sdk.numbers import PhoneNumber


async def test_a_call_is_written_as_minicrm_wants_it(adapter: MiniCrmAdapter, simulator: RunningSimulator) -> None:
    record = record_for(ANNA, choose(ANNA, await adapter.find(ANNA)).card, recording=recording())
    assert await adapter.record(record, None) == Recorded()
    (call,) = simulator.calls()
    assert (call["at"], call["type"], call["duration"]) == ("2025-03-02T15:00:12+00:00", "incoming", 132)
    assert (call["number"], call["user_id"], call["reference_id"]) == ("+36300000001", 2001, "unguessable-key")
    assert call["card_id"] == 1010


@pytest.mark.parametrize(
    ("outcome", "kind"),
    [
        (CallOutcome.ANSWERED, "incoming"),
        (CallOutcome.MISSED, "missed"),
        (CallOutcome.OUTBOUND, "outgoing"),
        (CallOutcome.OUTBOUND_UNANSWERED, "outgoing"),
    ],
)
async def test_the_type_of_call(
    adapter: MiniCrmAdapter, simulator: RunningSimulator, outcome: CallOutcome, kind: str
) -> None:
    await adapter.record(record_for(PETER, None, outcome=outcome), None)
    assert [call["type"] for call in simulator.calls()] == [kind]


async def test_sending_again_is_harmless(adapter: MiniCrmAdapter, simulator: RunningSimulator) -> None:
    await adapter.record(record_for(PETER, None), None)
    assert await adapter.record(record_for(PETER, None), None) == Recorded(was_there=True)
    assert len(simulator.calls()) == 1


async def test_an_answer_that_never_came_is_repeated_without_a_second_entry(
    adapter: MiniCrmAdapter, simulator: RunningSimulator
) -> None:
    simulator.order(drop_after_commit=1)
    record = record_for(PETER, None)
    with pytest.raises(OutcomeUnknown):
        await adapter.record(record, None)
    assert await adapter.find_record(record) is None
    assert await adapter.record(record, None) == Recorded(was_there=True)
    assert len(simulator.calls()) == 1


@pytest.mark.parametrize("counters", ["samples", "prose"])
async def test_quirk_23_an_unknown_number_is_parked(
    adapter: MiniCrmAdapter, simulator: RunningSimulator, counters: str
) -> None:
    simulator.switches.calllog_counters = counters
    result = await adapter.record(record_for(NOBODY, None), None)
    assert isinstance(result, NotRecorded)
    assert result.why is WhyNot.UNKNOWN_CUSTOMER


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        (CallLogAnswer(processed=1, exists=0), Recorded()),
        (CallLogAnswer(processed=0, exists=1), Recorded(was_there=True)),
        (CallLogAnswer(processed=0, missing=1), NotRecorded(WhyNot.REFUSED, "a parameter was missing")),
        (CallLogAnswer(), NotRecorded(WhyNot.REFUSED, "MiniCRM counted the call as nothing")),
    ],
)
def test_processed_0_is_not_success(answer: CallLogAnswer, result: RecordResult) -> None:
    assert result_of(answer) == result


async def test_a_call_nobody_answered_needs_an_extension(
    settings: MiniCrmSettings, simulator: RunningSimulator
) -> None:
    record = record_for(PETER, None, extension=None)
    async with MiniCrmAdapter(settings) as adapter:
        with pytest.raises(Misconfigured, match="calllog_extension"):
            await adapter.record(record, None)
    async with MiniCrmAdapter(evolve(settings, calllog_extension="102")) as adapter:
        await adapter.record(record, None)
    assert [call["user_id"] for call in simulator.calls()] == [2002]


async def test_an_address_that_is_not_allowed_is_not_permitted(
    adapter: MiniCrmAdapter, simulator: RunningSimulator
) -> None:
    simulator.switches.calllog_addresses = ("195.228.254.37",)
    with pytest.raises(NotPermitted, match="allow this machine's address"):
        await adapter.record(record_for(PETER, None), None)


async def test_the_samples_basic_can_be_sent_too(settings: MiniCrmSettings, simulator: RunningSimulator) -> None:
    simulator.switches.calllog_basic = True
    async with MiniCrmAdapter(evolve(settings, calllog_basic=True)) as adapter:
        assert await adapter.record(record_for(PETER, None), None) == Recorded()


@pytest.mark.parametrize(
    ("style", "number"),
    [
        (NumberStyle.E164, "+36300000002"),
        (NumberStyle.NATIONAL, "06300000002"),
        (NumberStyle.STORED, "+36 (30) 000-0002"),
    ],
)
async def test_the_number_is_written_as_configured(
    settings: MiniCrmSettings, simulator: RunningSimulator, style: NumberStyle, number: str
) -> None:
    async with MiniCrmAdapter(evolve(settings, calllog_number=style)) as adapter:
        (card,) = await adapter.find(PETER)
        await adapter.record(record_for(PETER, card), None)
    assert [call["number"] for call in simulator.calls()] == [number]


async def test_a_known_card_minicrm_does_not_find_is_explained(
    adapter: MiniCrmAdapter, simulator: RunningSimulator
) -> None:
    (card,) = await adapter.find(PETER)
    simulator.simulation.tenant.contacts[102].phone = ""
    result = await adapter.record(record_for(PETER, card), None)
    assert isinstance(result, NotRecorded)
    assert "calllog_number" in result.detail


async def test_a_refused_request_is_a_dead_letter(adapter: MiniCrmAdapter, simulator: RunningSimulator) -> None:
    simulator.order(fail_next=1, status=400)
    result = await adapter.record(record_for(PETER, None), None)
    assert isinstance(result, NotRecorded)
    assert result.why is WhyNot.REFUSED


async def test_a_missed_call_also_leaves_an_open_todo(adapter: MiniCrmAdapter, simulator: RunningSimulator) -> None:
    card = choose(ANNA, await adapter.find(ANNA)).card
    result = await adapter.record(missed(record_for(ANNA, card)), None)
    (todo,) = simulator.todos()
    assert result == Recorded(task=Ref("todo", str(todo["id"])))
    assert (todo["status"], todo["user_id"], todo["card_id"]) == ("Open", 2001, 1010)
    assert todo["deadline"] == "2025-03-02T17:00:12+00:00"
    assert todo["comment"].endswith("[vipex:task-1]")


async def test_the_task_of_a_missed_call_is_made_once(adapter: MiniCrmAdapter, simulator: RunningSimulator) -> None:
    record = missed(record_for(ANNA, choose(ANNA, await adapter.find(ANNA)).card))
    await adapter.record(record, None)
    again = await adapter.record(record, None)
    assert isinstance(again, Recorded)
    assert again.was_there
    assert len(simulator.todos()) == 1


async def test_a_task_that_failed_is_made_when_the_call_is_sent_again(
    adapter: MiniCrmAdapter, simulator: RunningSimulator
) -> None:
    record = missed(record_for(ANNA, choose(ANNA, await adapter.find(ANNA)).card))
    simulator.order(fail_next=1, status=503, path="/ToDoList")
    with pytest.raises(Unavailable):
        await adapter.record(record, None)
    result = await adapter.record(record, None)
    assert isinstance(result, Recorded)
    assert (result.was_there, len(simulator.calls()), len(simulator.todos())) == (True, 1, 1)


async def test_a_call_in_summer_and_winter_keeps_its_moment(
    adapter: MiniCrmAdapter, simulator: RunningSimulator
) -> None:
    summer = STARTED + timedelta(days=120)
    for key, moment in (("a", STARTED), ("b", summer)):
        await adapter.record(record_for(PETER, None, key=key, started_at=moment), None)
    assert [call["at"][11:19] for call in simulator.calls()] == ["15:00:12", "15:00:12"]


def test_the_manifest_tells_what_the_core_plans_with(settings: MiniCrmSettings) -> None:
    manifest = MiniCrmAdapter(settings).manifest
    assert (manifest.idempotency, manifest.audio) == (Idempotency.NATIVE, AudioPath.PULL)
    assert (manifest.can_update, manifest.needs_card, manifest.requests_per_minute) == (False, True, 60)


async def test_an_earlier_revision_stays(adapter: MiniCrmAdapter, simulator: RunningSimulator) -> None:
    assert await adapter.record(record_for(PETER, None), Ref("call", "1")) == Recorded(Ref("call", "1"), was_there=True)
    assert simulator.calls() == []


async def test_an_extension_of_nobody_still_has_a_call(adapter: MiniCrmAdapter, simulator: RunningSimulator) -> None:
    await adapter.record(record_for(PhoneNumber.parse("+36300000002"), None, extension="199"), None)
    assert [(call["extension"], call["user_id"]) for call in simulator.calls()] == [("199", None)]
