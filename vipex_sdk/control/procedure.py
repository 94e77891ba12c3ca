"""More than one request as one method of both clients: a generator of steps, written once.

A procedure says what to send and when to wait; the client that carries it out brings its own way to send and to sleep.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Coroutine
from functools import wraps
from types import MethodType
from typing import Any, Concatenate, Generic, ParamSpec, Protocol, TypeVar, overload

from vipex_sdk.control.operation import Group
from vipex_sdk.control.steps import Plan, Steps

__all__ = ["AsyncRunner", "Runner", "as_method", "procedure"]

P = ParamSpec("P")
T = TypeVar("T")
_WRAPPED = re.compile(r"(?:Steps|Bulk)\[(.*)\]")


class Runner(Protocol):
    """What a procedure needs of a client."""

    plan: Plan

    def run(self, steps: Steps[T]) -> T:
        """Carry out *steps*."""
        ...


class AsyncRunner(Protocol):
    """What a procedure needs of an asynchronous client."""

    plan: Plan

    async def run(self, steps: Steps[T]) -> T:
        """Carry out *steps*."""
        ...


class procedure(Generic[P, T]):  # noqa: N801 - reads as a decorator
    """Make a generator of steps, whose first argument is the plan, a method of both clients."""

    def __init__(self, steps: Callable[Concatenate[Plan, P], Steps[T]]) -> None:
        self._steps = steps
        self.__doc__ = steps.__doc__

        @wraps(steps)
        def method(group: Group[Any], /, *args: P.args, **kwargs: P.kwargs) -> Any:
            runner = group._sender  # noqa: SLF001 - the other half of this class
            return runner.run(steps(runner.plan, *args, **kwargs))

        method.__signature__ = as_method(steps)  # type: ignore[attr-defined]  # for help() and editors
        self._method = method

    @overload
    def __get__(self, group: None, owner: type[Any]) -> Callable[Concatenate[Plan, P], Steps[T]]: ...
    @overload
    def __get__(self, group: Group[Runner], owner: type[Any]) -> Callable[P, T]: ...
    @overload
    def __get__(self, group: Group[AsyncRunner], owner: type[Any]) -> Callable[P, Coroutine[Any, Any, T]]: ...
    def __get__(self, group: Group[Any] | None, owner: type[Any]) -> Callable[..., Any]:
        return self._steps if group is None else MethodType(self._method, group)


def as_method(build: Callable[..., Any]) -> inspect.Signature:
    """Give the signature of a method that returns ``T`` instead of ``Steps[T]`` or ``Bulk[T]``.

    The plan stands where a method has ``self``, so that it does not show.
    """
    signature = inspect.signature(build)
    return signature.replace(return_annotation=_WRAPPED.sub(r"\1", str(signature.return_annotation)))
