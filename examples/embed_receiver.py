"""VIPeX's webhooks in a web application of your own: ring the customer's own salesperson, keep every ended call.

WEBHOOK_PASSWORD is what stands in the VIPeX portal beside the address http://.../vipex/events.
"""

from __future__ import annotations

import os
import sqlite3

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

from vipex_sdk.errors import StoreUnavailable, VipexError
from vipex_sdk.webhooks import BasicAuth, CallEnd, DataQuery, Decision, Message, Receiver, event_key

SALESPEOPLE = {"+36300000001": "101", "+36300000002": "102"}
calls = sqlite3.connect(os.environ.get("CALLS", "calls.sqlite"), isolation_level=None)
calls.execute("CREATE TABLE IF NOT EXISTS call (key TEXT PRIMARY KEY, body BLOB, problem TEXT)")


async def route(query: DataQuery) -> Decision | None:
    extension = SALESPEOPLE.get(query.caller.e164 or "")
    return Decision.to_extension(extension, timeout_seconds=25) if extension else None


async def keep(call: CallEnd, message: Message) -> None:
    store(event_key(call), message, None)  # VIPeX gets its 2xx when this has returned


async def set_aside(message: Message, error: VipexError) -> None:
    store(message.received_at.isoformat(), message, str(error))


def store(key: str, message: Message, problem: str | None) -> None:
    try:
        calls.execute("INSERT OR IGNORE INTO call VALUES (?, ?, ?)", (key, message.body, problem))
    except sqlite3.OperationalError as exc:
        raise StoreUnavailable("calls.sqlite") from exc  # VIPeX gets 503 and sends it again


async def count(_request: Request) -> JSONResponse:
    return JSONResponse({"calls": calls.execute("SELECT count(*) FROM call").fetchone()[0]})


def app(password: str) -> Starlette:
    checks = [BasicAuth("vipex", password)]
    receiver = Receiver(checks=checks, on_data_query=route, on_call_end=keep, on_quarantine=set_aside)
    return Starlette(routes=[Route("/calls", count), Mount("/vipex", app=receiver)])


def main() -> None:
    uvicorn.run(app(os.environ["WEBHOOK_PASSWORD"]), port=int(os.environ.get("PORT", "8080")))


if __name__ == "__main__":
    main()
