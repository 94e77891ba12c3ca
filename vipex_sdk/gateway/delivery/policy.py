"""What a deployment decides about delivery."""

from __future__ import annotations

from enum import StrEnum

from attrs import field, frozen

from vipex_sdk.crm.matching import Match
from vipex_sdk.numbers import PhoneNumber
from vipex_sdk.webhooks.events import Direction

__all__ = ["DEFAULT_SCHEDULE", "Ambiguous", "DeliveryPolicy", "UnknownCallers"]

DEFAULT_SCHEDULE = (5.0, 30.0, 300.0, 1800.0, 7200.0, 18000.0, 36000.0)
"""Seconds between attempts; after the last one the call is a dead letter (``facts/reliability.md`` 2.3)."""


class UnknownCallers(StrEnum):
    """For whom a card is created."""

    NEVER = "never"
    INBOUND = "inbound"
    BOTH = "both"


class Ambiguous(StrEnum):
    """What becomes of a call whose number several customers share."""

    BEST = "best"
    PARK = "park"
    IGNORE = "ignore"


@frozen(kw_only=True)
class DeliveryPolicy:
    """How calls are brought to the CRM.

    Attributes:
        settle_seconds: quiet time after the last news of a call before it is written.
        schedule: seconds between attempts.
        unknown_callers: for whom a card is created, where the CRM can.
        newcomer_name: what an unknown caller is called, before the number.
        ambiguous: what becomes of a call whose number several customers share.
        own_numbers: the deployment's own numbers; nobody's customer.
        patience_seconds: how long one request to the adapter may take.
        breaker_failures: failures in a row after which deliveries pause.
        breaker_seconds: length of the first pause; it doubles up to ``breaker_longest``.
        reauth_seconds: how long to wait before a refused credential is tried again.
    """

    settle_seconds: float = 20.0
    schedule: tuple[float, ...] = DEFAULT_SCHEDULE
    unknown_callers: UnknownCallers = field(default=UnknownCallers.NEVER, converter=UnknownCallers)
    newcomer_name: str = "Unknown caller"
    ambiguous: Ambiguous = field(default=Ambiguous.BEST, converter=Ambiguous)
    own_numbers: tuple[str, ...] = ()
    patience_seconds: float = 60.0
    breaker_failures: int = 5
    breaker_seconds: float = 30.0
    breaker_longest: float = 600.0
    reauth_seconds: float = 900.0

    def welcomes(self, number: PhoneNumber, direction: Direction, match: Match) -> bool:
        """Whether a card is to be created for *number*: never for the hidden, the internal, the ambiguous."""
        if not match.nobody or not number.is_external:
            return False
        if self.unknown_callers is UnknownCallers.BOTH:
            return direction in (Direction.INBOUND, Direction.OUTBOUND)
        return self.unknown_callers is UnknownCallers.INBOUND and direction is Direction.INBOUND
