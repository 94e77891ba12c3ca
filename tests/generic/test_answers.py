from __future__ import annotations

from typing import Any

import jmespath
import pytest
from vipex_generic.answers import NOT_JSON, Answer, Rule, meaning, raise_for
from vipex_generic.spec import Then

from vipex_sdk.errors import (
    Misconfigured,
    NeedsReauth,
    NotPermitted,
    OutcomeUnknown,
    RateLimited,
    Unavailable,
    VipexError,
)


def answer(status: int, body: Any = None, **headers: str) -> Answer:
    return Answer(status=status, headers={name.replace("_", "-"): text for name, text in headers.items()}, body=body)


@pytest.mark.parametrize(
    ("status", "reading", "writing"),
    [
        (200, Then.OK, Then.STORED),
        (204, Then.OK, Then.STORED),
        (302, Then.MISCONFIGURED, Then.MISCONFIGURED),
        (400, Then.MISCONFIGURED, Then.REFUSED),
        (401, Then.REAUTH, Then.REAUTH),
        (403, Then.FORBIDDEN, Then.FORBIDDEN),
        (404, Then.MISCONFIGURED, Then.MISCONFIGURED),
        (405, Then.MISCONFIGURED, Then.MISCONFIGURED),
        (409, Then.MISCONFIGURED, Then.REFUSED),
        (422, Then.MISCONFIGURED, Then.REFUSED),
        (429, Then.RATE_LIMITED, Then.RATE_LIMITED),
        (500, Then.UNAVAILABLE, Then.UNKNOWN),
        (502, Then.UNAVAILABLE, Then.UNKNOWN),
        (503, Then.UNAVAILABLE, Then.UNAVAILABLE),
        (504, Then.UNAVAILABLE, Then.UNKNOWN),
        (600, Then.MISCONFIGURED, Then.MISCONFIGURED),
    ],
)
def test_the_default_table(status: int, reading: Then, writing: Then) -> None:
    assert meaning(answer(status), (), writes=False) is reading
    assert meaning(answer(status), (), writes=True) is writing


def rule(then: Then, *, status: int | None = None, hundred: int | None = None, when: str = "") -> Rule:
    return Rule(status=status, hundred=hundred, when=jmespath.compile(when).search if when else None, then=then)


def test_the_first_rule_that_fits_decides() -> None:
    rules = (
        rule(Then.ALREADY, status=409, when="error.code == 'duplicate'"),
        rule(Then.UNKNOWN_CUSTOMER, hundred=4, when="error.code == 'contact'"),
        rule(Then.REFUSED, status=409),
    )
    assert meaning(answer(409, {"error": {"code": "duplicate"}}), rules, writes=True) is Then.ALREADY
    assert meaning(answer(409, {"error": {"code": "contact"}}), rules, writes=True) is Then.UNKNOWN_CUSTOMER
    assert meaning(answer(409, NOT_JSON), rules, writes=True) is Then.REFUSED
    assert meaning(answer(404, {"error": {"code": "contact"}}), rules, writes=True) is Then.UNKNOWN_CUSTOMER
    assert meaning(answer(200, {"error": {"code": "contact"}}), rules, writes=True) is Then.STORED


@pytest.mark.parametrize(("body", "fits"), [({"n": 0}, True), ({"n": ""}, False), ({"n": []}, False), ({}, False)])
def test_truth_is_jmespaths(*, body: Any, fits: bool) -> None:
    assert rule(Then.OK, hundred=2, when="n").fits(answer(200, body)) is fits


@pytest.mark.parametrize(
    ("then", "error"),
    [
        (Then.REAUTH, NeedsReauth),
        (Then.FORBIDDEN, NotPermitted),
        (Then.MISCONFIGURED, Misconfigured),
        (Then.RATE_LIMITED, RateLimited),
        (Then.UNAVAILABLE, Unavailable),
        (Then.UNKNOWN, OutcomeUnknown),
    ],
)
def test_each_meaning_is_one_error_without_data(then: Then, error: type[VipexError]) -> None:
    with pytest.raises(error) as caught:
        raise_for(then, answer(418, {"name": "Kovács Anna"}), "record")
    assert "Kovács" not in str(caught.value)
    assert "418" in str(caught.value)


@pytest.mark.parametrize(
    ("header", "seconds"), [("7", 7.0), ("soon", None), ("", None), ("Thu, 01 Jan 2026 00:00:00 GMT", 0.0)]
)
def test_retry_after(header: str, seconds: float | None) -> None:
    with pytest.raises(RateLimited) as caught:
        raise_for(Then.RATE_LIMITED, answer(429, retry_after=header), "find")
    assert caught.value.retry_after == seconds
