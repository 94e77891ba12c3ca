"""The exchange: places calls, rings telephones, obeys forwardings and buttons, and has calls reported.

A person at the page and a script press the same buttons; only the clock of the call differs.
"""

from __future__ import annotations

from collections.abc import Callable

from vipex_sdk.numbers import PhoneNumber
from vipex_sdk.sandbox.behaviours import assumed, documented
from vipex_sdk.sandbox.call import Leg, WrongStep
from vipex_sdk.sandbox.clock import Clock
from vipex_sdk.sandbox.line import Line
from vipex_sdk.sandbox.lines import Lines
from vipex_sdk.sandbox.reporter import Reporter
from vipex_sdk.sandbox.ringer import Ringer
from vipex_sdk.sandbox.routing import Destination, Office, Ringing, decided, reach
from vipex_sdk.sandbox.settings import Settings
from vipex_sdk.webhooks.events import Decision, DecisionAction, Direction, LegResult, LegType, Phase, TargetType

__all__ = ["Switchboard"]


class Switchboard:
    """All calls of the customer, and the buttons on everybody's telephone.

    Every step raises :class:`WrongStep` when the call's present state does not allow it.

    Args:
        lines: the calls.
        ringer: rings telephones.
        office: extensions, groups and forwardings.
        reporter: sends webhooks.
        settings: gives those in force.
    """

    def __init__(
        self,
        *,
        lines: Lines,
        ringer: Ringer,
        office: Office,
        reporter: Reporter,
        settings: Callable[[], Settings],
    ) -> None:
        self.lines = lines
        self.ringer = ringer
        self._office = office
        self._reporter = reporter
        self._settings = settings

    async def call_in(
        self, caller: PhoneNumber, called: PhoneNumber, *, clock: Clock, scripted: bool, default: Destination
    ) -> Line:
        """Let a call come from outside: ask where it should go, then ring there."""
        line = self._open(caller, called, Direction.INBOUND, clock=clock, scripted=scripted)
        call = line.call
        call.decision = decision = await self._reporter.query(line)
        if decision is not None:
            call.caller_name = decision.caller_name
            call.variables.update(decision.variables)
        if call.is_over:  # hung up while the question was under way
            return line
        if decision is not None and decision.action is DecisionAction.REJECT:
            call.rejected = True
            self.ringer.end(line, by="system", unanswered=LegResult.REJECTED)
            return line
        self._route(line, decision, default)
        return line

    def call_out(
        self,
        extension: str,
        number: PhoneNumber,
        *,
        clock: Clock,
        scripted: bool,
        caller_id: PhoneNumber | None = None,
        client_ref: str | None = None,
    ) -> Line:
        """Ring *extension*, which will then call *number*; an internal call when that is an extension too."""
        if extension in self.lines.busy():
            raise WrongStep("the extension is busy")
        internal = self._office.has_extension(number.value)
        own = PhoneNumber.parse(extension if internal else self._settings().main_number)
        direction = Direction.INTERNAL if internal else Direction.OUTBOUND
        line = self._open(caller_id or own, number, direction, clock=clock, scripted=scripted)
        call = line.call
        call.owner = extension
        call.client_ref = client_ref
        leg = Leg(type=LegType.INITIAL, source=PhoneNumber.parse(extension), target=number, started_at=call.started_at)
        leg.extension = None if internal else extension
        call.add(leg)
        self.ringer.limit(line, self._settings().ring_seconds)
        return self.ringer.stepped(line)

    def call_ivr(
        self,
        number: PhoneNumber,
        *,
        clock: Clock,
        scripted: bool,
        caller_id: PhoneNumber | None = None,
        client_ref: str | None = None,
    ) -> Line:
        """Call *number* to play it an IVR; no extension takes part."""
        own = caller_id or PhoneNumber.parse(self._settings().main_number)
        line = self._open(own, number, Direction.OUTBOUND, clock=clock, scripted=scripted)
        line.call.client_ref = client_ref
        line.call.dialled_at = line.call.started_at
        line.call.add(Leg(type=LegType.IVR, source=own, target=number, started_at=line.call.started_at))
        self.ringer.limit(line, self._settings().ring_seconds)
        return self.ringer.stepped(line)

    def take(self, line: Line) -> None:
        """The extension that places a call takes its telephone; now the other side is dialled."""
        call = line.call
        if call.owner is None or call.dialled_at is not None or call.is_over:
            raise WrongStep("this telephone is not ringing for a call of its own")
        call.dialled_at = line.clock.now()
        if call.direction is Direction.INTERNAL:
            if call.called.value in self.lines.busy():
                self.ringer.end(line, by="system", unanswered=LegResult.BUSY)
                return
            call.legs[0].ringing = (call.called.value,)
        self.ringer.limit(line, self._settings().ring_seconds)
        self.ringer.stepped(line)

    def answer(self, line: Line, extension: str | None = None) -> None:
        """Somebody takes the call: *extension*, or the number outside that rings."""
        call = line.call
        consultation = call.consultation
        if consultation is not None and consultation.is_ringing:
            leg = consultation
        else:
            leg = self.ringer.ringing(line)
            if call.owner is not None and call.dialled_at is None:
                raise WrongStep("the other side has not been dialled yet")
            if call.voicemail:
                raise WrongStep("voicemail has the call")
            line.deadline = None
        inside = leg.ringing and leg.extension is None
        first = call.first_answer is None
        leg.answer(line.clock.now(), extension=(extension or leg.ringing[0]) if inside else None)
        if first and leg.counts and inside:
            self._reporter.notice(line, Phase.ANSWERED)
        self.ringer.stepped(line)

    def refuse(self, line: Line, extension: str) -> None:
        """A ringing telephone rejects the call: the others ring on, or the call goes where it would next."""
        consultation = line.call.consultation
        if consultation is not None and extension in consultation.ringing:
            line.call.take_back(line.clock.now())
            self.ringer.stepped(line)
            return
        leg = self.ringer.ringing(line)
        if extension not in leg.ringing:
            raise WrongStep("this extension is not ringing")
        if len(leg.ringing) > 1:
            leg.ringing = tuple(one for one in leg.ringing if one != extension)
            self.ringer.stepped(line)
        else:
            self.ringer.unanswered(line, LegResult.REJECTED)

    def hold(self, line: Line) -> None:
        """Put the customer on hold."""
        line.call.talking().hold(line.clock.now())
        self.ringer.stepped(line)

    def resume(self, line: Line) -> None:
        """Take the customer from hold, giving up a consultation if there is one."""
        if line.call.consultation is not None:
            line.call.take_back(line.clock.now())
        else:
            line.call.talking().resume(line.clock.now())
        self.ringer.stepped(line)

    @assumed("A blindly transferred call whose target cannot be reached ends; it does not come back.")
    def transfer(self, line: Line, to: str) -> None:
        """Blind transfer to an extension or a number outside."""
        self._external(line)
        destination = self._target(line, to)
        by = line.call.hand_over(line.clock.now()).extension
        line.fallbacks.clear()
        self.ringer.send_to(line, destination, LegType.TRANSFER_BLIND, by=by, notify=False)

    def consult(self, line: Line, to: str) -> None:
        """Begin an attended transfer."""
        self._external(line)
        destination = self._target(line, to)
        outcome = reach(destination, self._office, busy=self.lines.busy(), ring_seconds=self._settings().ring_seconds)
        if not isinstance(outcome, Ringing):
            raise WrongStep("the one to be consulted cannot be reached")
        line.call.consult(line.clock.now(), to=to, ringing=outcome.extensions)
        self.ringer.stepped(line)

    def complete(self, line: Line) -> None:
        """Finish an attended transfer."""
        line.call.complete(line.clock.now())
        self.ringer.stepped(line)

    @documented("A call that rings on one telephone can be picked up at another.")
    def pick_up(self, line: Line, by: str) -> None:
        """Take a call that rings elsewhere."""
        if not self._office.has_extension(by):
            raise WrongStep("there is no such extension")
        if by in self.lines.busy():
            raise WrongStep("the extension is busy itself")
        self._external(line)
        first = line.call.first_answer is None
        line.call.pick_up(line.clock.now(), by=by)
        line.deadline = None
        if first:
            self._reporter.notice(line, Phase.ANSWERED)
        self.ringer.stepped(line)

    def hang_up(self, line: Line, *, by: str) -> None:
        """End the call; *by* is ``caller`` or ``callee``."""
        self.ringer.end(line, by=by, unanswered=LegResult.CANCELLED)

    def decline_outside(self, line: Line, result: LegResult) -> None:
        """The number outside is busy or rejects the call."""
        self.ringer.unanswered(line, result)

    def _open(
        self, caller: PhoneNumber, called: PhoneNumber, direction: Direction, *, clock: Clock, scripted: bool
    ) -> Line:
        line = self.lines.open(caller, called, direction, clock=clock, scripted=scripted)
        if not scripted:
            line.start(self.ringer.watch(line))
        return line

    def _route(self, line: Line, decision: Decision | None, default: Destination) -> None:
        destination = decided(decision, self._office)
        if destination is not None:
            line.fallbacks.append(default)
        self.ringer.send_to(line, destination or default, LegType.INITIAL, by=None, notify=True)
        line.routed_to = line.rang[0] if line.rang else None

    def _external(self, line: Line) -> None:
        if line.call.direction is Direction.INTERNAL:
            raise WrongStep("an internal call is not transferred or picked up here")

    def _target(self, line: Line, to: str) -> Destination:
        number = PhoneNumber.parse(to)
        if self._office.has_extension(to):
            if to in line.call.extensions:
                raise WrongStep("this extension is in the call already")
            return Destination(TargetType.EXTENSION, to)
        if number.is_external:
            return Destination(TargetType.NUMBER, number.value)
        if self._office.members(to):
            return Destination(TargetType.GROUP, to)
        raise WrongStep("there is no such extension, group or number")
