"""Telephone numbers as values; importing this loads no numbering plan."""

from vipex_sdk.numbers.late import is_read_late, read_late
from vipex_sdk.numbers.number import ANONYMOUS_WORDS, NumberKind, NumberRules, PhoneNumber, mask

__all__ = ["ANONYMOUS_WORDS", "NumberKind", "NumberRules", "PhoneNumber", "is_read_late", "mask", "read_late"]
