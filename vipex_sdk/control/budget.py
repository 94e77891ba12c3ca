"""How much time the call at work has left, for whoever waits on its behalf below."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar, Token
from types import TracebackType

__all__ = ["Budget", "seconds_left"]

_LEAST_SECONDS = 0.001


class Budget:
    """Bounds what waits inside ``with``, in this thread.

    Args:
        deadline: by *clock*.
        clock: seconds from a monotonic clock.
    """

    __slots__ = ("_before", "_clock", "_deadline")

    def __init__(self, deadline: float, clock: Callable[[], float]) -> None:
        self._deadline = deadline
        self._clock = clock
        self._before: Token[Budget | None] | None = None

    def __enter__(self) -> None:
        self._before = _at_work.set(self)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._before is not None:
            _at_work.reset(self._before)

    def left(self) -> float:
        """Give the seconds that are left; a moment when there are none, so that waiting ends as a timeout."""
        return max(self._deadline - self._clock(), _LEAST_SECONDS)


_at_work: ContextVar[Budget | None] = ContextVar("budget", default=None)


def seconds_left(limit: float | None) -> float | None:
    """Give *limit*, in seconds, or what the call at work has left when that is less."""
    budget = _at_work.get()
    if budget is None:
        return limit
    return budget.left() if limit is None else min(limit, budget.left())
