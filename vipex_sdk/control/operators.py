"""Call-centre operators: what they are doing, and for how long they did it."""

from __future__ import annotations

from datetime import datetime, timedelta

from attrs import field, frozen

from vipex_sdk.control.operation import Operation
from vipex_sdk.values import OpenEnum, Seconds

__all__ = [
    "OperatorState",
    "OperatorStatus",
    "StatusTime",
    "StatusTimes",
    "list_statuses",
    "time_in_status",
]


class OperatorState(OpenEnum):
    """What an operator is doing. Customers invent their own states; an unknown one keeps its text."""

    AVAILABLE = "available"
    RINGING = "ringing"
    IN_CALL = "in_call"
    WRAP_UP = "wrap_up"
    BREAK = "break"
    OFFLINE = "offline"
    OTHER = "other"


@frozen(kw_only=True, weakref_slot=False)
class OperatorStatus:
    """What one operator is doing.

    Attributes:
        label: the customer's own name of the state.
        since: when it began.
        queues: where the operator is signed in.
    """

    operator_id: str
    status: OperatorState
    extension: str | None = None
    name: str | None = field(default=None, repr=False)
    label: str | None = None
    since: datetime | None = None
    queues: tuple[str, ...] = ()

    @property
    def category(self) -> OperatorState:
        """The state as one of the known ones; a customer's own state is ``OTHER``."""
        return self.status if self.status.known else OperatorState.OTHER


@frozen(kw_only=True, weakref_slot=False)
class StatusTime:
    """How long an operator was in one state, and how often.

    Attributes:
        status: a known state, or a word of the customer's own.
        seconds: in all.
        label: the customer's own name of the state.
        count: how often it began.
    """

    status: OperatorState
    seconds: Seconds
    label: str | None = None
    count: int | None = None

    @property
    def duration(self) -> timedelta:
        """How long, as Python has it."""
        return timedelta(seconds=self.seconds)


@frozen(kw_only=True, weakref_slot=False)
class StatusTimes:
    """How an operator spent a period."""

    operator_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    times: tuple[StatusTime, ...] = ()

    def spent(self, status: OperatorState | str) -> timedelta:
        """Give the time in one state, also a customer's own (by its word); zero when the operator never was in it."""
        return sum((one.duration for one in self.times if one.status == status), timedelta())

    @property
    def total(self) -> timedelta:
        """Give the time in all states together."""
        return sum((one.duration for one in self.times), timedelta())


def list_statuses() -> Operation[tuple[OperatorStatus, ...]]:
    """List what all operators are doing now."""
    return Operation("operators.statuses", {}, returns=tuple[OperatorStatus, ...], repeatable=True)


def time_in_status(operator_id: str, *, since: datetime, until: datetime) -> Operation[StatusTimes]:
    """Ask how long an operator was in each state.

    Args:
        operator_id: whose time.
        since: begin of the period; a naive time is in the profile's zone.
        until: end of the period; likewise.

    Raises:
        NotFound: there is no such operator.
    """
    arguments = {"operator_id": operator_id, "since": since, "until": until}
    return Operation("operators.time_in_status", arguments, returns=StatusTimes, repeatable=True)
