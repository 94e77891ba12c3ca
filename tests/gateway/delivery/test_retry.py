"""The class of an error is the decision."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vipex_sdk.errors import (
    Invalid,
    Misconfigured,
    NeedsReauth,
    NotFound,
    NotPermitted,
    OutcomeUnknown,
    RateLimited,
    ServerError,
    Unavailable,
)
from vipex_sdk.gateway.delivery.policy import DEFAULT_SCHEDULE
from vipex_sdk.gateway.delivery.retry import Remedy, jittered, reason_of, verdict


@pytest.mark.parametrize(
    ("error", "remedy", "seconds", "counts", "crm_is_down"),
    [
        (Unavailable("x"), Remedy.RETRY, 5.0, True, True),
        (ServerError("x", status=500), Remedy.RETRY, 5.0, True, False),
        (RuntimeError("x"), Remedy.RETRY, 5.0, True, False),
        (OutcomeUnknown("x"), Remedy.RETRY, 60.0, True, True),
        (TimeoutError(), Remedy.RETRY, 60.0, True, True),
        (RateLimited("x"), Remedy.THROTTLE, 60.0, False, False),
        (RateLimited("x", retry_after=12), Remedy.THROTTLE, 12.0, False, False),
        (NeedsReauth("x"), Remedy.REAUTH, 900.0, False, False),
        (NotPermitted("x"), Remedy.NONE, 0.0, True, False),
        (Misconfigured("x"), Remedy.NONE, 0.0, True, False),
        (Invalid("x", status=422), Remedy.NONE, 0.0, True, False),
        (NotFound("x", status=404), Remedy.NONE, 0.0, True, False),
    ],
)
def test_what_a_first_failure_means(
    error: Exception, remedy: Remedy, seconds: float, *, counts: bool, crm_is_down: bool
) -> None:
    found = verdict(error, attempts=0, schedule=DEFAULT_SCHEDULE, reauth_seconds=900, random=lambda: 0.5)
    assert (found.remedy, found.seconds, found.counts, found.crm_is_down) == (
        remedy,
        pytest.approx(seconds),
        counts,
        crm_is_down,
    )


@pytest.mark.parametrize("attempts", range(7))
def test_the_schedule_is_followed(attempts: int) -> None:
    found = verdict(
        Unavailable("x"), attempts=attempts, schedule=DEFAULT_SCHEDULE, reauth_seconds=900, random=lambda: 0.5
    )
    assert found.seconds == pytest.approx(DEFAULT_SCHEDULE[attempts])


def test_the_last_failure_is_the_end() -> None:
    found = verdict(Unavailable("x"), attempts=7, schedule=DEFAULT_SCHEDULE, reauth_seconds=900, random=lambda: 0.5)
    assert found.remedy is Remedy.NONE
    assert found.crm_is_down


@given(st.floats(0.001, 1e6), st.floats(0, 0.999))
def test_jitter_stays_within_a_fifth(seconds: float, chance: float) -> None:
    assert 0.8 * seconds <= jittered(seconds, lambda: chance) * (1 + 1e-9)
    assert jittered(seconds, lambda: chance) <= 1.2 * seconds * (1 + 1e-9)


@given(st.text())
def test_reasons_of_foreign_errors_are_their_class_alone(text: str) -> None:
    assert reason_of(KeyError(text)) == "KeyError"


@given(st.integers(10**8, 10**11))
def test_reasons_hide_numbers(digits: int) -> None:
    assert str(digits) not in reason_of(Unavailable(f"no answer for +{digits}, sorry"))


def test_reasons_are_short() -> None:
    assert len(reason_of(Unavailable("x" * 5000))) == 300
