from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from attrs import evolve
from vipex_minicrm import MiniCrmAdapter, Recorder

from tests.minicrm.running import (
    ANNA,
    RunningSimulator,
    missed,
    record_for,
    recording,
    settings_for,
)
from vipex_sdk.crm import AudioPath, CallRecord, Idempotency, NotRecorded, Recorded, Ref, WhyNot, choose
from vipex_sdk.errors import Misconfigured, OutcomeUnknown


@pytest.fixture
async def adapter(simulator: RunningSimulator) -> AsyncIterator[MiniCrmAdapter]:
    async with MiniCrmAdapter(settings_for(simulator.url, voip_key="")) as adapter:
        yield adapter


@pytest.fixture
async def record(adapter: MiniCrmAdapter) -> CallRecord:
    return record_for(ANNA, choose(ANNA, await adapter.find(ANNA)).card)


async def test_a_call_is_a_closed_todo_at_its_own_time(
    adapter: MiniCrmAdapter, simulator: RunningSimulator, record: CallRecord
) -> None:
    result = await adapter.record(record, None)
    (todo,) = simulator.todos()
    assert result == Recorded(Ref("todo", str(todo["id"])))
    assert (todo["status"], todo["closed_at"]) == ("Closed", "2025-03-02T15:02:32+00:00")
    assert (todo["card_id"], todo["user_id"]) == (1010, 2001)
    assert todo["comment"] == "Bejövő hívás\nBeszélgetés: 2:12\n[vipex:call-1]"


async def test_the_recording_is_attached_before_the_close(
    adapter: MiniCrmAdapter, simulator: RunningSimulator, record: CallRecord
) -> None:
    url = f"{simulator.url}/simulator/cards"
    before = len(simulator.requests())
    await adapter.record(record_for(ANNA, record.card, recording=recording(url)), None)
    (todo,) = simulator.todos()
    assert len(simulator.requests()) - before == 3, "create, attach, close"
    assert (todo["status"], [file["file_name"] for file in todo["attachments"]]) == ("Closed", ["cards"])


async def test_mp3_is_attached_where_there_is_some(
    adapter: MiniCrmAdapter, simulator: RunningSimulator, record: CallRecord
) -> None:
    link = recording(f"{simulator.url}/simulator/cards")
    both = evolve(link, mp3_url=f"{simulator.url}/simulator/todos?as=mp3")
    await adapter.record(record_for(ANNA, record.card, recording=both), None)
    (todo,) = simulator.todos()
    assert [file["file_name"] for file in todo["attachments"]] == ["todos"]


async def test_a_recording_minicrm_cannot_fetch_does_not_cost_the_record(
    adapter: MiniCrmAdapter, simulator: RunningSimulator, record: CallRecord
) -> None:
    url = f"{simulator.url}/simulator/audio/1"
    result = await adapter.record(record_for(ANNA, record.card, recording=recording(url)), None)
    assert isinstance(result, Recorded)
    assert [(todo["status"], todo["attachments"]) for todo in simulator.todos()] == [("Closed", [])]


@pytest.mark.parametrize(
    "fault",
    [
        {"drop_after_commit": 1, "method": "PUT"},
        {"truncate": 1, "method": "PUT"},
        {"drop": 1, "method": "POST"},
        {"drop_after_commit": 1, "method": "POST"},
        {"rate_limit": 1, "method": "POST"},
        {"fail_next": 1, "method": "POST"},
    ],
    ids=lambda fault: "-".join(map(str, fault.values())),
)
async def test_what_was_interrupted_is_found_and_finished_never_created_again(
    adapter: MiniCrmAdapter, simulator: RunningSimulator, record: CallRecord, fault: dict[str, object]
) -> None:
    simulator.order(**fault)
    with pytest.raises(OutcomeUnknown):
        await adapter.record(record, None)
    simulator.order()
    found = await adapter.find_record(record)
    (todo,) = simulator.todos()
    assert found == Recorded(Ref("todo", str(todo["id"])), was_there=True)
    assert (todo["status"], todo["closed_at"]) == ("Closed", "2025-03-02T15:02:32+00:00")


