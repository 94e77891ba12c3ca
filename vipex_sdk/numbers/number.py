"""Phone numbers as values: E.164, an extension, a short code, anonymous, or text nobody understands.

Hungarian rules and their traps are in ``facts/ecosystem.md`` section 8. Printing a number masks it, so that none
reaches a log by accident; ``e164``, ``digits`` and ``national`` give it in full.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum
from functools import cached_property, lru_cache

from attrs import field, frozen

from vipex_sdk.numbers.hungarian import e164_if_sure, is_e164

__all__ = ["ANONYMOUS_WORDS", "NumberKind", "NumberRules", "PhoneNumber", "mask"]

ANONYMOUS_WORDS = frozenset({"", "0", "anonymous", "unknown", "private", "restricted", "rejtett", "titkos"})
"""What a hidden caller is called on the wire, in lower case."""

_NOT_DIGITS = re.compile(r"\D")
_SPACES = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
_PUNCTUATION = dict.fromkeys(map(ord, _SPACES + "()/.-\u2010\u2011\u2012\u2013\u2014\u2015"))
_SHOWN_DIGITS = 2
_LONGEST_INTEGER = 10**40
"""No number is longer, and Python refuses to write out integers of thousands of digits."""


class NumberKind(Enum):
    """What a telephone number turned out to be."""

    E164 = "e164"
    EXTENSION = "extension"
    SHORT_CODE = "short_code"
    ANONYMOUS = "anonymous"
    UNPARSED = "unparsed"


def mask(text: str) -> str:
    """Hide all but the shape of a number: ``+36301234567`` becomes ``+3630*****67``.

    Extensions and short codes (up to four digits) belong to nobody and stay readable. Text with letters, which may be
    a name or an address, becomes ``***``.
    """
    digits = sum(character.isdigit() for character in text)
    if digits <= 4:  # noqa: PLR2004 - an extension or a short code
        return "***" if any(character.isalpha() for character in text) else text
    shown_at_start = 4 if digits > 8 else 0  # noqa: PLR2004 - country and area code of a full number
    seen = 0
    masked = []
    for character in text:
        if character.isdigit():
            seen += 1
            hidden = shown_at_start < seen <= digits - _SHOWN_DIGITS
            masked.append("*" if hidden else character)
        elif character == "+":
            masked.append(character)
    return "".join(masked)


@frozen
class NumberRules:
    """How numbers are written where this deployment lives.

    Attributes:
        region: ISO 3166 region that national numbers belong to.
        extension_pattern: what an extension looks like, as a whole-match regular expression.
        anonymous_words: what a hidden caller is called, in lower case.
        short_codes: numbers that are neither extensions nor subscribers (emergency, directory).
    """

    region: str = "HU"
    extension_pattern: str = r"\d{2,6}"
    anonymous_words: frozenset[str] = ANONYMOUS_WORDS
    short_codes: frozenset[str] = frozenset({"104", "105", "107", "112", "116000", "116111", "116123"})

    @cached_property
    def reader(self) -> Callable[[str], PhoneNumber]:
        """Give what understands text by these rules and remembers the last answers."""
        return lru_cache(maxsize=4096)(_reader(self))


@frozen(repr=False, str=False)
class PhoneNumber:
    """One telephone number.

    Attributes:
        kind: what it is.
        value: canonical text: ``+36301234567``, ``101``, ``112``, empty when anonymous, else as it came.
        raw: as it came; not part of equality.
    """

    kind: NumberKind
    value: str
    raw: str = field(default="", eq=False)

    @classmethod
    def parse(cls, text: str | int | None, rules: NumberRules | None = None) -> PhoneNumber:
        """Understand *text* as a person or a PBX wrote it. Never raises: what is not understood is ``UNPARSED``.

        >>> PhoneNumber.parse("06 30 123 4567").e164
        '+36301234567'
        >>> PhoneNumber.parse("101").kind
        <NumberKind.EXTENSION: 'extension'>
        """
        if isinstance(text, int):
            text = str(text) if abs(text) < _LONGEST_INTEGER else hex(text)
        return (rules or _DEFAULT_RULES).reader(text or "")

    @classmethod
    def anonymous(cls) -> PhoneNumber:
        """Give the hidden caller."""
        return _ANONYMOUS

    @property
    def e164(self) -> str | None:
        """``+`` and digits, or ``None`` when this is no subscriber's number."""
        return self.value if self.kind is NumberKind.E164 else None

    @property
    def digits(self) -> str:
        """Digits only, with the country code and without ``+``; empty when anonymous."""
        return _NOT_DIGITS.sub("", self.value)

    @property
    def national(self) -> str | None:
        """As dialled at home, digits only: ``06301234567`` in Hungary; ``None`` unless E.164."""
        if self.e164 is None:
            return None
        import phonenumbers

        parsed = phonenumbers.parse(self.e164)
        region = phonenumbers.region_code_for_country_code(parsed.country_code or 0)
        prefix = phonenumbers.ndd_prefix_for_region(region, strip_non_digits=True)
        return (prefix or "") + phonenumbers.national_significant_number(parsed)

    @property
    def display(self) -> str:
        """For people who may see it, such as the agent: ``+36 30 123 4567``. Not for logs."""
        if self.e164 is None:
            return self.value
        import phonenumbers

        return phonenumbers.format_number(phonenumbers.parse(self.e164), phonenumbers.PhoneNumberFormat.INTERNATIONAL)

    @property
    def is_external(self) -> bool:
        """Whether this is a subscriber outside, known by number."""
        return self.kind is NumberKind.E164

    def __str__(self) -> str:
        return mask(self.value) or "anonymous"

    def __repr__(self) -> str:
        return f"<PhoneNumber {self.kind.value} {self}>"


