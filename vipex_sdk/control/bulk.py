"""Thousands of requests as one method of both clients: one after another, or a few at once."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Coroutine, Iterator
from functools import wraps
from types import MethodType
from typing import Any, Concatenate, Generic, ParamSpec, Protocol, TypeVar, overload

from vipex_sdk.control.operation import Group
from vipex_sdk.control.procedure import AsyncRunner, Runner, as_method
from vipex_sdk.control.steps import Plan, Steps
from vipex_sdk.errors import VipexError

__all__ = ["Bulk", "bulk"]

P = ParamSpec("P")
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Bulk(Protocol[T_co]):
    """Work in rounds, without I/O."""

    workers: int
    """How many tasks of a round may be carried out at once."""

    def begin_round(self) -> Steps[Iterator[Steps[None]] | None]:
        """Give the tasks of the next round, which do not depend on each other; ``None`` when all is done."""
        ...

    def result(self) -> T_co:
        """Tell what was done."""
        ...


class bulk(Generic[P, T]):  # noqa: N801 - reads as a decorator
    """Make a builder of bulk work, whose first argument is the plan, a method of both clients."""

    def __init__(self, build: Callable[Concatenate[Plan, P], Bulk[T]]) -> None:
        self._build = build
        self.__doc__ = build.__doc__

        @wraps(build)
        def method(group: Group[Any], /, *args: P.args, **kwargs: P.kwargs) -> Any:
            runner = group._sender  # noqa: SLF001 - the other half of this class
            carry_out = _at_once if inspect.iscoroutinefunction(runner.run) else _in_turn
            return carry_out(runner, build(runner.plan, *args, **kwargs))

        method.__signature__ = as_method(build)  # type: ignore[attr-defined]  # for help() and editors
        self._method = method

    @overload
    def __get__(self, group: None, owner: type[Any]) -> Callable[Concatenate[Plan, P], Bulk[T]]: ...
    @overload
    def __get__(self, group: Group[Runner], owner: type[Any]) -> Callable[P, T]: ...
    @overload
    def __get__(self, group: Group[AsyncRunner], owner: type[Any]) -> Callable[P, Coroutine[Any, Any, T]]: ...
    def __get__(self, group: Group[Any] | None, owner: type[Any]) -> Callable[..., Any]:
        return self._build if group is None else MethodType(self._method, group)


def _in_turn(runner: Runner, work: Bulk[T]) -> T:
    while (tasks := runner.run(work.begin_round())) is not None:
        for task in tasks:
            runner.run(task)
    return work.result()


async def _at_once(runner: AsyncRunner, work: Bulk[T]) -> T:
    while (tasks := await runner.run(work.begin_round())) is not None:
        await _share(runner, tasks, work.workers)
    return work.result()


async def _share(runner: AsyncRunner, tasks: Iterator[Steps[None]], workers: int) -> None:
    """Have a few workers take the tasks in turn.

    When one fails, the others finish what they have begun and take nothing more: what a cancelled request has done
    nobody would know.
    """
    failures: list[VipexError] = []

    async def work() -> None:
        for task in tasks:
            try:
                await runner.run(task)
            except VipexError as error:
                failures.append(error)
            if failures:
                return

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(max(workers, 1)):
                group.create_task(work())
    except BaseExceptionGroup as several:
        raise several.exceptions[0] from None  # a bug, or the caller's progress callback
    if failures:
        raise failures[0]
