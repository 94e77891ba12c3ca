"""The cards of a whole tenant by customer, in 48 bytes a card, for the time of a full scan."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator

from vipex_minicrm.model import ProjectRow

__all__ = ["CardIndex"]

_MAIN, _ID, _CONTACT, _STATUS, _USER, _BUSINESS = range(6)
_COLUMNS = 6


class CardIndex:
    """Cards without their names, found by the company or person they belong to.

    The rows lie in columns of integers, which are sorted once everything is in; a row that came twice is given once.
    """

    def __init__(self) -> None:
        self._columns = [array("Q") for _ in range(_COLUMNS)]
        self._sorted = True

    def __len__(self) -> int:
        return len(self._columns[_ID])

    def add(self, rows: Iterable[ProjectRow]) -> str:
        """Take in *rows*, except thrown away cards; give them as a note that :meth:`read` understands."""
        note = []
        for row in rows:
            if row.deleted or not row.status_id.isdigit():
                continue
            values = (row.id, row.contact_id, row.status_id, row.user_id or "0", row.business_id or "0")
            self._append(*map(int, values))
            note.append(",".join(values))
        return ";".join(note)

    def read(self, note: str) -> None:
        """Take in what a note holds."""
        for row in note.split(";"):
            if row:
                self._append(*map(int, row.split(",")))

    def of(self, main_contact_id: str) -> list[ProjectRow]:
        """Give the cards of a company with its people, or of a person without company."""
        self._sort()
        wanted, mains = int(main_contact_id), self._columns[_MAIN]
        place = bisect_left(mains, wanted)
        found: dict[str, ProjectRow] = {}
        while place < len(mains) and mains[place] == wanted:
            row = self._row(place)
            found[row.id] = row
            place += 1
        return list(found.values())

    def _append(self, *values: int) -> None:
        card, contact, status, user, business = values
        for column, value in zip(
            self._columns, (business or contact, card, contact, status, user, business), strict=True
        ):
            column.append(value)
        self._sorted = False

    def _sort(self) -> None:
        if self._sorted:
            return
        order = array("Q", sorted(range(len(self)), key=self._columns[_MAIN].__getitem__))
        for number, column in enumerate(self._columns):
            self._columns[number] = array("Q", _in_order(column, order))
        self._sorted = True

    def _row(self, place: int) -> ProjectRow:
        _, card, contact, status, user, business = (column[place] for column in self._columns)
        return ProjectRow(
            id=str(card),
            name="",
            contact_id=str(contact),
            status_id=str(status),
            user_id=str(user) if user else None,
            business_id=str(business) if business else None,
        )


def _in_order(column: array[int], order: array[int]) -> Iterator[int]:
    return (column[place] for place in order)
