"""An expected error as one line with what to do, and as an exit code."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from vipex_sdk import errors

if TYPE_CHECKING:
    import cyclopts

__all__ = ["FAILED", "LOOK_FIRST", "WRONG_USE", "GatewayDown", "WrongUse", "advice_for", "report", "wrong_use"]

FAILED = 1
WRONG_USE = 2


class WrongUse(errors.VipexError):
    """The command was called with something missing or contradictory."""


class GatewayDown(errors.VipexError):
    """The gateway of this configuration does not answer."""


# The first class that fits gives the advice, so the narrow ones stand before the wide ones.
_ADVICE: tuple[tuple[type[errors.VipexError], str], ...] = (
    (errors.ConfigError, ""),
    (errors.NotSent, "nothing was sent: check the address and the network, then repeat it"),
    (errors.OutcomeUnknown, "it may have been carried out: look before you repeat it"),
    (errors.StillBusy, "wait longer, or look at its calls (vipex current EXTENSION)"),
    (errors.AuthError, "check the technical user's name and password"),
    (errors.NotSubscribed, "ask your provider to add this function to the subscription"),
    (errors.Forbidden, "ask the administrator of the exchange to permit it to the technical user"),
    (errors.RecordingNotReady, "try again in a minute"),
    (errors.RecordingExpired, "it was deleted at the exchange and cannot be fetched any more"),
    (errors.RecordingRejected, "nothing was kept; try again, and check the limits of the profile if it stays so"),
    (errors.NotFound, "check the id or the extension"),
    (errors.Conflict, "the extension is busy or offline: try again later"),
    (errors.Invalid, "correct the value"),
    (errors.RateLimited, "wait a little, then repeat it"),
    (errors.ServerError, "the other side failed: try again later"),
    (errors.DecodeError, "the wire profile may not fit this exchange: compare with 'vipex profile show'"),
    (errors.StoreUnavailable, "check free space and permissions of the data folder"),
)


LOOK_FIRST = {
    "calls.originate": "do not dial again: look at the extension's current call first (vipex current EXTENSION)",
    "calls.start_ivr": "do not call again: the call may have been started; its end-of-call report will say",
    "phonebook.create": "do not create it again: look for it first (vipex phonebook list)",
}
"""What to do after an unknown outcome of each operation that is not repeatable."""


def advice_for(kind: type[errors.VipexError]) -> str:
    """Say what to do about errors of class *kind*; empty when their text says so itself."""
    return next((text for known, text in _ADVICE if issubclass(kind, known)), "")


def advice(error: errors.VipexError) -> str:
    """Say what to do about *error*."""
    if isinstance(error, errors.OutcomeUnknown) and error.operation is not None:
        return LOOK_FIRST.get(error.operation, "repeating it is safe; check the exchange if it stays so")
    return advice_for(type(error))


def wrong_use(error: cyclopts.CycloptsError) -> WrongUse:
    """Take over what the command-line parser complains about, on one line."""
    return WrongUse(" ".join(str(error).split()))


def report(error: errors.VipexError, *, as_json: bool) -> int:
    """Print *error* and give the exit code. With *as_json* standard output gets it as a document too."""
    message = " ".join(str(error).split())
    todo = "see 'vipex --help'" if isinstance(error, WrongUse) else advice(error)
    sys.stderr.write(f"vipex: {message}; {todo}\n" if todo else f"vipex: {message}\n")
    if as_json:
        document: dict[str, dict[str, object]] = {
            "error": {"type": type(error).__name__, "message": message, "advice": todo or None}
        }
        if isinstance(error, errors.StatusError):
            document["error"] |= {"status": error.status or None, "code": error.code, "request_id": error.request_id}
        sys.stdout.write(json.dumps(document, ensure_ascii=False) + "\n")
    return WRONG_USE if isinstance(error, WrongUse) else FAILED
