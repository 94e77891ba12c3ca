"""``GET /recordings/{name}``: for CRMs that fetch with a password, and for whoever has a signed link.

A CRM with the password gets MP3, a person what was recorded; ``.mp3`` behind the name gives MP3 to both.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

import structlog
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from vipex_sdk.errors import NotFound, RecordingExpired, RecordingNotReady, StoreUnavailable, VipexError
from vipex_sdk.gateway.config import RecordingSettings
from vipex_sdk.gateway.recordings.links import MP3_ENDING, Links
from vipex_sdk.gateway.recordings.shelf import Shelf
from vipex_sdk.webhooks.addresses import AddressList
from vipex_sdk.webhooks.checks import BasicAuth
from vipex_sdk.webhooks.guessing import GuessLimit
from vipex_sdk.webhooks.head import RequestHead

__all__ = ["RecordingProxy"]

_HEADERS = {
    "Cache-Control": "no-store, private",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
_CHALLENGE = _HEADERS | {"WWW-Authenticate": 'Basic realm="recordings", charset="UTF-8"'}

_log = structlog.get_logger(__name__)


class RecordingProxy:
    """Serves recordings. To an outsider every refusal is the same, whatever the reason."""

    def __init__(
        self,
        shelf: Shelf,
        links: Links,
        settings: RecordingSettings,
        *,
        trusted_proxies: Iterable[str] = (),
        guesses_a_minute: int = 30,
        count: Callable[[str], None] = lambda _outcome: None,
    ) -> None:
        """Make a proxy; *count* is called with every outcome.

        After *guesses_a_minute* refusals a client gets 429 for a minute; 0 for no limit.
        """
        self._shelf = shelf
        self._links = links
        self._count = count
        self._basic = BasicAuth(settings.user, settings.password.reveal()) if settings.user else None
        self._guesses = GuessLimit(guesses_a_minute, trusted_proxies=trusted_proxies)
        self._from = AddressList(settings.allow, trusted_proxies=trusted_proxies) if settings.allow else None

    @property
    def routes(self) -> list[Route]:
        """The proxy's addresses; the second is the form that MiniCRM's template needs."""
        return [
            Route("/recordings/{name}", self._by_path),
            Route("/recordings", self._by_query),
        ]

    async def _by_path(self, request: Request) -> Response:
        return await self._answer(request, request.path_params["name"])

    async def _by_query(self, request: Request) -> Response:
        return await self._answer(request, request.query_params.get("Rec", ""))

    async def _answer(self, request: Request, name: str) -> Response:
        head = RequestHead.from_scope(request.scope)
        if self._guesses.is_over(head):
            self._count("refused")
            return _said(429, "try again later", {"Retry-After": "60"})
        wanted, name = name, name.removesuffix(MP3_ENDING)
        signed = self._has_link(request, name)
        if not signed and not self._is_puller(head):
            self._guesses.note(head)
            return self._refused(request)
        outcome, response = await self._found(name, mp3=not signed or wanted != name)
        self._count(outcome)
        # Who listened to what is accounted for; the name's beginning identifies the row and opens nothing.
        _log.info("recording.asked", recording=name[:8], by="link" if signed else "crm", outcome=outcome)
        return response

    async def _found(self, name: str, *, mp3: bool) -> tuple[str, Response]:
        try:
            audio = await self._shelf.find(name, mp3=mp3)
        except RecordingNotReady:
            return "not_ready", _said(503, "the recording is not ready yet", {"Retry-After": "60"})
        except (RecordingExpired, NotFound):
            return "gone", _said(410, "the recording no longer exists")
        except StoreUnavailable:
            return "no_space", _said(503, "the recording cannot be fetched now", {"Retry-After": "300"})
        except VipexError as error:
            _log.warning("recording.failed", recording=name[:8], error=type(error).__name__)
            return "failed", _said(502, "the recording cannot be fetched from VIPeX")
        if audio is None:
            return "unknown", _said(404, "there is no such recording")
        shown = f'inline; filename="recording-{name[:8]}.{audio.extension}"'
        headers = _HEADERS | {"Content-Disposition": shown}
        return "served", FileResponse(audio.path, media_type=audio.content_type, headers=headers)

    def _has_link(self, request: Request, name: str) -> bool:
        query = request.query_params
        return self._links.is_signed(name, query.get("expires", ""), query.get("signature", ""), now=time.time())

    def _is_puller(self, head: RequestHead) -> bool:
        right = self._basic is not None and self._basic.admits(head)
        return right and (self._from is None or self._from.admits(head))

    def _refused(self, request: Request) -> Response:
        self._count("refused")
        if "signature" in request.query_params:
            return _said(403, "this link is wrong or no longer valid")
        return PlainTextResponse("credentials are needed\n", status_code=401, headers=_CHALLENGE)


def _said(status: int, text: str, headers: dict[str, str] | None = None) -> Response:
    return PlainTextResponse(text + "\n", status_code=status, headers=_HEADERS | (headers or {}))
