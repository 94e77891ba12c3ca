"""Send webhooks as the simulated VIPeX does, remembering every attempt."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime

import httpx
import structlog
from attrs import frozen

from vipex_sdk.sandbox.behaviours import assumed, documented
from vipex_sdk.sandbox.line import Attempt, Line
from vipex_sdk.sandbox.settings import Settings
from vipex_sdk.webhooks.schemes import present
from vipex_sdk.wire.messages import WireRequest
from vipex_sdk.wire.webhook_auth import HookAuthFormat

__all__ = ["Answer", "Message", "Sender"]

_log = structlog.get_logger(__name__)
_MAX_ANSWER = 64 * 1024


@frozen(kw_only=True)
class Message:
    """One webhook.

    Attributes:
        request: writes the given attempt; its path is below the receiver's address.
    """

    kind: str
    request: Callable[[int], WireRequest]
    phase: str | None = None


@frozen(kw_only=True)
class Answer:
    """What the receiver answered."""

    status: int
    content_type: str | None
    body: bytes


class Sender:
    """One HTTP client for all webhooks.

    Args:
        settings: gives those in force at the moment of sending.
        auth: of the wire profile: how the credentials of the settings are presented.
    """

    def __init__(self, settings: Callable[[], Settings], auth: HookAuthFormat) -> None:
        self._settings = settings
        self._auth = auth
        self._client: httpx.AsyncClient | None = None

    async def close(self) -> None:
        """Close connections to the receiver."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    def wanted(self, kind: str) -> bool:
        """Tell whether the administrator has set this webhook up."""
        return self._address(kind, "/") is not None

    @assumed("The caller waits two seconds for the answer to a data query; then the call logic goes on.", source="3.3")
    async def ask(self, message: Message, line: Line) -> Answer | None:
        """Send a data query and give its answer; ``None`` when none came in time or it was no success."""
        patience = self._settings().query_timeout
        return await self._send(message, line, number=1, patience=patience)

    @assumed("A notice that fails is not repeated: repetition is stated only for the end of call.")
    async def tell(self, message: Message, line: Line) -> None:
        """Send an incoming-call notice, once."""
        await self._send(message, line, number=1, patience=self._settings().delivery_timeout)

    @documented("The administrator sets how many more times, and at what intervals, a failed end of call is sent.")
    @assumed("Any 2xx answer is success; everything else, 4xx included, is failure and repeated.")
    async def deliver(self, message: Message, line: Line) -> bool:
        """Send an end of call until it is taken or the administrator's count is used up."""
        number = 1
        while await self._send(message, line, number=number, patience=self._settings().delivery_timeout) is None:
            settings = self._settings()
            if number > settings.retry_count:
                _log.warning("webhook_given_up", kind=message.kind, call_id=line.call.call_id, attempts=number)
                return False
            intervals = settings.retry_intervals
            await asyncio.sleep(intervals[min(number, len(intervals)) - 1])
            number += 1
        return True

    async def _send(self, message: Message, line: Line, *, number: int, patience: float) -> Answer | None:
        request = self._presented(message.kind, message.request(number))
        url = self._address(message.kind, request.path)
        if url is None:
            return None
        at, started = datetime.now(UTC), time.perf_counter()
        status, error, answer = None, None, None
        try:
            async with asyncio.timeout(patience):
                answer = await self._exchange(request, url)
            status = answer.status
            error = None if httpx.codes.is_success(status) else f"answered {status}"
        except TimeoutError:
            error = f"no answer in {patience:g} s"
        except httpx.HTTPError as failure:
            error = type(failure).__name__
        attempt = Attempt(
            kind=message.kind,
            number=number,
            at=at,
            duration_ms=round((time.perf_counter() - started) * 1000),
            status=status,
            error=error,
            delivered=error is None,
            phase=message.phase,
        )
        line.attempts.append(attempt)
        _log.info(
            "webhook_sent",
            kind=attempt.kind,
            call_id=line.call.call_id,
            attempt=number,
            status=status,
            error=error,
            duration_ms=attempt.duration_ms,
        )
        return answer if attempt.delivered else None

    async def _exchange(self, request: WireRequest, url: str) -> Answer:
        if self._client is None:
            # The deadline is ours (asyncio.timeout); redirects are never followed with credentials.
            self._client = httpx.AsyncClient(timeout=None, follow_redirects=False, trust_env=False)  # noqa: S113
        headers = dict(request.headers) | ({"content-type": request.content_type} if request.content_type else {})
        address = httpx.URL(url).copy_merge_params(list(request.query)) if request.query else url
        async with self._client.stream(request.method, address, content=request.body, headers=headers) as response:
            answer = bytearray()
            async for chunk in response.aiter_bytes():
                answer += chunk[: _MAX_ANSWER - len(answer)]
            return Answer(
                status=response.status_code, content_type=response.headers.get("content-type"), body=bytes(answer)
            )

    @assumed("Webhooks carry HTTP Basic, or what the wire profile says; then the password is the secret.", source="3.2")
    def _presented(self, kind: str, request: WireRequest) -> WireRequest:
        settings = self._settings()
        hook = settings.hook(kind)
        user = hook.user if hook.user is not None else settings.webhook_user
        password = hook.password if hook.password is not None else settings.webhook_password
        if user is None and (password is None or not self._auth.schemes):
            return request
        return present(self._auth, request, user=user or "", secret=password or "")

    def _address(self, kind: str, path: str) -> str | None:
        settings = self._settings()
        hook = settings.hook(kind)
        if not hook.enabled:
            return None
        return hook.url or (settings.webhook_url.rstrip("/") + path if settings.webhook_url else None)
