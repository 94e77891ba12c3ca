"""What the inbox asks of whoever delivers: to take a note in its own transaction, and to wake up afterwards."""

from __future__ import annotations

from typing import Protocol

from vipex_sdk.gateway.database import Transaction

__all__ = ["Jobs", "RowsAreJobs"]


class Jobs(Protocol):
    """The inbox's side of an engine."""

    def enqueue(self, *, seq: int, call: str, at: float) -> Transaction[None]:
        """Note that row *seq* of the lane *call* is due at *at*, inside the transaction that writes the row."""
        ...

    def wake(self) -> None:
        """Look for due rows now; called after the commit."""
        ...


class RowsAreJobs:
    """For an inbox that nobody delivers from in this process: the row itself is all that is needed."""

    def enqueue(self, *, seq: int, call: str, at: float) -> Transaction[None]:
        """Add nothing to the row."""
        del seq, call, at
        yield from ()

    def wake(self) -> None:
        """Wake nobody."""
