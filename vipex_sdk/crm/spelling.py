"""Telephone numbers out of what people typed into a CRM.

A field of a CRM is free text: ``06-30/000-0001``, ``+36 30 000 0001 (Jane's)``, two numbers in one field, a trailing
space. Complaints about searches that miss such spellings: ``facts/peers.md`` section 3.
"""

from __future__ import annotations

from functools import lru_cache

from vipex_sdk.crm.model import CustomerCard
from vipex_sdk.numbers import NumberRules, PhoneNumber

__all__ = ["numbers_in", "numbers_of"]

_DEFAULT_RULES = NumberRules()


def numbers_in(text: str, rules: NumberRules | None = None) -> tuple[str, ...]:
    """Find every subscriber's number in *text*, as E.164, in order and without repetition.

    >>> numbers_in("06 30 000 0001 (otthon), 06/1/000-0100")
    ('+36300000001', '+3610000100')
    """
    return _numbers_in(text, rules or _DEFAULT_RULES)


def numbers_of(card: CustomerCard, rules: NumberRules | None = None) -> frozenset[str]:
    """Give all numbers of *card* as E.164: what a directory indexes, and what a match is verified against."""
    return frozenset(number for text in card.numbers for number in numbers_in(text, rules))


@lru_cache(maxsize=4096)
def _numbers_in(text: str, rules: NumberRules) -> tuple[str, ...]:
    if (whole := PhoneNumber.parse(text, rules).e164) == text:
        return (text,)  # already as we write it
    import phonenumbers

    # The finder first: parsing a field with two numbers as one silently gives the first of them.
    matches = phonenumbers.PhoneNumberMatcher(text, rules.region, leniency=phonenumbers.Leniency.VALID)
    found = [phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164) for match in matches]
    return tuple(dict.fromkeys(found)) or ((whole,) if whole else ())
