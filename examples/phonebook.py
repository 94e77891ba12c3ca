"""One entry of the phonebook from its creation to its end."""

from __future__ import annotations

import os

from attrs import evolve

from vipex_sdk import Client, NotFound, OutcomeUnknown, PhonebookEntry, PhonebookNumber, PhoneNumber

EXCHANGE = os.environ.get("VIPEX_BASE_URL", "https://pbx.example.hu")
USER = os.environ.get("VIPEX_USER", "crm")
PASSWORD = os.environ.get("VIPEX_PASSWORD", "")


# --8<-- [start:phonebook_create]
def create(client: Client, entry: PhonebookEntry) -> PhonebookEntry:
    try:
        return client.phonebook.create(entry)
    except OutcomeUnknown:
        # It may be there: look before you create it again.
        mine = (one for one in client.phonebook.all() if one.external_id == entry.external_id)
        return next(mine, None) or client.phonebook.create(entry)


# --8<-- [end:phonebook_create]


# --8<-- [start:phonebook_update]
def rename(client: Client, entry_id: str, name: str) -> PhonebookEntry:
    entry = client.phonebook.get(entry_id)
    return client.phonebook.update(evolve(entry, name=name))  # replaces the whole entry


# --8<-- [end:phonebook_update]


# --8<-- [start:phonebook_delete]
def remove(client: Client, entry_id: str) -> bool:
    try:
        client.phonebook.delete(entry_id)
    except NotFound:
        return False
    return True


# --8<-- [end:phonebook_delete]


def main() -> None:
    with Client(EXCHANGE, user=USER, password=PASSWORD) as client:
        number = PhonebookNumber(number=PhoneNumber.parse("06 30 000 0004"), type="mobile")
        made = create(client, PhonebookEntry(name="Fekete Ilona", numbers=(number,), external_id="crm:4"))
        entry_id = made.id or ""
        print(rename(client, entry_id, "Fekete Ilonka").name)
        print(remove(client, entry_id), remove(client, entry_id))


if __name__ == "__main__":
    main()
