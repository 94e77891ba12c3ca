"""What becomes of a call, seen at its extension: by asking again and again, for VIPeX tells nobody but at the end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from enum import Enum

from attrs import frozen

from vipex_sdk.control.calls import CallState, CurrentCall, Direction, ExtensionCalls, ExtensionState, current
from vipex_sdk.control.steps import Pause, Plan, Steps
from vipex_sdk.errors import Invalid, StillBusy
from vipex_sdk.numbers import PhoneNumber

__all__ = ["CallOutcome", "Ending", "Sighting", "Verdict", "look_for", "wait_for_outcome", "wait_until_idle"]

INTERVAL = 1.0
"""Seconds between two questions: people do not see a shorter one, and VIPeX need not answer it."""

APPEARS_WITHIN = 5.0
"""Seconds after which a call that was accepted should be seen at its extension."""
# Unconfirmed: how soon a call that was accepted shows among the extension's current calls.


class Verdict(Enum):
    """What an extension's calls say about one call."""

    IN_PROGRESS = "in_progress"
    UNCLEAR = "unclear"
    NOT_SEEN = "not_seen"


@frozen(kw_only=True)
class Sighting:
    """What was found when a call was looked for.

    Attributes:
        verdict: ``IN_PROGRESS``: a call to that number is there. ``UNCLEAR``: a call is there whose number VIPeX does
            not tell. ``NOT_SEEN``: there is none; it never began, or it is over already.
        call: the one that was found, or the unclear one.
    """

    verdict: Verdict
    call: CurrentCall | None = None

    @property
    def in_progress(self) -> bool:
        """Whether the call certainly goes on, so that dialling again would ring twice."""
        return self.verdict is Verdict.IN_PROGRESS


class Ending(Enum):
    """How far a call was seen to go."""

    ANSWERED = "answered"
    NOT_ANSWERED = "not_answered"
    NOT_SEEN = "not_seen"
    STILL_ON = "still_on"


@frozen(kw_only=True)
class CallOutcome:
    """What became of a call, as far as it could be seen at its extension.

    Asking once a second misses what is shorter; the exact times and the reason come with the end of the call.

    Attributes:
        ending: ``ANSWERED`` or ``NOT_ANSWERED``: it is over. ``NOT_SEEN``: it never showed at the extension.
            ``STILL_ON``: it was not over when the time had passed.
        call: the call when it was last seen.
        waited: how long was waited.
    """

    ending: Ending
    call: CurrentCall | None = None
    waited: timedelta

    @property
    def answered(self) -> bool:
        """Whether the other side was seen to have answered."""
        return self.call is not None and _was_answered(self.call)


def wait_until_idle(
    plan: Plan, extension: str, *, timeout: float = 60.0, interval: float = INTERVAL
) -> Steps[ExtensionCalls]:
    """Wait until *extension* has no call, and give what it does then.

    An extension whose telephone is not registered has no call either: look at the answer's ``state``.

    Args:
        plan: of the client.
        extension: whose calls.
        timeout: seconds to wait at most; 0 asks once.
        interval: seconds between two questions.

    Raises:
        StillBusy: it still had a call after *timeout*.
        NotFound: there is no such extension.
    """
    end = plan.clock() + timeout
    while True:
        seen = yield from plan.steps(current(extension))
        if not seen.calls and seen.state not in {ExtensionState.RINGING, ExtensionState.IN_CALL}:
            return seen
        left = end - plan.clock()
        if left <= 0:
            raise StillBusy(f"the extension still had a call after {timeout:g} s", operation="calls.current")
        yield Pause(min(interval, left))