_DEFAULT_RULES = NumberRules()
_ANONYMOUS = PhoneNumber(NumberKind.ANONYMOUS, "")
_set_kind, _set_value, _set_raw = (vars(PhoneNumber)[name].__set__ for name in ("kind", "value", "raw"))


def _reader(rules: NumberRules) -> Callable[[str], PhoneNumber]:
    """Compile *rules*; what every number needs is looked up once."""
    anonymous_words, short_codes, region = rules.anonymous_words, rules.short_codes, rules.region
    is_extension = re.compile(rules.extension_pattern).fullmatch
    subscriber, unparsed = NumberKind.E164, NumberKind.UNPARSED
    is_hungarian = region == "HU"
    elsewhere = anonymous_words | short_codes

    def read(raw: str) -> PhoneNumber:
        if is_hungarian and is_e164(raw) and raw not in elsewhere and not is_extension(raw):
            return PhoneNumber(subscriber, raw, raw)  # as most exchanges and CRMs write; a third of the work
        text = raw.strip()
        if text.lower() in anonymous_words:
            return PhoneNumber(NumberKind.ANONYMOUS, "", raw)
        is_plain = text.isascii() and text.isprintable()
        if is_plain:  # half the time of a translation
            compact = text.replace(" ", "").replace("-", "").replace("/", "")
            compact = compact.replace("(", "").replace(")", "").replace(".", "")
        else:
            compact = text.translate(_PUNCTUATION)
        if compact in short_codes:
            return PhoneNumber(NumberKind.SHORT_CODE, compact, raw)
        if is_extension(compact):
            return PhoneNumber(NumberKind.EXTENSION, compact, raw)
        # The library takes no spaces but the plain one and a few others, so odd ones are left to it.
        e164 = e164_if_sure(compact) if is_hungarian and (is_plain or text.isprintable()) else None
        if e164 is None:
            e164 = by_library(text, region)
        if e164 is None:
            return PhoneNumber(unparsed, text, raw)
        number = object.__new__(PhoneNumber)  # a frozen class's own __init__ takes half as long again
        _set_kind(number, subscriber)
        _set_value(number, e164)
        _set_raw(number, raw)
        return number

    return read


def by_library(text: str, region: str) -> str | None:
    """Accept a valid number, or a possible one that came with its ``+``.

    Formatting a merely possible *national* text would invent a subscriber.
    """
    import phonenumbers

    try:
        parsed = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    international = text.startswith("+") and phonenumbers.is_possible_number(parsed)
    if not (international or phonenumbers.is_valid_number(parsed)):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
