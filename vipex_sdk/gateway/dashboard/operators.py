"""Operators' statuses for the overview: asked seldom, believed for a moment, missing when VIPeX does not answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import structlog
from attrs import field, frozen

from vipex_sdk.errors import VipexError
from vipex_sdk.gateway.clock import SYSTEM_CLOCK, Clock

__all__ = ["OperatorBoard", "OperatorRow"]

FRESH_SECONDS = 5.0
PATIENCE_SECONDS = 2.0

_TONES = {"available": "good", "ready": "good", "busy": "warn", "talking": "warn", "break": "warn"}

_log = structlog.get_logger(__name__)


@frozen(kw_only=True)
class OperatorRow:
    """One operator as the page shows them."""

    name: str = field(repr=False)
    extension: str | None
    status: str

    @property
    def tone(self) -> str:
        """Colour of the dot."""
        return _TONES.get(self.status, "")


class OperatorBoard:
    """Asks VIPeX at most every five seconds, however many overviews are open."""

    def __init__(self, ask: Callable[[], Awaitable[Sequence[Any]]], *, clock: Clock = SYSTEM_CLOCK) -> None:
        self._ask = ask
        self._clock = clock
        self._rows: list[OperatorRow] | None = None
        self._asked_at = float("-inf")
        self._one_at_a_time = asyncio.Lock()

    async def rows(self) -> list[OperatorRow] | None:
        """Give the operators; ``None`` when VIPeX does not answer."""
        async with self._one_at_a_time:
            if 0 <= self._clock.now() - self._asked_at < FRESH_SECONDS:
                return self._rows
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    self._rows = [_row(status) for status in await self._ask()]
            except (VipexError, TimeoutError) as error:
                _log.info("dashboard.no_operators", error=type(error).__name__)
                self._rows = None
            self._asked_at = self._clock.now()
            return self._rows


def _row(status: Any) -> OperatorRow:
    return OperatorRow(name=status.name or status.operator_id, extension=status.extension, status=str(status.status))
