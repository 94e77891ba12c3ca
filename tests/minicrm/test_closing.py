"""A to-do is closed in one way, whether it is of a call or a task."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest
from attrs import evolve
from vipex_minicrm import MiniCrmAdapter, MiniCrmClient, MiniCrmSettings, TodoClose
from vipex_minicrm.closing import Closing

from tests.minicrm.running import ANNA, STARTED, RunningSimulator, missed, record_for, settings_for
from vipex_sdk.crm import CallRecord, KeepsTasks, Ref, choose
from vipex_sdk.errors import Misconfigured, NotFound, OutcomeUnknown


@pytest.fixture
async def closing(client: MiniCrmClient, settings: MiniCrmSettings) -> Closing:
    return Closing(client, settings)


@pytest.fixture
async def todo(client: MiniCrmClient) -> str:
    return await client.create_todo({"ProjectId": 1010, "Comment": "x"})


@pytest.fixture
async def adapter(simulator: RunningSimulator) -> AsyncIterator[MiniCrmAdapter]:
    async with MiniCrmAdapter(settings_for(simulator.url, voip_key="")) as adapter:
        yield adapter


@pytest.fixture
async def record(adapter: MiniCrmAdapter) -> CallRecord:
    return record_for(ANNA, choose(ANNA, await adapter.find(ANNA)).card)


def _closes(simulator: RunningSimulator) -> list[str]:
    return [request.split("/")[0] for request in simulator.requests() if "ToDo/" in request]


async def test_a_close_keeps_its_time_and_is_one_request(
    closing: Closing, todo: str, simulator: RunningSimulator
) -> None:
    await closing.close(todo, STARTED)
    assert [item["closed_at"] for item in simulator.todos()] == ["2025-03-02T15:00:12+00:00"]
    assert _closes(simulator) == ["PUT ToDo", "POST ToDo"], "the first one is the create"


async def test_where_post_is_refused_put_closes_is_read_back_and_remembered(
    closing: Closing,
    client: MiniCrmClient,
    todo: str,
    simulator: RunningSimulator,
    caplog: pytest.LogCaptureFixture,
) -> None:
    simulator.switches.todo_post = False
    await closing.close(todo, STARTED)
    await closing.close(await client.create_todo({"ProjectId": 1010, "Comment": "y"}), STARTED)
    assert [item["status"] for item in simulator.todos()] == ["Closed", "Closed"]
    assert _closes(simulator)[1:] == ["POST ToDo", "PUT ToDo", "GET ToDo", "PUT ToDo", "PUT ToDo"]
    assert caplog.text.count("todo_close = 'put'") == 1


async def test_calls_and_tasks_share_what_was_learnt(
    adapter: MiniCrmAdapter, simulator: RunningSimulator, record: CallRecord
) -> None:
    simulator.switches.todo_post = False
    await adapter.record(record, None)
    result = await adapter.record(missed(evolve(record, key="call-2")), None)
    await adapter.close_task(getattr(result, "task"), STARTED)  # noqa: B009 - every result of a task has it
    assert {item["status"] for item in simulator.todos()} == {"Closed"}
    assert _closes(simulator).count("POST ToDo") == 1


async def test_put_can_be_configured(client: MiniCrmClient, todo: str, simulator: RunningSimulator) -> None:
    await Closing(client, settings_for(simulator.url, todo_close=TodoClose.PUT)).close(todo, STARTED)
    assert _closes(simulator)[1:] == ["PUT ToDo"]
    assert [item["status"] for item in simulator.todos()] == ["Closed"]


@pytest.mark.parametrize("post", [True, False], ids=["POST", "PUT"])
async def test_who_closed_it_before_did_well(
    closing: Closing, client: MiniCrmClient, todo: str, simulator: RunningSimulator, *, post: bool
) -> None:
    simulator.switches.todo_post = post
    await client.update_todo(todo, {"Status": "Closed"})
    closed = simulator.todos()[0]["closed_at"]
    await closing.close(todo, STARTED)
    assert simulator.todos()[0]["closed_at"] == closed


async def test_another_refusal_is_no_close(closing: Closing, todo: str, simulator: RunningSimulator) -> None:
    simulator.order(fail_next=1, status=400, method="POST")
    with pytest.raises(Misconfigured):
        await closing.close(todo, STARTED)


async def test_a_deleted_todo_is_not_found(closing: Closing) -> None:
    with pytest.raises(NotFound):
        await closing.close("99999", STARTED)


@pytest.mark.parametrize("fault", ["drop", "drop_after_commit", "truncate", "fail_next"])
async def test_a_close_of_unknown_fate_is_repeated_by_id(
    closing: Closing, todo: str, simulator: RunningSimulator, fault: str
) -> None:
    simulator.order(**{fault: 1}, method="POST")
    with pytest.raises(OutcomeUnknown):
        await closing.close(todo, STARTED)
    await closing.close(todo, STARTED)
    assert [(item["status"], item["closed_at"]) for item in simulator.todos()] == [
        ("Closed", "2025-03-02T15:00:12+00:00")
    ]


async def test_a_close_that_does_not_close_is_told(settings: MiniCrmSettings) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            return httpx.Response(405, text="ToDo (POST): no")
        return httpx.Response(200, json={"Id": 1, "ProjectId": 2, "Status": "Open"})

    async with MiniCrmClient(settings, transport=httpx.MockTransport(answer)) as client:
        with pytest.raises(OutcomeUnknown, match="left it open"):
            await Closing(client, settings).close("1", STARTED)


async def test_a_task_is_closed_once(adapter: MiniCrmAdapter, simulator: RunningSimulator, record: CallRecord) -> None:
    assert isinstance(adapter, KeepsTasks)
    result = await adapter.record(missed(record), None)
    task = getattr(result, "task", None)
    assert isinstance(task, Ref)
    assert await adapter.task_is_open(task)
    for _ in range(2):
        await adapter.close_task(task, STARTED)
        assert not await adapter.task_is_open(task)
    with pytest.raises(NotFound):
        await adapter.task_is_open(evolve(task, id="99999"))
    with pytest.raises(NotFound):
        await adapter.close_task(evolve(task, id="99999"), STARTED)
