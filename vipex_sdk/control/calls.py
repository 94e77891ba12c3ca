"""Start calls, and see what an extension is doing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from attrs import field, frozen

from vipex_sdk.control.operation import Operation
from vipex_sdk.numbers import PhoneNumber
from vipex_sdk.values import OpenEnum

__all__ = [
    "CallStarted",
    "CallState",
    "CurrentCall",
    "Direction",
    "ExtensionCalls",
    "ExtensionState",
    "current",
    "originate",
    "start_ivr",
]


class Direction(OpenEnum):
    """Which way a call goes, seen from the customer's PBX."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"
    INTERNAL = "internal"
    UNKNOWN = "unknown"


class CallState(OpenEnum):
    """Where a live call stands."""

    RINGING = "ringing"
    ANSWERED = "answered"
    HELD = "held"


class ExtensionState(OpenEnum):
    """What an extension is doing."""

    IDLE = "idle"
    RINGING = "ringing"
    IN_CALL = "in_call"
    OFFLINE = "offline"


@frozen(kw_only=True)
class CallStarted:
    """VIPeX has accepted the call; nobody has answered yet.

    Attributes:
        call_id: ``None`` when VIPeX does not say; then correlate by extension, number and time.
        status: VIPeX's own word, for example ``initiated``.
    """

    call_id: str | None = None
    status: str | None = None


@frozen(kw_only=True)
class CurrentCall:
    """A live call of an extension."""

    call_id: str
    direction: Direction = Direction.UNKNOWN
    remote_number: PhoneNumber | None = None
    state: CallState | None = None
    started_at: datetime | None = None
    answered_at: datetime | None = None


@frozen(kw_only=True)
class ExtensionCalls:
    """What an extension is doing now; no calls when it is idle."""

    extension: str | None = None
    state: ExtensionState | None = None
    calls: tuple[CurrentCall, ...] = field(default=())


def originate(
    extension: str,
    number: PhoneNumber | str,
    *,
    caller_id: PhoneNumber | str | None = None,
    client_ref: str | None = None,
) -> Operation[CallStarted]:
    """Ring *extension*, then dial *number* for it.

    Not repeatable: a second request is a second call. After :class:`~vipex_sdk.errors.OutcomeUnknown` ask for the
    extension's current call before anything else.

    Args:
        extension: who wants to talk.
        number: whom to dial; any spelling that the profile's number rules understand.
        caller_id: number shown to the other side.
        client_ref: your own reference; sent as the idempotency key too, and may come back in the end of the call.

    Raises:
        Conflict: the extension is busy or offline.
        Invalid: *number* is none.
        OutcomeUnknown: the request left and no answer came.
    """
    arguments = {"extension": extension, "number": number, "caller_id": caller_id, "client_ref": client_ref}
    return Operation("calls.originate", arguments, returns=CallStarted, repeatable=False)


def start_ivr(
    number: PhoneNumber | str,
    ivr: str,
    *,
    caller_id: PhoneNumber | str | None = None,
    variables: Mapping[str, str] | None = None,
    client_ref: str | None = None,
) -> Operation[CallStarted]:
    """Call *number* and play the menu *ivr* to whoever answers.

    Not repeatable: a second request is a second call.

    Args:
        number: whom to call.
        ivr: name of the menu in VIPeX.
        caller_id: number shown to the other side.
        variables: set in the call logic.
        client_ref: your own reference; sent as the idempotency key too.

    Raises:
        Invalid: *number* is none.
        OutcomeUnknown: the request left and no answer came.
    """
    arguments = {
        "number": number,
        "ivr": ivr,
        "caller_id": caller_id,
        "variables": variables,
        "client_ref": client_ref,
    }
    return Operation("calls.start_ivr", arguments, returns=CallStarted, repeatable=False)


def current(extension: str) -> Operation[ExtensionCalls]:
    """Ask what *extension* is doing now.

    Raises:
        NotFound: there is no such extension.
    """
    return Operation("calls.current", {"extension": extension}, returns=ExtensionCalls, repeatable=True)
