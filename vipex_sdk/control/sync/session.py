"""One synchronisation: rounds of changes, until every entry is as it should be or was refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from attrs import evolve, frozen

from vipex_sdk.control.bulk import Bulk
from vipex_sdk.control.operation import Operation
from vipex_sdk.control.paging import PAGE_SIZE, Walk
from vipex_sdk.control.phonebook import PhonebookEntry, create_entry, delete_entry, list_entries, update_entry
from vipex_sdk.control.steps import Plan, Steps
from vipex_sdk.control.sync.difference import Change, Key, SyncPlan, difference, external_id, keyed
from vipex_sdk.errors import Conflict, Invalid, NotFound, OutcomeUnknown, StatusError, VipexError
from vipex_sdk.wire.paging import Page

__all__ = ["Refusal", "SyncProgress", "SyncResult", "plan_sync", "sync"]

SyncProgress: TypeAlias = Callable[[int, int], object]
"""Called with the changes made so far, and the changes in all."""

MOST_UNKNOWN = 20
"""So many creations without an answer in one round, and something is wrong that more of them will not cure."""

_ROUNDS = 4


@frozen(kw_only=True)
class Refusal:
    """A change that VIPeX refused; the others were made.

    Attributes:
        place: of the entry in the list, counted from 1; ``None`` for an entry that should have been deleted.
        entry: the entry.
        error: what VIPeX said.
    """

    place: int | None
    entry: PhonebookEntry
    error: StatusError


@frozen(kw_only=True)
class SyncResult:
    """What a synchronisation did."""

    created: int = 0
    updated: int = 0
    deleted: int = 0
    unchanged: int = 0
    foreign: int = 0
    refused: tuple[Refusal, ...] = ()


def plan_sync(
    plan: Plan, entries: Iterable[PhonebookEntry], *, key: Key = external_id, delete: bool = False
) -> Steps[SyncPlan]:
    """Tell what :func:`sync` would do, changing nothing: the dry run.

    Args:
        plan: of the client.
        entries: what the phonebook should hold.
        key: what an entry is known by; its ``external_id`` unless you say otherwise.
        delete: whether entries that have a key which *entries* does not have would be deleted.

    Raises:
        Invalid: an entry has no key, two have the same, or everything would be deleted.
    """
    wanted = keyed(tuple(entries), key)
    current = yield from _whole(plan)
    return difference(current, wanted, key=key, delete=delete)


def sync(
    plan: Plan,
    entries: Iterable[PhonebookEntry],
    *,
    key: Key = external_id,
    delete: bool = False,
    workers: int = 4,
    progress: SyncProgress | None = None,
) -> Bulk[SyncResult]:
    """Bring the phonebook in line with *entries*: create what is missing, replace what differs, and no more.

    Entries without a key belong to somebody else and are left alone. Whatever interrupts it, calling it again goes on
    where it stopped, because only what still differs is changed. A creation without an answer is not repeated: when
    the round is over the phonebook is read again, and only what is still missing is created.

    Run one synchronisation at a time: two at once create the same entries twice.

    Args:
        plan: of the client.
        entries: what the phonebook should hold.
        key: what an entry is known by; its ``external_id`` unless you say otherwise.
        delete: whether entries that have a key which *entries* does not have are deleted.
        workers: most requests at once; :class:`~vipex_sdk.Client` makes one at a time.
        progress: told the changes made so far, and the changes in all.

    Raises:
        Invalid: an entry has no key, two have the same, or everything would be deleted. A single entry that VIPeX
            refuses raises nothing; it is in the result.
        OutcomeUnknown: creations stayed without an answer again and again.
    """
    return _Session(plan, tuple(entries), key=key, delete=delete, workers=workers, progress=progress)


def _whole(plan: Plan) -> Steps[list[PhonebookEntry]]:
    """Read the whole phonebook."""
    found: list[PhonebookEntry] = []
    walk = Walk(_page, per_page=PAGE_SIZE)
    while walk.operation is not None:
        page = yield from plan.steps(walk.operation)
        found += walk.take(page)
    return found


def _page(*, page: int = 1, per_page: int = PAGE_SIZE, cursor: str | None = None) -> Operation[Page[PhonebookEntry]]:
    return list_entries(page=page, per_page=per_page, cursor=cursor)


class _Session:
    """The changes of one synchronisation, and what has become of them."""

    def __init__(
        self,
        plan: Plan,
        entries: tuple[PhonebookEntry, ...],
        *,
        key: Key,
        delete: bool,
        workers: int,
        progress: SyncProgress | None,
    ) -> None:
        self.workers = workers
        self._plan = plan
        self._key = key
        self._delete = delete
        self._progress = progress
        self._open = keyed(entries, key)
        self._places = {name: place for place, name in enumerate(self._open, start=1)}
        self._rounds = 0
        self._done = 0
        self._total = 0
        self._unknown: VipexError | None = None
        self._result = SyncResult()

    def begin_round(self) -> Steps[Iterator[Steps[None]] | None]:
        """Read the phonebook and give the changes that are left; ``None`` when there is nothing left to look at."""
        if self._rounds and not self._open:
            return None
        if self._rounds == _ROUNDS:
            raise self._unanswered()
        current = yield from _whole(self._plan)
        delete = self._delete and not self._rounds
        todo = difference(current, self._open, key=self._key, delete=delete)
        if self._rounds:
            self._recover(todo)
        else:
            self._total = todo.changes
            self._result = evolve(self._result, unchanged=todo.unchanged, foreign=todo.foreign)
        self._rounds += 1
        self._open = {}
        return self._tasks(todo)

    def result(self) -> SyncResult:
        """Tell what was done."""
        return self._result

    def _unanswered(self) -> OutcomeUnknown:
        text = f"phonebook sync: what became of {len(self._open)} entries is not known"
        error = OutcomeUnknown(text, operation="phonebook.sync")
        error.__cause__ = self._unknown
        return error

    def _recover(self, todo: SyncPlan) -> None:
        """Count the creations whose answer was lost, but which were carried out."""
        self._result = evolve(self._result, created=self._result.created + todo.unchanged)
        self._made(todo.unchanged)

    def _tasks(self, todo: SyncPlan) -> Iterator[Steps[None]]:
        for entry in todo.creates:
            yield self._create(entry)
        for change in todo.updates:
            yield self._update(change)
        for entry in todo.deletes:
            yield self._remove(entry)

    def _create(self, entry: PhonebookEntry) -> Steps[None]:
        try:
            yield from self._plan.steps(create_entry(entry))
        except OutcomeUnknown as unknown:
            self._unknown = unknown
            self._later(entry)
            if len(self._open) > MOST_UNKNOWN:
                raise self._unanswered() from unknown
            return
        except (Invalid, Conflict) as error:
            self._refuse(entry, error)
        else:
            self._result = evolve(self._result, created=self._result.created + 1)
        self._made(1)

    def _update(self, change: Change) -> Steps[None]:
        try:
            yield from self._plan.steps(update_entry(change.after))
        except NotFound as error:
            # Deleted by somebody else a moment ago: the next round creates it.
            self._unknown = error
            self._later(change.after)
            return
        except (Invalid, Conflict) as error:
            self._refuse(change.after, error)
        else:
            self._result = evolve(self._result, updated=self._result.updated + 1)
        self._made(1)

    def _remove(self, entry: PhonebookEntry) -> Steps[None]:
        try:
            yield from self._plan.steps(delete_entry(entry.id or ""))
        except NotFound:
            self._made(1)
            return
        except (Invalid, Conflict) as error:
            self._refuse(entry, error)
        else:
            self._result = evolve(self._result, deleted=self._result.deleted + 1)
        self._made(1)

    def _later(self, entry: PhonebookEntry) -> None:
        self._open[self._key(entry) or ""] = entry

    def _refuse(self, entry: PhonebookEntry, error: StatusError) -> None:
        place = self._places.get(self._key(entry) or "")
        self._result = evolve(
            self._result, refused=(*self._result.refused, Refusal(place=place, entry=entry, error=error))
        )

    def _made(self, changes: int) -> None:
        self._done += changes
        if self._progress is not None and changes:
            self._progress(self._done, self._total)
