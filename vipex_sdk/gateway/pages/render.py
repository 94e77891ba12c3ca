"""Templates into responses, with the headers that keep foreign text inert."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles

from vipex_sdk.gateway.pages.texts import texts

__all__ = ["HEADERS", "Pages", "static_files"]

_HERE = Path(__file__).parent

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""On every page: no script but ours, no address with a key in a Referer, nothing kept in a cache."""


class Pages:
    """Renders templates in one language and time zone."""

    def __init__(self, *, language: str, time_zone: str, base: str) -> None:
        """Make pages whose addresses begin with *base*."""
        self._zone = ZoneInfo(time_zone)
        self.time_zone = time_zone
        self.texts = texts(language)
        self._environment = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(t=self.texts, language=language, base=base)
        self._environment.filters.update(when=self._when, clock=self._clock, age=self._age)

    def page(self, template: str, *, status: int = 200, **values: Any) -> Response:
        """Render *template* as a whole page."""
        html = self._environment.get_template(template).render(values)
        return HTMLResponse(html, status_code=status, headers=dict(HEADERS))

    def refused(self) -> Response:
        """Say that the link is wrong or was never opened on this device."""
        return self.page("refused.html", status=403)

    def _when(self, moment: datetime | float | None) -> str:
        """Write a time for people, in the deployment's zone."""
        if moment is None:
            return "–"  # noqa: RUF001 - a dash for people
        aware = datetime.fromtimestamp(moment, self._zone) if isinstance(moment, int | float) else moment
        return aware.astimezone(self._zone).strftime("%Y-%m-%d %H:%M:%S")

    def _clock(self, moment: datetime) -> str:
        """Write the time of day of something recent."""
        return moment.astimezone(self._zone).strftime("%H:%M:%S")

    def _age(self, seconds: float | None) -> str:
        """Write a span for people: 45 s, 12 min, 3 h, 2 d."""
        if seconds is None:
            return "–"  # noqa: RUF001 - a dash for people
        for limit, unit, name in ((120, 1, "s"), (7200, 60, "min"), (172800, 3600, self.texts["unit_hour"])):
            if seconds < limit:
                return f"{seconds / unit:.0f} {name}"
        return f"{seconds / 86400:.0f} {self.texts['unit_day']}"


def static_files() -> StaticFiles:
    """Give the app that serves style, scripts and icon."""
    return StaticFiles(directory=_HERE / "static")
