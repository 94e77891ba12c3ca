from __future__ import annotations

import pytest
from attrs import evolve
from vipex_minicrm import MainContact, MiniCrmAdapter, MiniCrmSettings, PhoneSearch

from tests.minicrm.running import ANNA, ILONA, NOBODY, PETER, SHARED, RunningSimulator
from vipex_sdk.crm import CardKind, Ref, choose
from vipex_sdk.errors import Misconfigured, NeedsReauth
from vipex_sdk.numbers import PhoneNumber


@pytest.mark.parametrize(
    ("number", "name", "owner"),
    [(ANNA, "Kiss Anna", "2001"), (PETER, "Varga Péter", "2003"), (ILONA, "Horváth Ilona", "2001")],
)
async def test_a_number_is_found_however_it_is_stored(
    adapter: MiniCrmAdapter, number: PhoneNumber, name: str, owner: str
) -> None:
    card = choose(number, await adapter.find(number)).card
    assert card is not None
    assert (card.name, card.verified, card.owner) == (name, True, Ref("user", owner))


async def test_a_card_comes_whole(adapter: MiniCrmAdapter, simulator: RunningSimulator) -> None:
    (card,) = await adapter.find(PETER)
    assert card.contact == Ref("person", "102")
    assert card.card == Ref("card", "1002")
    assert card.numbers == ("+36 (30) 000-0002",)
    assert (card.owner_name, card.is_open, card.kind) == ("Szabó Éva", True, CardKind.PERSON)
    assert card.url == f"{simulator.url}/12345/#Project-21/1002"


async def test_the_open_card_is_known_among_several(adapter: MiniCrmAdapter) -> None:
    cards = {card.card: card.is_open for card in await adapter.find(ANNA)}
    assert cards == {Ref("card", "1010"): True, Ref("card", "1001"): False}


@pytest.mark.parametrize("meaning", ["person", "either"])
async def test_own_cards_are_found_where_a_card_s_main_contact_is_the_person(
    settings: MiniCrmSettings, simulator: RunningSimulator, meaning: str
) -> None:
    simulator.switches.main_contact = meaning
    async with MiniCrmAdapter(evolve(settings, main_contact=MainContact.PERSON)) as adapter:
        cards = [card.card for card in await adapter.find(ANNA)]
    assert {Ref("card", "1010"), Ref("card", "1001")} <= set(cards)
    assert len(cards) == len(set(cards))


async def test_a_warm_lookup_costs_two_requests(adapter: MiniCrmAdapter, simulator: RunningSimulator) -> None:
    await adapter.find(ANNA)
    before = len(simulator.requests())
    await adapter.find(ANNA)
    assert simulator.requests()[before:] == ["GET Contact", "GET Project"]


async def test_nobody_costs_one_request(adapter: MiniCrmAdapter, simulator: RunningSimulator) -> None:
    assert await adapter.find(NOBODY) == ()
    assert simulator.requests() == ["GET Contact"]


@pytest.mark.parametrize("text", ["", "101", "112", "abc"])
async def test_what_is_no_subscriber_is_not_asked_for(
    adapter: MiniCrmAdapter, simulator: RunningSimulator, text: str
) -> None:
    assert await adapter.find(PhoneNumber.parse(text)) == ()
    assert simulator.requests() == []


async def test_the_same_last_digits_of_another_subscriber_are_nobody(adapter: MiniCrmAdapter) -> None:
    names = {card.name for card in await adapter.find(ANNA)}
    assert names == {"Kiss Anna"}


async def test_a_hidden_second_number_is_found_but_not_verified(adapter: MiniCrmAdapter) -> None:
    (card,) = await adapter.find(PhoneNumber.parse("+36300000005"))
    assert (card.name, card.verified) == ("Farkas Zoltán", False)


