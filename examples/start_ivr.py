"""Call a customer and play a menu, with variables for its script."""

from __future__ import annotations

import os

from vipex_sdk import Client, OutcomeUnknown

EXCHANGE = os.environ.get("VIPEX_BASE_URL", "https://pbx.example.hu")
USER = os.environ.get("VIPEX_USER", "crm")
PASSWORD = os.environ.get("VIPEX_PASSWORD", "")


# --8<-- [start:calls_start_ivr]
def ask(client: Client, number: str, order: str) -> str:
    try:
        call = client.calls.start_ivr(number, "feedback", variables={"order": order}, client_ref=f"order-{order}")
    except OutcomeUnknown:
        return "unknown: the end-of-call report with this client_ref will tell"
    return f"{call.call_id} {call.status}"


# --8<-- [end:calls_start_ivr]


def main() -> None:
    with Client(EXCHANGE, user=USER, password=PASSWORD) as client:
        print(ask(client, "+36300000001", "4711"))


if __name__ == "__main__":
    main()
