"""The people who have extensions."""

from __future__ import annotations

from attrs import field, frozen

from vipex_sdk.control.operation import Operation
from vipex_sdk.control.paging import PAGE_SIZE
from vipex_sdk.wire.paging import Page

__all__ = ["User", "get_user", "list_users"]


@frozen(kw_only=True, weakref_slot=False)
class User:
    """Somebody with an extension.

    Attributes:
        extension: the main one.
        extensions: all of them.
        groups: ring groups.
    """

    id: str
    name: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)
    extension: str | None = None
    extensions: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    enabled: bool = True


def get_user(id: str) -> Operation[User]:  # noqa: A002 - the field's name
    """Ask for one user.

    Raises:
        NotFound: there is no such user.
    """
    return Operation("users.get", {"id": id}, returns=User, repeatable=True)


def list_users(*, page: int = 1, per_page: int = PAGE_SIZE, cursor: str | None = None) -> Operation[Page[User]]:
    """List all users; the client's method walks through the pages."""
    arguments = {"page": page, "per_page": per_page, "cursor": cursor}
    return Operation("users.list", arguments, returns=Page[User], repeatable=True)
