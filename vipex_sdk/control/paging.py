"""Whole lists, page by page, for both clients."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Callable, Iterator
from functools import wraps
from typing import Any, Generic, Protocol, TypeVar, overload

from vipex_sdk.control.operation import AsyncSender, Group, Operation, Sender
from vipex_sdk.errors import DecodeError
from vipex_sdk.wire.paging import Page

__all__ = ["PageBuilder", "Walk", "paged"]

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

PAGE_SIZE = 100


class PageBuilder(Protocol[T_co]):
    """A builder of the operation that asks for one page."""

    def __call__(self, *, page: int = 1, per_page: int = PAGE_SIZE, cursor: str | None = None) -> Operation[Page[T_co]]:
        """Ask for page number *page*, counted from 1; where pages are told by cursors, for the one at *cursor*."""
        ...


class Walk(Generic[T]):
    """The way through the pages of a list, without I/O: which page is next, and when to stop.

    It stops at an empty page, at the announced total, at a short page when no total was announced, at a list that is
    complete by itself, and at a page that begins like the one before (the server ignores page numbers). Where pages
    are told by cursors, a page without a next one is the last, and an empty one need not be.
    """

    def __init__(self, build: PageBuilder[T], *, per_page: int) -> None:
        self._build = build
        self._per_page = per_page
        self._taken = 0
        self._last_first: T | None = None
        self._cursors = set[str]()
        self.operation: Operation[Page[T]] | None = build(page=1, per_page=per_page)
        self._number = 1

    def take(self, page: Page[T]) -> tuple[T, ...]:
        """Give the new items of *page* and move on.

        Raises:
            DecodeError: its next page was asked for before: the list would never end.
        """
        if page.next is not None:
            return self._follow(page, page.next)
        items = page.items
        if not items or items[0] == self._last_first:
            self.operation = None
            return ()
        self._last_first = items[0]
        self._taken += len(items)
        self._number += 1
        done = page.complete or self._is_last(page)
        self.operation = None if done else self._build(page=self._number, per_page=self._per_page)
        return items

    def _follow(self, page: Page[T], cursor: str) -> tuple[T, ...]:
        if cursor in self._cursors:
            raise DecodeError(("the next cursor was given before, so the list would never end",), what="a list's page")
        self._cursors.add(cursor)
        self._number += 1
        self.operation = self._build(page=self._number, per_page=self._per_page, cursor=cursor)
        return page.items

    def _is_last(self, page: Page[T]) -> bool:
        if page.total is not None:
            return self._taken >= page.total
        return len(page.items) < self._per_page


class paged(Generic[T]):  # noqa: N801 - reads as a decorator
    """Make the builder of a page a method of both clients that gives every item of the list."""

    def __init__(self, build: PageBuilder[T]) -> None:
        self._build = build
        self.__doc__ = build.__doc__

    @overload
    def __get__(self, group: None, owner: type[Any]) -> PageBuilder[T]: ...
    @overload
    def __get__(self, group: Group[Sender], owner: type[Any]) -> Callable[[], Iterator[T]]: ...
    @overload
    def __get__(self, group: Group[AsyncSender], owner: type[Any]) -> Callable[[], AsyncIterator[T]]: ...
    def __get__(self, group: Group[Any] | None, owner: type[Any]) -> Any:
        if group is None:
            return self._build
        sender, build = group._sender, self._build  # noqa: SLF001 - the other half of this class
        walk = _walk_async if inspect.iscoroutinefunction(sender.send) else _walk

        @wraps(build)
        def method() -> Any:
            return walk(sender, Walk(build, per_page=PAGE_SIZE))

        method.__signature__ = inspect.Signature()  # type: ignore[attr-defined]  # for help() and editors
        return method


def _walk(sender: Sender, walk: Walk[T]) -> Iterator[T]:
    while (operation := walk.operation) is not None:
        yield from walk.take(sender.send(operation))


async def _walk_async(sender: AsyncSender, walk: Walk[T]) -> AsyncIterator[T]:
    while (operation := walk.operation) is not None:
        for item in walk.take(await sender.send(operation)):
            yield item
