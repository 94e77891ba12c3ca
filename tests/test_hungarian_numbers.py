"""The quick way for Hungarian numbers gives what the library gives, or nothing."""

from __future__ import annotations

import itertools
import random
import re
import subprocess
import sys

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vipex_sdk.numbers import NumberKind, PhoneNumber
from vipex_sdk.numbers.hungarian import SUBSCRIBER, e164_if_sure
from vipex_sdk.numbers.number import _PUNCTUATION, by_library

PIECES = ("+36", "0036", "06", "36", "+", "00", "0", "1", "20", "30", "70", "21", "38", "80", "90", "680", "72", "43")
MARKS = (" ", "-", "/", "(", ")", ".", "\u2011", "\u00a0", "\t", "x", "")
messy = st.lists(st.sampled_from(PIECES + MARKS) | st.text("0123456789", max_size=9), max_size=9).map("".join)


def quickly(text: str) -> str | None:
    return e164_if_sure(text.translate(_PUNCTUATION)) if text.isprintable() else None


def spelled(rnd: random.Random) -> str:
    """Write a number as people do: nearly always plausible, often wrong by a digit."""
    area = rnd.choice(PIECES[8:]) if rnd.random() < 0.9 else rnd.choice(PIECES)
    digits = area + "".join(rnd.choices("0123456789", k=rnd.choice((5, 6, 6, 7, 7, 7, 8))))
    text = rnd.choice((*PIECES[:4], *PIECES[:4], "", "+", "+36 06", "0", "0043")) + rnd.choice(MARKS) + digits
    for _ in range(rnd.randrange(4)):
        at = rnd.randrange(len(text) + 1)
        text = text[:at] + rnd.choice(MARKS) + text[at:]
    return text


def test_a_hundred_thousand_spellings_give_what_the_library_gives() -> None:
    rnd, answered = random.Random(36), 0
    for text in (spelled(rnd) for _ in range(100_000)):
        quick = quickly(text)
        if quick is not None:
            answered += 1
            assert by_library(text, "HU") == quick, text
    assert answered > 10_000  # it says something, too


@given(messy | st.text(max_size=20))
def test_any_text_gives_what_the_library_gives(text: str) -> None:
    quick = quickly(text)
    assert quick is None or quick == by_library(text, "HU")


def test_the_plan_is_the_library_s_own() -> None:
    plan = phonenumbers.PhoneMetadata.metadata_for_region("HU")
    assert plan is not None
    kinds = (plan.fixed_line, plan.mobile, plan.toll_free, plan.premium_rate, plan.shared_cost, plan.voip)
    kinds += (plan.personal_number, plan.pager, plan.uan, plan.voicemail)
    patterns = [re.compile(one.national_number_pattern) for one in kinds if one and one.national_number_pattern]
    ours = re.compile(SUBSCRIBER)
    for beginning in map("".join, itertools.product("0123456789", repeat=4)):
        for length in range(6, 12):
            number = beginning + "5" * (length - 4)
            theirs = any(pattern.fullmatch(number) for pattern in patterns)
            assert bool(ours.fullmatch(number)) is theirs, number
    assert (plan.international_prefix, plan.national_prefix, plan.country_code) == ("00", "06", 36)


def test_punctuation_is_what_it_was() -> None:
    pattern = re.compile(r"[\s()/.\-\u00a0\u2010-\u2015]")
    assert {chr(code) for code in _PUNCTUATION} == {
        one for one in map(chr, range(sys.maxunicode + 1)) if pattern.match(one)
    }


@pytest.mark.parametrize("number", [10**39, 10**40, -(10**4999), 10**100_000], ids=range(4))
def test_an_integer_of_any_size_is_understood_somehow(number: int) -> None:
    assert PhoneNumber.parse(number).kind is NumberKind.UNPARSED


@pytest.mark.parametrize("text", ["06 1 987-65432", "+36 1 987 65432", "06 30 123 456", "06-90/12345", "30 123 45678"])
def test_a_digit_too_many_or_too_few_makes_no_number(text: str) -> None:
    assert quickly(text) is None
    assert PhoneNumber.parse(text).e164 in {None, text.replace(" ", "") if text.startswith("+") else None}


def test_hungarian_numbers_load_no_numbering_plan() -> None:
    code = (
        "import sys; from vipex_sdk.numbers import PhoneNumber;"
        "assert PhoneNumber.parse('06 30 123 4567').e164 == '+36301234567';"
        "assert 'phonenumbers' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
