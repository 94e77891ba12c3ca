"""Telephone numbers as values: the table of facts/ecosystem.md section 8, and what holds for any text."""

import re
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vipex_sdk.numbers import NumberKind, NumberRules, PhoneNumber, mask

digits = st.text("0123456789", min_size=1, max_size=16)
spelled = st.lists(
    st.sampled_from(["0", "1", "3", "6", "9", "+", "00", "06", " ", "-", "/", "(", ")", "36"]), max_size=12
)
texts = st.text(max_size=40) | digits | spelled.map("".join)


@pytest.mark.parametrize(
    ("text", "e164"),
    [
        ("06 1 234 5678", "+3612345678"),
        ("06301234567", "+36301234567"),
        ("06-30/123-4567", "+36301234567"),
        ("(06 30) 123 45 67", "+36301234567"),
        ("+36 30 123 4567", "+36301234567"),
        ("0036301234567", "+36301234567"),
        ("36301234567", "+36301234567"),
        ("301234567", "+36301234567"),
        (" +36\u00a030\u2011123\u20134567 ", "+36301234567"),
        (36301234567, "+36301234567"),
        ("06-90-123456", "+3690123456"),
        ("+36 80 123 456", "+3680123456"),
        ("+36300000001", "+36300000001"),
        ("+3610000100", "+3610000100"),
        ("+49 30 123456", "+4930123456"),
        ("0043 1 5330101", "+4315330101"),
    ],
)
def test_however_a_number_is_written_it_is_one_number(text: str | int, e164: str) -> None:
    number = PhoneNumber.parse(text)
    assert (number.kind, number.e164) == (NumberKind.E164, e164)
    assert number == PhoneNumber.parse(e164)
    assert number.is_external


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("101", NumberKind.EXTENSION, "101"),
        ("1234", NumberKind.EXTENSION, "1234"),
        ("0101", NumberKind.EXTENSION, "0101"),
        (101, NumberKind.EXTENSION, "101"),
        ("112", NumberKind.SHORT_CODE, "112"),
        ("116 000", NumberKind.SHORT_CODE, "116000"),
        ("+3630123", NumberKind.UNPARSED, "+3630123"),
        ("1234567", NumberKind.UNPARSED, "1234567"),
        ("7", NumberKind.UNPARSED, "7"),
        ("anna@pbx", NumberKind.UNPARSED, "anna@pbx"),
        ("anonymous", NumberKind.ANONYMOUS, ""),
        ("Rejtett", NumberKind.ANONYMOUS, ""),
        ("TITKOS ", NumberKind.ANONYMOUS, ""),
        ("0", NumberKind.ANONYMOUS, ""),
        ("", NumberKind.ANONYMOUS, ""),
        (None, NumberKind.ANONYMOUS, ""),
    ],
)
def test_what_is_no_subscriber_never_becomes_one(text: str | int | None, kind: NumberKind, value: str) -> None:
    number = PhoneNumber.parse(text)
    assert (number.kind, number.value, number.e164) == (kind, value, None)
    assert number.national is None
    assert not number.is_external


@given(texts)
@example("0" * 300)
@example("+" * 50)
@example("\ud800")
@example("\0")
@example("٠٦٣٠١٢٣٤٥٦٧")
def test_any_text_is_understood_somehow_and_twice_the_same(text: str) -> None:
    number = PhoneNumber.parse(text)
    assert PhoneNumber.parse(number.value) == number
    assert PhoneNumber.parse(text) == number
    assert hash(PhoneNumber.parse(number.value)) == hash(number)
    assert number.raw == text or number.kind is NumberKind.ANONYMOUS


@given(st.integers())
def test_any_integer_is_understood_somehow(number: int) -> None:
    assert PhoneNumber.parse(number) == PhoneNumber.parse(str(number))


@given(texts)
def test_every_number_can_be_shown_and_dialled_or_says_that_it_cannot(text: str) -> None:
    number = PhoneNumber.parse(text)
    assert (number.e164 is None) is (number.national is None)
    assert number.digits == "" or number.digits.isdigit()
    if number.e164 is not None:
        assert re.fullmatch(r"\+[0-9]{4,15}", number.e164)
        assert PhoneNumber.parse(number.display) == number


@given(texts)
@example("Kiss Anna +36301234567")
@example("06301234567;06301234568")
@example("anna.kiss@pbx")
def test_no_representation_shows_a_whole_number(text: str) -> None:
    number = PhoneNumber.parse(text)
    for shown in (repr(number), str(number), f"{number}"):
        kept = "".join(character for character in shown if character.isdigit())
        wanted = "".join(character for character in number.value if character.isdigit())
        assert len(wanted) <= 4 or kept.removeprefix("164") != wanted
        assert not (len(wanted) > 4 and wanted in kept)


@given(texts)
def test_no_representation_shows_a_name(text: str) -> None:
    shown = str(PhoneNumber.parse(text))
    assert shown == "anonymous" or not any(character.isalpha() for character in shown)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("+36301234567", "+3630*****67"),
        ("06301234567", "0630*****67"),
        ("+36 30 123 4567", "+3630*****67"),
        ("12345678", "******78"),
        ("101", "101"),
        ("112", "112"),
        ("", ""),
        ("Kiss Anna", "***"),
        ("anna12@pbx", "***"),
        ("anna 06301234567", "0630*****67"),
    ],
)
def test_masking(text: str, masked: str) -> None:
    assert mask(text) == masked


def test_a_number_is_the_same_number_whatever_it_was_read_from() -> None:
    number = PhoneNumber.parse("06 30 123 4567")
    assert number == PhoneNumber.parse("+36301234567")
    assert number.raw == "06 30 123 4567"
    assert len({number, PhoneNumber.parse("+36301234567")}) == 1
    assert (number.digits, number.national, number.display) == ("36301234567", "06301234567", "+36 30 123 4567")
    assert PhoneNumber.parse("101").display == "101"
    assert PhoneNumber.anonymous() == PhoneNumber.parse(None)
    assert str(PhoneNumber.anonymous()) == "anonymous"


@pytest.mark.parametrize(
    ("rules", "text", "kind"),
    [
        (NumberRules(region="AT"), "01 5330101", NumberKind.E164),
        (NumberRules(extension_pattern=r"[1-9]\d{2}"), "1234", NumberKind.UNPARSED),
        (NumberRules(anonymous_words=frozenset({"", "névtelen"})), "Névtelen", NumberKind.ANONYMOUS),
        (NumberRules(short_codes=frozenset({"101"})), "101", NumberKind.SHORT_CODE),
    ],
)
def test_rules_belong_to_where_the_exchange_is(rules: NumberRules, text: str, kind: NumberKind) -> None:
    assert PhoneNumber.parse(text, rules).kind is kind


@pytest.mark.parametrize("show", [repr, str, "{}".format, "{!r}".format])
def test_printing_by_accident_is_safe(show: Callable[[object], str]) -> None:
    assert "1234567" not in show([PhoneNumber.parse("+36301234567")])
