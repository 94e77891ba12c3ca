from __future__ import annotations

from datetime import UTC, datetime

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from vipex_sdk.crm import CardKind, CustomerCard, Ref, Rule, choose, numbers_in, numbers_of
from vipex_sdk.numbers import PhoneNumber

CALLER = PhoneNumber.parse("+36300000001")
OLD, NEW = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)


def person(contact: str = "1", card: str | None = "11", *, name: str = "", company: str | None = None) -> CustomerCard:
    return CustomerCard(
        contact=Ref("contact", contact),
        card=Ref("card", card) if card else None,
        name=name or f"Ügyfél {contact}",
        company=company,
        numbers=("+36 30 000 0001",),
    )


ONE = person()
OTHER = person("2", "12")


@pytest.mark.parametrize(
    ("better", "worse", "rule"),
    [
        (OTHER, evolve(ONE, numbers=(), verified=False), Rule.VERIFIED),
        (OTHER, evolve(ONE, kind=CardKind.COMPANY), Rule.PERSON),
        (OTHER, evolve(ONE, card=None), Rule.HAS_CARD),
        (OTHER, evolve(ONE, is_open=False), Rule.OPEN),
        (evolve(OTHER, updated_at=NEW), evolve(ONE, updated_at=OLD), Rule.NEWEST),
        (evolve(OTHER, updated_at=OLD), ONE, Rule.NEWEST),
        (person("1", "12"), person("1", "11"), Rule.LOWEST_ID),
        (person("9", company="Minta Kft."), person("10", company=" minta  KFT."), Rule.LOWEST_ID),
    ],
)
def test_each_rule_decides_and_says_so(better: CustomerCard, worse: CustomerCard, rule: Rule) -> None:
    for given_order in ((better, worse), (worse, better)):
        match = choose(CALLER, given_order)
        assert match.card is not None
        assert (match.card.contact, match.card.card) == (better.contact, better.card)
        assert (match.reason, match.ambiguous, len(match.candidates)) == (rule, False, 2)
        assert not match.nobody


def test_a_rule_above_beats_all_rules_below() -> None:
    shown = evolve(ONE, kind=CardKind.COMPANY, card=None, is_open=False, updated_at=OLD)
    unseen = evolve(OTHER, numbers=(), verified=False, updated_at=NEW)
    match = choose(CALLER, (unseen, shown))
    assert match.card is not None
    assert match.card.contact == shown.contact


def test_two_customers_that_nothing_tells_apart_are_ambiguous() -> None:
    match = choose(CALLER, (OTHER, ONE))
    assert match.ambiguous
    assert match.card == ONE
    assert match.reason is Rule.LOWEST_ID
    assert not match.nobody, "an ambiguous number must never create a customer"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (person("1", "11"), person("1", "12")),
        (person("1", "11"), person("2", "11")),
        (person("1", company="Minta Kft."), person("2", "12", company="MINTA KFT.")),
        (person("1", name="Kovács Anna"), person("2", "12", name="kovács anna")),
    ],
)
def test_one_customer_with_two_entries_is_not_ambiguous(one: CustomerCard, other: CustomerCard) -> None:
    assert not choose(CALLER, (one, other)).ambiguous


def test_people_of_different_companies_are_different_customers() -> None:
    assert choose(CALLER, (person("1", company="Minta Kft."), person("2", "12", company="Próba Bt."))).ambiguous


def test_a_person_and_their_company_are_one_customer() -> None:
    house = evolve(person("3", "13", name="Minta Kft."), kind=CardKind.COMPANY)
    match = choose(CALLER, (house, person("1", company="Minta Kft.")))
    assert (match.ambiguous, match.reason) == (False, Rule.PERSON)


def test_an_entry_found_by_its_telephone_and_by_its_mobile_is_one_candidate() -> None:
    match = choose(CALLER, (ONE, evolve(ONE, numbers=("06 1 000 0100",))))
    assert match.reason is Rule.ONLY_ONE
    assert match.candidates[0].numbers == ("+36 30 000 0001", "06 1 000 0100")


def test_deleted_cards_are_dropped_but_leave_a_trace() -> None:
    match = choose(CALLER, (evolve(ONE, deleted=True),))
    assert (match.card, match.reason) == (None, Rule.DELETED)
    assert [drop.rule for drop in match.dropped] == [Rule.DELETED]
    assert not match.nobody


