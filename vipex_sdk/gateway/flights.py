"""Work that several callers want at the same time is done once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

import structlog

__all__ = ["SingleFlight"]

T = TypeVar("T")

_log = structlog.get_logger(__name__)


class SingleFlight(Generic[T]):
    """Work by key. A caller who gives up does not stop it: the others, and the next one, still profit."""

    def __init__(self, name: str) -> None:
        """Make one; *name* says in logs what the work is."""
        self._name = name
        self._flights: dict[str, asyncio.Task[T]] = {}

    async def run(self, key: str, start: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Give the result of the work under way for *key*, starting it when there is none."""
        flight = self._flights.get(key)
        if flight is None:
            flight = asyncio.create_task(start(), name=self._name)
            self._flights[key] = flight
            flight.add_done_callback(lambda done: self._landed(key, done))
        return await asyncio.shield(flight)

    async def close(self) -> None:
        """Stop all work."""
        flights = list(self._flights.values())
        for flight in flights:
            flight.cancel()
        await asyncio.gather(*flights, return_exceptions=True)

    def _landed(self, key: str, done: asyncio.Task[T]) -> None:
        self._flights.pop(key, None)
        if not done.cancelled() and (error := done.exception()) is not None:
            # Everybody who waited may have given up by now: without this nobody would hear of it.
            _log.info("flight.failed", work=self._name, error=type(error).__name__)
