"""Put the simulated VIPeX behind HTTP: the page of phones, the sandbox's own addresses, the control API."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from importlib.resources import files
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from vipex_sdk.sandbox import api
from vipex_sdk.sandbox.control_api import ControlApi
from vipex_sdk.sandbox.faults import DropAnswer
from vipex_sdk.sandbox.pbx import SimulatedVipex
from vipex_sdk.sandbox.settings import Settings
from vipex_sdk.wire.profile import WireProfile

__all__ = ["build"]

_PAGE: Mapping[str, tuple[str, str]] = {
    "/": ("index.html", "text/html"),
    "/page/phones.css": ("phones.css", "text/css"),
    "/page/phones.js": ("phones.js", "text/javascript"),
}
_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; media-src 'self'; "
        "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def build(
    settings: Settings | None = None, *, profile: WireProfile | None = None, password: str | None = None
) -> Starlette:
    """Build a simulated VIPeX as a Starlette app; ``app.state.pbx`` is what it simulates.

    Args:
        settings: webhooks and behaviour to begin with; ``POST /sandbox/configure`` changes them.
        profile: the wire format; the default one when ``None``.
        password: of the technical user ``crm``; generated when ``None``.
    """
    pbx = SimulatedVipex(settings, profile=profile, password=password)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        await pbx.aclose()

    app = Starlette(
        routes=[
            *(Route(path, _page) for path in _PAGE),
            *api.routes(pbx),
            _Everything("/{path:path}", ControlApi(pbx).answer, methods=_METHODS),
        ],
        middleware=[Middleware(DropAnswer)],
        lifespan=lifespan,
    )
    app.state.pbx = pbx
    return app


class _Everything(Route):
    """Any path, also one with a line break in a quoted segment, which Starlette's own pattern does not match."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.path_regex = re.compile(self.path_regex.pattern, re.DOTALL)


async def _page(request: Request) -> Response:
    name, media_type = _PAGE[request.url.path]
    content = files("vipex_sdk.sandbox").joinpath("page", name).read_bytes()
    return Response(content, media_type=media_type, headers=_HEADERS)
