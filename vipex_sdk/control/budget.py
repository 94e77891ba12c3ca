"""The total budget of an operation: whatever waits on its way asks here how long it may.

httpx's limits are for one read or one write, and begin anew with each: a server that gives a byte now and then holds a
call for ever. So what is left of the budget is the limit of every single one; :mod:`vipex_sdk.control.network` sees to
that. The budget is found by context, for nothing between the client and the socket would hand it on.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from types import TracebackType
from typing import Self

import httpx

__all__ = ["Budget", "limited", "lowered"]

USED_UP = "total budget used up"


class Budget:
    """So long may what is done inside ``with`` take, in this thread or task.

    Args:
        deadline: when it ends, by *clock*.
        clock: seconds from a monotonic clock.
    """

    __slots__ = ("_before", "_clock", "_deadline")

    def __init__(self, deadline: float, clock: Callable[[], float]) -> None:
        self._deadline = deadline
        self._clock = clock

    def __enter__(self) -> Self:
        self._before = _current.get()
        _current.set(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        _current.set(self._before)  # no token: a task may be taken down from another context

    def left(self) -> float:
        """Give the seconds that are left; none, or fewer, when it is used up."""
        return self._deadline - self._clock()


_current: ContextVar[Budget | None] = ContextVar("vipex_sdk.control.budget", default=None)


def lowered(seconds: float | None, error: type[Exception]) -> float | None:
    """Give *seconds*, or what is left of the budget when that is less.

    Raises:
        error: nothing is left.
    """
    budget = _current.get()
    if budget is None:
        return seconds
    left = budget.left()
    if left <= 0:
        raise error(USED_UP)
    return left if seconds is None or left < seconds else seconds


def limited(request: httpx.Request) -> httpx.Request:
    """Lower the limits of *request*, which is about to be sent, to what is left of the budget.

    Raises:
        httpx.PoolTimeout: nothing is left; nothing was sent.
    """
    left = lowered(None, httpx.PoolTimeout)
    limits = request.extensions["timeout"]
    if left is not None and left < max(limits.values()):
        request.extensions = {"timeout": {what: min(seconds, left) for what, seconds in limits.items()}}
    return request
