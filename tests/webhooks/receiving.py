"""A receiver that writes down what its hooks were given, and a client that talks to it in-process."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
from attrs import define, field

from vipex_sdk.errors import VipexError
from vipex_sdk.webhooks import BasicAuth, CallEnd, DataQuery, Decision, Hook, IncomingCall, Message, Outcome, Receiver

CORPUS = Path(__file__).parent.parent / "corpus"
USER, PASSWORD = "vipex", "árvíztűrő jelszó"
CALL_END = {
    "event": "call_end",
    "event_id": "ev-90aa0001",
    "call_id": "20260302-090000-11aa",
    "direction": "inbound",
    "caller": "+36300000001",
    "called": "+3610000100",
    "started_at": "2026-03-02T09:00:00+01:00",
    "ended_at": "2026-03-02T09:03:30+01:00",
    "disposition": "answered",
    "recording": {"code": "R-5f1c9b7e", "content_type": "audio/mpeg"},
}
DATA_QUERY = {"event": "data_query", "call_id": "20260302-090000-11aa", "caller": "+36300000001"}
INCOMING_CALL = {"event": "incoming_call", "call_id": "20260302-090000-11aa", "caller": "+36300000001"}
CONTINUE = {"found": False, "action": "continue"}


@define
class Seen:
    """What the hooks were given, and what they should do."""

    decision: Any = None
    error: BaseException | None = None
    queries: list[DataQuery] = field(factory=list)
    pops: list[IncomingCall] = field(factory=list)
    calls: list[tuple[CallEnd, Message]] = field(factory=list)
    quarantined: list[tuple[Message, VipexError]] = field(factory=list)
    outcomes: list[tuple[Hook, Outcome]] = field(factory=list)

    async def on_data_query(self, query: DataQuery) -> Decision | None:
        self.queries.append(query)
        self._raise()
        decision: Decision | None = self.decision
        return decision

    async def on_incoming_call(self, call: IncomingCall) -> None:
        self.pops.append(call)
        self._raise()

    async def on_call_end(self, call: CallEnd, message: Message) -> None:
        self._raise()
        self.calls.append((call, message))

    async def on_quarantine(self, message: Message, error: VipexError) -> None:
        self._raise()
        self.quarantined.append((message, error))

    def _raise(self) -> None:
        if self.error is not None:
            raise self.error

    def receiver(self, **settings: Any) -> Receiver:
        hooks = {
            "on_data_query": self.on_data_query,
            "on_incoming_call": self.on_incoming_call,
            "on_call_end": self.on_call_end,
            "on_quarantine": self.on_quarantine,
            "on_outcome": lambda hook, outcome: self.outcomes.append((hook, outcome)),
            "checks": [BasicAuth(USER, PASSWORD)],
        }
        return Receiver(**{**hooks, **settings})


class Shelf:
    """An audio store in memory."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.kept: dict[str, tuple[bytes, str]] = {}
        self.error = error

    async def keep(self, chunks: AsyncIterator[bytes], content_type: str) -> str:
        audio = b""
        async for chunk in chunks:
            if self.error is not None:
                raise self.error
            audio += chunk
        key = f"k{len(self.kept) + 1}"
        self.kept[key] = (audio, content_type)
        return key


def client(receiver: Any, *, auth: tuple[str, str] | None = (USER, PASSWORD)) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(receiver)
    return httpx.AsyncClient(
        transport=transport, base_url="http://gateway.test", auth=httpx.BasicAuth(*auth) if auth else None
    )


async def post(receiver: Receiver, path: str, **request: Any) -> httpx.Response:
    async with client(receiver) as http:
        return await http.post(path, **request)
