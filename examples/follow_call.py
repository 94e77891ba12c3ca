"""Start a call and follow it at the extension until it is over or a time has passed."""

from __future__ import annotations

import os
import time

from vipex_sdk import Client, Conflict

EXCHANGE = os.environ.get("VIPEX_BASE_URL", "https://pbx.example.hu")
USER = os.environ.get("VIPEX_USER", "crm")
PASSWORD = os.environ.get("VIPEX_PASSWORD", "")
FOLLOW_SECONDS = float(os.environ.get("FOLLOW_SECONDS", "60"))


# --8<-- [start:follow]
def follow(client: Client, extension: str, call_id: str) -> None:
    seen = None
    end = time.monotonic() + FOLLOW_SECONDS
    while time.monotonic() < end:
        calls = [call for call in client.calls.current(extension).calls if call.call_id == call_id]
        state = calls[0].state if calls else None
        if state != seen:
            print(state or "over")
        if state is None and seen is not None:
            return
        seen = state
        time.sleep(0.2)


# --8<-- [end:follow]


def main() -> None:
    with Client(EXCHANGE, user=USER, password=PASSWORD) as client:
        try:
            call = client.calls.originate("102", "+36300000002")
        except Conflict:
            print("the extension is busy or offline")
            return
        if call.call_id is not None:
            follow(client, "102", call.call_id)


if __name__ == "__main__":
    main()
