"""``/admin``: what the command line asks a running gateway, with the token of the data folder."""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from attrs import asdict
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from vipex_sdk.errors import StoreUnavailable, VipexError
from vipex_sdk.gateway.directory import Directory, Scanner, ScanReport
from vipex_sdk.gateway.flights import SingleFlight
from vipex_sdk.gateway.forms import read_body
from vipex_sdk.gateway.inbox import Delivery, Detail, Inbox, Status
from vipex_sdk.numbers import NumberRules, PhoneNumber

__all__ = ["AdminApi"]

SCAN_SECONDS = 20.0
"""A refresh that takes longer goes on, and is answered 202."""

MAX_ROWS = 1000
MAX_BODY_SHOWN = 64 * 1024

_Handler = Callable[[Request], Awaitable[Response]]


class AdminApi:
    """Deliveries and the directory as JSON. Errors are ``{"error": "..."}``."""

    def __init__(
        self,
        *,
        inbox: Inbox,
        directory: Directory,
        scanner: Scanner,
        token: str,
        links: Callable[[], Mapping[str, Any]],
        rules: NumberRules | None = None,
    ) -> None:
        """Make the API; *links* gives the addresses of the pages."""
        self._inbox = inbox
        self._directory = directory
        self._scanner = scanner
        self._token = token.encode()
        self._links = links
        self._scans: SingleFlight[ScanReport] = SingleFlight("directory.refresh")
        self._rules = rules

    @property
    def routes(self) -> list[Route]:
        """The API's addresses."""
        return [
            Route("/admin/deliveries", self._guarded(self._list)),
            Route("/admin/deliveries/replay", self._guarded(self._replay), methods=["POST"]),
            Route("/admin/deliveries/{seq:int}", self._guarded(self._show)),
            Route("/admin/quarantine/replay", self._guarded(self._read_again), methods=["POST"]),
            Route("/admin/quarantine/drop", self._guarded(self._drop), methods=["POST"]),
            Route("/admin/directory/refresh", self._guarded(self._refresh), methods=["POST"]),
            Route("/admin/directory/lookup", self._guarded(self._lookup)),
            Route("/admin/pages", self._guarded(self._pages)),
        ]

    def _guarded(self, handler: _Handler) -> _Handler:
        async def guarded(request: Request) -> Response:
            scheme, _, sent = request.headers.get("authorization", "").partition(" ")
            if scheme.lower() != "bearer" or not hmac.compare_digest(sent.strip().encode(), self._token):
                return _error(401, "the admin token is missing or wrong", {"WWW-Authenticate": "Bearer"})
            try:
                return await handler(request)
            except StoreUnavailable as error:
                return _error(503, str(error), {"Retry-After": "10"})

        return guarded

    async def _list(self, request: Request) -> Response:
        query = request.query_params
        status, limit, before = query.get("status"), query.get("limit", "50"), query.get("before")
        if status is not None and status not in list(Status):
            return _error(400, f"expected a status: {', '.join(Status)}")
        if not limit.isdecimal() or not (before or "0").isdecimal():
            return _error(400, "limit and before are whole numbers")
        rows = await self._inbox.page(
            status, limit=min(max(int(limit), 1), MAX_ROWS), before=int(before) if before else None
        )
        return _json({"deliveries": [_delivery(row) for row in rows]})

    async def _show(self, request: Request) -> Response:
        detail = await self._inbox.show(request.path_params["seq"])
        if detail is None:
            return _error(404, "there is no delivery with this number")
        return _json(_detail(detail))

    async def _replay(self, request: Request) -> Response:
        document = await _document(request)
        seqs, status = document.get("seqs"), document.get("status")
        if isinstance(seqs, list) and seqs and all(type(seq) is int for seq in seqs) and status is None:
            replayed = await self._inbox.replay(seqs)
        elif seqs is None and status in list(Status):
            replayed = await self._inbox.replay(status=status)
        else:
            return _error(400, 'expected {"seqs": [1, 2]} or {"status": "dead"}')
        return _json({"replayed": replayed})

    async def _read_again(self, request: Request) -> Response:
        return await self._quarantined(request, self._inbox.read_again, "replayed")

    async def _drop(self, request: Request) -> Response:
        return await self._quarantined(request, self._inbox.drop, "dropped")

    async def _quarantined(
        self, request: Request, change: Callable[[list[int] | None], Awaitable[int]], done: str
    ) -> Response:
        document = await _document(request)
        seqs = document.get("seqs")
        if document.get("all") is True and seqs is None:
            return _json({done: await change(None)})
        if isinstance(seqs, list) and seqs and all(type(seq) is int for seq in seqs) and "all" not in document:
            return _json({done: await change(seqs)})
        return _error(400, 'expected {"seqs": [1, 2]} or {"all": true}')

    async def _refresh(self, request: Request) -> Response:
        if not self._scanner.able:
            return _error(409, "this CRM is asked at each call; there is nothing to refresh")
        document = await _document(request)
        full = document.get("full") is True
        scan = self._scans.run(f"full={full}", lambda: self._scanner.scan(full=full))
        try:
            async with asyncio.timeout(SCAN_SECONDS):
                report = await scan
        except TimeoutError:
            running = self._scanner.running
            return _json({"running": True, **(asdict(running) if running else {})}, status=202)
        except StoreUnavailable:
            raise
        except VipexError as error:
            return _error(502, f"the CRM could not be read: {type(error).__name__}")
        return _json({"running": False, **asdict(report)})

    async def close(self) -> None:
        """Stop a scan that somebody asked for."""
        await self._scans.close()

    async def _lookup(self, request: Request) -> Response:
        number = PhoneNumber.parse(request.query_params.get("number", ""), self._rules)
        found = await self._directory.lookup(number, within=10.0)
        cards = [
            {
                "contact": card.contact.id,
                "card": card.card.id if card.card else None,
                "name": card.name,
                "company": card.company,
                "owner": card.owner_name or (card.owner.id if card.owner else None),
                "open": card.is_open,
                "url": card.url,
            }
            for card in found.cards
        ]
        return _json({"number": number.e164, "source": found.source.value, "cards": cards})

    async def _pages(self, _request: Request) -> Response:
        return _json(dict(self._links()))


