"""Which of several cards a caller's number means: one policy for the pop, the routing and the journal.

"Nobody" and "several customers" are answers, not errors. Nothing here guesses in a way that creates: whoever creates
a card for an unknown caller does so only when :attr:`Match.nobody` says so.

The rules in their order, each bought by somebody's bug (``facts/peers.md`` section 3, ``facts/minicrm.md`` 1.5):

1. Own numbers, deleted cards and mere look-alikes (same last digits, another subscriber) are dropped.
2. A card that shows the caller's number before one that the CRM found for a reason it does not show.
3. A person before a company, a contact with a card before one without, an open card before a closed one.
4. The card changed last.
5. The lowest contact id, and of one contact's cards the highest: newer cards have higher ids (``facts/minicrm.md``
   3.1). When this arbitrary rule had to choose between two different customers, the match is ambiguous.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from attrs import evolve, field, frozen

from vipex_sdk.crm.model import CardKind, CustomerCard, Ref
from vipex_sdk.crm.spelling import numbers_of
from vipex_sdk.numbers import NumberRules, PhoneNumber

__all__ = ["Dropped", "Match", "Rule", "choose"]

_SUFFIX = 7
_NEVER = datetime.min.replace(tzinfo=UTC)


class Rule(Enum):
    """Why a card was chosen, or dropped."""

    NOBODY = "nobody"
    NOT_A_SUBSCRIBER = "not_a_subscriber"
    OWN_NUMBER = "own_number"
    DELETED = "deleted"
    LOOK_ALIKE = "look_alike"
    ONLY_ONE = "only_one"
    VERIFIED = "verified"
    PERSON = "person"
    HAS_CARD = "has_card"
    OPEN = "open"
    NEWEST = "newest"
    LOWEST_ID = "lowest_id"


_ORDER = (Rule.VERIFIED, Rule.PERSON, Rule.HAS_CARD, Rule.OPEN, Rule.NEWEST)


@frozen
class Dropped:
    """A card that was no candidate, and the rule that says so."""

    card: CustomerCard
    rule: Rule


@frozen(kw_only=True)
class Match:
    """Who the number belongs to, and why.

    Attributes:
        card: the best candidate, also when ambiguous; ``None`` when nobody is known by this number.
        ambiguous: different customers remained equal; *card* was then chosen by the lowest id alone.
        candidates: all cards that could be meant, best first; ``verified`` is our own finding, not the CRM's.
        reason: the rule that put *card* before the next candidate, or why there is none.
        dropped: cards that were no candidates.
    """

    card: CustomerCard | None = None
    ambiguous: bool = False
    candidates: tuple[CustomerCard, ...] = ()
    reason: Rule = Rule.NOBODY
    dropped: tuple[Dropped, ...] = field(default=(), repr=False)

    @property
    def nobody(self) -> bool:
        """Whether this subscriber is truly unknown: the only case in which a card may be created."""
        return self.card is None and self.reason is Rule.NOBODY


def choose(
    number: PhoneNumber,
    candidates: Iterable[CustomerCard],
    *,
    own_numbers: Collection[str | PhoneNumber] = (),
    rules: NumberRules | None = None,
) -> Match:
    """Choose among the *candidates* that a CRM or the directory gave for *number*.

    Args:
        number: the party outside.
        candidates: what was found; the same contact and card may come more than once.
        own_numbers: numbers of the deployment itself, in any spelling; nobody's customer.
        rules: how numbers in the CRM are to be understood.
    """
    cards = tuple(candidates)
    e164 = number.e164
    if e164 is None:
        return Match(
            reason=Rule.NOT_A_SUBSCRIBER, dropped=tuple(Dropped(card, Rule.NOT_A_SUBSCRIBER) for card in cards)
        )
    if own_numbers and e164 in own_e164(own_numbers, rules):
        return Match(reason=Rule.OWN_NUMBER, dropped=tuple(Dropped(card, Rule.OWN_NUMBER) for card in cards))
    kept: list[CustomerCard] = []
    dropped: list[Dropped] = []
    for card in cards if len(cards) == 1 else _distinct(cards):
        shown = {e164} if e164 in card.numbers else numbers_of(card, rules)
        rule = _why_dropped(card, e164, shown)
        if rule is None:
            # The CRM's own word is believed only where it shows no number that could be compared.
            verified = e164 in shown if shown else card.verified
            kept.append(card if card.verified is verified else evolve(card, verified=verified))
        else:
            dropped.append(Dropped(card, rule))
    return _ranked(kept, tuple(dropped))


def own_e164(own_numbers: Collection[str | PhoneNumber], rules: NumberRules | None = None) -> frozenset[str]:
    """Give a deployment's own numbers as E.164."""
    parsed = (item if isinstance(item, PhoneNumber) else PhoneNumber.parse(item, rules) for item in own_numbers)
    return frozenset(number.e164 for number in parsed if number.e164)


