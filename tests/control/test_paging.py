from __future__ import annotations

import pytest

from vipex_sdk.control import Operation, User
from vipex_sdk.control.paging import Walk
from vipex_sdk.control.users import list_users
from vipex_sdk.wire.paging import Page


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
