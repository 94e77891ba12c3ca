"""Numbers that are nobody's business: never recorded, never shown."""

from __future__ import annotations

from collections.abc import Collection

from attrs import field, frozen

from vipex_sdk.numbers import NumberRules, PhoneNumber

__all__ = ["BlockList"]


@frozen
class BlockList:
    """Whole numbers, and beginnings of numbers.

    >>> BlockList.of(["06 30 000 0009", "+3680*"]).has(PhoneNumber.parse("+36800000000"))
    True
    """

    numbers: frozenset[str] = field(default=frozenset(), repr=False)
    beginnings: tuple[str, ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, entries: Collection[str], rules: NumberRules | None = None) -> BlockList:
        """Read *entries*: numbers in any spelling; a ``*`` at the end stands for whatever follows."""
        whole = (PhoneNumber.parse(entry, rules).e164 for entry in entries if not entry.endswith("*"))
        return cls(
            frozenset(number for number in whole if number),
            tuple(entry[:-1] for entry in entries if entry.endswith("*") and len(entry) > 1),
        )

    def has(self, number: PhoneNumber) -> bool:
        """Whether *number* is blocked; whoever hides theirs is not."""
        e164 = number.e164
        return e164 is not None and (e164 in self.numbers or e164.startswith(self.beginnings))
