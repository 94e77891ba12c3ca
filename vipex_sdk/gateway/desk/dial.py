"""Click to call: from a number on the desk page to a call through VIPeX."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable
from enum import Enum
from typing import Protocol

import structlog

from vipex_sdk.errors import Conflict, NotFound, OutcomeUnknown, RateLimited, StatusError, VipexError
from vipex_sdk.gateway.clock import SYSTEM_CLOCK, Clock
from vipex_sdk.numbers import NumberKind, NumberRules, PhoneNumber

__all__ = ["Calls", "Dialled", "Dialler"]

MAX_A_MINUTE = 10

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
        is_extension: Callable[[str], bool] = lambda _number: False,
        rules: NumberRules | None = None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        """Make a dialler; *is_extension* knows the extensions that look like short codes, such as 105."""
        self._calls = calls
        self._is_extension = is_extension
        self._rules = rules
        self._clock = clock
        self._times: defaultdict[str, deque[float]] = defaultdict(lambda: deque(maxlen=MAX_A_MINUTE))

    async def dial(self, extension: str, text: str) -> Dialled:
        """Call the number *text* from *extension*. Every outcome is an answer, none an exception."""
        number = PhoneNumber.parse(text.removeprefix("tel:"), self._rules)
        if number.kind not in (NumberKind.E164, NumberKind.EXTENSION) and not self._is_extension(number.value):
            return Dialled.BAD_NUMBER
        if _is_premium(number):
            return Dialled.PREMIUM
        if not self._may_dial(extension):
            return Dialled.TOO_MANY
        outcome = await self._originate(extension, number)
        _log.info("desk.dialled", extension=extension, number=str(number), outcome=outcome.value)
        return outcome

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
        if len(times) == MAX_A_MINUTE and now - times[0] < 60:  # noqa: PLR2004 - a minute
            return False
        times.append(now)
        return True


def _is_premium(number: PhoneNumber) -> bool:
    if number.e164 is None:
        return False
    import phonenumbers

    kind = phonenumbers.number_type(phonenumbers.parse(number.e164))
    return kind == phonenumbers.PhoneNumberType.PREMIUM_RATE
