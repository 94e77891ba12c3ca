"""Operators' statuses for the overview: asked seldom, believed for a moment, missing when VIPeX does not answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog

from vipex_sdk.control.operators import OperatorState, OperatorStatus
from vipex_sdk.errors import VipexError
from vipex_sdk.gateway.clock import SYSTEM_CLOCK, Clock

__all__ = ["OperatorBoard", "tone"]

FRESH_SECONDS = 5.0
PATIENCE_SECONDS = 2.0

_TONES = {
    OperatorState.AVAILABLE: "good",
    OperatorState.RINGING: "warn",
    OperatorState.IN_CALL: "warn",
    OperatorState.WRAP_UP: "warn",
}

_log = structlog.get_logger(__name__)


class OperatorBoard:
    """Asks VIPeX at most every five seconds, however many overviews are open."""

    def __init__(self, ask: Callable[[], Awaitable[Sequence[OperatorStatus]]], *, clock: Clock = SYSTEM_CLOCK) -> None:
        self._ask = ask
        self._clock = clock
        self._rows: list[OperatorStatus] | None = None
        self._asked_at = float("-inf")
        self._one_at_a_time = asyncio.Lock()

    async def rows(self) -> list[OperatorStatus] | None:
        """Give the operators; ``None`` when VIPeX does not answer."""
        async with self._one_at_a_time:
            if 0 <= self._clock.now() - self._asked_at < FRESH_SECONDS:
                return self._rows
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    self._rows = list(await self._ask())
            except (VipexError, TimeoutError) as error:
                _log.info("dashboard.no_operators", error=type(error).__name__)
                self._rows = None
            self._asked_at = self._clock.now()
            return self._rows


def tone(status: OperatorStatus) -> str:
    """Give the colour of an operator's dot."""
    return _TONES.get(status.category, "")
