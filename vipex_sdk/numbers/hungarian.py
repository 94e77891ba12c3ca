"""The quick way to E.164 for Hungarian numbers: answers only what it is sure of.

The plan below is the one in ``phonenumbers``; a test compares it with that library's metadata for every beginning a
number may have, and another one the answers for a hundred thousand spellings. Whatever is not a whole Hungarian
number in plain digits is left to the library.
"""

from __future__ import annotations

import re

__all__ = ["SUBSCRIBER", "e164_if_sure", "is_e164"]

SUBSCRIBER = (
    r"(?:1[0-9]|[27][2-9]|3[2-7]|4[24-9]|5[2-79]|6[23689]|8[2-57-9]|9[2-69])[0-9]{6}"  # geographic
    r"|(?:[257]0|3[01]|21|38)[0-9]{7}"  # mobile, internet telephony, company-wide
    r"|(?:[48]0[0-9]|680[29])[0-9]{5}"  # shared cost and free
    r"|9[01][0-9]{6}"  # premium
)
"""A national significant number, whatever its kind."""

_match = re.compile(rf"(?:\+36|0036|06|36)?({SUBSCRIBER})").fullmatch
is_e164 = re.compile(rf"\+36(?:{SUBSCRIBER})").fullmatch
"""Match a Hungarian number that is written as E.164 already."""


def e164_if_sure(compact: str) -> str | None:
    """Give the E.164 form of *compact*, a number without punctuation; ``None`` leaves it to the library.

    >>> e164_if_sure("06301234567"), e164_if_sure("0043 1 5330101")
    ('+36301234567', None)
    """
    found = _match(compact)
    return "+36" + found[1] if found else None
