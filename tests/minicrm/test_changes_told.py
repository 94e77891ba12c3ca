from __future__ import annotations

import json
from typing import Any

import pytest
from vipex_minicrm import MiniCrmAdapter
from vipex_minicrm.news import read_news

from tests.minicrm.running import ANNA, RunningSimulator, settings_for
from vipex_sdk.crm import ReadsNews, Ref
from vipex_sdk.errors import DecodeError

PROJECT = {
    "Id": "10",
    "Type": "Project",
    "Data": {
        "CategoryId": "8",
        "ContactId": "16",
        "MainContactId": "15",
        "StatusId": "11684",
        "UserId": "2",
        "Name": "..",
        "InternalUrl": "https://r3.minicrm.hu/123456/#Project-8/10",
    },
    "Changed": ["StatusId", "UserId"],
}
"""The example of ``facts/minicrm.md`` 1.10."""


@pytest.mark.parametrize(
    ("message", "about"),
    [
        (PROJECT, ["16", "15"]),
        ({**PROJECT, "Data": {"ContactId": "16", "MainContactId": "16"}}, ["16"]),
        ({**PROJECT, "Data": {"ContactId": 16}}, ["16"]),
        ({"Id": "16", "Type": "Contact", "Data": {"Name": ".."}, "Changed": ["Phone"]}, ["16"]),
        ({"Id": 16, "Type": "Contact"}, ["16"]),
    ],
)
def test_a_message_says_whom_to_read(message: dict[str, Any], about: list[str]) -> None:
    for mark in (b"", b"\xef\xbb\xbf"):
        news = read_news(mark + json.dumps(message).encode())
        assert news.about == tuple(Ref("contact", contact) for contact in about)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b'{"Type": "Invoice", "Id": "1"}',
        b'{"Type": "Contact"}',
        b'{"Type": "Contact", "Id": "../1"}',
        b'{"Type": "Project", "Data": []}',
        b"\xff",
        b"[" * 100_000,
    ],
)
def test_nonsense_is_refused_without_showing_it(body: bytes) -> None:
    with pytest.raises(DecodeError) as caught:
        read_news(body)
    assert "../1" not in str(caught.value)


async def test_a_changed_contact_is_read_with_all_its_cards_and_nothing_is_written(
    simulator: RunningSimulator,
) -> None:
    async with MiniCrmAdapter(settings_for(simulator.url)) as adapter:
        assert isinstance(adapter, ReadsNews)
        found, *rest = await adapter.find(ANNA)
        contact = simulator.simulation.tenant.contacts[int(found.contact.id)]
        contact.phone = "06 30 000 0055"
        cards = await adapter.refreshed(Ref("contact", found.contact.id))
    assert {card.card for card in cards} == {found.card, *(card.card for card in rest)}
    assert all(card.contact == found.contact and "06 30 000 0055" in card.numbers for card in cards)
    assert {request.partition(" ")[0] for request in simulator.requests()} == {"GET"}


async def test_a_contact_that_is_gone_leaves_as_person_and_as_company(simulator: RunningSimulator) -> None:
    async with MiniCrmAdapter(settings_for(simulator.url)) as adapter:
        cards = await adapter.refreshed(Ref("contact", "99999"))
    assert [(card.contact, card.deleted) for card in cards] == [
        (Ref("person", "99999"), True),
        (Ref("company", "99999"), True),
    ]


async def test_a_new_contact_is_named_once(simulator: RunningSimulator) -> None:
    from tests.minicrm.test_create import NEW, NOBODY

    async with MiniCrmAdapter(settings_for(simulator.url, new_cards=NEW)) as adapter:
        made = await adapter.create_card(NOBODY, f"Ismeretlen hívó {NOBODY.display}", "caller-9")
    contact = simulator.simulation.tenant.contacts[int(made.contact.id)]
    card = simulator.simulation.tenant.cards[int(made.card.id if made.card else 0)]
    assert (contact.last_name, contact.first_name) == ("Ismeretlen hívó", "+36 30 000 0099")
    assert card.name == made.name == "Ismeretlen hívó +36 30 000 0099"
