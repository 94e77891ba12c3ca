"""Ways to see what some keys of a profile change: pages by cursor, addresses, deadlines, credentials."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx

from vipex_sdk.control.operators import OperatorStatus
from vipex_sdk.errors import Invalid, NotSubscribed, VipexError
from vipex_sdk.gateway.inbox.settling import Settling
from vipex_sdk.webhooks import Receiver, sign_body, verify_body
from vipex_sdk.webhooks.events import Decision
from vipex_sdk.webhooks.head import RequestHead
from vipex_sdk.webhooks.message import Hook, Message
from vipex_sdk.webhooks.schemes import check_for, present
from vipex_sdk.wire.exchange import Page, WireResponse, read_answer, request_for
from vipex_sdk.wire.messages import WireRequest
from vipex_sdk.wire.profile import WireProfile

Check = Callable[[WireProfile], Any]

SIGNED = '[webhooks.auth]\nschemes = ["signature"]\n[webhooks.auth.signature]\n'


def following(profile: WireProfile) -> str | None:
    answer = WireResponse(status=200, headers={}, body=b'{"items": [], "next": "c9", "more": {"at": "c3"}}')
    page: Page[Any] = read_answer(profile, "users.list", Page[OperatorStatus], answer)
    return page.next


def hurried(profile: WireProfile) -> str:
    """Give what is answered to a data query that is decided after two tenths of a second."""

    async def decide(_query: object) -> Decision:
        await asyncio.sleep(0.2)
        return Decision.to_extension("101")

    async def asked() -> httpx.Response:
        receiver = Receiver(profile=profile, on_data_query=decide, allow_unauthenticated=True)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(receiver), base_url="http://x") as client:
            return await client.post("/data-query", json={"call_id": "c1"})

    return str(asyncio.run(asked()).json()["action"])


def refused(profile: WireProfile) -> str:
    try:
        request_for(profile, "users.get", {"id": "1"})
    except NotSubscribed:
        return "refused"
    return "sent"


def visited(address: str) -> Check:
    def check(profile: WireProfile) -> str:
        try:
            return request_for(profile, "recordings.fetch", {"code": address}).path
        except Invalid:
            return "refused"

    return check


def waited(**fields: object) -> Check:
    """Give how long more news of a call is waited for after a message with *fields*."""
    body = json.dumps({"event": "call_end", "call_id": "c1", **fields}).encode()
    message = Message(hook=Hook.CALL_END, content_type="application/json", body=body, received_at=datetime.now(UTC))
    return lambda profile: Settling(seconds=20, profile=profile).wait([message])


def presented(part: str) -> Check:
    """Give what a simulated VIPeX adds to a webhook."""

    def check(profile: WireProfile) -> Any:
        sent = WireRequest(method="POST", path="/call-end", content_type="application/json", body=b"{}")
        return getattr(present(profile.webhooks.auth, sent, user="vipex", secret="k3y"), part)

    return check


def signed_ago(seconds: float) -> Check:
    """Sign time and body, nothing in between, as *seconds* ago, and ask the profile's check about it now."""

    def check(profile: WireProfile) -> str:
        sent = sign_body(
            "k3y", b"x", timestamp_header="X-T", signed="{timestamp}{body}", clock=lambda: time.time() - seconds
        )
        pairs = tuple((name.lower().encode(), value.encode()) for name, value in sent.items())
        head = RequestHead(path="/", query=b"", peer=None, headers=pairs)
        try:
            verify_body([check_for(profile.webhooks.auth, "signature", "k3y")], head, b"x")
        except VipexError:
            return "refused"
        return "admitted"

    return check
