"""Click to call: from a number on the desk page to a call through VIPeX."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable
from enum import Enum
from typing import Protocol

import structlog

from vipex_sdk.errors import Conflict, NotFound, OutcomeUnknown, RateLimited, StatusError, VipexError
from vipex_sdk.gateway.clock import SYSTEM_CLOCK, Clock
from vipex_sdk.gateway.config import DiallingSettings
from vipex_sdk.numbers import NumberKind, NumberRules, PhoneNumber

__all__ = ["Calls", "Dialled", "Dialler"]

_SATELLITE = ("+870", "+871", "+872", "+873", "+874", "+881", "+882", "+883")
"""Networks of no country, at several euros a minute: what stolen telephone accounts are used for."""

_log = structlog.get_logger(__name__)


class Calls(Protocol):
    """The part of the control client that starts calls."""

    async def originate(self, extension: str, number: str) -> object:
        """Ring *extension*, then call *number*."""
        ...


class Dialled(Enum):
    """How an attempt to place a call ended; the page has a text for each."""

    STARTED = "started"
    BAD_NUMBER = "bad_number"
    PREMIUM = "premium"
    NOT_ALLOWED = "not_allowed"
    TOO_MANY = "too_many"
    UNKNOWN = "unknown"
    BUSY = "busy"
    REFUSED = "refused"
    FAILED = "failed"
    ORIGIN = "origin"


class Dialler:
    """Starts calls for agents. Calls cost money: premium numbers and bursts are refused here already."""

    def __init__(
        self,
        calls: Calls,
        *,
        settings: DiallingSettings | None = None,
        is_extension: Callable[[str], bool] = lambda _number: False,
        rules: NumberRules | None = None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        """Make a dialler; *is_extension* knows the extensions that look like short codes, such as 105."""
        self._calls = calls
        self._settings = settings or DiallingSettings()
        self._is_extension = is_extension
        self._rules = rules
        self._clock = clock
        self._times: defaultdict[str, deque[float]] = defaultdict(lambda: deque(maxlen=self._settings.calls_a_minute))

    async def dial(self, extension: str, text: str) -> Dialled:
        """Call the number *text* from *extension*. Every outcome is an answer, none an exception."""
        number = PhoneNumber.parse(text.removeprefix("tel:"), self._rules)
        if number.kind not in (NumberKind.E164, NumberKind.EXTENSION) and not self._is_extension(number.value):
            return Dialled.BAD_NUMBER
        if (refusal := self._refusal(number)) is not None:
            _log.warning("desk.dial_not_allowed", extension=extension, number=str(number), why=refusal.value)
            return refusal
        if not self._may_dial(extension):
            return Dialled.TOO_MANY
        outcome = await self._originate(extension, number)
        _log.info("desk.dialled", extension=extension, number=str(number), outcome=outcome.value)
        return outcome

    def _refusal(self, number: PhoneNumber) -> Dialled | None:
        """Say why *number* is not called; extensions always may be."""
        if number.e164 is None:
            return None
        if _kind(number.e164) in self._settings.blocked_types:
            return Dialled.PREMIUM
        allowed = self._settings.allowed_prefixes
        return Dialled.NOT_ALLOWED if allowed and not number.e164.startswith(allowed) else None

    async def _originate(self, extension: str, number: PhoneNumber) -> Dialled:
        try:
            await self._calls.originate(extension, number.value)
        except OutcomeUnknown:
            return Dialled.UNKNOWN
        except (Conflict, RateLimited):
            return Dialled.BUSY
        except (NotFound, StatusError) as error:
            _log.warning("desk.dial_refused", status=error.status, code=error.code)
            return Dialled.FAILED if error.status >= 500 else Dialled.REFUSED  # noqa: PLR2004 - its own failure
        except VipexError as error:
            _log.warning("desk.dial_failed", error=type(error).__name__)
            return Dialled.FAILED
        return Dialled.STARTED

    def _may_dial(self, extension: str) -> bool:
        times = self._times[extension]
        now = self._clock.now()
        if len(times) == self._settings.calls_a_minute and now - times[0] < 60:  # noqa: PLR2004 - a minute
            return False
        times.append(now)
        return True


def _kind(e164: str) -> str:
    """Give the kind of number in the words of the setting ``dialling.blocked_types``; empty for a usual one."""
    import phonenumbers

    if e164.startswith(_SATELLITE):
        return "satellite"
    kind = phonenumbers.number_type(phonenumbers.parse(e164))
    expensive = {
        phonenumbers.PhoneNumberType.PREMIUM_RATE: "premium_rate",
        phonenumbers.PhoneNumberType.SHARED_COST: "shared_cost",
    }
    return expensive.get(kind, "")
