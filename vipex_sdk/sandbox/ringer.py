"""Ring telephones and numbers for a call until somebody takes it or nobody does.

Forwardings, time limits and what the call logic does next are obeyed here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import timedelta

import structlog

from vipex_sdk.numbers import PhoneNumber
from vipex_sdk.sandbox.call import Call, Leg, WrongStep
from vipex_sdk.sandbox.line import Line
from vipex_sdk.sandbox.lines import Lines
from vipex_sdk.sandbox.operators import Operators
from vipex_sdk.sandbox.reporter import Reporter
from vipex_sdk.sandbox.routing import Destination, Diverted, Office, Ringing, Voicemail, reach
from vipex_sdk.sandbox.settings import Settings
from vipex_sdk.webhooks.events import LegResult, LegType, Phase, TargetType

__all__ = ["Ringer"]

_log = structlog.get_logger(__name__)
_MAX_HOPS = 8
_CAUSES = {LegResult.BUSY: 17, LegResult.NO_ANSWER: 19, LegResult.REJECTED: 21, LegResult.FAILED: 3}


class Ringer:
    """Drives the ringing of all calls.

    Args:
        lines: the calls.
        office: extensions, groups and forwardings.
        operators: told what telephones do.
        reporter: sends webhooks.
        settings: gives those in force.
        changed: called after every step.
    """

    def __init__(
        self,
        *,
        lines: Lines,
        office: Office,
        operators: Operators,
        reporter: Reporter,
        settings: Callable[[], Settings],
        changed: Callable[[], None],
    ) -> None:
        self._lines = lines
        self._office = office
        self._operators = operators
        self._reporter = reporter
        self._settings = settings
        self._changed = changed

    async def wait(self, line: Line, seconds: float) -> None:
        """Let *seconds* of the call's time pass; telephones that ring too long stop ringing on the way."""
        await line.settle()
        end = line.clock.now() + timedelta(seconds=seconds)
        while line.deadline is not None and line.deadline <= end and not line.call.is_over:
            await line.clock.sleep_until(line.deadline)
            self.ring_out(line)
            await line.settle()
        if not line.call.is_over:
            await line.clock.sleep_until(end)

    def ring_out(self, line: Line) -> None:
        """Do what is due if the present ringing has lasted long enough."""
        if line.deadline is not None and line.clock.now() >= line.deadline and not line.call.is_over:
            self.unanswered(line, LegResult.NO_ANSWER)

    async def watch(self, line: Line) -> None:
        """Stop telephones that ring too long while a person drives the call."""
        while not line.call.is_over:
            line.moved.clear()
            if line.deadline is None:
                await line.moved.wait()
                continue
            waiting = asyncio.ensure_future(line.moved.wait())
            ringing = asyncio.ensure_future(line.clock.sleep_until(line.deadline))
            try:
                await asyncio.wait({waiting, ringing}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                waiting.cancel()
                ringing.cancel()
            self.ring_out(line)

    def send_to(self, line: Line, destination: Destination, kind: LegType, *, by: str | None, notify: bool) -> None:
        """Ring at *destination*, following forwardings; when nobody can be reached, the call ends."""
        for _hop in range(_MAX_HOPS):
            leg = self._leg(line, destination, kind, by=by)
            busy, patience = self._lines.busy(), self._settings().ring_seconds
            outcome = reach(destination, self._office, busy=busy, ring_seconds=patience)
            line.call.add(leg)
            if isinstance(outcome, Voicemail):
                line.call.voicemail = True
                self.stepped(line)
                return
            if isinstance(outcome, Ringing):
                self._ring(line, leg, destination, outcome, notify=notify)
                return
            following: Destination | None
            if isinstance(outcome, Diverted):
                following, kind, by = outcome.to, LegType.FORWARD, outcome.to.by
            else:
                following, kind, by = (line.fallbacks.pop(0) if line.fallbacks else None), LegType.OTHER, None
            leg.ringing = (destination.target,) if destination.kind is TargetType.EXTENSION else ()
            leg.end(line.clock.now(), outcome.result)
            if following is None:
                self.end(line, by="system", unanswered=outcome.result)
                return
            destination = following
        line.call.legs[-1].result = LegResult.FAILED  # forwardings in a circle
        self.end(line, by="system", unanswered=LegResult.FAILED)

    def _leg(self, line: Line, destination: Destination, kind: LegType, *, by: str | None) -> Leg:
        call = line.call
        if destination.kind is TargetType.GROUP:
            call.group = destination.target
        elif destination.kind is TargetType.QUEUE:
            call.queue = destination.target
        return Leg(
            type=kind,
            source=call.customer,
            target=PhoneNumber.parse(destination.target),
            started_at=line.clock.now(),
            by_extension=by,
            parent=max((index for index, leg in enumerate(call.legs) if leg.counts), default=None),
        )

    def _ring(self, line: Line, leg: Leg, destination: Destination, outcome: Ringing, *, notify: bool) -> None:
        leg.ringing = outcome.extensions
        if outcome.extensions:
            leg.target = PhoneNumber.parse(outcome.extensions[0])
        if outcome.then is not None:
            line.fallbacks.insert(0, outcome.then)
        line.rang = line.rang or outcome.extensions or (destination.target,)
        self.limit(line, outcome.seconds)
        if notify and outcome.extensions:
            self._reporter.notice(line, Phase.RINGING)
        self.stepped(line)

    def unanswered(self, line: Line, result: LegResult) -> None:
        """Nobody takes the call here: it goes where the call logic leads next, or ends."""
        call = line.call
        leg = self.ringing(line)
        line.deadline = None
        following = line.fallbacks.pop(0) if line.fallbacks else None
        if following is None:
            self.end(line, by="system" if result is LegResult.NO_ANSWER else "callee", unanswered=result)
            return
        leg.end(line.clock.now(), result)
        kind = LegType.FORWARD if following.by else LegType.OTHER
        self.send_to(line, following, kind, by=following.by, notify=call.first_answer is None)

    def end(self, line: Line, *, by: str, unanswered: LegResult) -> None:
        """End the call and have it reported; a leg nobody answered ends as *unanswered*."""
        answered = line.call.first_answer is not None
        cause = 16 if answered else _CAUSES.get(unanswered, 16)
        line.call.end(line.clock.now(), by=by, unanswered=unanswered, cause=cause)
        line.deadline = None
        self.stepped(line)
        self._reporter.finish(line)
        _log.info("call_ended", call_id=line.call.call_id, direction=str(line.call.direction), hangup_by=by)

    def ringing(self, line: Line) -> Leg:
        """Give the leg on which the customer hears it ring."""
        leg = line.call.current
        if leg is None or not leg.is_ringing:
            raise WrongStep("nothing is ringing in this call")
        return leg

    def limit(self, line: Line, seconds: int) -> None:
        """Give the present ringing *seconds* from now."""
        line.deadline = line.clock.now() + timedelta(seconds=seconds)

    def stepped(self, line: Line) -> Line:
        """Let operators' statuses and open pages follow."""
        self._note(line)
        line.moved.set()
        self._changed()
        return line

    def _note(self, line: Line) -> None:
        present = dict(_activities(line.call))
        wrap_up = self._settings().wrap_up_seconds
        for extension in line.noted - set(present):
            self._operators.note(extension, None, clock=line.clock, wrap_up=wrap_up)
        for extension, activity in present.items():
            self._operators.note(extension, activity, clock=line.clock)
        line.noted = set(present)


def _activities(call: Call) -> Iterable[tuple[str, str]]:
    for extension in call.extensions:
        placing = extension == call.owner and call.dialled_at is None
        rings = any(extension in leg.ringing and leg.is_ringing for leg in call.legs)
        yield extension, "ringing" if placing or rings else "in_call"
