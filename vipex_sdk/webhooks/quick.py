"""The short way of most data queries: a JSON body in one piece that says what it is. Somebody waits on the line.

What is in any way unusual goes the long way, with nothing lost: both give the same event.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from vipex_sdk.errors import VipexError
from vipex_sdk.webhooks.body import Receive
from vipex_sdk.webhooks.checks import Check
from vipex_sdk.webhooks.events import DataQuery
from vipex_sdk.webhooks.head import RequestHead
from vipex_sdk.webhooks.kind import kind_said
from vipex_sdk.webhooks.message import Hook
from vipex_sdk.webhooks.verify import needs_body
from vipex_sdk.wire.convert import converter_for
from vipex_sdk.wire.media import body_kind
from vipex_sdk.wire.profile import WireProfile

__all__ = ["QuickQueries", "quick_query"]


_LONGEST_LENGTH = 9
"""Digits of the length of a short body."""


class QuickQueries:
    """Reads data queries that come as most do.

    Args:
        profile: the wire format.
        checks: where one of them needs the body, no query goes the short way.
    """

    def __init__(self, profile: WireProfile, checks: Sequence[Check]) -> None:
        self._profile = profile
        self._max_bytes = profile.webhooks.data_query.max_bytes
        self._possible = "json" in profile.webhooks.encodings and not needs_body(checks)

    def may_be(self, head: RequestHead, hook: Hook) -> bool:
        """Whether what comes with *head* may be one."""
        if not self._possible or hook not in {Hook.DATA_QUERY, Hook.EVENTS} or head.method == "GET":
            return False
        length = head.only("content-length")
        return (
            length is not None
            and length.isdigit()
            and len(length) <= _LONGEST_LENGTH
            and int(length) <= self._max_bytes
            and body_kind(head.text("content-type")) == "json"
            and not head.every("transfer-encoding")
            and not head.every("content-encoding")
        )

    async def take(self, receive: Receive) -> tuple[DataQuery | None, Receive]:
        """Receive the beginning of a body: give the query that it is, or what is to be received by the long way."""
        first = await receive()
        body = first.get("body", b"")
        if first["type"] == "http.request" and not first.get("more_body") and len(body) <= self._max_bytes:
            query = quick_query(body, self._profile)
            if query is not None:
                return query, receive
        return None, _once_more(first, receive)


def quick_query(body: bytes, profile: WireProfile) -> DataQuery | None:
    """Read a data query that says in JSON that it is one.

    ``None`` for everything else, and for what cannot be understood: the long way tells why.
    """
    if kind_said(body, profile) is not Hook.DATA_QUERY:
        return None
    try:
        return converter_for(profile).decode_json(DataQuery, body)
    except (VipexError, ArithmeticError, LookupError, TypeError, ValueError):
        return None


def _once_more(first: Any, receive: Receive) -> Receive:
    waiting = [first]

    async def again() -> Any:
        return waiting.pop() if waiting else await receive()

    return again
