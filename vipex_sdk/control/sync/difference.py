"""What must be done to a phonebook, computed without asking anybody."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeAlias

from attrs import evolve, frozen

from vipex_sdk.control.phonebook import PhonebookEntry
from vipex_sdk.errors import Invalid

__all__ = ["Change", "Key", "SyncPlan", "difference", "external_id", "keyed"]

Key: TypeAlias = Callable[[PhonebookEntry], str | None]
"""What an entry is known by; ``None`` for one that is not ours."""

_SHOWN = 5


def external_id(entry: PhonebookEntry) -> str | None:
    """Know an entry by its ``external_id``."""
    return entry.external_id


@frozen(kw_only=True)
class Change:
    """An entry that must be replaced.

    Attributes:
        before: as it is in the phonebook.
        after: as it shall be, with the id it has.
    """

    before: PhonebookEntry
    after: PhonebookEntry

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of the fields that differ."""
        return tuple(name for name in _COMPARED if not _same(name, self.before, self.after))


@frozen(kw_only=True)
class SyncPlan:
    """What a synchronisation would do.

    Attributes:
        creates: entries that are missing.
        updates: entries that differ.
        deletes: entries whose key the list no longer has; empty unless deleting was asked for.
        unchanged: how many are as they should be.
        foreign: how many entries have no key of ours, or would be deleted if that had been asked for; left alone.
    """

    creates: tuple[PhonebookEntry, ...] = ()
    updates: tuple[Change, ...] = ()
    deletes: tuple[PhonebookEntry, ...] = ()
    unchanged: int = 0
    foreign: int = 0

    @property
    def changes(self) -> int:
        """How many requests it takes."""
        return len(self.creates) + len(self.updates) + len(self.deletes)


def keyed(entries: Sequence[PhonebookEntry], key: Key) -> dict[str, PhonebookEntry]:
    """Give *entries* by their key.

    Raises:
        Invalid: an entry has no key, or two have the same; the text names places in the list, counted from 1.
    """
    places: dict[str, list[int]] = {}
    missing = []
    for place, entry in enumerate(entries, start=1):
        if name := key(entry):
            places.setdefault(name, []).append(place)
        else:
            missing.append(place)
    if missing:
        raise _refused(f"entries without a key: {_listed([str(place) for place in missing])}")
    doubled = [" and ".join(map(str, found)) for found in places.values() if len(found) > 1]
    if doubled:
        raise _refused(f"entries with the same key: {_listed(doubled)}")
    return {name: entries[found[0] - 1] for name, found in places.items()}


def _refused(problem: str) -> Invalid:
    return Invalid(f"phonebook sync: {problem}", code="validation_error", operation="phonebook.sync")


def _listed(items: Sequence[str]) -> str:
    more = len(items) - _SHOWN
    return "; ".join(items[:_SHOWN]) + (f"; and {more} more" if more > 0 else "")


def difference(
    current: Iterable[PhonebookEntry], wanted: Mapping[str, PhonebookEntry], *, key: Key, delete: bool
) -> SyncPlan:
    """Compare the phonebook with what it should hold.

    Where the phonebook has a key twice, the first entry is the one and the others are surplus, as if their key were
    gone from the list.

    Args:
        current: the whole phonebook.
        wanted: entries by key.
        key: what an entry is known by.
        delete: whether surplus entries are deleted.

    Raises:
        Invalid: nothing is wanted and everything would be deleted: that is a mistake more often than a wish.
    """
    if delete and not wanted:
        raise _refused("the list is empty, and everything would be deleted")
    left = dict(wanted)
    updates: list[Change] = []
    surplus: list[PhonebookEntry] = []
    unchanged = foreign = 0
    for entry in current:
        name = key(entry)
        goal = left.pop(name, None) if name else None
        if goal is not None:
            change = Change(before=entry, after=evolve(goal, id=entry.id))
            if change.fields:
                updates.append(change)
            else:
                unchanged += 1
        elif name and delete:
            surplus.append(entry)
        else:
            foreign += 1
    return SyncPlan(
        creates=tuple(evolve(entry, id=None) for entry in left.values()),
        updates=tuple(updates),
        deletes=tuple(surplus),
        unchanged=unchanged,
        foreign=foreign,
    )


_COMPARED = ("name", "company", "numbers", "email", "note", "external_id")


def _same(name: str, before: PhonebookEntry, after: PhonebookEntry) -> bool:
    if name != "numbers":
        return (getattr(before, name) or None) == (getattr(after, name) or None)
    if len(before.numbers) != len(after.numbers):
        return False
    # A number whose type we do not say is the same whatever type VIPeX gives it.
    return all(
        old.number == new.number and new.type in {None, old.type}
        for old, new in zip(before.numbers, after.numbers, strict=True)
    )
