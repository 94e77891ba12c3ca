"""Every quirk of ``facts/minicrm.md`` section 2, by its number: where it is tested, and the tests it has only here."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from vipex_minicrm import MiniCrmAdapter, MiniCrmClient, NewCards
from vipex_minicrm.refusals import Refused

from tests.minicrm.running import ANNA, NOBODY, RunningSimulator, record_for, settings_for
from vipex_sdk.crm import NotRecorded, WhyNot, choose
from vipex_sdk.errors import OutcomeUnknown, RateLimited, Unavailable

TESTS: dict[int, tuple[str, ...]] = {
    1: ("test_quirk_1_put_creates_and_post_is_never_sent", "test_5_put_creates_and_updates"),
    2: ("test_quirk_2_results_are_an_object_keyed_by_id", "test_quirk_2_or_a_list"),
    3: ("test_quirk_3_nothing_is_an_empty_list", "test_nobody_costs_one_request"),
    4: ("test_quirk_4_all_pages_are_read", "test_quirk_4_a_company_with_many_cards_is_read_to_the_end"),
    5: ("test_quirk_5_ids_come_as_numbers_or_text", "test_quirk_5_even_the_count_may_be_text"),
    6: ("test_quirk_6_rows_and_details_of_a_card", "test_quirk_6_a_card_in_detail_gives_names"),
    7: ("test_quirk_7_a_person_in_detail_has_a_localised_type", "test_quirk_7_english_words_are_written_never_numbers"),
    8: ("test_quirk_8_the_plain_text_is_passed_on", "test_4_known_errors_word_for_word"),
    9: ("test_quirk_9_a_bad_key_is_401_or_404",),
    10: ("test_quirk_10_a_500_on_a_write_is_looked_for_before_it_is_repeated",),
    11: ("test_quirk_11_an_unknown_user_gives_it_to_the_cards_owner", "test_10_an_unknown_owner_becomes_somebody"),
    12: ("test_quirk_12_a_search_for_cards_without_a_filter_is_not_even_sent",),
    13: ("test_quirk_13_no_company_is_absent_or_empty",),
    14: ("test_quirk_14_no_date_is_written_in_three_ways",),
    15: ("test_quirk_15_times_are_hungarian_wall_time", "test_quirk_15_only_the_calllog_is_in_utc"),
    16: ("test_quirk_16_todo_is_written_with_a_capital_d", "test_1_names_are_case_sensitive"),
    17: ("test_quirk_17_the_id_of_the_row_counts_not_its_key",),
    18: ("test_quirk_18_a_byte_order_mark_is_no_obstacle", "test_3_php_style_bodies"),
    19: ("test_quirk_19_a_card_in_the_bin_gets_no_calls",),
    20: ("test_quirk_20_no_todo_is_made_on_a_card_in_the_bin",),
    21: ("test_quirk_21_a_closed_todo_is_never_changed", "test_the_recording_is_attached_before_the_close"),
    22: ("test_a_recording_minicrm_cannot_fetch_does_not_cost_the_record",),
    23: ("test_quirk_23_calllog_counters_in_both_spellings", "test_14_the_second_sample_of_the_manual"),
    24: ("test_quirk_24_nobody_is_ever_purged", "test_a_person_without_cards_can_be_purged"),
    25: ("test_quirk_25_no_create_is_repeated_blindly", "test_an_interrupted_creation_is_completed_not_repeated"),
}


def test_every_quirk_has_a_test() -> None:
    assert sorted(TESTS) == list(range(1, 26))
    written = {
        name
        for file in Path(__file__).parent.glob("test_*.py")
        for name in re.findall(r"def (test_\w+)", file.read_text())
    }
    assert {name for names in TESTS.values() for name in names} <= written
    numbered = {int(found) for name in written for found in re.findall(r"^test_quirk_(\d+)_", name)}
    assert numbered <= TESTS.keys()


async def test_quirk_1_put_creates_and_post_is_never_sent(client: MiniCrmClient, simulator: RunningSimulator) -> None:
    await client.create_contact({"Type": "Person", "LastName": "Teszt"})
    await client.create_todo({"ProjectId": 1002, "Comment": "x"})
    assert simulator.requests() == ["PUT Contact", "PUT ToDo/"]


async def test_quirk_7_english_words_are_written_never_numbers(
    simulator: RunningSimulator, client: MiniCrmClient
) -> None:
    settings = settings_for(simulator.url, new_cards=NewCards(category="21", status="2601", owner="2002"))
    async with MiniCrmAdapter(settings) as adapter:
        created = await adapter.create_card(NOBODY, "Ismeretlen", "key")
    assert (await client.contacts({"Id": created.contact.id})).rows[0].is_company is False
    with pytest.raises(Refused):
        await client.create_contact({"Type": 2, "LastName": "Teszt"})


@pytest.mark.parametrize("status", [500, 503])
async def test_quirk_10_a_500_on_a_write_is_looked_for_before_it_is_repeated(
    simulator: RunningSimulator, client: MiniCrmClient, status: int
) -> None:
    simulator.order(fail_next=1, status=status, method="PUT")
    with pytest.raises(OutcomeUnknown):
        await client.create_todo({"ProjectId": 1002, "Comment": "x"})
    simulator.order(fail_next=1, status=status, method="GET")
    with pytest.raises(Unavailable):
        await client.contacts({"Id": "1"})


async def test_quirk_16_todo_is_written_with_a_capital_d(client: MiniCrmClient, simulator: RunningSimulator) -> None:
    todo = await client.create_todo({"ProjectId": 1002, "Comment": "x"})
    await client.todo(todo)
    await client.todos("1002")
    assert simulator.requests() == ["PUT ToDo/", f"GET ToDo/{todo}", "GET ToDoList/1002"]
    assert simulator.api("GET", "/R3/Todo/1").status_code == 404


async def test_quirk_19_a_card_in_the_bin_gets_no_calls(simulator: RunningSimulator, adapter: MiniCrmAdapter) -> None:
    simulator.simulation.tenant.cards[1010].deleted = True
    cards = [card.card.id for card in await adapter.find(ANNA) if card.card]
    assert "1010" not in cards
    assert cards == ["1001"]


async def test_quirk_20_no_todo_is_made_on_a_card_in_the_bin(simulator: RunningSimulator) -> None:
    simulator.simulation.tenant.cards[1010].deleted = True
    simulator.simulation.tenant.cards[1001].deleted = True
    simulator.simulation.tenant.cards[1007].deleted = True
    simulator.simulation.tenant.cards[1008].deleted = True
    async with MiniCrmAdapter(settings_for(simulator.url, recorder="todo")) as adapter:
        result = await adapter.record(record_for(ANNA, choose(ANNA, await adapter.find(ANNA)).card), None)
    assert isinstance(result, NotRecorded)
    assert result.why is WhyNot.UNKNOWN_CUSTOMER
    assert simulator.todos() == []


async def test_quirk_21_a_closed_todo_is_never_changed(client: MiniCrmClient) -> None:
    todo = await client.create_todo({"ProjectId": 1002, "Comment": "x"})
    await client.update_todo(todo, {"Status": "Closed"})
    for change in ({"Comment": "y"}, {"Status": "Open"}, {"Attachments": "http://127.0.0.1:9/x"}):
        with pytest.raises(Refused) as refused:
            await client.update_todo(todo, change)
        assert refused.value.status == 400


def test_quirk_24_nobody_is_ever_purged() -> None:
    assert not [name for name in dir(MiniCrmClient) if "purge" in name.lower() or "delete" in name.lower()]


@pytest.mark.parametrize("fault", ["rate_limit", "fail_next", "drop", "drop_after_commit", "html_login", "truncate"])
async def test_quirk_25_no_create_is_repeated_blindly(
    simulator: RunningSimulator, client: MiniCrmClient, fault: str
) -> None:
    simulator.order(**{fault: 1}, method="PUT")
    with pytest.raises((OutcomeUnknown, RateLimited)):
        await client.create_contact({"Type": "Person", "LastName": "Teszt"})
    assert simulator.requests().count("PUT Contact") <= 1
    assert len(simulator.simulation.tenant.contacts) <= 10


async def test_what_names_the_tenant_is_in_no_address(client: MiniCrmClient, simulator: RunningSimulator) -> None:
    await client.contacts({"Query": "00000001"})
    await client.project("1002")
    for _, path in simulator.simulation.requests:
        assert "12345" not in path
        assert "simulated" not in path
