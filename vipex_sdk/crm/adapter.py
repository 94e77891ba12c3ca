"""What makes an adapter: three calls; every other ability is a small protocol of its own.

An adapter never normalises numbers, picks among candidates, creates inside ``find``, retries, caches, sleeps or logs
bodies: the core does. "Nobody" is an empty answer, "cannot ask" is an exception, and the class of an exception is the
retry decision:

=====================  =========================================================================
``Unavailable``        certainly nothing was written; tried again later
``RateLimited``        the CRM said "too many"; every worker waits ``retry_after`` seconds
``OutcomeUnknown``     sent, no answer; ``find_record`` is asked before anything is sent again
``NeedsReauth``        proof that the credential is dead; deliveries pause until it is replaced
``NotPermitted``       a right is missing; this record becomes a dead letter
``Misconfigured``      a person must change a setting; this record becomes a dead letter
=====================  =========================================================================

Reasons for each rule: ``facts/peers.md`` section 5.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import datetime
from types import TracebackType
from typing import Any, Generic, Protocol, Self, TypeVar, runtime_checkable

from attrs import frozen

from vipex_sdk.crm.model import (
    CallRecord,
    CrmUser,
    CustomerCard,
    Manifest,
    Recorded,
    RecordingLink,
    RecordResult,
    Ref,
    ScanPage,
)
from vipex_sdk.crm.setup import NOTHING_TO_ASK, Setup
from vipex_sdk.numbers import PhoneNumber

__all__ = [
    "API_VERSION",
    "AdapterPlugin",
    "AnyPlugin",
    "CreatesCard",
    "CrmAdapter",
    "FindsRecord",
    "ListsUsers",
    "Pace",
    "ResumesScan",
    "ScansCards",
    "TakesAudio",
    "unpaced",
]

API_VERSION = 1
"""Version of this protocol; a plug-in says which one it was written for."""

S = TypeVar("S")


class Pace(Protocol):
    """Waits for a place in the CRM's request budget, which all workers of a deployment share.

    The adapter awaits it once before each request that counts against ``Manifest.requests_per_minute``.
    """

    def __call__(self) -> Awaitable[None]:
        """Return when the next request may be sent."""
        ...


async def unpaced() -> None:
    """Grant every request at once: for tests and scripts."""


class CrmAdapter(Protocol):
    """A CRM. An async context manager: entering opens its connections, leaving closes them."""

    @property
    def manifest(self) -> Manifest:
        """Facts the core plans with."""
        ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None: ...

    async def check(self) -> None:
        """Prove that address, credential and settings work; raise the error that names what does not."""
        ...

    async def find(self, number: PhoneNumber) -> Sequence[CustomerCard]:
        """Give every card the CRM has for *number*; nobody is an empty sequence. Never creates."""
        ...

    async def record(self, record: CallRecord, previous: Ref | None) -> RecordResult:
        """Write *record*; *previous* is what an earlier revision of it became, when ``can_update``."""
        ...


@runtime_checkable
class FindsRecord(Protocol):
    """After a crash or an ``OutcomeUnknown``: was it written?"""

    async def find_record(self, record: CallRecord) -> Recorded | None:
        """Look for what an interrupted ``record`` left, finish it if it is half done, and give it; else ``None``."""
        ...


@runtime_checkable
class ScansCards(Protocol):
    """Feeds the gateway's directory."""

    def scan(self, since: datetime | None) -> AsyncIterator[CustomerCard]:
        """Give all cards changed since *since* (all when ``None``); a broken one is skipped, never the page."""
        ...


@runtime_checkable
class ResumesScan(Protocol):
    """Feeds the directory from a CRM whose scan takes so long that a restart must not begin it again."""

    def scan_pages(self, since: datetime | None, *, cursor: str, notes: Sequence[str]) -> AsyncIterator[ScanPage]:
        """Give what :meth:`ScansCards.scan` gives, page by page.

        A new scan has an empty *cursor* and no *notes*; an interrupted one goes on after the page whose *cursor* is
        given, with the notes of all pages up to it. A cursor that no longer fits the settings begins again.
        """
        ...


@runtime_checkable
class CreatesCard(Protocol):
    """Makes a customer of an unknown caller."""

    async def create_card(self, number: PhoneNumber, name: str, key: str) -> CustomerCard:
        """Create contact and card; *key* is a marker to find them by after a crash."""
        ...


@runtime_checkable
class ListsUsers(Protocol):
    """Owner to extension needs to know the CRM's users."""

    async def users(self) -> Sequence[CrmUser]:
        """Give all active users."""
        ...


@runtime_checkable
class TakesAudio(Protocol):
    """CRMs that want the recording's bytes."""

    async def put_audio(self, record: Ref, recording: RecordingLink, audio: AsyncIterator[bytes]) -> None:
        """Attach the audio to the entry."""
        ...


@frozen(kw_only=True)
class AdapterPlugin(Generic[S]):
    """What an entry point in the group ``vipex.adapters`` names.

    Attributes:
        name: the table ``[crm.NAME]`` of the configuration.
        title: for people.
        settings: an attrs class; the gateway structures the table into it and reports wrong keys.
        open: makes an adapter; does no I/O. Takes the settings and the pace to keep.
        api_version: the :data:`API_VERSION` it was written for.
        setup: what ``vipex init`` asks.
    """

    name: str
    title: str
    settings: type[S]
    open: Callable[[S, Pace], CrmAdapter]
    api_version: int = API_VERSION
    setup: Setup = NOTHING_TO_ASK


AnyPlugin = AdapterPlugin[Any]
