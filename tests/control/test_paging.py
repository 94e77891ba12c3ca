from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import JSONResponse

from tests.control.conftest import Asker, Exchange, Served
from vipex_sdk.control import Operation, PhonebookEntry, User
from vipex_sdk.control.paging import Walk
from vipex_sdk.control.users import list_users
from vipex_sdk.errors import DecodeError
from vipex_sdk.wire.paging import Page
from vipex_sdk.wire.profile import load_profile

CURSORS = """
[control.paging]
style = "cursor"
cursor = "from"
next = ["more.at"]
"""


def people(*numbers: int) -> tuple[User, ...]:
    return tuple(User(id=str(number)) for number in numbers)


@pytest.mark.parametrize(
    ("pages", "ids", "asked"),
    [
        ([Page(items=people(1, 2)), Page(items=people(3))], "123", 2),
        ([Page(items=people(1, 2)), Page[User](items=())], "12", 2),
        ([Page(items=people(1, 2)), Page(items=people(1, 2))], "12", 2),
        ([Page(items=people(1, 2), complete=True)], "12", 1),
        ([Page(items=people(1, 2), total=2)], "12", 1),
        ([Page(items=people(1), total=3), Page(items=people(2), total=3), Page(items=people(3), total=3)], "123", 3),
        ([Page[User](items=(), total=3)], "", 1),
    ],
    ids=["short", "empty", "ignored", "complete", "total", "server takes smaller pages", "wrong total"],
)
def test_the_walk_ends_where_the_list_does(pages: list[Page[User]], ids: str, asked: int) -> None:
    walk = Walk(list_users, per_page=2)
    found: list[User] = []
    operations: list[Operation[Page[User]]] = []
    while walk.operation is not None:
        operations.append(walk.operation)
        found += walk.take(pages[len(operations) - 1])
    assert "".join(user.id for user in found) == ids
    assert [operation.arguments["page"] for operation in operations] == list(range(1, asked + 1))


def test_the_walk_follows_cursors_over_empty_pages_until_there_is_none() -> None:
    walk = Walk(list_users, per_page=2)
    found: list[User] = []
    asked: list[str | None] = []
    pages = [
        Page(items=people(1, 2), next="a"),
        Page[User](items=(), next="b", total=2),
        Page(items=people(1), complete=True),
    ]
    while walk.operation is not None:
        asked.append(walk.operation.arguments["cursor"])
        found += walk.take(pages[len(asked) - 1])
    assert asked == [None, "a", "b"]
    assert [user.id for user in found] == ["1", "2", "1"]


@pytest.fixture
def exchange_with_cursors(tmp_path: Path) -> Iterator[Served]:
    (tmp_path / "cursors.toml").write_text(CURSORS)
    with Served(Exchange(load_profile(tmp_path / "cursors.toml"))) as running:
        yield running


@pytest.fixture(params=["sync", "async"])
def ask_by_cursor(request: pytest.FixtureRequest, exchange_with_cursors: Served) -> Asker:
    return Asker(request.param, exchange_with_cursors.url, exchange_with_cursors.exchange.profile)


def test_a_whole_list_is_read_by_cursors(ask_by_cursor: Asker, exchange_with_cursors: Served) -> None:
    everybody = ask_by_cursor(lambda client: client.users.all())
    assert [user.id for user in everybody] == [str(number) for number in range(1, 231)]
    assert [arguments["page"] for _, arguments in exchange_with_cursors.exchange.asked] == [1, 2, 3]


def test_a_phonebook_with_cursors_is_synchronised(ask_by_cursor: Asker, exchange_with_cursors: Served) -> None:
    entries = [PhonebookEntry(name=f"Próba {number}", external_id=f"crm:{number}") for number in range(101)]
    ask_by_cursor(lambda client: client.phonebook.sync(entries))
    again = ask_by_cursor(lambda client: client.phonebook.plan_sync(entries))
    assert again.changes == 0
    assert len(exchange_with_cursors.exchange.entries) == 101


def test_a_list_that_turns_in_a_circle_is_an_error(ask_by_cursor: Asker, exchange_with_cursors: Served) -> None:
    def page(cursor: str) -> Any:
        return lambda: JSONResponse({"items": [{"id": "1"}], "more": {"at": cursor}})

    exchange_with_cursors.exchange.script += [page("a"), page("b"), page("a")]
    with pytest.raises(DecodeError, match="never end"):
        ask_by_cursor(lambda client: client.users.all())
    assert len(exchange_with_cursors.exchange.requests) == 3
