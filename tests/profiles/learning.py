"""What the tests of learning share: the five example calls in a dialect, as a recorder would have kept them."""

from __future__ import annotations

import json
from pathlib import Path

from vipex_sdk.cli.profiles.capture import Capture
from vipex_sdk.webhooks.events import CallEnd
from vipex_sdk.wire.convert import converter_for
from vipex_sdk.wire.events import event_request
from vipex_sdk.wire.profile import WireProfile, default_profile, load_profile

PROFILES = Path(__file__).parent
EXAMPLES = PROFILES.parents[1] / "examples" / "payloads"


def dialect(name: str) -> WireProfile:
    return load_profile(PROFILES / f"{name}.toml")


def spoken(profile: WireProfile) -> list[Capture]:
    """Give the example calls as *profile* writes them, sent to the default profile's address."""
    captures = []
    for file in sorted(EXAMPLES.glob("call_end_*.json")):
        event = converter_for(default_profile()).decode(CallEnd, json.loads(file.read_text()))
        request = event_request(profile, "call_end", converter_for(profile).encode(event))
        captures.append(
            Capture(
                name=file.stem,
                target=default_profile().webhooks.call_end.path,
                headers=(("content-type", request.content_type or ""),),
                body=request.body,
            )
        )
    return captures
