"""Where a call can be reached: telephones that ring, forwardings that send it on, and those that refuse."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol, TypeAlias

from attrs import frozen

from vipex_sdk.numbers import PhoneNumber
from vipex_sdk.sandbox.behaviours import assumed, documented
from vipex_sdk.webhooks.events import Decision, DecisionAction, LegResult, TargetType

__all__ = ["Destination", "Diverted", "Office", "Reach", "Refused", "Ringing", "Voicemail", "decided", "reach"]


class Diversion(Protocol):
    """A forwarding in force."""

    @property
    def target(self) -> PhoneNumber | None:
        """Where to."""

    @property
    def target_type(self) -> str | None:
        """``extension`` or ``number`` and the like."""

    @property
    def ring_seconds(self) -> int | None:
        """How long the telephone rings first."""


class Office(Protocol):
    """What routing must know of the customer's telephones."""

    def has_extension(self, extension: str) -> bool:
        """Tell whether there is such an extension."""

    def is_offline(self, extension: str) -> bool:
        """Tell whether no telephone is registered there."""

    def members(self, group: str) -> tuple[str, ...]:
        """List a group's extensions; none when there is no such group."""

    def diversion(self, extension: str, kind: str) -> Diversion | None:
        """Give the forwarding of this kind, if one is set."""


@frozen
class Destination:
    """Where a call should go; *by* is the extension that forwards it."""

    kind: TargetType
    target: str
    ring_seconds: int | None = None
    by: str | None = None

    @classmethod
    def parse(cls, text: str) -> Destination:
        """Read ``group:sales``, ``extension:101``, ``number:+36...``."""
        kind, _, target = text.partition(":")
        return cls(TargetType(kind), target)


@frozen
class Ringing:
    """Telephones ring; nobody's when *extensions* is empty, for then a number outside does."""

    extensions: tuple[str, ...]
    seconds: int
    then: Destination | None = None


@frozen
class Diverted:
    """A forwarding sends the call on at once."""

    result: LegResult
    to: Destination


@frozen
class Refused:
    """Nobody can be reached."""

    result: LegResult


@frozen
class Voicemail:
    """A machine takes the call."""


Reach: TypeAlias = Ringing | Diverted | Refused | Voicemail

_RINGS_BEFORE_FORWARDING = 20


def reach(destination: Destination, office: Office, *, busy: Collection[str], ring_seconds: int) -> Reach:
    """Tell what happens to a call sent to *destination* now."""
    seconds = destination.ring_seconds or ring_seconds
    if destination.kind is TargetType.NUMBER:
        return Ringing((), seconds)
    if destination.kind is TargetType.VOICEMAIL:
        return Voicemail()
    if destination.kind is TargetType.EXTENSION:
        return _extension(destination, office, busy=busy, seconds=seconds)
    return _group(destination, office, busy=busy, seconds=seconds)


@documented("Forwarding can be set to an extension or to a telephone number.")
@assumed("Forwarding has four kinds: unconditional, busy, no answer (after some seconds), unreachable.", source="3.7")
def _extension(destination: Destination, office: Office, *, busy: Collection[str], seconds: int) -> Reach:
    extension = destination.target
    if not office.has_extension(extension):
        return Refused(LegResult.FAILED)
    always = _forwarded(office, extension, "unconditional")
    if always is not None:
        return Diverted(LegResult.CANCELLED, always)
    if office.is_offline(extension):
        unreachable = _forwarded(office, extension, "unreachable")
        return Diverted(LegResult.FAILED, unreachable) if unreachable else Refused(LegResult.FAILED)
    if extension in busy:
        on_busy = _forwarded(office, extension, "busy")
        return Diverted(LegResult.BUSY, on_busy) if on_busy else Refused(LegResult.BUSY)
    unanswered = _forwarded(office, extension, "no_answer")
    if unanswered is None:
        return Ringing((extension,), seconds)
    return Ringing((extension,), _patience(office, extension), unanswered)


@assumed("All idle members of a group ring at once, and their own forwardings do not apply.")
def _group(destination: Destination, office: Office, *, busy: Collection[str], seconds: int) -> Reach:
    members = office.members(destination.target)
    idle = tuple(one for one in members if one not in busy and not office.is_offline(one))
    if idle:
        return Ringing(idle, seconds)
    return Refused(LegResult.BUSY if any(one in busy for one in members) else LegResult.FAILED)


def _forwarded(office: Office, extension: str, kind: str) -> Destination | None:
    diversion = office.diversion(extension, kind)
    if diversion is None:
        return None
    target = diversion.target.value if diversion.target is not None else ""
    return Destination(TargetType(str(diversion.target_type or TargetType.EXTENSION)), target, by=extension)


def _patience(office: Office, extension: str) -> int:
    diversion = office.diversion(extension, "no_answer")
    return (diversion.ring_seconds if diversion else None) or _RINGS_BEFORE_FORWARDING


@documented("The call is routed by the answer to the data query only after that answer was validated.")
@assumed("A target that does not exist is treated like no answer at all: the call logic goes on.", source="3.3")
def decided(decision: Decision | None, office: Office) -> Destination | None:
    """Give where *decision* leads, or ``None`` for "let the call logic go on"."""
    if decision is None or decision.action is not DecisionAction.ROUTE or not decision.target:
        return None
    kind = decision.target_type or TargetType.EXTENSION
    destination = Destination(kind, decision.target, decision.timeout_seconds)
    if kind is TargetType.EXTENSION:
        return destination if office.has_extension(decision.target) else None
    if kind is TargetType.NUMBER:
        return destination if PhoneNumber.parse(decision.target).is_external else None
    if kind is TargetType.VOICEMAIL:
        return destination
    return destination if office.members(decision.target) else None
