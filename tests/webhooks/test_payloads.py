"""The example payloads of the documentation: each is read as the event it is an example of, to the last field."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from vipex_sdk.webhooks.answer import answer
from vipex_sdk.webhooks.events import CallEnd, DataQuery, Decision, IncomingCall, RecordingUpload
from vipex_sdk.webhooks.kind import kind_of
from vipex_sdk.webhooks.message import Hook
from vipex_sdk.webhooks.parse import decode_event, read_fields
from vipex_sdk.wire.convert import converter_for
from vipex_sdk.wire.profile import default_profile

PAYLOADS = Path(__file__).parents[2] / "examples" / "payloads"
EVENTS = {
    "data_query": DataQuery,
    "incoming_call": IncomingCall,
    "call_end": CallEnd,
    "recording_upload": RecordingUpload,
}
NAMES = sorted(path.stem for path in PAYLOADS.glob("*.json") if path.stem != "data_query_answer")


@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_the_event_it_is_named_after(name: str) -> None:
    fields = read_fields("application/json", (PAYLOADS / f"{name}.json").read_bytes())
    event = decode_event(fields, default_profile(), kind=kind_of(fields, default_profile(), address=Hook.EVENTS))
    kind = next(kind for prefix, kind in EVENTS.items() if name.startswith(prefix))
    assert type(event) is kind
    assert event.extra == {}


def test_the_answer_is_what_a_decision_is_written_as() -> None:
    wanted: dict[str, Any] = json.loads((PAYLOADS / "data_query_answer.json").read_text())
    decision = converter_for(default_profile()).decode(Decision, wanted)
    status, content_type, body = answer(decision, default_profile())
    assert (status, content_type, json.loads(body)) == (200, "application/json", wanted)


def test_every_event_has_an_example() -> None:
    assert {prefix for prefix in EVENTS if any(name.startswith(prefix) for name in NAMES)} == set(EVENTS)
