"""Who works here, what the operators are doing, and how long they did it today."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

from vipex_sdk import Client, OperatorState

EXCHANGE = os.environ.get("VIPEX_BASE_URL", "https://pbx.example.hu")
USER = os.environ.get("VIPEX_USER", "crm")
PASSWORD = os.environ.get("VIPEX_PASSWORD", "")


# --8<-- [start:users]
def people(client: Client) -> None:
    for user in client.users.all():
        print(user.id, user.extension, ", ".join(user.groups))
    print(client.users.get("17").extension)


# --8<-- [end:users]


# --8<-- [start:operators]
def operators(client: Client) -> None:
    until = datetime.now(UTC)
    for operator in client.operators.statuses():
        times = client.operators.time_in_status(operator.operator_id, since=until - timedelta(hours=8), until=until)
        talked = times.spent(OperatorState.IN_CALL)
        trained = times.spent("training")  # a state of the customer's own
        print(operator.operator_id, operator.status, talked, trained, times.total)


# --8<-- [end:operators]


def main() -> None:
    with Client(EXCHANGE, user=USER, password=PASSWORD) as client:
        people(client)
        operators(client)


if __name__ == "__main__":
    main()
