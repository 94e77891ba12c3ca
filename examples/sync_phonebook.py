"""Bring the phonebook in line with the customers of a CRM: first say what would change, then change it."""

from __future__ import annotations

import asyncio
import os

from vipex_sdk import AsyncClient, PhonebookEntry, PhonebookNumber, PhoneNumber

EXCHANGE = os.environ.get("VIPEX_BASE_URL", "https://pbx.example.hu")
USER = os.environ.get("VIPEX_USER", "crm")
PASSWORD = os.environ.get("VIPEX_PASSWORD", "")
CUSTOMERS = {"37147": ("Kiss Anna", "06 30 000 0001"), "37148": ("Nagy Pál", "06 30 000 0002")}


def entries() -> list[PhonebookEntry]:
    return [
        PhonebookEntry(
            name=name,
            numbers=(PhonebookNumber(number=PhoneNumber.parse(number), type="mobile"),),
            external_id=f"crm:{card}",
        )
        for card, (name, number) in CUSTOMERS.items()
    ]


# --8<-- [start:sync]
async def bring_in_line(client: AsyncClient) -> None:
    plan = await client.phonebook.plan_sync(entries(), delete=True)
    print("would create", len(plan.creates), "update", len(plan.updates), "delete", len(plan.deletes))
    done = await client.phonebook.sync(
        entries(), delete=True, workers=4, progress=lambda made, of: print(f"{made}/{of}")
    )
    print("created", done.created, "updated", done.updated, "deleted", done.deleted)
    for one in done.refused:
        print("refused: entry", one.place, one.error.code)


# --8<-- [end:sync]


async def run() -> None:
    async with AsyncClient(EXCHANGE, user=USER, password=PASSWORD) as client:
        await bring_in_line(client)


def main() -> None:
    asyncio.run(run())


if __name__ == "__main__":
    main()
