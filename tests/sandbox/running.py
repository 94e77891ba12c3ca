"""What the tests share: servers on loopback, a receiver that remembers what came, and wire data read back."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import uvicorn
from attrs import define, field
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from vipex_sdk.sandbox.call import Call
from vipex_sdk.webhooks.events import CallEnd
from vipex_sdk.wire.convert import converter_for
from vipex_sdk.wire.media import parse_body
from vipex_sdk.wire.profile import WireProfile, default_profile

PASSWORD = "invented-for-the-test"
FAST = {"speed": 1e9, "retry_intervals": [0.01]}


@asynccontextmanager
async def serving(app: Any) -> AsyncIterator[str]:
    """Serve *app* on a free port of loopback, in this event loop."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, access_log=False, timeout_graceful_shutdown=1))
    task = asyncio.ensure_future(server.serve())
    try:
        while not server.started:
            assert not task.done()
            await asyncio.sleep(0.002)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await task


@asynccontextmanager
async def asking(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    """Ask *app* inside this process."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://sandbox.test") as client:
        yield client
    await app.state.pbx.aclose()


@define
class Receiver:
    """Remembers every webhook, and answers as it is told.

    Attributes:
        failures: statuses answered first to each address, before it begins to take what comes.
        decision: the answer to a data query.
        delay: seconds before each answer.
    """

    failures: dict[str, list[int]] = field(factory=dict)
    decision: dict[str, Any] = field(factory=lambda: {"found": False, "action": "continue"})
    delay: float = 0.0
    received: list[tuple[str, Request, bytes]] = field(factory=list)

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/{path:path}", self._take, methods=["POST"])])

    async def _take(self, request: Request) -> Response:
        path = request.url.path
        self.received.append((path, request, await request.body()))
        await asyncio.sleep(self.delay)
        if waiting := self.failures.get(path):
            return Response(status_code=waiting.pop(0))
        return JSONResponse(self.decision) if path.endswith("/data-query") else Response(status_code=204)

    def at(self, path: str) -> list[dict[str, Any]]:
        """Give the JSON bodies that came to *path*."""
        return [json.loads(body) for where, _, body in self.received if where == path]

    def call_end(self, profile: WireProfile | None = None) -> CallEnd:
        """Read the one end of call that came, by *profile*."""
        profile = profile or default_profile()
        path = profile.webhooks.call_end.path
        ((_, request, body),) = [one for one in self.received if one[0] == path]
        fields = parse_body(request.headers["content-type"], body, accepted=("json", "form"))
        return converter_for(profile).decode(CallEnd, fields)


def assert_adds_up(end: CallEnd) -> None:
    """Check the identities of facts/vipex.md 3.5."""
    assert end.ended_at is not None
    answered_at = end.answered_at or end.ended_at
    assert end.ring_seconds == (answered_at - end.started_at).total_seconds()
    assert end.duration_seconds == (end.ended_at - end.started_at).total_seconds()
    customer = [leg for leg in end.legs if leg.type != "consultation"]
    if customer:
        assert end.talk_seconds == sum(leg.talk_seconds or 0 for leg in customer)
        assert customer[0].started_at == end.started_at
        assert max(leg.ended_at for leg in end.legs if leg.ended_at) == end.ended_at
    elif end.answered_at:
        assert end.talk_seconds == (end.ended_at - end.answered_at).total_seconds()
    else:
        assert end.talk_seconds == 0
    assert [leg.seq for leg in end.legs] == list(range(1, len(end.legs) + 1))
    for leg in end.legs:
        assert leg.started_at is not None
        assert leg.ended_at is not None
        assert leg.ring_seconds == ((leg.answered_at or leg.ended_at) - leg.started_at).total_seconds()
        assert leg.duration_seconds == (leg.ended_at - leg.started_at).total_seconds()
        assert leg.talk_seconds == ((leg.ended_at - leg.answered_at).total_seconds() if leg.answered_at else 0)
        assert leg.parent_leg_id is None or leg.parent_leg_id in {other.leg_id for other in end.legs}


def shape(call: Call) -> list[tuple[str, str | None, str]]:
    """Give type, extension and result of each leg."""
    return [(str(leg.type), leg.first_extension, str(leg.result)) for leg in call.legs]
