from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from vipex_minicrm import MiniCrmAdapter
from vipex_minicrm.simulator.records import Contact

from tests.minicrm.running import RunningSimulator, settings_for
from vipex_sdk.crm import CardKind, CustomerCard, Ref
from vipex_sdk.numbers import PhoneNumber


async def _all(adapter: MiniCrmAdapter, since: datetime | None = None) -> list[CustomerCard]:
    return [card async for card in adapter.scan(since)]


async def test_every_contact_comes_with_its_cards(adapter: MiniCrmAdapter) -> None:
    scanned = await _all(adapter)
    assert {card.contact.id for card in scanned} == {str(number) for number in range(100, 109)}
    anna = {card.card.id: card for card in scanned if card.contact.id == "101" and card.card}
    assert (anna["1010"].is_open, anna["1001"].is_open) == (True, False)
    assert (anna["1010"].company, anna["1010"].owner) == ("Minta Kft.", Ref("user", "2001"))
    assert [card.card for card in scanned if card.contact.id == "107"] == [None]
    company = [card for card in scanned if card.contact.id == "100"]
    assert {card.kind for card in company} == {CardKind.COMPANY}


async def test_a_single_closed_card_is_known_to_be_closed(simulator: RunningSimulator, adapter: MiniCrmAdapter) -> None:
    simulator.simulation.tenant.cards[1002].status_id = 2604
    scanned = {card.contact.id: card.is_open for card in await _all(adapter) if card.card}
    assert (scanned["102"], scanned["103"]) == (False, True)


async def test_a_scan_gives_what_find_gives(adapter: MiniCrmAdapter) -> None:
    scanned = await _all(adapter)
    for number in ("+36300000001", "+36300000002", "+36300000003", "+36300000007"):
        found = await adapter.find(PhoneNumber.parse(number))
        ids = {(card.contact, card.card, card.owner, card.url, card.is_open) for card in scanned}
        assert {(card.contact, card.card, card.owner, card.url, card.is_open) for card in found} <= ids


async def test_quirk_4_all_pages_are_read(simulator: RunningSimulator, adapter: MiniCrmAdapter) -> None:
    tenant, now = simulator.simulation.tenant, datetime(2026, 1, 1, tzinfo=UTC)
    for number in range(1000, 1250):
        tenant.contacts[number] = Contact(id=number, last_name="Teszt", created_at=now, updated_at=now)
    scanned = await _all(adapter)
    assert len({card.contact for card in scanned}) == 259
    assert simulator.requests().count("GET Contact") == 1 + 3


@pytest.mark.parametrize("in_search", [True, False])
async def test_what_changed_comes_whole_and_what_was_deleted_is_marked(
    simulator: RunningSimulator, adapter: MiniCrmAdapter, *, in_search: bool
) -> None:
    simulator.switches.deleted_in_search = in_search
    tenant = simulator.simulation.tenant
    now = tenant.now()
    tenant.contacts[103].phone, tenant.contacts[103].updated_at = "06 30 000 0009", now
    tenant.cards[1010].user_id, tenant.cards[1010].updated_at = 2004, now
    tenant.cards[1002].deleted, tenant.cards[1002].updated_at = True, now
    tenant.contacts[107].deleted, tenant.contacts[107].updated_at = True, now
    changed = await _all(adapter, now - timedelta(minutes=5))
    alive = {(card.contact.id, card.card.id if card.card else None): card for card in changed if not card.deleted}
    assert alive["103", "1003"].numbers == ("06 30 000 0009",)
    assert alive["101", "1010"].owner == Ref("user", "2004")
    assert alive["101", "1010"].company == "Minta Kft."
    assert ("102", None) in alive
    deleted = {(card.contact.id, card.card) for card in changed if card.deleted}
    assert deleted == {("107", None), ("102", Ref("card", "1002"))}


async def test_nothing_changed_costs_four_requests(simulator: RunningSimulator, adapter: MiniCrmAdapter) -> None:
    assert await _all(adapter, simulator.simulation.tenant.now()) == []
    assert simulator.requests() == ["GET Contact", "GET Contact", "GET Project", "GET Project"]


async def test_a_contact_that_is_gone_does_not_stop_the_scan(
    simulator: RunningSimulator, adapter: MiniCrmAdapter
) -> None:
    tenant = simulator.simulation.tenant
    now = tenant.now()
    tenant.cards[1002].updated_at = tenant.cards[1003].updated_at = now
    del tenant.contacts[102]
    changed = await _all(adapter, now - timedelta(minutes=5))
    assert {card.contact.id for card in changed} == {"103"}


async def test_only_the_configured_modules_are_scanned(simulator: RunningSimulator) -> None:
    async with MiniCrmAdapter(settings_for(simulator.url, categories=("23",))) as adapter:
        cards = {card.card.id for card in await _all(adapter) if card.card}
    assert cards == {"1007", "1008"}


async def test_a_company_s_people_see_its_card_s_new_owner_at_once(
    simulator: RunningSimulator, adapter: MiniCrmAdapter
) -> None:
    tenant = simulator.simulation.tenant
    now, before = tenant.now(), datetime(2026, 1, 1, tzinfo=UTC)
    for number in (109, 110):
        tenant.contacts[number] = Contact(
            id=number, last_name="Teszt", business_id=100, phone=f"06 30 000 0{number}", created_at=before,
            updated_at=before,
        )  # fmt: skip
    tenant.cards[1007].user_id, tenant.cards[1007].updated_at = 2001, now
    changed = await _all(adapter, now - timedelta(minutes=5))
    shared = {card.contact.id: card for card in changed if card.card == Ref("card", "1007")}
    assert shared.keys() == {"100", "109", "110"}
    assert {card.owner for card in shared.values()} == {Ref("user", "2001")}
    assert {card.company for card in shared.values()} == {None, "Minta Kft."}
    assert len({(card.contact, card.card) for card in changed}) == len(changed)
    assert simulator.requests().count("GET Contact") == 3


async def test_a_person_s_new_number_costs_no_look_at_their_colleagues(
    simulator: RunningSimulator, adapter: MiniCrmAdapter
) -> None:
    tenant = simulator.simulation.tenant
    tenant.contacts[108].phone, tenant.contacts[108].updated_at = "06 30 000 0055", tenant.now()
    changed = await _all(adapter, tenant.now() - timedelta(minutes=5))
    assert {card.contact.id for card in changed} == {"108"}
    assert simulator.requests().count("GET Contact") == 2


async def test_a_company_s_new_name_reaches_its_people(simulator: RunningSimulator, adapter: MiniCrmAdapter) -> None:
    tenant = simulator.simulation.tenant
    tenant.contacts[100].name, tenant.contacts[100].updated_at = "Példa Zrt.", tenant.now()
    changed = await _all(adapter, tenant.now() - timedelta(minutes=5))
    assert {card.contact.id: card.company for card in changed} == {
        "100": None,
        "101": "Példa Zrt.",
        "108": "Példa Zrt.",
    }
