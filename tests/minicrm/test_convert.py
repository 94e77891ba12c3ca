"""The shapes that facts/minicrm.md records, with invented data."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from vipex_minicrm import convert
from vipex_minicrm.model import CallLogAnswer

from vipex_sdk.errors import DecodeError

BUDAPEST = ZoneInfo("Europe/Budapest")
ROW = {"Id": 52, "Name": "Minta", "ContactId": 30, "StatusId": 2743, "UserId": 56733, "Deleted": 0}


def test_quirk_2_results_are_an_object_keyed_by_id() -> None:
    page = convert.page({"Count": 1082, "Results": {"52": ROW}}, convert.project_row, "cards")
    assert (page.count, page.rows[0].id, page.rows[0].business_id) == (1082, "52", None)


def test_quirk_2_or_a_list() -> None:
    assert convert.page({"Count": 1, "Results": [ROW]}, convert.project_row, "cards").rows[0].user_id == "56733"


def test_quirk_3_nothing_is_an_empty_list() -> None:
    page = convert.page({"Count": 0, "Results": []}, convert.project_row, "cards")
    assert (page.count, page.rows, page.size) == (0, (), 0)


def test_quirk_5_even_the_count_may_be_text() -> None:
    assert convert.page({"Count": "6", "Results": []}, convert.project_row, "cards").count == 6


def test_quirk_17_the_id_of_the_row_counts_not_its_key() -> None:
    page = convert.page({"Count": 1, "Results": {"37146": {**ROW, "Id": 36721}}}, convert.project_row, "cards")
    assert page.rows[0].id == "36721"


def test_a_broken_row_costs_itself_and_not_the_page(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        page = convert.page({"Count": 3, "Results": [ROW, {"Id": "?"}, 7]}, convert.project_row, "cards")
    assert (len(page.rows), page.skipped, page.size) == (1, 2, 3)
    assert "row 1" in caplog.text


@pytest.mark.parametrize("data", [None, 5, "x", {"Results": 5}, {"Count": "many", "Results": []}, {"Count": 1}])
def test_what_is_no_list_is_told(data: object) -> None:
    with pytest.raises(DecodeError, match="cards"):
        convert.page(data, convert.project_row, "cards")


def test_quirk_7_a_person_in_detail_has_a_localised_type() -> None:
    contact = convert.contact(
        {
            "Id": 101,
            "Type": "Személy",
            "FirstName": "Anna",
            "LastName": "Kiss",
            "Phone": "+36 30 000 0001",
            "Deleted": 0,
            "UpdatedAt": "2026-01-01 00:00:00",
            "YearlyRevenue": 0,
            "BusinessId": 100,
            "Tags": [],
        },
        BUDAPEST,
    )
    assert (contact.name, contact.is_company, contact.business_id) == ("Kiss Anna", False, "100")
    assert contact.updated_at == datetime(2025, 12, 31, 23, tzinfo=UTC)
    assert contact.row.main_contact_id == "100"


def test_quirk_7_a_company_in_detail_has_a_name() -> None:
    contact = convert.contact({"Id": "100", "Type": "Cég", "Name": "Minta Kft.", "UpdatedAt": ""}, BUDAPEST)
    assert (contact.name, contact.is_company, contact.updated_at) == ("Minta Kft.", True, None)
    assert contact.row.main_contact_id == "100"


def test_quirk_6_a_card_in_detail_gives_names() -> None:
    card = convert.project(
        {
            "Id": 10,
            "CategoryId": 5,
            "ContactId": 101,
            "StatusId": "Feldolgozásra vár",
            "UserId": "Nagy Béla",
            "Name": "Minta",
            "Deleted": 1,
            "CreatedAt": "2026-01-01 00:00:00",
            "UpdatedAt": "0000-00-00 00:00:00",
        },
        BUDAPEST,
    )
    assert (card.status_name, card.user_name, card.deleted, card.updated_at) == (
        "Feldolgozásra vár",
        "Nagy Béla",
        True,
        None,
    )


def test_a_detail_without_an_id_is_told() -> None:
    with pytest.raises(DecodeError, match="a contact"):
        convert.contact({"Name": "x"}, BUDAPEST)


@pytest.mark.parametrize(
    ("attachments", "names"),
    [
        ({"FileName": "a.mp3", "Url": "u"}, ("a.mp3",)),
        ([{"FileName": "a.mp3"}, {"FileName": "b.mp3"}], ("a.mp3", "b.mp3")),
        ({"1": {"FileName": "a.mp3"}}, ("a.mp3",)),
        ([], ()),
        ("", ()),
    ],
)
def test_attachments_come_as_one_many_or_none(attachments: object, names: tuple[str, ...]) -> None:
    todo = convert.todo({"Id": 1, "ProjectId": "2", "Status": "Open", "Attachments": attachments}, BUDAPEST)
    assert todo.attachments == names


def test_modules_short_and_detailed() -> None:
    assert [module.name for module in convert.categories({"20": "Jelentkezés", "9": "Számlázó"})] == [
        "Jelentkezés",
        "Számlázó",
    ]
    (module,) = convert.categories({"20": {"Id": 7, "Name": "Jelentkezés"}})
    assert (module.id, module.name) == ("20", "Jelentkezés")


def test_a_schema_has_types_and_options() -> None:
    schema = convert.schema(
        {"Id": "Int", "StatusId": {"2519": "Vár"}, "UserId": {"100001": "Nagy Béla"}, "Many": {str(1 << 35): "Sok"}}
    )
    assert schema.types == {"Id": "Int"}
    assert (schema.statuses, schema.users) == ({"2519": "Vár"}, {"100001": "Nagy Béla"})
    assert schema.options["Many"] == {"34359738368": "Sok"}
    assert convert.schema({}).users == {}


@pytest.mark.parametrize(
    ("answer", "counted"),
    [
        ({"Skipped": 1, "Processed": 1, "Exists": 1}, CallLogAnswer(skipped=1, processed=1, exists=1)),
        ({"Missing": 0, "NotFound": "1", "Processed": 0}, CallLogAnswer(missing=0, not_found=1, processed=0)),
        ([], CallLogAnswer()),
    ],
)
def test_quirk_23_calllog_counters_in_both_spellings(answer: object, counted: CallLogAnswer) -> None:
    assert convert.call_log_answer(answer) == counted


def test_a_counter_that_is_no_number_is_told() -> None:
    with pytest.raises(DecodeError, match="Processed"):
        convert.call_log_answer({"Processed": "x"})
