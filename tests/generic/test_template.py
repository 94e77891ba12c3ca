from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vipex_generic.filters import FILTERS, Kind
from vipex_generic.names import CALL, PREVIOUS, call_values
from vipex_generic.template import LEFT_OUT, Vocabulary, parse, written

from vipex_sdk.crm import Journal, Match
from vipex_sdk.errors import Misconfigured
from vipex_sdk.testing import build_call

NAMES = {
    "number.e164": Kind.PHONE,
    "text": Kind.TEXT,
    "id": Kind.TEXT,
    "count": Kind.INTEGER,
    "at": Kind.MOMENT,
    "none": Kind.TEXT,
}
VALUES: dict[str, Any] = {
    "number.e164": "+36300000001",
    "text": "árvíz {count} tűrő",
    "id": "0042",
    "count": 7,
    "at": datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
    "none": None,
}
WORDS = Vocabulary(names=NAMES, words={"kind": {"0042": 5, "x": "y"}}, zone="Europe/Budapest")


def value(text: str) -> object:
    return parse(text, WORDS).value(VALUES)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("plain", "plain"),
        ("{{count}}", "{count}"),
        ("{count}", 7),
        ("{count|text}", "7"),
        ("n={count}", "n=7"),
        ("{number.e164}", "+36300000001"),
        ("{number.e164|digits}", "36300000001"),
        ("{number.e164|digits|last:9}", "300000001"),
        ("{number.e164|national}", "06300000001"),
        ("{id|integer}", 42),
        ("{id|word:kind}", 5),
        ("{text|truncate:5}", "árví…"),
        ("{text|truncate:50}", "árvíz {count} tűrő"),
        ("{at|date:%Y-%m-%d %H:%M:%S}", "2026-03-02 10:00:00"),
        ("at {at}", "at 2026-03-02T09:00:00+00:00"),
        ("{none?}", LEFT_OUT),
        ("{none?senki}", "senki"),
        ("x{none?}y", "xy"),
        ("{text}", "árvíz {count} tűrő"),
        ("<{text}>", "<árvíz {count} tűrő>"),
    ],
)
def test_values(text: str, expected: object) -> None:
    assert value(text) == expected
    assert type(value(text)) is type(expected)


@pytest.mark.parametrize("text", ["{none}", "x {none}", "{text|word:kind}", "{text|integer}"])
def test_a_missing_value_is_an_error_that_names_no_data(text: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        value(text)
    assert "{count} tűrő" not in str(caught.value) or "word" in text


@pytest.mark.parametrize("text", ["{", "}", "{a", "a}", "{}", "{ }", "{{count}", "{count|}", "{count.real}", "{a{b}}"])
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        parse(text, WORDS)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{count|digits}", "a whole number"),
        ("{at|last:3}", "a time"),
        ("{id|date:%Y}", "text"),
        ("{id|national}", "text"),
    ],
)
def test_a_filter_that_does_not_fit_is_refused(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=f"is not for {said}"):
        parse(text, WORDS)


@given(st.text(max_size=30), st.text(max_size=30))
def test_what_is_brought_is_never_read_again(before: str, brought: str) -> None:
    escaped = before.replace("{", "{{").replace("}", "}}")
    template = parse(escaped + "{text?}", WORDS)
    assert template.text({**VALUES, "text": brought}, lambda text: text) == before + brought


@given(st.text(max_size=40))
def test_any_text_is_a_template_or_a_value_error(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert parse(text, WORDS).names <= set(NAMES)


def test_every_name_has_a_value_of_its_kind() -> None:
    (record,) = Journal().records(build_call("missed"), Match(), revision=1, users={}, recording=lambda _: None)
    values = call_values(record, None)
    assert set(values) == {**CALL, **PREVIOUS}.keys()
    kinds = {Kind.INTEGER: int, Kind.MOMENT: datetime}
    for name, kind in CALL.items():
        assert values[name] is None or isinstance(values[name], kinds.get(kind, str)), name


def test_yes_and_no_are_written_as_in_json() -> None:
    assert [written(value) for value in (True, False, 3)] == ["true", "false", "3"]


def test_the_readme_names_every_placeholder_and_filter(readme: str) -> None:
    assert [name for name in (*CALL, *PREVIOUS, *FILTERS) if f"`{name}`" not in readme] == []
