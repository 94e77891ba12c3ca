"""What delivery asks of the rooms around it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol, TypeAlias

from vipex_sdk.crm.journal import Recordings
from vipex_sdk.crm.model import CustomerCard, Ref
from vipex_sdk.numbers import PhoneNumber
from vipex_sdk.webhooks.events import CallEnd

__all__ = [
    "CardLookup",
    "Learn",
    "RecordingLinks",
    "Throttle",
    "Users",
    "no_links",
    "nobody_mapped",
    "nothing_to_learn",
]


class CardLookup(Protocol):
    """Finds customers: the directory, or the CRM itself where the directory cannot know."""

    async def find(self, number: PhoneNumber) -> Sequence[CustomerCard]:
        """Give every card for *number*; raises an error of the CRM tree when nobody can tell."""
        ...


class Throttle(Protocol):
    """Slows down all workers of a CRM account."""

    async def hold(self, seconds: float) -> None:
        """Let nobody send a request for *seconds*."""
        ...


Users: TypeAlias = Callable[[], Mapping[str, Ref]]
"""Gives the present map from extension to CRM user."""

RecordingLinks: TypeAlias = Callable[[CallEnd], Awaitable[Recordings]]
"""Prepares the links of a call's recordings, so that the proxy knows them before the CRM does."""

Learn: TypeAlias = Callable[[CustomerCard], Awaitable[None]]
"""Tells the directory about a card that was just created."""


def nobody_mapped() -> Mapping[str, Ref]:
    """Map no extension."""
    return {}


async def no_links(call: CallEnd) -> Recordings:
    """Link no recording."""
    del call
    return lambda recording: None  # noqa: ARG005 - the signature is the journal's


async def nothing_to_learn(card: CustomerCard) -> None:
    """Tell nobody."""
    del card
