from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vipex_minicrm.values import as_flag, as_id, as_optional_id, as_text, as_time, since_text, utc_text, wall_text

BUDAPEST = ZoneInfo("Europe/Budapest")
MOMENTS = st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2037, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - Hypothesis wants naive bounds


@pytest.mark.parametrize("value", [52, "52", " 52 "])
def test_quirk_5_ids_come_as_numbers_or_text(value: object) -> None:
    assert as_id(value) == "52"


@pytest.mark.parametrize("value", [None, "", True, 1.5, [], "abc", "-1"])
def test_what_is_no_id_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="expected an id"):
        as_id(value)


@pytest.mark.parametrize("value", [None, "", 0, "0", []])
def test_quirk_13_no_company_is_absent_or_empty(value: object) -> None:
    assert as_optional_id(value) is None


@pytest.mark.parametrize("value", ["", "0000-00-00 00:00:00", "0000-00-00", "1970-01-01 01:00:00", None], ids=repr)
def test_quirk_14_no_date_is_written_in_three_ways(value: object) -> None:
    assert as_time(value, BUDAPEST) is None


@pytest.mark.parametrize(
    ("written", "utc"),
    [
        ("2026-01-01 12:00:00", datetime(2026, 1, 1, 11, tzinfo=UTC)),
        ("2026-07-01 12:00:00", datetime(2026, 7, 1, 10, tzinfo=UTC)),
        ("2026-07-01", datetime(2026, 6, 30, 22, tzinfo=UTC)),
    ],
)
def test_quirk_15_times_are_hungarian_wall_time(written: str, utc: datetime) -> None:
    assert as_time(written, BUDAPEST) == utc


def test_quirk_15_only_the_calllog_is_in_utc() -> None:
    moment = datetime(2026, 7, 1, 10, tzinfo=UTC)
    assert (wall_text(moment, BUDAPEST), utc_text(moment)) == ("2026-07-01 12:00:00", "2026-07-01 10:00:00")


def test_an_hour_that_comes_twice_is_asked_from_its_first_time() -> None:
    second_half_past_two = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert since_text(second_half_past_two, BUDAPEST) == "2026-10-25 02:30:00"
    first_half_past_two = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert since_text(first_half_past_two, BUDAPEST) == "2026-10-25 01:30:00"


@given(moment=MOMENTS)
def test_since_never_loses_a_change_however_it_is_read(moment: datetime) -> None:
    naive = datetime.strptime(since_text(moment, BUDAPEST), "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007 - as MiniCRM reads it
    for fold in (0, 1):
        assert naive.replace(tzinfo=BUDAPEST, fold=fold).astimezone(UTC) <= moment


@pytest.mark.parametrize(
    ("value", "flag"), [(1, True), ("1", True), (True, True), (0, False), ("0", False), ("", False)]
)
def test_flags(value: Any, *, flag: bool) -> None:
    assert as_flag(value) is flag


@pytest.mark.parametrize(("value", "text"), [("x", "x"), (5, "5"), (None, ""), (True, ""), ([], ""), ({}, "")])
def test_text(value: Any, text: str) -> None:
    assert as_text(value) == text
