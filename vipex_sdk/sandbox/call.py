"""A call as the exchange sees it: legs that ring, are answered, held, handed over and end.

Nothing here waits, sends or knows a clock: every step is told its instant.
"""

from __future__ import annotations

from datetime import datetime

from attrs import define, field

from vipex_sdk.numbers import PhoneNumber
from vipex_sdk.webhooks.events import Decision, Direction, LegResult, LegType

__all__ = ["Call", "Leg", "WrongStep"]


class WrongStep(Exception):
    """The step is impossible in the call's present state; the text says why."""


@define(kw_only=True)
class Leg:
    """One part of a call.

    Attributes:
        ringing: extensions whose telephones ring; several in a group.
        extension: who answered; ``None`` while ringing and for a number outside.
        target: whom the leg goes to; the first ringing extension of a group.
    """

    type: LegType
    source: PhoneNumber
    target: PhoneNumber
    started_at: datetime
    ringing: tuple[str, ...] = ()
    extension: str | None = None
    by_extension: str | None = None
    parent: int | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    held_at: datetime | None = None
    hold_seconds: int = 0
    result: LegResult = LegResult.UNKNOWN

    @property
    def counts(self) -> bool:
        """Whether its conversation is the customer's; a consultation is not."""
        return self.type is not LegType.CONSULTATION

    @property
    def is_ringing(self) -> bool:
        """Whether nobody has answered yet."""
        return self.answered_at is None and self.ended_at is None

    @property
    def is_talking(self) -> bool:
        """Whether it was answered and goes on."""
        return self.answered_at is not None and self.ended_at is None

    @property
    def extensions(self) -> tuple[str, ...]:
        """Extensions this leg keeps busy."""
        if self.ended_at is not None:
            return ()
        return (self.extension,) if self.extension else self.ringing

    @property
    def first_extension(self) -> str | None:
        """Who answered, else who rang first."""
        return self.extension or (self.ringing[0] if self.ringing else None)

    def answer(self, at: datetime, *, extension: str | None) -> None:
        """Somebody takes the call: one of the ringing extensions, or the number outside."""
        if not self.is_ringing:
            raise WrongStep("nothing is ringing here")
        if self.extension is not None:  # an outbound leg is its caller's; the number outside answers
            extension = None
        if extension is not None:
            if extension not in self.ringing:
                raise WrongStep("this extension is not ringing")
            self.extension = extension
            self.target = PhoneNumber.parse(extension)
        self.answered_at = at
        self.ringing = ()

    def end(self, at: datetime, result: LegResult) -> None:
        """End the leg; who was picked up from stays its extension."""
        self.resume(at)
        self.ended_at = at
        self.result = result
        if self.ringing and self.extension is None and result is LegResult.PICKED_UP:
            self.extension = self.ringing[0]

    def hold(self, at: datetime) -> None:
        """Let the other party wait; holding twice changes nothing."""
        if not self.is_talking:
            raise WrongStep("nobody is talking here")
        self.held_at = self.held_at or at

    def resume(self, at: datetime) -> None:
        """End a hold, if there is one."""
        if self.held_at is not None:
            self.hold_seconds += int((at - self.held_at).total_seconds())
            self.held_at = None