def wait_for_outcome(
    plan: Plan,
    extension: str,
    *,
    call_id: str | None = None,
    number: PhoneNumber | str | None = None,
    timeout: float = 120.0,
    interval: float = INTERVAL,
    on_change: Callable[[CurrentCall], object] | None = None,
) -> Steps[CallOutcome]:
    """Follow a call that *extension* makes until it is over, and tell whether it was answered.

    .. code-block:: python

        started = client.calls.originate("101", "+36300000001")
        outcome = client.calls.wait_for_outcome("101", call_id=started.call_id, number="+36300000001")

    Args:
        plan: of the client.
        extension: who makes the call.
        call_id: as :func:`~vipex_sdk.control.calls.originate` gave it; wins over *number*.
        number: whom it goes to, for an exchange that gives no call id.
        timeout: seconds to wait at most; then the outcome is ``STILL_ON``.
        interval: seconds between two questions.
        on_change: told the call whenever its state has changed.

    Raises:
        Invalid: neither *call_id* nor *number* was given.
        NotFound: there is no such extension.
    """
    is_it = _finder(plan, call_id, number)
    begin = plan.clock()
    last: CurrentCall | None = None
    while True:
        seen = yield from plan.steps(current(extension))
        call = next((one for one in seen.calls if is_it(one)), None)
        waited = plan.clock() - begin
        if call is None and (last is not None or waited >= min(APPEARS_WITHIN, timeout)):
            return CallOutcome(ending=_ending(last), call=last, waited=timedelta(seconds=waited))
        if call is not None:
            if on_change is not None and (last is None or last.state != call.state):
                on_change(call)
            last = _kept_answer(call, last)
        if waited >= timeout:
            return CallOutcome(ending=Ending.STILL_ON, call=last, waited=timedelta(seconds=waited))
        yield Pause(min(interval, timeout - waited))


def look_for(
    plan: Plan,
    extension: str,
    number: PhoneNumber | str,
    *,
    patience: float = 3.0,
    interval: float = INTERVAL,
) -> Steps[Sighting]:
    """Look whether *extension* is calling *number* now: what to do after ``OutcomeUnknown``, instead of dialling again.

    Asks until the call is seen or *patience* is over, because a request whose answer was lost may still be at work.

    Args:
        plan: of the client.
        extension: who wanted to talk.
        number: who was to be called.
        patience: seconds to look before ``NOT_SEEN`` is the answer; 0 asks once.
        interval: seconds between two questions.

    Raises:
        NotFound: there is no such extension.
    """
    is_it = _finder(plan, None, number)
    end = plan.clock() + patience
    while True:
        seen = yield from plan.steps(current(extension))
        for call in seen.calls:
            if is_it(call):
                return Sighting(verdict=Verdict.IN_PROGRESS, call=call)
        left = end - plan.clock()
        if left <= 0:
            break
        yield Pause(min(interval, left))
    unclear = next((one for one in seen.calls if _goes_out(one) and one.remote_number is None), None)
    return Sighting(verdict=Verdict.NOT_SEEN if unclear is None else Verdict.UNCLEAR, call=unclear)


def _finder(plan: Plan, call_id: str | None, number: PhoneNumber | str | None) -> Callable[[CurrentCall], bool]:
    if call_id is not None:
        return lambda call: call.call_id == call_id
    if not number:
        raise Invalid("expected a call id or a number", code="validation_error", operation="calls.current")
    wanted = number if isinstance(number, PhoneNumber) else PhoneNumber.parse(number, plan.profile.numbers.rules)
    return lambda call: _goes_out(call) and call.remote_number == wanted


def _goes_out(call: CurrentCall) -> bool:
    """The same customer may be calling us at this moment."""
    return call.direction is not Direction.INBOUND


def _was_answered(call: CurrentCall) -> bool:
    return call.answered_at is not None or call.state in {CallState.ANSWERED, CallState.HELD}


def _kept_answer(call: CurrentCall, last: CurrentCall | None) -> CurrentCall:
    """Do not forget that a call was answered when a later answer does not say so."""
    return last if last is not None and _was_answered(last) and not _was_answered(call) else call


def _ending(last: CurrentCall | None) -> Ending:
    if last is None:
        return Ending.NOT_SEEN
    return Ending.ANSWERED if _was_answered(last) else Ending.NOT_ANSWERED
