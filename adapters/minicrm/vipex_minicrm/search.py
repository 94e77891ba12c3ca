"""Which contacts have a telephone number: what to ask MiniCRM, and which of its answers to believe.

MiniCRM stores numbers as free text and compares the end of their digits, so each row is verified here
(``facts/minicrm.md`` 1.5).
"""

from __future__ import annotations

import re
from enum import Enum

from attrs import frozen

from vipex_minicrm.client import MiniCrmClient
from vipex_minicrm.model import ContactRow
from vipex_minicrm.settings import PhoneSearch
from vipex_sdk.numbers import PhoneNumber

__all__ = ["Agreement", "Candidate", "agreement", "contacts_with", "last_digits", "stored_numbers"]

_FEWEST_DIGITS = 6
_LONG_NUMBER = 11
_NOT_DIGITS = re.compile(r"\D")
_SEPARATORS = re.compile(r"[,;\n]+")


class Agreement(Enum):
    """What a found contact's shown numbers say."""

    SAME = "same"
    """One of them is the number that was looked for."""
    HIDDEN = "hidden"
    """None explains why it was found: it may have the number in a place that a search does not show."""
    OTHER = "other"
    """It was found because another number ends with the same digits."""


@frozen
class Candidate:
    """A found contact, and whether a shown number proves it."""

    contact: ContactRow
    verified: bool


def stored_numbers(phone: str) -> tuple[str, ...]:
    """Take apart a telephone field in which people wrote several numbers; each stays as it is stored."""
    return tuple(part.strip() for part in _SEPARATORS.split(phone) if part.strip())


def last_digits(e164: str) -> str:
    """Give the digits to search by: 8 of a long number, 7 of a Hungarian landline, so that every spelling is hit.

    >>> last_digits("+36300000001"), last_digits("+3610000200")
    ('00000001', '0000200')
    """
    digits = _NOT_DIGITS.sub("", e164)
    return digits[-8:] if len(digits) >= _LONG_NUMBER else digits[-7:]


def agreement(contact: ContactRow, e164: str) -> Agreement:
    """Compare the contact's shown numbers with the one looked for."""
    numbers = stored_numbers(contact.phone)
    if any(PhoneNumber.parse(number).e164 == e164 for number in numbers):
        return Agreement.SAME
    ending = last_digits(e164)
    if any(_NOT_DIGITS.sub("", number).endswith(ending) and PhoneNumber.parse(number).e164 for number in numbers):
        return Agreement.OTHER
    return Agreement.HIDDEN


async def contacts_with(
    client: MiniCrmClient, number: PhoneNumber, *, searches: tuple[PhoneSearch, ...]
) -> tuple[Candidate, ...]:
    """Ask for *number* in the configured ways until a contact is verified.

    Verified contacts when there are any, else those that may have the number where a search does not show it.
    """
    e164 = number.e164
    if e164 is None or len(number.digits) < _FEWEST_DIGITS:
        return ()
    unproven: dict[str, ContactRow] = {}
    for search in searches:
        rows = (await client.contacts(_filter(search, number, e164))).rows
        judged = {row.id: (row, agreement(row, e164)) for row in rows}
        verified = [row for row, verdict in judged.values() if verdict is Agreement.SAME]
        if verified:
            return tuple(Candidate(row, verified=True) for row in sorted(verified, key=_by_id))
        unproven |= {row.id: row for row, verdict in judged.values() if verdict is Agreement.HIDDEN}
    return tuple(Candidate(row, verified=False) for row in sorted(unproven.values(), key=_by_id))


def _filter(search: PhoneSearch, number: PhoneNumber, e164: str) -> dict[str, str]:
    if search is PhoneSearch.QUERY:
        return {"Query": last_digits(e164)}
    return {"Phone": e164 if search is PhoneSearch.E164 else number.national or e164}


def _by_id(row: ContactRow) -> tuple[int, str]:
    return (len(row.id), row.id)
