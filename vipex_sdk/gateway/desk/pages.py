"""``/desk/{extension}``: an agent's page, its events, and its calls."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from vipex_sdk.gateway.access import Gate, Site, same_origin
from vipex_sdk.gateway.desk.dial import Dialled, Dialler
from vipex_sdk.gateway.desk.hub import Hub
from vipex_sdk.gateway.desk.pops import Pops, topic
from vipex_sdk.gateway.extensions import Extensions
from vipex_sdk.gateway.forms import read_form
from vipex_sdk.gateway.keys import InstallKey
from vipex_sdk.gateway.pages import Pages

__all__ = ["DeskPages", "desk_gate", "desk_link"]

_FOR_SCRIPT = (
    "connecting", "connected", "disconnected", "ringing", "answered", "elsewhere", "elsewhere_by", "ended", "missed",
    "outbound", "unknown", "anonymous", "looking", "ambiguous", "others", "owner", "closed_card", "open_card",
    "dismiss", "blocked", "dialling", *(f"dial_{outcome.value}" for outcome in Dialled),
)  # fmt: skip


def desk_gate(extension: str, *, key: InstallKey, site: Site) -> Gate:
    """Give who may see the page of *extension*."""
    return Gate(key=key, site=site, purpose=f"desk:{extension}", path=f"/desk/{quote(extension, safe='')}")


def desk_link(extension: str, *, key: InstallKey, site: Site) -> str:
    """Give the address that opens the page of *extension*; as good as a password."""
    return desk_gate(extension, key=key, site=site).link


class DeskPages:
    """All agents' pages. Each is seen only by who was given its link."""

    def __init__(
        self,
        *,
        pages: Pages,
        pops: Pops,
        hub: Hub,
        dialler: Dialler,
        extensions: Extensions,
        key: InstallKey,
        site: Site,
        call_link: Callable[[str], str] = lambda _extension: "",
        count: Callable[[str], None] = lambda _outcome: None,
        refused: Callable[[], None] = lambda: None,
    ) -> None:
        """Make the pages; *count* hears the outcome of every call, *refused* of every wrong key."""
        self._pages = pages
        self._pops = pops
        self._hub = hub
        self._dialler = dialler
        self._extensions = extensions
        self._key = key
        self._site = site
        self._call_link = call_link
        self._count = count
        self._refused = refused

    @property
    def routes(self) -> list[Route]:
        """The pages' addresses."""
        return [
            Route("/desk/{extension}", self._page),
            Route("/desk/{extension}/events", _Endpoint(self._events)),
            Route("/desk/{extension}/dial", self._dial, methods=["POST"]),
        ]

    async def _page(self, request: Request) -> Response:
        extension = request.path_params["extension"]
        if (answer := self._admit(request)) is not None:
            return answer
        state = {
            "texts": {name: self._pages.texts[name] for name in _FOR_SCRIPT},
            "current": self._pops.current(extension),
            "recent": self._pops.recent(extension),
            "events": f"{self._site.base}/desk/{quote(extension, safe='')}/events",
            "last_id": self._hub.last_id,
            "time_zone": self._pages.time_zone,
        }
        said = request.query_params.get("said", "")
        return self._pages.page(
            "desk.html",
            extension=extension,
            name=self._extensions.names.get(extension, ""),
            call_link=self._call_link(extension),
            dial=request.query_params.get("tel", "").removeprefix("tel:")[:40],
            said=said if f"dial_{said}" in state["texts"] else "",
            state=state,
        )

    async def _events(self, request: Request) -> ASGIApp:
        if (answer := self._admit(request)) is not None:
            return answer
        after = request.headers.get("last-event-id") or request.query_params.get("after", "")
        return self._hub.stream(topic(request.path_params["extension"]), after=after)

    async def _dial(self, request: Request) -> Response:
        extension = request.path_params["extension"]
        if (answer := self._admit(request)) is not None:
            return answer
        outcome = Dialled.ORIGIN
        if same_origin(request.headers, self._site):
            outcome = await self._dialler.dial(extension, (await read_form(request)).get("number", ""))
        self._count(outcome.value)
        if "application/json" in request.headers.get("accept", ""):
            status = 200 if outcome is Dialled.STARTED else 403 if outcome is Dialled.ORIGIN else 409
            return JSONResponse({"outcome": outcome.value}, status_code=status, headers={"Cache-Control": "no-store"})
        back = f"{self._site.base}/desk/{quote(extension, safe='')}?said={outcome.value}"
        return RedirectResponse(back, status_code=303)

    def _admit(self, request: Request) -> Response | None:
        answer = desk_gate(request.path_params["extension"], key=self._key, site=self._site).admit(request)
        if answer is not None and answer.status_code == 403:  # noqa: PLR2004 - forbidden
            self._refused()
            return self._pages.refused()
        return answer


class _Endpoint:
    """Lets a route answer with any ASGI app; Starlette's own functions must return a Response."""

    def __init__(self, choose: Callable[[Request], Awaitable[ASGIApp]]) -> None:
        self._choose = choose

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = await self._choose(Request(scope, receive))
        await app(scope, receive, send)
