"""Everything of the gateway that people and the CRM ask: pages, recordings, administration, operations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import BaseRoute, Mount

from vipex_sdk.gateway.admission import proxies
from vipex_sdk.gateway.calllink import CallLinkPages, call_link
from vipex_sdk.gateway.dashboard import Dashboard, OperatorBoard, dashboard_gate
from vipex_sdk.gateway.desk import DeskPages
from vipex_sdk.gateway.operations import operations_routes
from vipex_sdk.gateway.pages import Pages, static_files
from vipex_sdk.gateway.recordings import RecordingProxy

if TYPE_CHECKING:
    from vipex_sdk.gateway.app import Gateway

__all__ = ["surface"]


def surface(gateway: Gateway) -> list[BaseRoute]:
    """Give every address that the gateway answers at, beside the webhooks."""
    settings = gateway.configuration
    pages = Pages(language=settings.language, time_zone=settings.time_zone, base=gateway.site.base)
    proxy = RecordingProxy(
        gateway.shelf,
        gateway.links,
        settings.recordings,
        trusted_proxies=proxies(settings.webhooks, secure=gateway.site.secure),
        guesses_a_minute=settings.webhooks.guesses_a_minute,
        count=lambda outcome: gateway.metrics.recordings.labels(outcome).inc(),
    )
    return [
        *_desk_pages(gateway, pages).routes,
        *_call_links(gateway, pages).routes,
        *_dashboard(gateway, pages).routes,
        *proxy.routes,
        *gateway.admin.routes,
        *gateway.news.routes,
        *operations_routes(
            health=gateway.health,
            metrics=gateway.metrics,
            inbox=gateway.inbox,
            directory=gateway.directory,
            hub=gateway.hub,
        ),
        Mount("/static", app=static_files()),
    ]


def _desk_pages(gateway: Gateway, pages: Pages) -> DeskPages:
    return DeskPages(
        pages=pages,
        pops=gateway.pops,
        hub=gateway.hub,
        dialler=gateway.dialler,
        extensions=gateway.extensions,
        key=gateway.key,
        site=gateway.site,
        call_link=lambda extension: call_link(extension, key=gateway.key, site=gateway.site),
        count=lambda outcome: gateway.metrics.dials.labels(outcome).inc(),
        refused=gateway.metrics.refused.labels("desk").inc,
    )


def _call_links(gateway: Gateway, pages: Pages) -> CallLinkPages:
    return CallLinkPages(
        pages=pages,
        dialler=gateway.dialler,
        key=gateway.key,
        site=gateway.site,
        trusted=gateway.configuration.dialling.link_from,
        rules=gateway.rules,
        count=lambda outcome: gateway.metrics.dials.labels(outcome).inc(),
        refused=gateway.metrics.refused.labels("call_link").inc,
    )


def _dashboard(gateway: Gateway, pages: Pages) -> Dashboard:
    return Dashboard(
        pages=pages,
        inbox=gateway.inbox,
        health=gateway.health,
        directory=gateway.directory,
        scanner=gateway.scanner,
        pops=gateway.pops,
        hub=gateway.hub,
        operators=OperatorBoard(gateway.client.operators.statuses),
        gate=dashboard_gate(key=gateway.key, site=gateway.site),
        crm=gateway.configuration.crm.plugin.title,
        misdirected=lambda: sorted(gateway.misdirected),
        refused=gateway.metrics.refused.labels("dashboard").inc,
    )
