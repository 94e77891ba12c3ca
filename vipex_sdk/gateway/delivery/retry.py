"""When to try again: the class of the error is the decision (``facts/reliability.md`` 2.3, ``facts/peers.md`` 5)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from enum import Enum

from attrs import frozen

from vipex_sdk.errors import (
    Invalid,
    Misconfigured,
    NeedsReauth,
    NotFound,
    NotPermitted,
    OutcomeUnknown,
    RateLimited,
    Unavailable,
    VipexError,
)
from vipex_sdk.numbers import mask

__all__ = ["Remedy", "Verdict", "jittered", "reason_of", "verdict"]

_HOPELESS = (NotPermitted, Misconfigured, Invalid, NotFound)
_FLOOR_WHEN_UNKNOWN = 60.0
_DEFAULT_THROTTLE = 60.0
_LONGEST_THROTTLE = 3600.0
_SPREAD = 0.2
_LONGEST_REASON = 300
_DIGITS = re.compile(r"\+?\d[\d\s()/.-]{5,}\d")


class Remedy(Enum):
    """What helps against a failure."""

    RETRY = "retry"
    THROTTLE = "throttle"
    REAUTH = "reauth"
    NONE = "none"


@frozen(kw_only=True)
class Verdict:
    """What a failed attempt means.

    Attributes:
        remedy: what helps.
        seconds: how long to wait; meaningless for ``Remedy.NONE``.
        counts: whether it used up one attempt of the schedule.
        crm_is_down: whether the circuit breaker counts it.
    """

    remedy: Remedy
    seconds: float = 0.0
    counts: bool = True
    crm_is_down: bool = False


def verdict(
    error: BaseException,
    *,
    attempts: int,
    schedule: Sequence[float],
    reauth_seconds: float,
    random: Callable[[], float],
) -> Verdict:
    """Judge *error* after *attempts* earlier failures.

    Args:
        error: what the adapter raised.
        attempts: failures before this one.
        schedule: seconds between attempts.
        reauth_seconds: pause after a refused credential.
        random: gives a number in [0, 1).
    """
    if isinstance(error, _HOPELESS):
        return Verdict(remedy=Remedy.NONE)
    if isinstance(error, NeedsReauth):
        return Verdict(remedy=Remedy.REAUTH, seconds=reauth_seconds, counts=False)
    if isinstance(error, RateLimited):
        # Not the call's fault: a busy account must not use up the attempts of what waits.
        asked = _DEFAULT_THROTTLE if error.retry_after is None else error.retry_after
        return Verdict(remedy=Remedy.THROTTLE, seconds=min(max(asked, 1.0), _LONGEST_THROTTLE), counts=False)
    unknown = isinstance(error, OutcomeUnknown | TimeoutError)
    down = unknown or isinstance(error, Unavailable)
    if attempts >= len(schedule):
        return Verdict(remedy=Remedy.NONE, crm_is_down=down)
    seconds = jittered(schedule[attempts], random)
    return Verdict(
        remedy=Remedy.RETRY, seconds=max(seconds, _FLOOR_WHEN_UNKNOWN) if unknown else seconds, crm_is_down=down
    )


def jittered(seconds: float, random: Callable[[], float]) -> float:
    """Spread *seconds* by a fifth to either side, so that what failed together does not come back together."""
    return seconds * (1 - _SPREAD + 2 * _SPREAD * random())


def reason_of(error: BaseException) -> str:
    """Say what happened, for an operator, without a telephone number or a name.

    Only our own errors promise texts without personal data; of any other the class has to do.
    """
    name = type(error).__name__
    if not isinstance(error, VipexError):
        return name
    text = _DIGITS.sub(lambda found: mask(found.group()), str(error))
    return f"{name}: {text}"[:_LONGEST_REASON]
