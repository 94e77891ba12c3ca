"""A typed client for the part of MiniCRM's API that calls need (``facts/minicrm.md`` section 1).

One method is one request; nothing is retried, cached or guessed. Ids are text. A raised ``OutcomeUnknown`` after a
create means: search before creating again, because MiniCRM has no idempotency key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from types import TracebackType
from typing import Self
from urllib.parse import quote

import httpx
from attrs import evolve

from vipex_minicrm import convert
from vipex_minicrm.model import (
    CallLogAnswer,
    CallLogEntry,
    Category,
    Contact,
    ContactRow,
    Page,
    Project,
    ProjectRow,
    Schema,
    Todo,
    TodoRow,
    Values,
)
from vipex_minicrm.refusals import Sent
from vipex_minicrm.settings import MiniCrmSettings
from vipex_minicrm.transport import Request, Transport
from vipex_minicrm.values import since_text, utc_text, wall_text
from vipex_sdk.crm import Pace, unpaced
from vipex_sdk.errors import DecodeError, Misconfigured, OutcomeUnknown

__all__ = ["MiniCrmClient"]


class MiniCrmClient:
    """MiniCRM's API; an async context manager.

    Args:
        settings: address and keys.
        pace: awaited before each request under ``/Api/R3``, which MiniCRM limits to 60 a minute.
        transport: where httpx should send to instead of the network.

    Every method raises what :meth:`vipex_minicrm.transport.Transport.send` raises, and ``DecodeError`` when the answer
    of a read cannot be understood.
    """

    def __init__(
        self, settings: MiniCrmSettings, *, pace: Pace = unpaced, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._settings = settings
        self._pace = pace
        self._transport = Transport(settings, transport=transport)

    async def __aenter__(self) -> Self:
        await self._transport.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._transport.__aexit__(kind, error, trace)

    @property
    def zone(self) -> tzinfo:
        """The zone of MiniCRM's times."""
        return self._settings.zone

    async def contacts(self, filters: Mapping[str, str], *, page: int = 0) -> Page[ContactRow]:
        """Search persons and companies; 100 a page, counted from 0, in no order that may be relied on."""
        return convert.page(await self._read("Contact", filters, page), convert.contact_row, "contacts")

    async def contact(self, contact_id: str) -> Contact:
        """Read one contact; raise ``Refused`` with status 404 when there is none."""
        return convert.contact(await self._read_one("Contact", contact_id), self.zone)

    async def create_contact(self, values: Values) -> str:
        """Create a person or a company and give its id."""
        return await self._write("Contact", "PUT", None, values)

    async def projects(self, filters: Mapping[str, str], *, page: int = 0) -> Page[ProjectRow]:
        """Search cards; MiniCRM refuses a search without any filter (quirk 12).

        Raises:
            Misconfigured: *filters* is empty.
        """
        if not filters:
            raise Misconfigured("MiniCRM refuses a search for cards without a filter")
        return convert.page(await self._read("Project", filters, page), convert.project_row, "cards")

    async def project(self, project_id: str) -> Project:
        """Read one card; raise ``Refused`` with status 404 when there is none."""
        return convert.project(await self._read_one("Project", project_id), self.zone)

    async def create_project(self, values: Values) -> str:
        """Create a card and give its id. MiniCRM silently replaces an unknown ``UserId``: check it before."""
        return await self._write("Project", "PUT", None, values)

    async def todos(self, project_id: str, *, status: str = "Open") -> tuple[TodoRow, ...]:
        """List a card's to-dos; *status* is ``Open``, ``Closed`` or ``All``."""
        data = await self._read_one("ToDoList", project_id, {"Status": status})
        return convert.page(data, lambda row: convert.todo_row(row, self.zone), "to-dos").rows

    async def todo(self, todo_id: str) -> Todo:
        """Read one to-do."""
        return convert.todo(await self._read_one("ToDo", todo_id), self.zone)

    async def create_todo(self, values: Values) -> str:
        """Create a to-do and give its id. PUT, whatever the manual prints (quirk 1)."""
        return await self._write("ToDo", "PUT", None, values)

    async def update_todo(self, todo_id: str, values: Values) -> None:
        """Change an open to-do; a closed one can never be changed (quirk 21)."""
        await self._write("ToDo", "PUT", todo_id, values)

    async def close_todo(self, todo_id: str, closed_at: datetime) -> None:
        """Close a to-do with a time of its own; raise ``Refused`` with status 405 where only PUT is allowed."""
        values = {"Status": "Closed", "ClosedAt": wall_text(closed_at, self.zone)}
        await self._write("ToDo", "POST", todo_id, values)

    async def categories(self) -> tuple[Category, ...]:
        """List the modules."""
        return convert.categories(await self._read("Category", {}, 0))

    async def schema(self, category_id: str) -> Schema:
        """Read the fields, statuses and users of a module's cards."""
        return convert.schema(await self._read_one("Schema/Project", category_id))

    async def log_calls(self, extension: str, entries: Sequence[CallLogEntry]) -> CallLogAnswer:
        """Write calls of one *extension* to the CallLog; not under ``/Api/R3``, so not paced.

        Sending the same again is safe: MiniCRM knows a call by number and start.

        Raises:
            OutcomeUnknown: also when the answer of a 200 cannot be understood.
        """
        body = {
            "ApiKey": self._settings.voip_key,
            "UserExtension": extension,
            "Data": [_entry_fields(entry) for entry in entries],
        }
        sent = Sent(what="CallLog (POST)", writes=True)
        basic = (self._settings.system_id, self._settings.voip_key) if self._settings.calllog_basic else None
        data = await self._transport.send(
            Request(sent=sent, method="POST", path="/Api/CallLog", body=body, basic=basic)
        )
        try:
            return convert.call_log_answer(data)
        except DecodeError as error:
            raise OutcomeUnknown("the CallLog's answer cannot be understood", operation=sent.what) from error

    def since(self, moment: datetime) -> str:
        """Write an aware *moment* for the filter ``UpdatedSince``."""
        return since_text(moment, self.zone)

    def wall(self, moment: datetime) -> str:
        """Write an aware *moment* for a field, as wall time."""
        return wall_text(moment, self.zone)

    async def _read(self, entity: str, filters: Mapping[str, str], page: int) -> object:
        query = {**filters, "Page": str(page)} if page else dict(filters)
        return await self._send(
            Request(sent=Sent(what=f"{entity} (GET)"), method="GET", path=_path(entity), query=query)
        )

    async def _read_one(self, entity: str, item_id: str, query: Mapping[str, str] | None = None) -> object:
        sent = Sent(what=f"{entity} (GET)", fixed=False)
        return await self._send(Request(sent=sent, method="GET", path=_path(entity, item_id), query=query))

    async def _write(self, entity: str, method: str, item_id: str | None, values: Values) -> str:
        sent = Sent(what=f"{entity} ({method})", writes=True, fixed=item_id is None)
        data = await self._send(Request(sent=sent, method=method, path=_path(entity, item_id), body=values))
        try:
            return convert.created_id(data)
        except DecodeError as error:
            raise OutcomeUnknown(f"the answer to {sent.what} cannot be understood", operation=sent.what) from error

    async def _send(self, request: Request) -> object:
        await self._pace()
        return await self._transport.send(evolve(request, basic=(self._settings.system_id, self._settings.api_key)))


def _path(entity: str, item_id: str | None = None) -> str:
    """Build the path; the manual ends a create of a to-do with a slash, and MiniCRM takes every address so."""
    tail = f"/{quote(item_id, safe='')}" if item_id is not None else "/" if entity == "ToDo" else ""
    return f"/Api/R3/{entity}{tail}"


def _entry_fields(entry: CallLogEntry) -> dict[str, object]:
    fields: dict[str, object] = {
        "Date": utc_text(entry.started_at),
        "Number": entry.number,
        "CallType": int(entry.call_type),
        "Duration": entry.duration_seconds,
    }
    if entry.reference_id is not None:
        fields["ReferenceId"] = entry.reference_id
    return fields