def _distinct(cards: Iterable[CustomerCard]) -> list[CustomerCard]:
    """Join what is one entry found twice, by its telephone and by its mobile."""
    joined: dict[tuple[Ref, Ref | None], CustomerCard] = {}
    for card in cards:
        key = (card.contact, card.card)
        first = joined.get(key)
        if first is None:
            joined[key] = card
        else:
            numbers = tuple(dict.fromkeys(first.numbers + card.numbers))
            joined[key] = evolve(first, numbers=numbers, verified=first.verified or card.verified)
    return list(joined.values())


def _why_dropped(card: CustomerCard, e164: str, shown: Collection[str]) -> Rule | None:
    if card.deleted:
        return Rule.DELETED
    if e164 not in shown and any(other.endswith(e164[-_SUFFIX:]) for other in shown):
        return Rule.LOOK_ALIKE
    return None


def _merits(card: CustomerCard) -> tuple[Any, ...]:
    """Give what each rule of ``_ORDER`` compares; more is better."""
    return (
        card.verified,
        card.kind is CardKind.PERSON,
        card.card is not None,
        card.card is not None and card.is_open,
        card.updated_at or _NEVER,
    )


def _id_order(ref: Ref | None, *, descending: bool = False) -> tuple[int, int, str]:
    if ref is None:
        return (2, 0, "")
    if ref.id.isascii() and ref.id.isdigit():
        return (0, -int(ref.id) if descending else int(ref.id), "")
    return (1, 0, ref.id)


def _ranked(kept: list[CustomerCard], dropped: tuple[Dropped, ...]) -> Match:
    if not kept:
        # Somebody deleted is still somebody: to create them anew is a person's decision.
        deleted = any(drop.rule is Rule.DELETED for drop in dropped)
        return Match(reason=Rule.DELETED if deleted else Rule.NOBODY, dropped=dropped)
    if len(kept) == 1:
        return Match(card=kept[0], candidates=tuple(kept), reason=Rule.ONLY_ONE, dropped=dropped)
    kept.sort(key=lambda card: (_id_order(card.contact), _id_order(card.card, descending=True)))
    kept.sort(key=_merits, reverse=True)
    best = kept[0]
    tied = [card for card in kept[1:] if _merits(card) == _merits(best)]
    return Match(
        card=best,
        ambiguous=any(not _same_customer(best, card) for card in tied),
        candidates=tuple(kept),
        reason=_deciding_rule(best, kept[1]),
        dropped=dropped,
    )


def _deciding_rule(best: CustomerCard, second: CustomerCard) -> Rule:
    pairs = zip(_ORDER, _merits(best), _merits(second), strict=True)
    return next((rule for rule, ours, theirs in pairs if ours != theirs), Rule.LOWEST_ID)


def _same_customer(one: CustomerCard, other: CustomerCard) -> bool:
    """Whether two entries are one customer: same contact or card, colleagues of one company, or entered twice."""
    if one.contact == other.contact or (one.card is not None and one.card == other.card):
        return True
    if one.verified and other.verified and _plain(one.name) == _plain(other.name) != "":
        return True
    return _company(one) == _company(other) != ""


def _company(card: CustomerCard) -> str:
    return _plain(card.name if card.kind is CardKind.COMPANY else card.company)


def _plain(name: str | None) -> str:
    return " ".join((name or "").casefold().split())
