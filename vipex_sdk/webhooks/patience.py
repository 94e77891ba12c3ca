"""Waiting until a deadline, where mostly nobody has to wait at all."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Generator
from types import coroutine
from typing import Any, TypeVar

__all__ = ["done_by"]

T = TypeVar("T")


async def done_by(deadline: float, work: Coroutine[Any, Any, T]) -> T:
    """Await *work* until *deadline*, in seconds of the loop's clock; what ends at once costs no timer.

    Raises:
        TimeoutError: it was not done by then.
    """
    try:
        waited_for = work.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    async with asyncio.timeout_at(deadline):
        return await _gone_on(work, waited_for)


@coroutine
def _gone_on(work: Coroutine[Any, Any, T], waited_for: Any) -> Generator[Any, Any, T]:
    """Be the rest of *work*, which waits for *waited_for*."""
    while True:
        try:
            try:
                sent = yield waited_for
            except BaseException as error:  # noqa: BLE001 - whatever it is, it is for the work
                waited_for = work.throw(error)
            else:
                waited_for = work.send(sent)
        except StopIteration as end:
            result: T = end.value
            return result
