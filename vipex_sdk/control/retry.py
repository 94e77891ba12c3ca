"""When to try again: decided by what an operation means, not by its HTTP verb."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from attrs import field, frozen, validators

from vipex_sdk.control.operation import Operation
from vipex_sdk.errors import NotSent, OutcomeUnknown, RateLimited, ServerError, VipexError

__all__ = ["RetryPolicy", "Timeouts"]

_TRANSIENT = frozenset({502, 503, 504})


@frozen(kw_only=True)
class Timeouts:
    """How long to wait, in seconds. People wait for these answers, so they are short.

    Attributes:
        connect: for a connection.
        read: for the next bytes of an answer.
        pool: for a connection that others are using.
        total: for all attempts together, pauses included; the body of a recording is not counted.
    """

    connect: float = 3.0
    read: float = 10.0
    pool: float = 10.0
    total: float = 30.0


@frozen(kw_only=True)
class RetryPolicy:
    """How often and after which pause something is tried again.

    Attributes:
        attempts: in all; 1 never tries again.
        first: seconds before the second attempt; doubled for each one after it.
        longest: the longest pause; a ``Retry-After`` beyond it means that we give up, not that we sleep for ages.
    """

    attempts: int = field(default=3, validator=validators.ge(1))
    first: float = 0.25
    longest: float = 8.0

    def delay(
        self,
        operation: Operation[Any],
        attempt: int,
        outcome: VipexError,
        *,
        retry_after: float | None = None,
        jitter: Callable[[], float] = random.random,
    ) -> float | None:
        """Give the seconds to wait before the next attempt; ``None`` to give up.

        An operation that is not repeatable is tried again only when the request never left, or when the server says
        that it refused it before acting (429 with ``Retry-After``).

        Args:
            operation: what was asked.
            attempt: which attempt failed, counted from 1.
            outcome: how it failed.
            retry_after: seconds that the server asked for.
            jitter: gives a number from 0 to 1; spreads clients that failed together.
        """
        if attempt >= self.attempts or not _worth_trying(operation, outcome, retry_after):
            return None
        if retry_after is not None:
            return retry_after if retry_after <= self.longest else None
        pause = min(self.first * 2.0 ** (attempt - 1), self.longest)
        return pause * (0.5 + jitter() / 2)


def _worth_trying(operation: Operation[Any], outcome: VipexError, retry_after: float | None) -> bool:
    if isinstance(outcome, NotSent):
        return True
    # Unconfirmed: a 429 that names a time was sent before anything was done.
    if isinstance(outcome, RateLimited):
        return operation.repeatable or retry_after is not None
    if isinstance(outcome, ServerError):
        return operation.repeatable and outcome.status in _TRANSIENT
    return operation.repeatable and isinstance(outcome, OutcomeUnknown)