@define(kw_only=True)
class Call:
    """One whole call and what was decided about it.

    Attributes:
        owner: our extension that placed the call; ``None`` when it came from outside.
        dialled_at: when the owner's telephone was taken and the other side dialled.
        variables: what the answer to the data query set in the call logic.
    """

    call_id: str
    direction: Direction
    caller: PhoneNumber
    called: PhoneNumber
    started_at: datetime
    owner: str | None = None
    dialled_at: datetime | None = None
    client_ref: str | None = None
    caller_name: str | None = None
    group: str | None = None
    queue: str | None = None
    decision: Decision | None = None
    rejected: bool = False
    voicemail: bool = False
    ended_at: datetime | None = None
    hangup_by: str | None = None
    hangup_cause: int = 16
    variables: dict[str, str] = field(factory=dict)
    legs: list[Leg] = field(factory=list)

    @property
    def is_over(self) -> bool:
        """Whether everybody has hung up."""
        return self.ended_at is not None

    @property
    def customer(self) -> PhoneNumber:
        """The party outside."""
        return self.called if self.direction is Direction.OUTBOUND else self.caller

    @property
    def current(self) -> Leg | None:
        """The leg on which the customer waits or talks."""
        return next((leg for leg in reversed(self.legs) if leg.counts and leg.ended_at is None), None)

    @property
    def extensions(self) -> frozenset[str]:
        """Our extensions that this call keeps busy now."""
        if self.is_over:
            return frozenset()
        owner = {self.owner} if self.owner and self.direction is Direction.INTERNAL else set[str]()
        return frozenset(owner.union(*(leg.extensions for leg in self.legs)))

    @property
    def consultation(self) -> Leg | None:
        """The attended transfer's conversation, while it rings or goes on."""
        return next((leg for leg in reversed(self.legs) if not leg.counts and leg.ended_at is None), None)

    @property
    def first_answer(self) -> datetime | None:
        """When the customer first talked with somebody."""
        return min((leg.answered_at for leg in self.legs if leg.counts and leg.answered_at), default=None)

    def add(self, leg: Leg) -> Leg:
        """Append *leg*."""
        self.legs.append(leg)
        return leg

    def talking(self) -> Leg:
        """Give the leg on which the customer talks, or is held."""
        leg = self.current
        if leg is None or not leg.is_talking:
            raise WrongStep("nobody is talking in this call")
        return leg

    def hand_over(self, at: datetime) -> Leg:
        """Begin a blind transfer: the present leg ends, and what follows rings."""
        leg = self.talking()
        if self.consultation is not None:
            raise WrongStep("a consultation is going on; finish it or take the caller back")
        leg.end(at, LegResult.TRANSFERRED)
        return leg

    def consult(self, at: datetime, *, to: str, ringing: tuple[str, ...]) -> Leg:
        """Begin an attended transfer: the customer is held while the target rings."""
        leg = self.talking()
        if self.consultation is not None:
            raise WrongStep("a consultation is going on already")
        by = leg.extension or ""
        leg.hold(at)
        return self.add(
            Leg(
                type=LegType.CONSULTATION,
                source=PhoneNumber.parse(by),
                target=PhoneNumber.parse(to),
                started_at=at,
                ringing=ringing,
                by_extension=by,
                parent=self.legs.index(leg),
            )
        )

    def complete(self, at: datetime) -> Leg:
        """Finish an attended transfer: the customer talks with the one who was consulted."""
        leg, consultation = self.talking(), self.consultation
        if consultation is None or not consultation.is_talking:
            raise WrongStep("nobody has answered the consultation")
        consultation.end(at, LegResult.ANSWERED)
        leg.end(at, LegResult.TRANSFERRED)
        return self.add(
            Leg(
                type=LegType.TRANSFER_ATTENDED,
                source=self.customer,
                target=consultation.target,
                started_at=at,
                extension=consultation.extension,
                by_extension=consultation.by_extension,
                parent=self.legs.index(leg),
                answered_at=at,
            )
        )

    def take_back(self, at: datetime) -> Leg:
        """Give an attended transfer up: the consultation ends, the customer is resumed."""
        leg, consultation = self.talking(), self.consultation
        if consultation is None:
            raise WrongStep("there is no consultation to give up")
        consultation.end(at, LegResult.ANSWERED if consultation.is_talking else LegResult.CANCELLED)
        leg.resume(at)
        return leg

    def pick_up(self, at: datetime, *, by: str) -> Leg:
        """Take a call that rings on another telephone."""
        leg = self.current
        if leg is None or not leg.is_ringing or not leg.ringing:
            raise WrongStep("nothing is ringing to pick up")
        if by in leg.ringing:
            raise WrongStep("this extension is ringing itself; answer instead")
        leg.end(at, LegResult.PICKED_UP)
        return self.add(
            Leg(
                type=LegType.PICKUP,
                source=self.customer,
                target=PhoneNumber.parse(by),
                started_at=at,
                extension=by,
                by_extension=by,
                parent=self.legs.index(leg),
                answered_at=at,
            )
        )

    def end(self, at: datetime, *, by: str, unanswered: LegResult = LegResult.CANCELLED, cause: int = 16) -> None:
        """End the call and every leg still open; *by* is ``caller``, ``callee`` or ``system``."""
        if self.is_over:
            raise WrongStep("the call is over")
        for leg in self.legs:
            if leg.ended_at is None:
                leg.end(at, LegResult.ANSWERED if leg.answered_at else unanswered)
        self.ended_at = at
        self.hangup_by = by
        self.hangup_cause = cause
