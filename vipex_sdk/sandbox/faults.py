"""Faults to order: a slow control API, one that fails, limits, or drops the answer after having done the work."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from typing import Any

from attrs import define, field, frozen, validators
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vipex_sdk.sandbox.behaviours import assumed

__all__ = ["DropAnswer", "Fault", "Faults"]

_DROP = "vipex_sandbox.drop"
_NO_LONGER = "the answer is dropped"


@frozen(kw_only=True)
class Fault:
    """What goes wrong with requests to the control API until it is changed or used up.

    Attributes:
        latency_seconds: every answer comes this much later.
        status: answered instead of doing the work; ``None`` does it.
        retry_after: seconds, sent with that status.
        drop: ``before`` or ``after`` doing the work, the connection is cut without an answer.
        operation: only requests for this operation; ``None`` for all.
        count: how many requests; ``None`` until changed.
        requests_per_minute: more than these are answered 429; ``None`` without limit.
    """

    latency_seconds: float = field(default=0.0, validator=validators.ge(0))
    status: int | None = field(default=None, validator=validators.optional([validators.ge(400), validators.lt(600)]))
    retry_after: int | None = None
    drop: str | None = field(default=None, validator=validators.optional(validators.in_(("before", "after"))))
    operation: str | None = None
    count: int | None = None
    requests_per_minute: int | None = field(default=None, validator=validators.optional(validators.gt(0)))


@define
class Faults:
    """The fault in force, and what is left of it."""

    fault: Fault = Fault()
    left: int | None = None
    _times: deque[float] = field(factory=deque)

    def order(self, fault: Fault) -> None:
        """Put *fault* in force."""
        self.fault = fault
        self.left = fault.count
        self._times.clear()

    def strike(self, operation: str) -> Fault:
        """Give the fault that hits this request; one that does nothing when none does."""
        fault = self.fault
        hits = fault.operation in (None, operation) and self.left != 0
        if not hits:
            return Fault()
        if self.left is not None:
            self.left -= 1
        return fault

    @assumed("Too many requests are answered 429 with Retry-After; without a fault ordered there is no limit.")
    def over_limit(self) -> int | None:
        """Count this request; gives the seconds to wait when there were too many within a minute."""
        limit = self.fault.requests_per_minute
        if limit is None:
            return None
        now = time.monotonic()
        while self._times and self._times[0] <= now - 60:
            self._times.popleft()
        if len(self._times) >= limit:
            return max(1, round(self._times[0] + 60 - now))
        self._times.append(now)
        return None


class DropAnswer:
    """ASGI middleware that cuts the connection where an endpoint set ``scope["vipex_sandbox.drop"]``."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    @staticmethod
    def mark(scope: Scope) -> None:
        """Have the connection of this request cut instead of answered."""
        scope[_DROP] = True

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and cut the connection if it was marked."""

        async def maybe(message: Message) -> None:
            if not scope.get(_DROP):
                await send(message)

        await self._app(scope, receive, maybe)
        if scope.get(_DROP):
            await _cut(receive, send)


async def _cut(receive: Receive, send: Send) -> None:
    # ASGI has no way to hang up; uvicorn's `send` is a method of the object that holds the transport.
    transport: Any = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        raise ConnectionAbortedError(_NO_LONGER)
    transport.abort()
    async with asyncio.timeout(1):
        while (await receive())["type"] != "http.disconnect":
            pass
