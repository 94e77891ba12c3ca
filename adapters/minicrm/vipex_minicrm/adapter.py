"""The adapter: MiniCRM as the gateway sees it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import Self

import httpx

from vipex_minicrm.calllog import CallLogRecorder
from vipex_minicrm.cards import Cards
from vipex_minicrm.catalogue import Catalogue
from vipex_minicrm.client import MiniCrmClient
from vipex_minicrm.closing import Closing
from vipex_minicrm.create import Creator
from vipex_minicrm.news import Changed, read_news
from vipex_minicrm.scan import Scan
from vipex_minicrm.search import contacts_with
from vipex_minicrm.settings import MiniCrmSettings, Recorder
from vipex_minicrm.setup import choices_of
from vipex_minicrm.tasks import Tasks
from vipex_minicrm.todo import TodoRecorder
from vipex_sdk.crm import (
    AudioPath,
    CallRecord,
    CrmUser,
    CustomerCard,
    Idempotency,
    Manifest,
    MatchRule,
    News,
    Pace,
    Recorded,
    RecordResult,
    Ref,
    ScanPage,
    unpaced,
)
from vipex_sdk.errors import OutcomeUnknown, VipexError
from vipex_sdk.numbers import PhoneNumber

__all__ = ["MiniCrmAdapter"]


class MiniCrmAdapter:
    """Finds customers, writes calls, creates cards, scans the tenant and lists its users.

    Args:
        settings: the table ``[crm.minicrm]``.
        pace: the deployment's request budget.
        transport: where httpx should send to instead of the network.
    """

    def __init__(
        self, settings: MiniCrmSettings, pace: Pace = unpaced, *, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._settings = settings
        self._client = MiniCrmClient(settings, pace=pace, transport=transport)
        self._catalogue = Catalogue(self._client, settings)
        self._cards = Cards(self._client, self._catalogue, settings)
        self._scan = Scan(self._client, self._catalogue, self._cards)
        self._changed = Changed(self._client, self._cards)
        self._creator = Creator(self._client, self._catalogue, self._cards, settings)
        closing = Closing(self._client, settings)
        self._tasks = Tasks(self._client, self._catalogue, closing, settings)
        recorders = settings.recorders
        self._calllog = CallLogRecorder(self._client, settings) if Recorder.CALLLOG in recorders else None
        todos = TodoRecorder(self._client, self._catalogue, closing, settings)
        self._todos = todos if Recorder.TODO in recorders else None

    @property
    def manifest(self) -> Manifest:
        """Facts the core plans with; what protects from writing twice depends on the recorder.

        Neither a CallLog entry nor a closed to-do can be changed.
        """
        return Manifest(
            name="minicrm",
            title="MiniCRM",
            match=MatchRule.SUFFIX,
            idempotency=Idempotency.FINDABLE if self._todos else Idempotency.NATIVE,
            audio=self._audio,
            can_update=False,
            needs_card=True,
            requests_per_minute=self._settings.requests_per_minute,
        )

    @property
    def _audio(self) -> AudioPath:
        if self._calllog:
            return AudioPath.PULL
        return AudioPath.LINK if self._todos else AudioPath.NONE

    async def __aenter__(self) -> Self:
        await self._client.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._calllog is not None:
            await self._calllog.close()
        await self._client.__aexit__(kind, error, trace)

    async def check(self) -> None:
        """Prove system id, REST key, modules and the settings of new cards.

        The VOIP key cannot be proved without writing a call.
        """
        await self._catalogue.modules()
        if self._settings.new_cards is not None:
            await self._creator.template()

    async def check_new_cards(self) -> None:
        """Prove that there are settings of new cards, and that they fit the schema of their module."""
        await self._creator.template()

    async def find(self, number: PhoneNumber) -> Sequence[CustomerCard]:
        """Give every card for *number*; two requests, more when several customers share it."""
        cards: list[CustomerCard] = []
        found = await contacts_with(self._client, number, searches=self._settings.phone_search)
        for candidate in found:
            cards += await self._cards.customers(
                candidate.contact, verified=candidate.verified, compared=len(found) > 1
            )
        return tuple(cards)

    async def record(self, record: CallRecord, previous: Ref | None) -> RecordResult:
        """Write *record* with the configured recorders, and its task.

        An earlier revision (*previous*) cannot be changed; it stays what the CRM has.
        """
        if previous is not None:
            return Recorded(previous, was_there=True)
        result: RecordResult = Recorded()
        if self._calllog is not None:
            result = await self._calllog.record(record)
        if self._todos is not None:
            written = await self._todos.record(record)
            result = written if isinstance(written, Recorded) or self._calllog is None else result
        task = await self._task(record)
        return Recorded(result.ref, was_there=result.was_there, task=task) if isinstance(result, Recorded) else result

    async def find_record(self, record: CallRecord) -> Recorded | None:
        """Find an interrupted record's to-do and finish it.

        ``None`` with the CallLog alone: it cannot be searched, and there writing again is harmless.
        """
        found = await self._todos.find(record) if self._todos is not None else None
        if found is None:
            return None
        return Recorded(found.ref, was_there=True, task=await self._tasks.ensure(record))

    async def create_card(self, number: PhoneNumber, name: str, key: str) -> CustomerCard:
        """Create contact and card for an unknown caller, or complete what an interrupted attempt left."""
        return await self._creator.create(number, name, key)

    async def users(self) -> Sequence[CrmUser]:
        """Give all active users; MiniCRM does not tell their extensions."""
        modules = await self._catalogue.modules()
        return tuple(CrmUser(ref=Ref("user", user_id), name=name) for user_id, name in modules.users.items())

    async def scan(self, since: datetime | None) -> AsyncIterator[CustomerCard]:
        """Give all customers, or those changed since *since*."""
        async for page in self._scan.pages(since, cursor="", notes=()):
            for customer in page.cards:
                yield customer

    def scan_pages(self, since: datetime | None, *, cursor: str, notes: Sequence[str]) -> AsyncIterator[ScanPage]:
        """Give the same page by page, going on at *cursor* after an interruption."""
        return self._scan.pages(since, cursor=cursor, notes=notes)

    async def choices(self, key: str, chosen: Mapping[str, str]) -> Mapping[str, str]:
        """List modules, statuses and users to choose from during the set-up."""
        return choices_of(await self._catalogue.modules(), key, chosen)

    async def task_is_open(self, task: Ref) -> bool:
        """Tell whether a "call back" to-do is still open."""
        return await self._tasks.is_open(task)

    async def close_task(self, task: Ref, at: datetime) -> None:
        """Close a "call back" to-do."""
        await self._tasks.close(task, at)

    def read_news(self, content_type: str | None, body: bytes) -> News:
        """Understand a message of MiniCRM's own webhooks, whatever it is called."""
        del content_type
        return read_news(body)

    async def refreshed(self, about: Ref) -> Sequence[CustomerCard]:
        """Ask for a contact as it is now."""
        return await self._changed.customers(about)

    async def _task(self, record: CallRecord) -> Ref | None:
        """Create the record's task; after a written to-do no failure may lead to writing the to-do again."""
        try:
            return await self._tasks.ensure(record)
        except VipexError as error:
            if self._todos is None:
                raise
            raise OutcomeUnknown("the call was written, its task was not", operation="task") from error
