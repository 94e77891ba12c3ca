"""``/Api/R3/...ProjectConnection``: one card points at another, with a few words about why.

Creating and listing answer in the documented form, rows numbered from "0". [D] What changing and deleting answer is
printed nowhere [I, no switch]: the row that was changed, and the words of ``PurgePerson``; nobody reads them. Whether
a connection is also seen from the card it points at is assumed [I: connections_both_ways].
"""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from vipex_minicrm.simulator.answers import ApiError
from vipex_minicrm.simulator.api_call import ApiCall, read_page
from vipex_minicrm.simulator.listing import PAGE_SIZE
from vipex_minicrm.simulator.tenant import Tenant

__all__ = ["create_connection", "delete_connection", "list_connections", "update_connection"]


async def create_connection(tenant: Tenant, call: ApiCall) -> object:
    """Connect two cards; two that are connected already stay so."""
    pair = _pair(tenant, call, "FromProjectId", "ToProjectId")
    return _row(tenant, pair[1], tenant.connections.setdefault(pair, ""))


async def update_connection(tenant: Tenant, call: ApiCall) -> object:
    """Write the words of a connection."""
    pair = _pair(tenant, call, "FromProjectId", "ToProjectId", "Description")
    _existing(tenant, pair)
    tenant.connections[pair] = str(call.written().get("Description", ""))
    return _row(tenant, pair[1], tenant.connections[pair])


async def delete_connection(tenant: Tenant, call: ApiCall) -> object:
    """Part two cards."""
    pair = _pair(tenant, call, "FromProjectId", "ToProjectId")
    _existing(tenant, pair)
    del tenant.connections[pair]
    return {"Message": "Successfully deleted"}


async def list_connections(tenant: Tenant, call: ApiCall) -> object:
    """List what a card points at."""
    call.only("GET")
    for name in call.query.keys() - {"FromProjectId", "Page"}:
        raise ApiError(HTTPStatus.BAD_REQUEST, "parameter", name)
    card_id = _card_id(tenant, call.query, "FromProjectId")
    page, rows = read_page(call.query), list(_seen_from(tenant, card_id))
    some = rows[page * PAGE_SIZE : (page + 1) * PAGE_SIZE]
    return {
        "TotalCount": len(rows),
        "Page": page,
        "ItemPerPage": PAGE_SIZE,
        "Connections": {str(number): row for number, row in enumerate(some)} or [],
    }


def _seen_from(tenant: Tenant, card_id: int) -> Iterator[dict[str, Any]]:
    for (here, there), words in tenant.connections.items():
        if here == card_id:
            yield _row(tenant, there, words)
        elif there == card_id and tenant.switches.connections_both_ways:
            yield _row(tenant, here, words)


def _row(tenant: Tenant, card_id: int, words: str) -> dict[str, Any]:
    card = tenant.cards[card_id]
    return {
        "ProjectId": card.id,
        "ProjectName": card.name,
        "Description": words,
        "CategoryId": card.category_id,
        "StatusId": card.status_id,
        "MainContactId": card.main_contact_id,
    }


def _pair(tenant: Tenant, call: ApiCall, *names: str) -> tuple[int, int]:
    """Read the two cards of a write, which takes only *names*."""
    call.only("PUT")
    written = call.written()
    for name in sorted(written.keys() - set(names)):
        raise ApiError(HTTPStatus.BAD_REQUEST, "parameter", name)
    return _card_id(tenant, written, "FromProjectId"), _card_id(tenant, written, "ToProjectId")


def _card_id(tenant: Tenant, given: Any, name: str) -> int:
    if name not in given:
        raise ApiError(HTTPStatus.BAD_REQUEST, "required", name)
    text = str(given[name])
    if not text.isdigit() or int(text) not in tenant.cards:
        raise ApiError(HTTPStatus.BAD_REQUEST, "value", text, name)
    return int(text)


def _existing(tenant: Tenant, pair: tuple[int, int]) -> None:
    if pair not in tenant.connections:
        raise ApiError(HTTPStatus.NOT_FOUND, "missing")
