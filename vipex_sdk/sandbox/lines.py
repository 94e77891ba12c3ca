"""All calls the exchange knows: those going on and the last finished ones."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

from vipex_sdk.numbers import PhoneNumber
from vipex_sdk.sandbox.call import Call
from vipex_sdk.sandbox.clock import Clock
from vipex_sdk.sandbox.line import Line
from vipex_sdk.webhooks.events import Direction

__all__ = ["Lines"]

_KEPT = 500


class Lines:
    """Calls by their id, oldest first."""

    def __init__(self) -> None:
        self._known: dict[str, Line] = {}

    def __iter__(self) -> Iterator[Line]:
        return iter(tuple(self._known.values()))

    def get(self, call_id: str) -> Line | None:
        """Find a call by its id."""
        return self._known.get(call_id)

    def busy(self) -> frozenset[str]:
        """Give the extensions that ring or talk."""
        return frozenset[str]().union(*(line.call.extensions for line in self))

    def of(self, extension: str) -> Line | None:
        """Find the call that *extension* takes part in."""
        return next((line for line in self if extension in line.call.extensions), None)

    def open(
        self, caller: PhoneNumber, called: PhoneNumber, direction: Direction, *, clock: Clock, scripted: bool
    ) -> Line:
        """Begin a call."""
        now = clock.now()
        call = Call(
            call_id=f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(4)}",
            direction=direction,
            caller=caller,
            called=called,
            started_at=now,
        )
        line = Line(call=call, clock=clock, scripted=scripted)
        self._known[call.call_id] = line
        finished = [call_id for call_id, one in self._known.items() if one.call.is_over and one.reported.is_set()]
        for call_id in finished[:-_KEPT]:
            del self._known[call_id]
        return line

    def clear(self) -> None:
        """Forget all calls, whatever they are doing."""
        for line in self:
            line.stop()
        self._known.clear()
