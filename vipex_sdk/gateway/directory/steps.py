"""A scan in steps of which each is stored in one transaction, whichever way the adapter can scan."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

from attrs import field, frozen

from vipex_sdk.crm.adapter import CrmAdapter, ResumesScan, ScansCards
from vipex_sdk.crm.model import CustomerCard
from vipex_sdk.gateway.directory.unfinished import Unfinished

__all__ = ["Step", "steps"]

BATCH = 200


@frozen(kw_only=True)
class Step:
    """Cards to store together.

    Attributes:
        whole: whether each contact is here with all its cards.
        cursor: where an interrupted scan is to go on; empty when it cannot.
        note: what the adapter wants to be told then.
        share: how much is done, 0 to 1; ``None`` when the adapter cannot tell.
    """

    cards: tuple[CustomerCard, ...]
    whole: bool = False
    cursor: str = ""
    note: str = field(default="", repr=False)
    share: float | None = None


async def steps(adapter: CrmAdapter, since: datetime | None, before: Unfinished | None) -> AsyncIterator[Step]:
    """Give the customers that changed since *since*, or all, going on after *before*."""
    if isinstance(adapter, ResumesScan):
        cursor, notes = (before.cursor, before.notes) if before is not None else ("", ())
        async for page in adapter.scan_pages(since, cursor=cursor, notes=notes):
            yield Step(cards=page.cards, whole=True, cursor=page.cursor, note=page.note, share=page.share)
    elif isinstance(adapter, ScansCards):
        batch: list[CustomerCard] = []
        async for card in adapter.scan(since):
            batch.append(card)
            if len(batch) >= BATCH:
                yield Step(cards=tuple(batch))
                batch.clear()
        yield Step(cards=tuple(batch))
