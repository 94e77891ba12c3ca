"""A call together with the clock it lives by, what was sent about it, and what is still on its way."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import datetime
from typing import Any

from attrs import define, field, frozen

from vipex_sdk.sandbox.call import Call
from vipex_sdk.sandbox.clock import Clock
from vipex_sdk.sandbox.routing import Destination

__all__ = ["Attempt", "Line"]


@frozen(kw_only=True)
class Attempt:
    """One sending of one webhook.

    Attributes:
        kind: ``data_query``, ``incoming_call`` or ``call_end``.
        number: 1 for the first sending of this message.
        at: real time of sending.
        status: HTTP status; ``None`` when no answer came.
        error: why it counts as failed; ``None`` on success.
        delivered: whether it counts as success.
    """

    kind: str
    number: int
    at: datetime
    duration_ms: int
    status: int | None = None
    error: str | None = None
    delivered: bool = False
    phase: str | None = None


@define(kw_only=True, eq=False)
class Line:
    """One live or finished call.

    Attributes:
        deadline: when the present ringing is given up.
        fallbacks: where the call goes then, in order.
        rang: whom the call logic rang first.
        scripted: whether a script plays it; otherwise a person does, in real time.
        reported: set once the end of call was delivered or given up.
    """

    call: Call
    clock: Clock
    scripted: bool
    deadline: datetime | None = None
    fallbacks: list[Destination] = field(factory=list)
    rang: tuple[str, ...] = ()
    routed_to: str | None = None
    noted: set[str] = field(factory=set)
    codes: list[str] = field(factory=list)
    attempts: list[Attempt] = field(factory=list)
    reported: asyncio.Event = field(factory=asyncio.Event)
    moved: asyncio.Event = field(factory=asyncio.Event)
    _tasks: set[asyncio.Task[None]] = field(factory=set)

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Let *work* for this call run beside it."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def settle(self, *, longest: float = 2.0) -> None:
        """Wait for what is under way, such as a notice that was sent, but not longer than *longest* seconds."""
        others = self._tasks - {asyncio.current_task()}
        if others:
            await asyncio.wait(others, timeout=longest)

    def stop(self) -> None:
        """Give up everything under way."""
        for task in self._tasks:
            task.cancel()
