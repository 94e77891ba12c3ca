"""Work through one call: its first pending row, then the next, as long as they are due."""

from __future__ import annotations

from vipex_sdk.gateway.clock import Clock
from vipex_sdk.gateway.crashpoints import crashpoint
from vipex_sdk.gateway.database import Database
from vipex_sdk.gateway.engine.engine import Deliver
from vipex_sdk.gateway.inbox.lanes import head_of

__all__ = ["work_lane"]


async def work_lane(seq: int, *, database: Database, deliver: Deliver, clock: Clock) -> None:
    """Deliver the lane of row *seq* until its first pending row is not due, or does not move.

    Raises:
        StoreUnavailable: the outcome of a delivery could not be written down.
    """
    before = None
    while (head := await database.read(head_of(seq))) is not None:
        if head == before or head.next_at > clock.now():
            return
        crashpoint("claimed")
        await deliver(head.seq)
        before = head
