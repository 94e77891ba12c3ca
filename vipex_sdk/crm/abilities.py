"""Further abilities an adapter may have, each a small protocol of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol, runtime_checkable

from attrs import frozen

from vipex_sdk.crm.model import CustomerCard, Ref

__all__ = ["ChecksNewCards", "KeepsTasks", "News", "ReadsNews"]


@runtime_checkable
class ChecksNewCards(Protocol):
    """A CRM whose new cards need settings: whether they are there and right is known before the first caller."""

    async def check_new_cards(self) -> None:
        """Prove that a card for an unknown caller could be created.

        Raises:
            Misconfigured: a setting is missing or wrong; it names all of them.
        """
        ...


@runtime_checkable
class KeepsTasks(Protocol):
    """Tasks that can be looked at and closed: one open task a missed caller, closed when the two have talked."""

    async def task_is_open(self, task: Ref) -> bool:
        """Tell whether somebody still has to do *task*.

        Raises:
            NotFound: it was deleted.
        """
        ...

    async def close_task(self, task: Ref, at: datetime) -> None:
        """Close *task* as done *at*; a closed one stays as it is.

        Raises:
            NotFound: it was deleted.
        """
        ...


@frozen(kw_only=True)
class News:
    """What a CRM told about a change of its own.

    Attributes:
        about: the customers to be read again, in the adapter's own words; empty when it is of no use to us.
    """

    about: tuple[Ref, ...] = ()


@runtime_checkable
class ReadsNews(Protocol):
    """A CRM that calls us when a customer changes, so that the directory need not wait for the next scan."""

    def read_news(self, content_type: str | None, body: bytes) -> News:
        """Understand one message, without I/O and without trusting it: it says only where to look.

        Raises:
            DecodeError: it is no message of this CRM.
        """
        ...

    async def refreshed(self, about: Ref) -> Sequence[CustomerCard]:
        """Ask the CRM for all cards of one of :attr:`News.about` as they are now.

        It only reads, so that no loop can arise. A customer who is gone is a card with ``deleted``.
        """
        ...
