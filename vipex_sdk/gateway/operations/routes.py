"""``/livez``, ``/readyz`` and ``/metrics``."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from vipex_sdk.errors import StoreUnavailable
from vipex_sdk.gateway.clock import SYSTEM_CLOCK, Clock
from vipex_sdk.gateway.desk.hub import Hub
from vipex_sdk.gateway.directory import Directory
from vipex_sdk.gateway.inbox import Inbox
from vipex_sdk.gateway.operations.health import Health
from vipex_sdk.gateway.operations.metrics import CONTENT_TYPE_LATEST, Metrics

__all__ = ["operations_routes"]

_HEADERS = {"Cache-Control": "no-store"}


def operations_routes(
    *, health: Health, metrics: Metrics, inbox: Inbox, directory: Directory, hub: Hub, clock: Clock = SYSTEM_CLOCK
) -> list[Route]:
    """Give the routes; none of their answers holds personal data."""

    async def livez(_request: Request) -> Response:
        return PlainTextResponse("ok\n", headers=_HEADERS)

    async def readyz(_request: Request) -> Response:
        report = await health.report()
        checks = [
            {"name": check.name, "ok": check.ok, "value": round(check.value, 1), "why": check.why}
            for check in report.checks
        ]
        status = 200 if report.ready else 503
        headers = _HEADERS if report.ready else _HEADERS | {"Retry-After": "10"}
        return JSONResponse({"ready": report.ready, "checks": checks}, status_code=status, headers=headers)

    async def measure(_request: Request) -> Response:
        report = await health.report()
        metrics.ready.set(report.ready)
        metrics.open_desks.set(hub.open_pages)
        values = {check.name: check.value for check in report.checks}
        metrics.free_bytes.set(values["space"])
        metrics.oldest_pending.set(values["pending"])
        try:
            metrics.set_deliveries(await inbox.counts())
            size = await directory.size()
            metrics.already_logged.set(await health.already_logged())
        except StoreUnavailable:
            pass  # vipex_ready is 0 then; the counters are worth having all the same
        else:
            metrics.directory_cards.set(size.cards)
            metrics.directory_age.set(clock.now() - size.times.scanned if size.times.scanned else float("inf"))
        return Response(metrics.render(), media_type=CONTENT_TYPE_LATEST, headers=_HEADERS)

    return [Route("/livez", livez), Route("/readyz", readyz), Route("/metrics", measure)]
