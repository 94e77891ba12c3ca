from __future__ import annotations

import pytest
from vipex_minicrm import MiniCrmAdapter, NewCards

from tests.minicrm.running import NOBODY, RunningSimulator, settings_for
from vipex_sdk.crm import Ref
from vipex_sdk.errors import Misconfigured, OutcomeUnknown
from vipex_sdk.numbers import PhoneNumber

NEW = NewCards(category="21", status="Érdeklődő", owner="Nagy Béla", fields={"Forras": "Telefon"})


async def test_an_unknown_caller_becomes_a_contact_with_a_card(simulator: RunningSimulator) -> None:
    async with MiniCrmAdapter(settings_for(simulator.url, new_cards=NEW)) as adapter:
        await adapter.check()
        made = await adapter.create_card(NOBODY, "Ismeretlen hívó", "call-9")
        (found,) = await adapter.find(NOBODY)
    assert (found.contact, found.card, found.owner) == (made.contact, made.card, made.owner)
    assert made.owner == Ref("user", "2001")
    assert made.url == f"{simulator.url}/12345/#Project-21/{made.card.id if made.card else ''}"
    card = simulator.simulation.tenant.cards[int(made.card.id if made.card else 0)]
    assert (card.status_id, card.fields) == (2601, {"Forras": "Telefon"})
    contact = simulator.simulation.tenant.contacts[int(made.contact.id)]
    assert (contact.phone, contact.description) == ("+36300000099", "[vipex:call-9]")


@pytest.mark.parametrize("path", ["/Contact", "/Project"])
async def test_an_interrupted_creation_is_completed_not_repeated(simulator: RunningSimulator, path: str) -> None:
    people = len(simulator.simulation.tenant.contacts)
    cards = len(simulator.simulation.tenant.cards)
    async with MiniCrmAdapter(settings_for(simulator.url, new_cards=NEW)) as adapter:
        simulator.order(drop_after_commit=1, method="PUT", path=path)
        with pytest.raises(OutcomeUnknown):
            await adapter.create_card(NOBODY, "Ismeretlen hívó", "call-9")
        await adapter.create_card(NOBODY, "Ismeretlen hívó", "call-9")
    assert len(simulator.simulation.tenant.contacts) == people + 1
    assert len(simulator.simulation.tenant.cards) == cards + 1


async def test_a_known_contact_without_a_card_only_gets_the_card(simulator: RunningSimulator) -> None:
    async with MiniCrmAdapter(settings_for(simulator.url, new_cards=NEW)) as adapter:
        made = await adapter.create_card(PhoneNumber.parse("+36300000008"), "Ismeretlen hívó", "call-9")
    assert made.contact == Ref("person", "107")
    assert made.card is not None


async def test_a_refused_card_keeps_the_contact_and_says_which_field(simulator: RunningSimulator) -> None:
    wrong = NewCards(category="23", status="Új bejelentés")
    async with MiniCrmAdapter(settings_for(simulator.url, new_cards=wrong)) as adapter:
        with pytest.raises(Misconfigured, match="Csatorna"):
            await adapter.create_card(NOBODY, "Ismeretlen hívó", "call-9")
        (found,) = await adapter.find(NOBODY)
    assert found.card is None


@pytest.mark.parametrize("several", ["Gép", "Gép, Szerviz", "1,2", "3", str((1 << 35) + 1)])
async def test_a_field_may_hold_several_options(simulator: RunningSimulator, several: str) -> None:
    new = NewCards(category="21", status="2601", fields={"Erdeklodes": several, "Forras": "1508"})
    async with MiniCrmAdapter(settings_for(simulator.url, new_cards=new)) as adapter:
        await adapter.check()


@pytest.mark.parametrize(
    ("new", "told"),
    [
        (None, "new_cards: needed"),
        (NewCards(category="99", status="2601"), "new_cards.category"),
        (NewCards(category="21", status="Nincs"), "new_cards.status"),
        (NewCards(category="21", status="2601", owner="Régi Kolléga"), "new_cards.owner"),
        (
            NewCards(category="21", status="2601", fields={"Nincs": "x"}),
            "new_cards.fields.Nincs: the module has no such",
        ),
        (
            NewCards(category="21", status="2601", fields={"Forras": "Fax"}),
            r"Forras: no such option; .*1508 \(Telefon\)",
        ),
        (NewCards(category="21", status="2601", fields={"Erdeklodes": "1, 3"}), "Erdeklodes: no such option"),
        (NewCards(category="21", status="2601", fields={"StatusId": "2602"}), "StatusId: is set by the gateway"),
        (NewCards(category="21", status="2601", fields={"UpdatedAt": "holnap"}), "UpdatedAt: expected a time"),
        (NewCards(category="21", status="Nincs", fields={"Nincs": "x"}), "new_cards.status.*new_cards.fields"),
    ],
)
async def test_wrong_settings_are_named_before_anything_is_written(
    simulator: RunningSimulator, new: NewCards | None, told: str
) -> None:
    people = len(simulator.simulation.tenant.contacts)
    async with MiniCrmAdapter(settings_for(simulator.url, new_cards=new)) as adapter:
        with pytest.raises(Misconfigured, match=told):
            await adapter.create_card(NOBODY, "Ismeretlen hívó", "call-9")
    assert len(simulator.simulation.tenant.contacts) == people


async def test_nobody_is_created_for_what_is_no_subscriber(simulator: RunningSimulator) -> None:
    async with MiniCrmAdapter(settings_for(simulator.url, new_cards=NEW)) as adapter:
        with pytest.raises(Misconfigured, match="subscriber"):
            await adapter.create_card(PhoneNumber.anonymous(), "Ismeretlen hívó", "call-9")
