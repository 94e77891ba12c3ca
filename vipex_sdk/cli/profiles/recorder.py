"""The recorder: takes whatever comes below a secret path, keeps it in files, and answers as the receiver would."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import attrs
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from vipex_sdk.cli.profiles.capture import Capture, address_of, fields_of, hook_of
from vipex_sdk.cli.profiles.mask import Masker, without_credentials
from vipex_sdk.errors import VipexError
from vipex_sdk.webhooks.answer import answer
from vipex_sdk.webhooks.events import Decision
from vipex_sdk.webhooks.message import Hook
from vipex_sdk.wire.profile import WireProfile

__all__ = ["Limits", "Recorder"]

_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"]


def _now() -> datetime:
    return datetime.now(UTC)


@attrs.frozen(kw_only=True)
class Limits:
    """How long and how much.

    Attributes:
        minutes: after these it answers 410.
        requests: so many are kept, later ones are answered 507.
        max_bytes: the longest body kept; a longer one is answered 413.
    """

    minutes: float = 60.0
    requests: int = 200
    max_bytes: int = 32 * 1024 * 1024


class Recorder:
    """An ASGI application that records; ``app`` is what a server runs.

    Args:
        folder: where captures go.
        profile: says at which addresses, and how each is answered.
        masker: pseudonyms; without it captures are as they came, but for the credentials in their headers.
        limits: how long and how much.
        told: called with each capture and its file.
        clock: aware, UTC.
    """

    def __init__(
        self,
        folder: Path,
        *,
        profile: WireProfile,
        masker: Masker | None = None,
        limits: Limits | None = None,
        told: Callable[[Capture, Path], None] = lambda _capture, _file: None,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self.secret = secrets.token_urlsafe(18)
        self._folder, self._profile, self._masker, self._told, self._clock = folder, profile, masker, told, clock
        self._limits = limits or Limits()
        self._ends = clock() + timedelta(minutes=self._limits.minutes)
        self._kept = len(list(folder.glob("*.http")))
        self._last = self._kept + self._limits.requests
        self.app = Starlette(routes=[Route("/{secret}/{path:path}", self._take, methods=_METHODS)])
        self.app.router.redirect_slashes = False  # an exchange that is redirected does not come again

    @property
    def addresses(self) -> dict[str, str]:
        """Give the path to enter for each webhook."""
        hooks = self._profile.webhooks
        return {name: f"/{self.secret}{hook.path}" for name, hook in hooks.by_name.items()}

    async def _take(self, request: Request) -> Response:
        if not secrets.compare_digest(request.path_params["secret"].encode(), self.secret.encode()):
            return Response("no such address\n", status_code=404)
        if self._clock() >= self._ends:
            return Response("the recorder's time is over\n", status_code=410)
        if self._kept >= self._last:
            return Response("the recorder is full\n", status_code=507)
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > self._limits.max_bytes:
                return Response("the body is too long\n", status_code=413)
        self._kept += 1
        capture = self._capture(request, bytes(body))
        kept = without_credentials(capture)
        kept = self._masker.capture(kept) if self._masker is not None else kept
        self._told(kept, await asyncio.to_thread(kept.write, self._folder))
        return self._answer(capture)

    def _capture(self, request: Request, body: bytes) -> Capture:
        path = "/" + request.path_params["path"]
        query = request.scope["query_string"].decode("latin-1")
        slug = "-".join("".join(one if one.isalnum() else " " for one in path).split()) or "root"
        return Capture(
            name=f"{self._kept:03}-{slug[:60]}",
            method=request.method,
            target=f"{path}?{query}" if query else path,
            headers=tuple(request.headers.items()),
            body=body,
        )

    def _answer(self, capture: Capture) -> Response:
        """Answer by the address and what the default or a half-learnt profile knows: the call must go on."""
        hooks = self._profile.webhooks
        address = address_of(capture, self._profile)
        hook: Hook = Hook.CALL_END if address is Hook.EVENTS else address
        with suppress(VipexError):  # the address decides: learning what this is, is what we are here for
            hook = hook_of(capture, fields_of(capture, self._profile), self._profile)
        if hook is Hook.DATA_QUERY:
            status, content_type, body = answer(Decision.proceed(), self._profile)
            return Response(body, status_code=status, media_type=content_type)
        form = hooks.by_name[hook.value]
        return Response(form.success_body, status_code=form.success_status)