async def _document(request: Request) -> Mapping[str, Any]:
    body = await read_body(request)
    try:
        document = json.loads(body or b"{}")
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def _delivery(row: Delivery) -> dict[str, Any]:
    return {
        "seq": row.seq,
        "status": row.status.value,
        "kind": row.kind,
        "call": row.call,
        "attempts": row.attempts,
        "received_at": row.received_at.isoformat(),
        "next_at": row.next_at.isoformat() if row.status is Status.PENDING else None,
        "updated_at": row.updated_at.isoformat(),
        "last_error": row.last_error,
    }


def _detail(detail: Detail) -> dict[str, Any]:
    body = detail.message.body[:MAX_BODY_SHOWN].decode("utf-8", "replace")
    records = [
        {
            "key": record.key,
            "state": record.state,
            "revision": record.revision,
            "ref": asdict(record.ref) if record.ref else None,
            "task": asdict(record.task) if record.task else None,
            "maybe_duplicate": record.maybe_duplicate,
            "note": record.note,
        }
        for record in detail.records
    ]
    return _delivery(detail.delivery) | {
        "content_type": detail.message.content_type,
        "body": body,
        "records": records,
    }


def _json(document: Mapping[str, Any], *, status: int = 200) -> Response:
    return JSONResponse(document, status_code=status, headers={"Cache-Control": "no-store"})


def _error(status: int, text: str, headers: Mapping[str, str] | None = None) -> Response:
    return JSONResponse({"error": text}, status_code=status, headers={"Cache-Control": "no-store", **(headers or {})})
