"""Start a call, follow it at the extension until it is over, and have the next one wait for a free extension."""

from __future__ import annotations

import os

from vipex_sdk import Client, Conflict, StillBusy

EXCHANGE = os.environ.get("VIPEX_BASE_URL", "https://pbx.example.hu")
USER = os.environ.get("VIPEX_USER", "crm")
PASSWORD = os.environ.get("VIPEX_PASSWORD", "")
FOLLOW_SECONDS = float(os.environ.get("FOLLOW_SECONDS", "60"))


# --8<-- [start:follow]
def follow(client: Client, extension: str, number: str) -> str:
    try:
        started = client.calls.originate(extension, number)
    except Conflict:
        return "busy_or_offline"
    outcome = client.calls.wait_for_outcome(
        extension,
        call_id=started.call_id,
        number=number,
        timeout=FOLLOW_SECONDS,
        interval=0.2,
        on_change=lambda call: print(call.state),
    )
    return outcome.ending.value  # answered, not_answered, not_seen or still_on


# --8<-- [end:follow]


# --8<-- [start:calls_current]
def wait(client: Client, extension: str) -> str:
    print(client.calls.current(extension).state)
    try:
        client.calls.wait_until_idle(extension, timeout=FOLLOW_SECONDS, interval=0.2)
    except StillBusy:
        return "still busy"
    return "free"


# --8<-- [end:calls_current]


def main() -> None:
    with Client(EXCHANGE, user=USER, password=PASSWORD) as client:
        print(follow(client, "102", "+36300000002"))
        print(wait(client, "102"))


if __name__ == "__main__":
    main()