async def test_a_company_has_the_cards_of_its_people(adapter: MiniCrmAdapter) -> None:
    cards = await adapter.find(PhoneNumber.parse("+3610000200"))
    assert {card.kind for card in cards} == {CardKind.COMPANY}
    assert {card.card.id for card in cards if card.card} == {"1001", "1007", "1008", "1010"}


async def test_two_customers_with_one_number_both_come(adapter: MiniCrmAdapter) -> None:
    match = choose(SHARED, await adapter.find(SHARED))
    assert match.ambiguous
    assert {card.name for card in match.candidates} == {"Molnár Judit", "Molnár Tamás"}


async def test_a_contact_without_a_card_comes_without_one(adapter: MiniCrmAdapter) -> None:
    (card,) = await adapter.find(PhoneNumber.parse("+36300000008"))
    assert (card.name, card.card, card.owner) == ("Balogh Krisztina", None, None)


async def test_only_the_configured_modules_count_best_first(settings: MiniCrmSettings) -> None:
    company = PhoneNumber.parse("+3610000200")
    async with MiniCrmAdapter(evolve(settings, categories=("23",))) as adapter:
        assert {card.card.id for card in await adapter.find(company) if card.card} == {"1007", "1008"}
    async with MiniCrmAdapter(evolve(settings, categories=("23", "21"))) as adapter:
        assert [card.card.id for card in await adapter.find(company) if card.card] == ["1008", "1007", "1010", "1001"]


@pytest.mark.parametrize(("mode", "search"), [("suffix", PhoneSearch.E164), ("suffix", PhoneSearch.NATIONAL)])
async def test_other_searches_where_a_tenant_prefers_them(
    simulator: RunningSimulator, settings: MiniCrmSettings, mode: str, search: PhoneSearch
) -> None:
    simulator.switches.phone_filter = mode
    async with MiniCrmAdapter(evolve(settings, phone_search=(search,))) as adapter:
        assert {card.name for card in await adapter.find(PETER)} == {"Varga Péter"}


async def test_the_next_search_is_tried_until_somebody_is_verified(
    simulator: RunningSimulator, settings: MiniCrmSettings
) -> None:
    searches = (PhoneSearch.NATIONAL, PhoneSearch.E164, PhoneSearch.QUERY)
    async with MiniCrmAdapter(evolve(settings, phone_search=searches)) as adapter:
        (card,) = await adapter.find(PhoneNumber.parse("+36300000008"))
    assert card.verified
    assert simulator.requests()[:2] == ["GET Contact", "GET Contact"]
    assert simulator.requests()[2] == "GET Project"


async def test_a_new_status_is_learned(
    adapter: MiniCrmAdapter, simulator: RunningSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    await adapter.find(PETER)
    module = simulator.simulation.tenant.modules[21]
    statuses = {**module.statuses, 2699: module.statuses[2601]}
    monkeypatch.setitem(simulator.simulation.tenant.modules, 21, evolve(module, statuses=statuses))
    simulator.simulation.tenant.cards[1003].status_id = 2699
    assert [card.card for card in await adapter.find(ILONA)] == [None], "schemas are not read again within a minute"
    adapter._catalogue._loaded_at -= 61
    (card,) = await adapter.find(ILONA)
    assert card.card == Ref("card", "1003")


async def test_users_are_the_active_ones(adapter: MiniCrmAdapter) -> None:
    assert [(user.ref.id, user.name) for user in await adapter.users()] == [
        ("2001", "Nagy Béla"),
        ("2002", "Kovács Dóra"),
        ("2003", "Szabó Éva"),
        ("2004", "Tóth Gábor"),
    ]


async def test_check_names_what_is_wrong(settings: MiniCrmSettings) -> None:
    async with MiniCrmAdapter(evolve(settings, categories=("21", "99"))) as adapter:
        with pytest.raises(Misconfigured, match="no module 99"):
            await adapter.check()
    async with MiniCrmAdapter(evolve(settings, api_key="wrong")) as adapter:
        with pytest.raises(NeedsReauth):
            await adapter.check()
