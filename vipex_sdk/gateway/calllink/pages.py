"""``/desk/{extension}/call/{key}``: asks before it dials, unless a click of the agent is proved."""

from __future__ import annotations

from collections.abc import Callable, Collection
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from vipex_sdk.gateway.access import Site, same_origin
from vipex_sdk.gateway.calllink.link import number_in
from vipex_sdk.gateway.calllink.proof import clicked
from vipex_sdk.gateway.clock import SYSTEM_CLOCK, Clock
from vipex_sdk.gateway.desk.dial import Dialled, Dialler
from vipex_sdk.gateway.desk.pages import desk_gate
from vipex_sdk.gateway.forms import read_form
from vipex_sdk.gateway.keys import InstallKey
from vipex_sdk.gateway.pages import Pages
from vipex_sdk.numbers import NumberRules, PhoneNumber

__all__ = ["CallLinkPages"]

AGAIN_SECONDS = 5.0
"""The same number again within this is one double click, not two calls."""

_OUTCOMES = frozenset(outcome.value for outcome in Dialled)


class CallLinkPages:
    """Call links of all agents. The address alone lets nobody ring a telephone without a click on our page."""

    def __init__(
        self,
        *,
        pages: Pages,
        dialler: Dialler,
        key: InstallKey,
        site: Site,
        trusted: Collection[str] = (),
        rules: NumberRules | None = None,
        count: Callable[[str], None] = lambda _outcome: None,
        refused: Callable[[], None] = lambda: None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        """Make the pages; *trusted* are the sites whose clicks dial at once on a device that has the desk open."""
        self._pages = pages
        self._dialler = dialler
        self._key = key
        self._site = site
        self._trusted = frozenset(origin.rstrip("/").lower() for origin in trusted)
        self._rules = rules
        self._count = count
        self._refused = refused
        self._clock = clock
        self._last: dict[str, tuple[str, float]] = {}

    @property
    def routes(self) -> list[Route]:
        """The pages' addresses; the number may stand in the query or at the end of the path."""
        return [
            Route("/desk/{extension}/call/{secret}", self._answer, methods=["GET", "POST"]),
            Route("/desk/{extension}/call/{secret}/{number:path}", self._answer, methods=["GET", "POST"]),
        ]

    async def _answer(self, request: Request) -> Response:
        extension, secret = request.path_params["extension"], request.path_params["secret"]
        if not self._key.proves(f"call-link:{extension}", secret):
            self._refused()
            return self._pages.refused()
        if request.method == "POST":
            return await self._confirmed(request, extension)
        number = number_in(request.path_params.get("number", ""), request.query_params)
        said = request.query_params.get("said", "")
        if request.method == "GET" and number and not said and self._may_dial_at_once(request, extension):
            return self._told(request, number, await self._dial(extension, number))
        return self._page(extension, number, said if said in _OUTCOMES else "")

    async def _confirmed(self, request: Request, extension: str) -> Response:
        number = number_in("", await read_form(request))
        if not same_origin(request.headers, self._site):
            self._count(Dialled.ORIGIN.value)
            return self._told(request, number, Dialled.ORIGIN)
        return self._told(request, number, await self._dial(extension, number))

    async def _dial(self, extension: str, number: str) -> Dialled:
        now = self._clock.now()
        before, at = self._last.get(extension, ("", 0.0))
        if before == number and now - at < AGAIN_SECONDS:
            return Dialled.STARTED
        # Noted before the call is placed, so that a second click while the first is under way is the same call.
        self._last[extension] = (number, now)
        outcome = await self._dialler.dial(extension, number)
        if outcome not in (Dialled.STARTED, Dialled.UNKNOWN):
            self._last.pop(extension, None)
        self._count(outcome.value)
        return outcome

    def _may_dial_at_once(self, request: Request, extension: str) -> bool:
        desk = desk_gate(extension, key=self._key, site=self._site)
        return desk.knows(request) and clicked(request.headers, trusted=self._trusted)

    def _told(self, request: Request, number: str, outcome: Dialled) -> Response:
        """Lead to an address that dials nothing when it is reloaded or restored."""
        extension, secret = request.path_params["extension"], request.path_params["secret"]
        query = urlencode({"number": number, "said": outcome.value})
        address = f"{self._site.base}/desk/{quote(extension, safe='')}/call/{secret}?{query}"
        return RedirectResponse(address, status_code=303, headers={"Cache-Control": "no-store"})

    def _page(self, extension: str, number: str, said: str) -> Response:
        return self._pages.page(
            "call.html",
            extension=extension,
            number=number,
            shown=PhoneNumber.parse(number, self._rules).display or number,
            said=said,
            good=said == Dialled.STARTED.value,
        )
