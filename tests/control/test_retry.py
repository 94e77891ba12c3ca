from __future__ import annotations

from typing import Any

import pytest

from vipex_sdk import errors
from vipex_sdk.control import Operation, RetryPolicy

QUERY = Operation("calls.current", {}, returns=None, repeatable=True)
CALL = Operation("calls.originate", {}, returns=None, repeatable=False)
LIMITED = errors.RateLimited("", retry_after=2)
DOWN, BROKEN = errors.ServerError("", status=503), errors.ServerError("", status=500)
NOT_SENT, UNKNOWN = errors.NotSent(""), errors.OutcomeUnknown("")


@pytest.mark.parametrize(
    ("operation", "attempt", "outcome", "retry_after", "wanted"),
    [
        (QUERY, 1, NOT_SENT, None, 1.0),
        (QUERY, 2, NOT_SENT, None, 2.0),
        (QUERY, 3, NOT_SENT, None, 4.0),
        (QUERY, 4, NOT_SENT, None, None),
        (CALL, 1, NOT_SENT, None, 1.0),
        (QUERY, 1, UNKNOWN, None, 1.0),
        (CALL, 1, UNKNOWN, None, None),
        (QUERY, 1, DOWN, None, 1.0),
        (QUERY, 1, DOWN, 3.0, 3.0),
        (QUERY, 1, DOWN, 300.0, None),
        (CALL, 1, DOWN, None, None),
        (CALL, 1, DOWN, 3.0, None),
        (QUERY, 1, BROKEN, None, None),
        (QUERY, 1, LIMITED, 2.0, 2.0),
        (QUERY, 1, LIMITED, None, 1.0),
        (CALL, 1, LIMITED, 2.0, 2.0),
        (CALL, 1, LIMITED, None, None),
        (QUERY, 1, errors.NotFound("", status=404), None, None),
        (QUERY, 1, errors.AuthError("", status=401), None, None),
        (QUERY, 1, errors.DecodeError(("$: no",)), None, None),
    ],
)
def test_what_is_tried_again_and_when(
    operation: Operation[Any], attempt: int, outcome: errors.VipexError, retry_after: float | None, wanted: float | None
) -> None:
    policy = RetryPolicy(attempts=4, first=1.0, longest=5.0)
    assert policy.delay(operation, attempt, outcome, retry_after=retry_after, jitter=lambda: 1.0) == wanted


def test_jitter_shortens_a_pause_by_half_at_most() -> None:
    policy = RetryPolicy(first=1.0)
    assert policy.delay(QUERY, 1, NOT_SENT, jitter=lambda: 0.0) == 0.5


def test_one_attempt_never_tries_again() -> None:
    assert RetryPolicy(attempts=1).delay(QUERY, 1, NOT_SENT) is None
    with pytest.raises(ValueError, match="attempts"):
        RetryPolicy(attempts=0)
