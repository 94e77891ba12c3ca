"""What the directory does when the CRM says "too many": nobody of the deployment asks for a while."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from vipex_sdk.errors import RateLimited
from vipex_sdk.gateway.budget import Budget

__all__ = ["Hold", "holding", "no_hold"]

Hold: TypeAlias = Callable[[RateLimited], Awaitable[None]]
"""Is told that the CRM refused a request as one too many."""

UNSAID_SECONDS = 60.0
"""How long to wait when the CRM does not say: the length of the windows that CRMs count in."""


async def no_hold(error: RateLimited) -> None:
    """Wait for nothing."""
    del error


def holding(budget: Budget) -> Hold:
    """Hold *budget* for as long as the CRM wants."""

    async def hold(error: RateLimited) -> None:
        await budget.hold(UNSAID_SECONDS if error.retry_after is None else error.retry_after)

    return hold