async def test_what_never_arrived_is_not_found_and_then_written_once(
    adapter: MiniCrmAdapter, simulator: RunningSimulator, record: CallRecord
) -> None:
    simulator.order(drop=1, method="PUT")
    with pytest.raises(OutcomeUnknown):
        await adapter.record(record, None)
    assert await adapter.find_record(record) is None
    assert isinstance(await adapter.record(record, None), Recorded)
    assert len(simulator.todos()) == 1


async def test_finishing_does_not_attach_twice(
    adapter: MiniCrmAdapter, simulator: RunningSimulator, record: CallRecord
) -> None:
    with_recording = record_for(ANNA, record.card, recording=recording(f"{simulator.url}/simulator/cards"))
    simulator.order(drop=1, method="POST")
    with pytest.raises(OutcomeUnknown):
        await adapter.record(with_recording, None)
    await adapter.find_record(with_recording)
    assert [len(todo["attachments"]) for todo in simulator.todos()] == [1]


async def test_a_task_that_failed_is_made_without_a_second_record(
    adapter: MiniCrmAdapter, simulator: RunningSimulator, record: CallRecord
) -> None:
    simulator.order(fail_next=1, status=503, path="/ToDoList")
    with pytest.raises(OutcomeUnknown):
        await adapter.record(missed(record), None)
    found = await adapter.find_record(missed(record))
    assert found is not None
    assert found.task is not None
    assert sorted(todo["status"] for todo in simulator.todos()) == ["Closed", "Open"]


async def test_a_right_that_is_missing_is_no_dead_letter_of_the_data(
    adapter: MiniCrmAdapter, simulator: RunningSimulator, record: CallRecord
) -> None:
    simulator.order(fail_next=1, status=405, method="PUT")
    with pytest.raises(Misconfigured):
        await adapter.record(record, None)


async def test_without_a_card_it_is_parked(adapter: MiniCrmAdapter) -> None:
    result = await adapter.record(record_for(ANNA, None), None)
    assert isinstance(result, NotRecorded)
    assert result.why is WhyNot.UNKNOWN_CUSTOMER
    assert await adapter.find_record(record_for(ANNA, None)) is None


async def test_quirk_11_an_unknown_user_gives_it_to_the_cards_owner(
    adapter: MiniCrmAdapter, simulator: RunningSimulator, record: CallRecord, caplog: pytest.LogCaptureFixture
) -> None:
    await adapter.record(record_for(ANNA, record.card, owner=Ref("user", "2009")), None)
    await adapter.record(record_for(ANNA, record.card, key="call-2", owner=Ref("user", "Kovács Dóra")), None)
    assert [todo["user_id"] for todo in simulator.todos()] == [2001, 2002]
    assert "no active user" in caplog.text


async def test_a_card_that_is_gone_is_a_dead_letter(
    adapter: MiniCrmAdapter, simulator: RunningSimulator, record: CallRecord
) -> None:
    del simulator.simulation.tenant.cards[1010]
    result = await adapter.record(record, None)
    assert isinstance(result, NotRecorded)
    assert result.why is WhyNot.REFUSED


async def test_the_types_of_todos_are_settings(simulator: RunningSimulator, record: CallRecord) -> None:
    settings = settings_for(simulator.url, voip_key="", todo_type="1566", task_type="1567")
    async with MiniCrmAdapter(settings) as adapter:
        await adapter.record(missed(record), None)
    assert [todo["type"] for todo in simulator.todos()] == ["1566", "1567"]


async def test_both_recorders_write_and_none_writes_nothing(simulator: RunningSimulator, record: CallRecord) -> None:
    async with MiniCrmAdapter(settings_for(simulator.url, recorder=Recorder.NONE)) as adapter:
        assert await adapter.record(record, None) == Recorded()
        assert (simulator.calls(), simulator.todos()) == ([], [])
        assert adapter.manifest.audio is AudioPath.NONE
    async with MiniCrmAdapter(settings_for(simulator.url, recorder=Recorder.BOTH)) as adapter:
        assert isinstance(await adapter.record(record, None), Recorded)
        assert (len(simulator.calls()), len(simulator.todos())) == (1, 1)
        assert adapter.manifest.idempotency is Idempotency.FINDABLE


def test_the_manifest_of_todos(adapter: MiniCrmAdapter) -> None:
    manifest = adapter.manifest
    assert (manifest.idempotency, manifest.audio, manifest.can_update) == (Idempotency.FINDABLE, AudioPath.LINK, False)
