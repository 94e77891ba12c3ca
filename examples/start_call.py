"""Ring extension 101 and connect it with a customer, without ever dialling twice.

VIPEX_BASE_URL, VIPEX_USER and VIPEX_PASSWORD say which exchange.
"""

from __future__ import annotations

# --8<-- [start:connect]
import os

from vipex_sdk import Client, OutcomeUnknown

EXCHANGE = os.environ.get("VIPEX_BASE_URL", "https://pbx.example.hu")
USER = os.environ.get("VIPEX_USER", "crm")
PASSWORD = os.environ.get("VIPEX_PASSWORD", "")


def main() -> None:
    with Client(EXCHANGE, user=USER, password=PASSWORD) as client:
        print(start(client, "101", "+36300000001"))


# --8<-- [end:connect]


# --8<-- [start:recover]
def start(client: Client, extension: str, number: str) -> str:
    try:
        call = client.calls.originate(extension, number, client_ref="crm-4711")
    except OutcomeUnknown:
        # The request left, no answer came: look, never dial again.
        found = client.calls.look_for(extension, number)
        return f"unknown {found.verdict.value}"
    return f"{call.call_id} {call.status}"


# --8<-- [end:recover]


if __name__ == "__main__":
    main()
