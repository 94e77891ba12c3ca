"""What the last search found, so that the pages of a large tenant are not searched one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

__all__ = ["HasId", "LastSearch", "N"]

_SHUFFLE = 2_654_435_761


class HasId(Protocol):
    """A record with a number."""

    @property
    def id(self) -> int:
        """The number."""
        ...


N = TypeVar("N", bound=HasId)


class LastSearch:
    """Remembers one search; forgets it when something is written."""

    def __init__(self) -> None:
        self._asked: object = None
        self._found: Sequence[Any] = ()

    def found(self, entity: str, query: Mapping[str, str], size: int, search: Callable[[], Iterable[N]]) -> Sequence[N]:
        """Give what *search* finds among *size* records; for a further page of the same search what it found."""
        asked = (entity, size, sorted(item for item in query.items() if item[0] != "Page"))
        if query.get("Page", "0") == "0" or asked != self._asked:
            self._asked, self._found = asked, sorted(search(), key=_place)
        return self._found

    def forget(self) -> None:
        """Search again: something was written."""
        self._asked = None


def _place(record: HasId) -> int:
    """Shuffle, in the same way every time."""
    return record.id * _SHUFFLE % 2**32