def test_our_own_number_is_nobodys_customer() -> None:
    match = choose(CALLER, (ONE,), own_numbers=("06-30/000-0001",))
    assert (match.card, match.reason, match.nobody) == (None, Rule.OWN_NUMBER, False)
    assert choose(CALLER, (ONE,), own_numbers=(CALLER,)).card is None


@pytest.mark.parametrize("text", [None, "101", "112", "sip:anna"])
def test_what_is_no_subscriber_matches_nobody_and_creates_nobody(text: str | None) -> None:
    match = choose(PhoneNumber.parse(text), (ONE,))
    assert (match.card, match.reason, match.nobody) == (None, Rule.NOT_A_SUBSCRIBER, False)


def test_a_foreign_number_with_the_same_last_digits_is_somebody_else() -> None:
    match = choose(CALLER, (evolve(ONE, numbers=("+43 660 0000001",)),))
    assert match.nobody
    assert [drop.rule for drop in match.dropped] == [Rule.LOOK_ALIKE]


def test_a_card_found_by_a_number_it_does_not_show_is_kept_as_unverified() -> None:
    match = choose(CALLER, (evolve(ONE, numbers=("+36 1 000 0100",)),))
    assert match.card is not None
    assert not match.card.verified


def test_the_crms_own_word_counts_only_where_it_shows_no_number() -> None:
    silent = choose(CALLER, (evolve(ONE, numbers=()),)).card
    assert silent is not None
    assert silent.verified


def test_nobody() -> None:
    match = choose(CALLER, ())
    assert (match.card, match.candidates, match.reason, match.nobody) == (None, (), Rule.NOBODY, True)


@pytest.mark.parametrize(
    "stored",
    [
        "+36 30 000 0001",
        "0036300000001",
        "06 30 000 0001",
        "06-30/000-0001 ",
        "(06-30) 000-0001",
        "36300000001",
        "300000001",
        "06 30 000 0001 (Anna mobilja)",
        "Mobil: 06300000001",
        "+36 1 000 0100, +36 30 000 0001",
        "0610000100/06300000001",
    ],
)
def test_every_spelling_people_type_is_verified(stored: str) -> None:
    card = choose(CALLER, (evolve(ONE, numbers=(stored,)),)).card
    assert card is not None
    assert card.verified
    assert "+36300000001" in numbers_in(stored)


def test_numbers_of_a_card_are_all_its_numbers() -> None:
    card = evolve(ONE, numbers=("06 30 000 0001; 06 1 000 0100", "nincs", "101"))
    assert numbers_of(card) == {"+36300000001", "+3610000100"}


cards = st.lists(
    st.builds(
        CustomerCard,
        contact=st.builds(Ref, st.just("contact"), st.sampled_from("123")),
        card=st.one_of(st.none(), st.builds(Ref, st.just("card"), st.sampled_from("456"))),
        name=st.sampled_from(("Kovács Anna", "Nagy Béla")),
        kind=st.sampled_from(CardKind),
        company=st.sampled_from((None, "Minta Kft.", "Próba Bt.")),
        numbers=st.sampled_from(((), ("06300000001",), ("+436600000001",), ("+3610000100",))),
        verified=st.booleans(),
        is_open=st.booleans(),
        deleted=st.booleans(),
        updated_at=st.sampled_from((None, OLD, NEW)),
    ),
    max_size=5,
    unique_by=lambda card: (card.contact, card.card),
)


@given(cards, st.randoms(use_true_random=False))
def test_the_order_of_the_candidates_never_matters(found: list[CustomerCard], random: object) -> None:
    shuffled = found[:]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = choose(CALLER, found), choose(CALLER, shuffled)
    assert (one.card, one.ambiguous, one.candidates, one.reason) == (
        other.card,
        other.ambiguous,
        other.candidates,
        other.reason,
    )


@given(cards)
def test_what_is_chosen_was_a_candidate_and_nothing_is_lost(found: list[CustomerCard]) -> None:
    match = choose(CALLER, found)
    assert len(match.candidates) + len(match.dropped) == len(found)
    assert match.card == (match.candidates[0] if match.candidates else None)
    assert not (match.nobody and match.card)
