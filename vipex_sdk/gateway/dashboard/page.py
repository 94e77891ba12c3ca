"""``/dashboard``: what was delivered and what was not, with a button to try again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from vipex_sdk.control.operators import OperatorStatus
from vipex_sdk.errors import StoreUnavailable
from vipex_sdk.gateway.access import Gate, Site, same_origin
from vipex_sdk.gateway.dashboard.operators import OperatorBoard, tone
from vipex_sdk.gateway.desk.call import CallOnDesk
from vipex_sdk.gateway.desk.hub import Hub
from vipex_sdk.gateway.desk.pops import Pops
from vipex_sdk.gateway.directory import Directory, Scanner
from vipex_sdk.gateway.forms import read_form
from vipex_sdk.gateway.inbox import Inbox, Status
from vipex_sdk.gateway.keys import InstallKey
from vipex_sdk.gateway.operations.health import Check, Health, HealthReport
from vipex_sdk.gateway.pages import Pages

__all__ = ["Dashboard", "dashboard_gate", "dashboard_link"]

ROWS = 20
REPLAYABLE = (Status.DEAD, Status.PARKED, Status.QUARANTINED)


def dashboard_gate(*, key: InstallKey, site: Site) -> Gate:
    """Give who may see the overview."""
    return Gate(key=key, site=site, purpose="dashboard", path="/dashboard")


def dashboard_link(*, key: InstallKey, site: Site) -> str:
    """Give the address that opens the overview; as good as a password."""
    return dashboard_gate(key=key, site=site).link


class Dashboard:
    """The overview. Every part of it works without a script."""

    def __init__(
        self,
        *,
        pages: Pages,
        inbox: Inbox,
        health: Health,
        directory: Directory,
        scanner: Scanner,
        pops: Pops,
        hub: Hub,
        operators: OperatorBoard,
        gate: Gate,
        crm: str,
        misdirected: Callable[[], Sequence[tuple[str, str]]] = tuple,
        refused: Callable[[], None] = lambda: None,
    ) -> None:
        """Make the page; *crm* is the CRM's name for people, *refused* hears of every wrong key.

        *misdirected* gives events that came to the address of another, since the start.
        """
        self._pages = pages
        self._inbox = inbox
        self._health = health
        self._directory = directory
        self._scanner = scanner
        self._pops = pops
        self._hub = hub
        self._operators = operators
        self._gate = gate
        self._crm = crm
        self._misdirected = misdirected
        self._refused = refused

    @property
    def routes(self) -> list[Route]:
        """The page's addresses."""
        return [
            Route("/dashboard", self._page),
            Route("/dashboard/replay", self._replay, methods=["POST"]),
        ]

    async def _page(self, request: Request) -> Response:
        if (answer := self._admit(request)) is not None:
            return answer
        report = await self._health.report()
        try:
            values = await self._store_values()
        except StoreUnavailable:
            return self._pages.page("unavailable.html", status=503, health=_shown(report))
        return self._pages.page(
            "dashboard.html",
            crm=self._crm,
            health=_shown(report),
            scanner=self._scanner,
            misdirected=self._misdirected(),
            open_desks=self._hub.open_pages,
            live=[_live(call) for call in self._pops.live()],
            operators=_operators(await self._operators.rows(), self._pages.texts),
            replayed=_number(request.query_params.get("replayed", "")),
            **values,
        )

    async def _store_values(self) -> dict[str, Any]:
        counts = await self._inbox.counts()
        return {
            "counts": {status.value: counts[status] for status in Status},
            "directory": await self._directory.size(),
            "already_logged": await self._health.already_logged(),
            "dead": await self._inbox.page(Status.DEAD, limit=ROWS),
            "parked": await self._inbox.page(Status.PARKED, limit=ROWS),
            "quarantined": await self._inbox.page(Status.QUARANTINED, limit=ROWS),
        }

    async def _replay(self, request: Request) -> Response:
        if (answer := self._admit(request)) is not None:
            return answer
        if not same_origin(request.headers, self._gate.site):
            return self._pages.refused()
        form = await read_form(request)
        seq, status = _number(form.get("seq", "")), form.get("status")
        if seq is not None:
            replayed = await self._inbox.replay([seq])
        elif status in REPLAYABLE:
            replayed = await self._inbox.replay(status=status)
        else:
            replayed = 0
        return RedirectResponse(f"{self._gate.site.base}/dashboard?replayed={replayed}", status_code=303)

    def _admit(self, request: Request) -> Response | None:
        answer = self._gate.admit(request)
        if answer is not None and answer.status_code == 403:  # noqa: PLR2004 - forbidden
            self._refused()
            return self._pages.refused()
        return answer


def _shown(report: HealthReport) -> dict[str, Any]:
    checks = [{"name": check.name, "ok": check.ok, "value": _measured(check)} for check in report.checks]
    return {"ready": report.ready, "well": report.well, "checks": checks}


def _measured(check: Check) -> float | str:
    """Give what the page writes beside a check: a size, an age, or what is wrong."""
    return check.value if check.name in ("space", "pending", "directory") else check.why


def _live(call: CallOnDesk) -> dict[str, Any]:
    answered = call.answered_by is not None
    return {
        "began": call.began,
        "name": call.match.card.name if call.match and call.match.card else None,
        "number": call.number.display,
        "extensions": [call.answered_by] if answered else list(call.states),
        "state": "answered" if answered else "ringing",
    }


def _operators(statuses: Sequence[OperatorStatus] | None, texts: Mapping[str, str]) -> list[dict[str, Any]] | None:
    if statuses is None:
        return None
    return [
        {
            "name": status.name or status.operator_id,
            "extension": status.extension,
            "status": status.label or texts.get(f"operator_{status.status.value}", status.status.value),
            "tone": tone(status),
        }
        for status in statuses
    ]


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None  # noqa: PLR2004 - 64 bits
