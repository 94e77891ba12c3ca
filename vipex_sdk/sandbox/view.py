"""What the page of phones and the sandbox's own API show: telephones, parties outside, calls and what was sent.

Numbers are shown in full: everybody here is invented.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from vipex_sdk.numbers import PhoneNumber
from vipex_sdk.sandbox.call import Call, Leg
from vipex_sdk.sandbox.line import Attempt, Line
from vipex_sdk.sandbox.lines import Lines
from vipex_sdk.sandbox.summary import call_end
from vipex_sdk.webhooks.events import Direction

__all__ = ["call_details", "call_summary", "outside_parties", "phone"]


def phone(extension: str, name: str, *, lines: Lines, offline: bool) -> dict[str, Any]:
    """Describe one telephone and which of its buttons work."""
    line = lines.of(extension)
    base: dict[str, Any] = {
        "extension": extension,
        "name": name,
        "state": "offline" if offline else "idle",
        "buttons": [],
    }
    if line is None:
        waiting = [] if offline else [one for one in lines if _can_be_picked_up(one.call)]
        return base | {
            "pick_up": [
                {"call_id": one.call.call_id, "from": ", ".join(sorted(one.call.extensions))} for one in waiting
            ]
        }
    call = line.call
    state, buttons = _state(call, extension)
    consulting = call.consultation is not None and extension in call.consultation.extensions
    peer = call.consultation.source if consulting and call.consultation else _peer(call, extension)
    return base | {
        "state": state,
        "buttons": buttons,
        "call_id": call.call_id,
        "peer": _shown(peer),
        "peer_name": None if consulting else call.caller_name,
        "since": call.started_at.isoformat(),
        "scripted": line.scripted,
    }


def outside_parties(lines: Lines) -> list[dict[str, Any]]:
    """Describe customers on the line, with their buttons."""
    shown = []
    for line in lines:
        call = line.call
        if call.is_over or call.direction is Direction.INTERNAL:
            continue
        leg = call.current
        rings_outside = leg is not None and leg.is_ringing and not leg.ringing and not call.voicemail
        dialled = call.owner is None or call.dialled_at is not None
        buttons = ["answer", "busy"] if rings_outside and dialled else []
        state = "ringing" if rings_outside else "in_call" if leg and leg.is_talking else "calling"
        held = leg is not None and leg.held_at is not None
        shown.append(
            {
                "call_id": call.call_id,
                "number": _shown(call.customer),
                "name": call.caller_name,
                "direction": str(call.direction),
                "state": "held" if held else state if dialled else "waiting",
                "buttons": [*buttons, "hang_up"],
                "scripted": line.scripted,
            }
        )
    return shown


def call_summary(line: Line) -> dict[str, Any]:
    """Describe a call in a line of the list."""
    call = line.call
    end = call_end(call, event_id="", users={}, recordings={}) if call.is_over else None
    return {
        "call_id": call.call_id,
        "direction": str(call.direction),
        "customer": _shown(call.customer),
        "state": "ended" if call.is_over else "ringing" if call.first_answer is None else "in_call",
        "disposition": str(end.disposition) if end else None,
        "extension": end.extension if end else next(iter(sorted(call.extensions)), None),
        "final_extension": end.final_extension if end else None,
        "routed_to": line.routed_to,
        "started_at": call.started_at.isoformat(),
        "answered_at": _instant(call.first_answer),
        "ended_at": _instant(call.ended_at),
        "ring_seconds": end.ring_seconds if end else None,
        "talk_seconds": end.talk_seconds if end else None,
        "duration_seconds": end.duration_seconds if end else None,
        "legs": [str(leg.type) for leg in call.legs],
        "recordings": list(line.codes),
        "reported": line.reported.is_set(),
        "webhooks": [_attempt(attempt) for attempt in line.attempts],
    }


def call_details(line: Line) -> dict[str, Any]:
    """Describe a call with its legs and what was decided about it."""
    call = line.call
    decision = call.decision
    return call_summary(line) | {
        "caller": _shown(call.caller),
        "called": _shown(call.called),
        "caller_name": call.caller_name,
        "client_ref": call.client_ref,
        "group": call.group,
        "hangup_by": call.hangup_by,
        "decision": None
        if decision is None
        else {
            "found": decision.found,
            "action": str(decision.action),
            "target_type": str(decision.target_type) if decision.target_type else None,
            "target": decision.target,
            "timeout_seconds": decision.timeout_seconds,
            "caller_name": decision.caller_name,
            "variables": dict(decision.variables),
        },
        "legs": [_leg(leg) for leg in call.legs],
    }


def _state(call: Call, extension: str) -> tuple[str, list[str]]:
    consultation, leg = call.consultation, call.current
    if extension == call.owner and call.dialled_at is None:
        shown = "placing", ["take", "hang_up"]
    elif consultation is not None and extension in consultation.extensions:
        shown = ("ringing", ["answer", "reject"]) if consultation.is_ringing else ("consulted", ["hang_up"])
    elif leg is not None and extension in leg.ringing:
        shown = "ringing", ["answer", "reject"]
    elif leg is not None and leg.is_ringing:
        shown = "calling", ["hang_up"]
    elif call.direction is Direction.INTERNAL:
        shown = "in_call", ["hang_up"]
    elif consultation is not None:
        shown = "consulting", [*(["complete"] if consultation.is_talking else []), "resume", "hang_up"]
    else:
        held = leg is not None and leg.held_at is not None
        shown = "held" if held else "in_call", ["resume" if held else "hold", "transfer", "consult", "hang_up"]
    return shown


def _peer(call: Call, extension: str) -> PhoneNumber:
    if call.direction is Direction.INTERNAL:
        return call.called if extension == call.owner else call.caller
    return call.customer


def _can_be_picked_up(call: Call) -> bool:
    leg = call.current
    return call.direction is not Direction.INTERNAL and leg is not None and leg.is_ringing and bool(leg.ringing)


def _leg(leg: Leg) -> Mapping[str, Any]:
    return {
        "type": str(leg.type),
        "from": _shown(leg.source),
        "to": _shown(leg.target),
        "extension": leg.first_extension,
        "by_extension": leg.by_extension,
        "started_at": leg.started_at.isoformat(),
        "answered_at": _instant(leg.answered_at),
        "ended_at": _instant(leg.ended_at),
        "hold_seconds": leg.hold_seconds,
        "result": str(leg.result),
    }


def _attempt(attempt: Attempt) -> Mapping[str, Any]:
    return {
        "kind": attempt.kind,
        "phase": attempt.phase,
        "attempt": attempt.number,
        "at": attempt.at.isoformat(timespec="milliseconds"),
        "duration_ms": attempt.duration_ms,
        "status": attempt.status,
        "error": attempt.error,
        "delivered": attempt.delivered,
    }


def _shown(number: PhoneNumber) -> str | None:
    return number.value or None


def _instant(value: datetime | None) -> str | None:
    return value.isoformat() if value is not None else None
