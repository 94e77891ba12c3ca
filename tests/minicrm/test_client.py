"""The client against the simulator: one method is one request."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from vipex_minicrm import MiniCrmAdapter, MiniCrmClient
from vipex_minicrm.model import CallLogAnswer, CallLogEntry, CallType
from vipex_minicrm.refusals import Refused
from vipex_minicrm.simulator.records import Card

from tests.minicrm.running import RunningSimulator
from vipex_sdk.errors import Misconfigured
from vipex_sdk.numbers import PhoneNumber


async def test_quirk_12_a_search_for_cards_without_a_filter_is_not_even_sent(
    simulator: RunningSimulator, client: MiniCrmClient
) -> None:
    with pytest.raises(Misconfigured, match="without a filter"):
        await client.projects({})
    assert simulator.requests() == []


async def test_quirk_6_rows_and_details_of_a_card(client: MiniCrmClient) -> None:
    (row,) = (await client.projects({"ContactId": "103"})).rows
    detail = await client.project(row.id)
    assert (row.status_id, row.user_id) == ("2601", "2001")
    assert (detail.status_name, detail.user_name, detail.category_id) == ("Érdeklődő", "Nagy Béla", "21")
    assert detail.updated_at == datetime(2025, 2, 22, 11, tzinfo=UTC)


async def test_rows_and_details_of_contacts(client: MiniCrmClient) -> None:
    (row,) = (await client.contacts({"Name": "Minta"})).rows
    assert (row.is_company, row.main_contact_id) == (True, "100")
    assert (await client.contact("100")).row == row
    assert (await client.contact("101")).business_id == "100"


@pytest.mark.parametrize("path", ["contact", "project", "todo", "todos", "schema"])
async def test_what_is_not_there_is_refused_and_no_proof_of_a_bad_key(client: MiniCrmClient, path: str) -> None:
    with pytest.raises(Refused) as caught:
        await getattr(client, path)("99999")
    assert caught.value.status == 404


async def test_an_id_cannot_leave_its_place_in_the_address(client: MiniCrmClient) -> None:
    with pytest.raises(Refused):
        await client.contact("../Project/1010")


async def test_the_life_of_a_todo(client: MiniCrmClient) -> None:
    number = await client.create_todo({"ProjectId": 1010, "Comment": "x [vipex:k]", "Deadline": "2025-03-03 10:00:00"})
    (row,) = await client.todos("1010")
    assert (row.id, row.is_open, row.user_id, row.deadline) == (
        number,
        True,
        "2001",
        datetime(2025, 3, 3, 9, tzinfo=UTC),
    )
    await client.close_todo(number, datetime(2025, 3, 2, 15, 2, 32, tzinfo=UTC))
    todo = await client.todo(number)
    assert (todo.is_open, todo.closed_at, todo.project_id) == (
        False,
        datetime(2025, 3, 2, 15, 2, 32, tzinfo=UTC),
        "1010",
    )
    with pytest.raises(Refused, match="Lezárt teendő"):
        await client.update_todo(number, {"Comment": "y"})


async def test_a_batch_of_one_extension(client: MiniCrmClient) -> None:
    entries = [
        CallLogEntry(
            started_at=datetime(2025, 3, 2, 15, second, tzinfo=UTC),
            number=number,
            call_type=CallType.INCOMING,
            duration_seconds=5,
        )
        for second, number in enumerate(["+36300000001", "+36300000002", "+36300000099"])
    ]
    assert await client.log_calls("101", entries) == CallLogAnswer(processed=2, exists=0, skipped=1)


async def test_quirk_4_a_company_with_many_cards_is_read_to_the_end(
    simulator: RunningSimulator, adapter: MiniCrmAdapter
) -> None:
    now = datetime(2025, 1, 1, tzinfo=UTC)
    for number in range(2000, 2150):
        simulator.simulation.tenant.cards[number] = Card(
            id=number,
            category_id=21,
            contact_id=102,
            status_id=2601,
            user_id=2001,
            name="x",
            created_at=now,
            updated_at=now,
            status_updated_at=now,
        )
    assert len(await adapter.find(PhoneNumber.parse("+36300000002"))) == 151
