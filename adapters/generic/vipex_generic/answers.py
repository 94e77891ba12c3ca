"""What an answer of the CRM means: the spec's rules in their order, then a default table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, NoReturn

from attrs import field, frozen

from vipex_generic.spec import Then
from vipex_sdk.errors import (
    Misconfigured,
    NeedsReauth,
    NotPermitted,
    OutcomeUnknown,
    RateLimited,
    Unavailable,
)

__all__ = ["NOT_JSON", "READING", "WRITING", "Answer", "Rule", "meaning", "raise_for"]

NOT_JSON = object()
"""Stands for a body that is no JSON."""

_ERRORS = frozenset({Then.REAUTH, Then.FORBIDDEN, Then.MISCONFIGURED, Then.RATE_LIMITED, Then.UNAVAILABLE})
READING = _ERRORS | {Then.OK, Then.NOBODY}
"""Meanings of an answer to a question."""
WRITING = _ERRORS | {Then.STORED, Then.ALREADY, Then.UNKNOWN_CUSTOMER, Then.REFUSED, Then.UNKNOWN}
"""Meanings of an answer to a write."""

_BOTH: Mapping[int, Then] = {
    401: Then.REAUTH,
    403: Then.FORBIDDEN,
    429: Then.RATE_LIMITED,
    503: Then.UNAVAILABLE,
}
# 404 and 405 on a fixed address are a wrong address; a CRM that says "nobody" so needs a rule of its own.
_READ_DEFAULTS: Mapping[int, Then] = {2: Then.OK, 3: Then.MISCONFIGURED, 4: Then.MISCONFIGURED, 5: Then.UNAVAILABLE}
# A server that failed may have written first; only 503 says that it did not begin.
_WRITE_DEFAULTS: Mapping[int, Then] = {2: Then.STORED, 3: Then.MISCONFIGURED, 4: Then.REFUSED, 5: Then.UNKNOWN}
_WRONG_ADDRESS = frozenset({404, 405, 410})


@frozen(kw_only=True)
class Answer:
    """What the CRM answered.

    Attributes:
        body: decoded JSON, or :data:`NOT_JSON`.
        page: whether a web page came.
        empty: whether nothing came.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: Any = field(repr=False)
    page: bool = False
    empty: bool = False


@frozen(kw_only=True)
class Rule:
    """One compiled rule of a spec."""

    status: int | None
    hundred: int | None
    when: Callable[[Any], Any] | None
    then: Then

    def fits(self, answer: Answer) -> bool:
        """Whether the rule is about *answer*."""
        if self.status not in (None, answer.status) or self.hundred not in (None, answer.status // 100):
            return False
        if self.when is None:
            return True
        return answer.body is not NOT_JSON and _true(self.when(answer.body))


def _true(value: Any) -> bool:
    """Keep JMESPath's own idea of false: null, false and what is empty; zero is true."""
    return value is not None and value is not False and value not in ("", [], {})


def meaning(answer: Answer, rules: Sequence[Rule], *, writes: bool) -> Then:
    """Give the meaning of *answer*."""
    for rule in rules:
        if rule.fits(answer):
            return rule.then
    if answer.status in _BOTH:
        return _BOTH[answer.status]
    if writes and answer.status in _WRONG_ADDRESS:
        return Then.MISCONFIGURED
    defaults = _WRITE_DEFAULTS if writes else _READ_DEFAULTS
    return defaults.get(answer.status // 100, Then.MISCONFIGURED)


def raise_for(then: Then, answer: Answer, operation: str) -> NoReturn:
    """Raise the error that *then* stands for; its text holds the status and nothing of the body."""
    message = f"the CRM answered {answer.status} to {operation}"
    if then is Then.REAUTH:
        raise NeedsReauth(f"{message}; check user, password or token")
    if then is Then.FORBIDDEN:
        raise NotPermitted(f"{message}; the credential lacks a right")
    if then is Then.RATE_LIMITED:
        raise RateLimited(message, retry_after=_retry_after(answer.headers), status=answer.status, operation=operation)
    if then is Then.UNAVAILABLE:
        raise Unavailable(message)
    if then is Then.UNKNOWN:
        raise OutcomeUnknown(message, operation=operation)
    raise Misconfigured(f"{message}; check base_url and [{operation}] in the spec")


def _retry_after(headers: Mapping[str, str]) -> float | None:
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - datetime.now(UTC)).total_seconds())
