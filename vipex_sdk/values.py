"""Value types that models of every room share."""

from __future__ import annotations

from enum import Enum, StrEnum
from typing import Annotated, Any, Self, TypeAlias

__all__ = ["OpenEnum", "Seconds", "Unit"]


class Unit(Enum):
    """The unit a number is in; the wire profile says how it is written."""

    SECONDS = "s"


Seconds: TypeAlias = Annotated[int, Unit.SECONDS]
"""Whole seconds."""


class OpenEnum(StrEnum):
    """A vocabulary that others may extend: an unknown word becomes a member of its own and keeps its text.

    >>> class Colour(OpenEnum):
    ...     RED = "red"
    >>> Colour("mauve").value, Colour("mauve") == "mauve", Colour("red") is Colour.RED
    ('mauve', True, True)
    """

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = value.upper()
        member._value_ = value
        return member

    def __reduce_ex__(self, proto: object) -> tuple[Any, ...]:
        # By value: Python 3.11.0 to 3.11.3 copies members by name, and a member of its own has none in the class.
        return type(self), (self.value,)

    @property
    def known(self) -> bool:
        """Whether the word belongs to the vocabulary as we know it."""
        return self._name_ in type(self).__members__
