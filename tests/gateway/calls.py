"""Invented calls, and the requests by which VIPeX would tell of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from attrs import evolve

from vipex_sdk.numbers import PhoneNumber
from vipex_sdk.webhooks.events import CallEnd, Direction, Disposition
from vipex_sdk.webhooks.message import Hook, Message
from vipex_sdk.wire.convert import converter_for
from vipex_sdk.wire.profile import default_profile

CUSTOMER = "+36300000001"
STARTED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def a_call(call_id: str = "c-1", *, caller: str = CUSTOMER, **changes: Any) -> CallEnd:
    """Give an answered inbound call of one minute."""
    call = CallEnd(
        call_id=call_id,
        event_id=f"e-{call_id}",
        started_at=STARTED,
        answered_at=STARTED + timedelta(seconds=5),
        ended_at=STARTED + timedelta(seconds=65),
        direction=Direction.INBOUND,
        caller=PhoneNumber.parse(caller),
        called=PhoneNumber.parse("+3610000100"),
        extension="101",
        final_extension="101",
        ring_seconds=5,
        talk_seconds=60,
        duration_seconds=65,
        disposition=Disposition.ANSWERED,
    )
    return evolve(call, **changes)


def a_message(call: CallEnd, *, at: float | None = None, body: bytes | None = None) -> Message:
    """Give the request that carries *call*, received *at* (epoch seconds)."""
    wire = converter_for(default_profile()).encode(call) if body is None else None
    return Message(
        hook=Hook.CALL_END,
        content_type="application/json",
        body=json.dumps(wire).encode() if body is None else body,
        received_at=datetime.fromtimestamp(at, UTC) if at is not None else STARTED,
    )
