"""List the colleagues of the exchange, and what the operators are doing, at the same time."""

from __future__ import annotations

# --8<-- [start:list]
import asyncio
import os

from vipex_sdk import AsyncClient

EXCHANGE = os.environ.get("VIPEX_BASE_URL", "https://pbx.example.hu")
USER = os.environ.get("VIPEX_USER", "crm")
PASSWORD = os.environ.get("VIPEX_PASSWORD", "")


async def names(client: AsyncClient) -> dict[str | None, str | None]:
    return {user.extension: user.name async for user in client.users.all()}


async def run() -> None:
    async with AsyncClient(EXCHANGE, user=USER, password=PASSWORD) as client:
        people, operators = await asyncio.gather(names(client), client.operators.statuses())
    for operator in operators:
        print(operator.extension, people.get(operator.extension), operator.status)


# --8<-- [end:list]


def main() -> None:
    asyncio.run(run())


if __name__ == "__main__":
    main()
