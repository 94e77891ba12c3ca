"""Telephone numbers as values; importing this loads no numbering plan."""

from vipex_sdk.numbers.number import ANONYMOUS_WORDS, NumberKind, NumberRules, PhoneNumber, mask

__all__ = ["ANONYMOUS_WORDS", "NumberKind", "NumberRules", "PhoneNumber", "mask"]
