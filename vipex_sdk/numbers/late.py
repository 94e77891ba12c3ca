"""Fields that hold a telephone number as text until somebody asks for it.

To understand a number takes a microsecond, which is longer than to read all the rest of a phonebook entry; of the
thousands in a phonebook, few are ever looked at. What is read by the usual rules may therefore be read late.
"""

from __future__ import annotations

from collections.abc import Callable
from types import MemberDescriptorType
from typing import Any, TypeVar

from vipex_sdk.numbers.number import PhoneNumber

__all__ = ["is_read_late", "read_late"]

C = TypeVar("C", bound=type)


class _Late:
    """A slot whose text becomes a number when it is looked at."""

    def __init__(self, slot: MemberDescriptorType) -> None:
        self._slot = slot

    def __get__(self, it: object, owner: type) -> Any:
        if it is None:
            return self
        value = self._slot.__get__(it, owner)
        if type(value) is str:
            value = PhoneNumber.parse(value)
            self._slot.__set__(it, value)
        return value

    def __set__(self, it: object, value: object) -> None:
        self._slot.__set__(it, value)


def read_late(*names: str) -> Callable[[C], C]:
    """Let the fields *names* of a class with slots hold text, which is understood by the usual rules when looked at."""

    def decorate(cls: C) -> C:
        for name in names:
            setattr(cls, name, _Late(vars(cls)[name]))
        return cls

    return decorate


def is_read_late(cls: type, name: str) -> bool:
    """Whether the field *name* of *cls* may hold text."""
    return isinstance(vars(cls).get(name), _Late)
