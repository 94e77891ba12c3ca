"""Forward the calls of an extension, look how they are forwarded, and stop it."""

from __future__ import annotations

import os

from vipex_sdk import Client, ForwardingType
from vipex_sdk.control import TargetType

EXCHANGE = os.environ.get("VIPEX_BASE_URL", "https://pbx.example.hu")
USER = os.environ.get("VIPEX_USER", "crm")
PASSWORD = os.environ.get("VIPEX_PASSWORD", "")


# --8<-- [start:forwarding_set]
def away(client: Client, extension: str, colleague: str, mobile: str) -> None:
    client.forwarding.set(
        extension, ForwardingType.NO_ANSWER, colleague, target_type=TargetType.EXTENSION, ring_seconds=20
    )
    client.forwarding.set(extension, ForwardingType.UNREACHABLE, mobile, target_type=TargetType.NUMBER)


# --8<-- [end:forwarding_set]


# --8<-- [start:forwarding_get]
def show(client: Client, extension: str) -> None:
    for one in client.forwarding.get(extension):
        print(one.type, one.target_type, one.target.value if one.target else "-")
    busy = client.forwarding.find(extension, ForwardingType.BUSY)
    print("busy", "not forwarded" if busy is None else busy.target_type)


# --8<-- [end:forwarding_get]


# --8<-- [start:forwarding_delete]
def back(client: Client, extension: str) -> None:
    client.forwarding.delete(extension, ForwardingType.NO_ANSWER)
    client.forwarding.delete(extension, ForwardingType.NO_ANSWER)  # one that is not there counts as deleted
    client.forwarding.delete_all(extension)


# --8<-- [end:forwarding_delete]


def main() -> None:
    with Client(EXCHANGE, user=USER, password=PASSWORD) as client:
        away(client, "103", "102", "+36300000009")
        show(client, "103")
        back(client, "103")
        print(len(client.forwarding.get("103")))


if __name__ == "__main__":
    main()
