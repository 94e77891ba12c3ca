"""The phonebook brought in line with a list, through both clients."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.control.conftest import Exchange, Refused
from vipex_sdk import errors
from vipex_sdk.control import PhonebookEntry, PhonebookNumber, RetryPolicy, SyncPlan, SyncResult, external_id
from vipex_sdk.control.sync import difference
from vipex_sdk.control.sync.session import MOST_UNKNOWN
from vipex_sdk.numbers import PhoneNumber

ONCE = {"retry": RetryPolicy(attempts=1)}


def entry(key: str | None, name: str = "Próba", number: str = "+36300000001", **rest: Any) -> PhonebookEntry:
    numbers = (PhonebookNumber(number=PhoneNumber.parse(number), type="mobile"),)
    return PhonebookEntry(name=name, numbers=numbers, external_id=key, **rest)


def people(count: int) -> list[PhonebookEntry]:
    return [entry(f"crm:{n}", f"Próba {n}", f"+3630{n:07}") for n in range(1, count + 1)]


def sync(entries: Any, **options: Any) -> Callable[[Any], Any]:
    return lambda client: client.phonebook.sync(entries, **options)


def put(exchange: Exchange, *entries: PhonebookEntry) -> None:
    for one in entries:
        exchange.phonebook_create(one)


def changing(exchange: Exchange) -> list[str]:
    """Give what was asked that changes something."""
    return [name for name, _ in exchange.asked if name not in {"phonebook.list", "phonebook.get"}]


def contents(exchange: Exchange) -> set[tuple[str | None, str]]:
    return {(one.external_id, one.name) for one in exchange.entries.values()}


def test_only_the_difference_is_sent(ask: Any, exchange: Exchange) -> None:
    put(exchange, entry(None, "Idegen"), *people(3))
    wanted = [entry("crm:new", "Új"), people(1)[0], evolve(people(2)[1], name="Új név"), evolve(people(3)[2], email="")]
    plan: SyncPlan = ask(lambda client: client.phonebook.plan_sync(wanted))
    assert (len(plan.creates), len(plan.updates), len(plan.deletes), plan.unchanged, plan.foreign) == (1, 1, 0, 2, 1)
    assert plan.changes == 2
    assert plan.updates[0].fields == ("name",)
    assert changing(exchange) == []
    told: list[tuple[int, int]] = []
    done = ask(sync(wanted, progress=lambda *seen: told.append(seen)))
    assert done == SyncResult(created=1, updated=1, unchanged=2, foreign=1)
    assert told == [(1, 2), (2, 2)]
    assert sorted(changing(exchange)) == ["phonebook.create", "phonebook.update"]
    assert contents(exchange) >= {(None, "Idegen"), ("crm:new", "Új"), ("crm:2", "Új név")}
    assert ask(sync(wanted)) == SyncResult(unchanged=4, foreign=1)


def test_deleting_is_asked_for_and_spares_what_is_not_ours(ask: Any, exchange: Exchange) -> None:
    put(exchange, entry(None, "Idegen"), *people(3))
    assert ask(sync(people(1))).deleted == 0
    assert ask(sync(people(1), delete=True)) == SyncResult(deleted=2, unchanged=1, foreign=1)
    assert contents(exchange) == {(None, "Idegen"), ("crm:1", "Próba 1")}


def test_what_was_created_twice_is_surplus(ask: Any, exchange: Exchange) -> None:
    put(exchange, *people(1), *people(1))
    assert ask(sync(people(1))) == SyncResult(unchanged=1, foreign=1)
    assert ask(sync(people(1), delete=True)) == SyncResult(unchanged=1, deleted=1)


@pytest.mark.parametrize(
    ("entries", "text"),
    [
        ([*people(3), people(2)[1], people(2)[1]], "entries with the same key: 2 and 4 and 5"),
        ([entry("a"), entry(None), entry("")], "entries without a key: 2; 3"),
        ([entry(None)] * 8, "entries without a key: 1; 2; 3; 4; 5; and 3 more"),
    ],
)
def test_a_list_that_contradicts_itself_is_refused_without_naming_anybody(
    ask: Any, exchange: Exchange, entries: list[PhonebookEntry], text: str
) -> None:
    for question in (sync(entries), lambda client: client.phonebook.plan_sync(entries)):
        with pytest.raises(errors.Invalid) as refused:
            ask(question)
        assert str(refused.value) == f"phonebook sync: {text}"
    assert exchange.requests == []


def test_an_empty_list_does_not_delete_everything(ask: Any, exchange: Exchange) -> None:
    put(exchange, *people(2))
    with pytest.raises(errors.Invalid, match="everything would be deleted"):
        ask(sync([], delete=True))
    assert len(exchange.entries) == 2
    assert ask(sync([])) == SyncResult(foreign=2)


def test_any_key_will_do(ask: Any, exchange: Exchange) -> None:
    put(exchange, *people(2))

    def by_number(one: PhonebookEntry) -> str | None:
        return one.numbers[0].number.e164 if one.numbers else None

    wanted = [entry("other", "Más", "06 30 000 0002"), entry(None, "Új", "+36300000007")]
    done = ask(sync(wanted, key=by_number))
    assert (done.created, done.updated) == (1, 1)
    assert contents(exchange) == {("crm:1", "Próba 1"), ("other", "Más"), (None, "Új")}


def losing(exchange: Exchange, *, carried_out: bool, times: int) -> None:
    """Fail creations after, or without, having carried them out."""
    create, left = exchange.phonebook_create, [times]

    def lost(entry: PhonebookEntry) -> PhonebookEntry:
        left[0] -= 1
        if left[0] < 0:
            return create(entry)
        if carried_out:
            create(entry)
        raise Refused(500, "internal")

    exchange.phonebook_create = lost  # type: ignore[method-assign]  # one exchange that fails


@pytest.mark.parametrize("carried_out", [True, False])
def test_a_creation_without_an_answer_is_looked_for_and_never_doubled(
    ask: Any, exchange: Exchange, *, carried_out: bool
) -> None:
    losing(exchange, carried_out=carried_out, times=3)
    told: list[tuple[int, int]] = []
    done = ask(sync(people(6), progress=lambda *seen: told.append(seen)))
    assert (done.created, done.refused) == (6, ())
    assert told[-1] == (6, 6)
    assert sorted(contents(exchange)) == [(f"crm:{n}", f"Próba {n}") for n in range(1, 7)]
    assert changing(exchange).count("phonebook.create") == (6 if carried_out else 9)


@pytest.mark.parametrize("entries", [1, MOST_UNKNOWN + 5])
def test_creations_that_are_never_answered_end_it(ask: Any, exchange: Exchange, entries: int) -> None:
    losing(exchange, carried_out=False, times=9999)
    with pytest.raises(errors.OutcomeUnknown) as unknown:
        ask(sync(people(entries)))
    assert unknown.value.operation == "phonebook.sync"
    assert len(changing(exchange)) <= MOST_UNKNOWN + 5


def test_after_an_interruption_it_goes_on(ask: Any, exchange: Exchange) -> None:
    create = exchange.phonebook_create

    def down_after_five(entry: PhonebookEntry) -> PhonebookEntry:
        if len(exchange.entries) == 5:
            raise Refused(403, "forbidden")
        return create(entry)

    exchange.phonebook_create = down_after_five  # type: ignore[method-assign]  # one exchange that fails
    with pytest.raises(errors.Forbidden):
        ask(sync(people(20)))
    assert len(exchange.entries) == 5
    exchange.phonebook_create = create  # type: ignore[method-assign]  # well again
    assert ask(sync(people(20))) == SyncResult(created=15, unchanged=5)
    assert len(contents(exchange)) == len(exchange.entries) == 20


def test_one_refused_entry_does_not_stop_the_others(ask: Any, exchange: Exchange) -> None:
    create = exchange.phonebook_create

    def picky(entry: PhonebookEntry) -> PhonebookEntry:
        if entry.external_id == "crm:2":
            raise Refused(422, "invalid_number")
        return create(entry)

    exchange.phonebook_create = picky  # type: ignore[method-assign]  # one exchange that is picky
    done = ask(sync(people(4)))
    assert done.created == 3
    assert [(one.place, one.error.code) for one in done.refused] == [(2, "invalid_number")]
    assert "Próba" not in repr(done)


def test_what_somebody_else_deletes_meanwhile(ask: Any, exchange: Exchange) -> None:
    put(exchange, *people(2))
    update, delete = exchange.phonebook_update, exchange.phonebook_delete

    def gone_first(entry: PhonebookEntry) -> PhonebookEntry:
        exchange.entries.pop(str(entry.id), None)
        return update(entry)

    def gone_too(id: str) -> None:  # noqa: A002 - named by the catalogue
        exchange.entries.pop(id, None)
        delete(id)

    exchange.phonebook_update, exchange.phonebook_delete = gone_first, gone_too  # type: ignore[method-assign]
    done = ask(sync([evolve(people(1)[0], name="Új név")], delete=True))
    assert (done.created, done.updated, done.deleted) == (1, 0, 0)
    assert contents(exchange) == {("crm:1", "Új név")}


async def test_no_more_are_at_work_than_there_are_workers(served: Any, exchange: Exchange) -> None:
    from tests.control.conftest import PASSWORD, USER
    from vipex_sdk.control import AsyncClient

    most = busy = 0

    async def slow() -> None:
        nonlocal most, busy
        busy += 1
        most = max(most, busy)
        await asyncio.sleep(0.002)
        busy -= 1

    exchange.script = [slow] * 60
    async with AsyncClient(served.url, user=USER, password=PASSWORD, profile=exchange.profile) as client:
        await client.phonebook.sync(people(50), workers=3)
    assert most == 3
    assert len(exchange.entries) == 50


async def test_a_failing_progress_callback_is_the_callers_own_error(served: Any, exchange: Exchange) -> None:
    from tests.control.conftest import PASSWORD, USER
    from vipex_sdk.control import AsyncClient

    async with AsyncClient(served.url, user=USER, password=PASSWORD, profile=exchange.profile) as client:
        with pytest.raises(ZeroDivisionError):
            await client.phonebook.sync(people(5), progress=lambda done, total: done // (total - total))


books = st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from(["Egy", "Kettő", "Három"]), max_size=8)


@settings(max_examples=60)
@given(before=books, after=books, delete=st.booleans(), doubled=st.lists(st.sampled_from("abc"), max_size=3))
def test_a_plan_carried_out_leaves_nothing_to_do(
    *, before: dict[str, str], after: dict[str, str], delete: bool, doubled: list[str]
) -> None:
    current = [
        entry(key, name, id=str(place))
        for place, (key, name) in enumerate([*before.items(), *((key, "Kettő") for key in doubled)])
    ]
    wanted = {key: entry(key, name) for key, name in after.items()}
    if delete and not wanted:
        return
    plan = difference(current, wanted, key=external_id, delete=delete)
    gone = {one.id for one in plan.deletes}
    new = {change.after.id: change.after for change in plan.updates}
    book = [new.get(one.id, one) for one in current if one.id not in gone]
    book += [evolve(one, id=f"new {one.external_id}") for one in plan.creates]
    again = difference(book, wanted, key=external_id, delete=delete)
    assert again.changes == 0
    assert again.unchanged == len(wanted)
    if delete:
        assert sorted(one.external_id or "" for one in book) == sorted(wanted)
