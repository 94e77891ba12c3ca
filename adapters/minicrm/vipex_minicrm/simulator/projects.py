"""``/Api/R3/Project`` and ``/Api/R3/ProjectHistory``: cards.

Rows give ids of status and owner and no module; details give names. [L] A search without any filter is refused. [L]
An unknown owner is replaced without a word. [D] Which fields are required depends on module and status. [D] Whom
``MainContactId`` means is assumed [I: main_contact], whether cards in the bin are found [I: deleted_in_search], and
what a search by ``ReferenceId`` gives [I: reference_search]; that one may be written here is assumed [I, no switch]: a
tenant has them from the XML synchronisation, which is not simulated.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from vipex_minicrm.simulator.answers import ApiError, wall
from vipex_minicrm.simulator.api_call import ApiCall, read_time
from vipex_minicrm.simulator.card_fields import fetched_files, status_id, write_custom
from vipex_minicrm.simulator.listing import Filter, envelope, folded, matching, query_matches
from vipex_minicrm.simulator.records import Card, StatusChange, copied
from vipex_minicrm.simulator.tenant import Tenant

__all__ = ["project", "project_history"]

_OWN = frozenset({"CategoryId", "ContactId", "BusinessId", "StatusId", "UserId", "Name", "ReferenceId", "Deleted"})


async def project(tenant: Tenant, call: ApiCall) -> object:
    """Search, read, create or change a card."""
    call.only("GET", "PUT")
    if call.method == "PUT":
        return {"Id": await _create(tenant, call) if call.item_id is None else await _update(tenant, call)}
    if call.item_id is not None:
        return _detail(tenant, _existing(tenant, call.item_id))
    if not call.query.keys() - {"Page"}:
        raise ApiError(HTTPStatus.BAD_REQUEST, "filter")
    if "ReferenceId" in call.query and tenant.switches.reference_search == "card":
        return _detail(tenant, _referred(tenant, call.query["ReferenceId"]))
    found = tenant.last_search.found("Project", call.query, len(tenant.cards), lambda: _search(tenant, call))
    return envelope(found, call.query, _row)


def _search(tenant: Tenant, call: ApiCall) -> list[Card]:
    found = matching(tenant.cards.values(), call.query, _filters(tenant))
    if "Deleted" not in call.query and not tenant.switches.deleted_in_search:
        return [card for card in found if not card.deleted]
    return found


async def project_history(tenant: Tenant, call: ApiCall) -> object:
    """Give the steps of a card, every value as text, even the count [D]."""
    call.only("GET")
    card = _existing(tenant, call.item_id or 0)
    steps = {
        str(number): {
            "Id": str(number),
            "ProjectId": str(card.id),
            "Type": "StatusHistory",
            "UserId": str(change.user_id),
            "ClosedAt": wall(change.at),
            "Status_Old_Id": str(change.old_status_id or ""),
            "Status_New_Id": str(change.new_status_id),
        }
        for number, change in enumerate(card.changes, start=card.id * 100)
    }
    return {"Count": str(len(steps)), "Results": steps or []}


def _existing(tenant: Tenant, card_id: int) -> Card:
    if card_id not in tenant.cards:
        raise ApiError(HTTPStatus.NOT_FOUND, "missing")
    return tenant.cards[card_id]


def _referred(tenant: Tenant, reference: str) -> Card:
    for card in tenant.cards.values():
        if reference and card.reference_id == reference:
            return card
    raise ApiError(HTTPStatus.NOT_FOUND, "missing")


def _filters(tenant: Tenant) -> dict[str, Filter[Card]]:
    def status(card: Card, value: str) -> bool:
        return value in {str(card.status_id), tenant.module_of(card).statuses[card.status_id].name}

    def group(card: Card, value: str) -> bool:
        return tenant.module_of(card).statuses[card.status_id].group == value

    def main_contact(card: Card, value: str) -> bool:
        meant: dict[str, set[int | None]] = {
            "company_else_person": {card.main_contact_id},
            "person": {card.contact_id},
            "either": {card.business_id, card.contact_id},
        }
        return value in {str(number) for number in meant[tenant.switches.main_contact]}

    def owner(card: Card, value: str) -> bool:
        return value in {str(card.user_id), tenant.users[card.user_id].name}

    named: dict[str, Filter[Card]] = {
        "Id": lambda card, value: str(card.id) == value,
        "CategoryId": lambda card, value: str(card.category_id) == value,
        "ContactId": lambda card, value: str(card.contact_id) == value,
        "MainContactId": main_contact,
        "BusinessId": lambda card, value: str(card.business_id) == value,
        "StatusId": status,
        "StatusGroup": group,
        "UserId": owner,
        "Name": lambda card, value: folded(value) in folded(card.name),
        "ReferenceId": lambda card, value: card.reference_id == value,
        "Deleted": lambda card, value: card.deleted is (value == "1"),
        "UpdatedSince": lambda card, value: card.updated_at >= read_time("UpdatedSince", value),
        "UpdatedAt": lambda card, value: wall(card.updated_at).startswith(value),
        "Query": lambda card, value: query_matches(value, phones=(), texts=(card.name, *card.fields.values())),
    }
    custom = {field.name for module in tenant.modules.values() for field in module.fields}
    return named | {name: _by_field(name) for name in custom}


def _by_field(name: str) -> Filter[Card]:
    return lambda card, value: card.fields.get(name, "") == value


def _row(card: Card) -> dict[str, Any]:
    row = {
        "Id": card.id,
        "Name": card.name,
        "Url": f"https://r3.minicrm.hu/Api/R3/Project/{card.id}",
        "ContactId": card.contact_id,
        "StatusId": card.status_id,
        "UserId": card.user_id,
        "Deleted": int(card.deleted),
    }
    return row if card.business_id is None else {**row, "BusinessId": card.business_id}


def _detail(tenant: Tenant, card: Card) -> dict[str, Any]:
    module = tenant.module_of(card)
    owner = tenant.users[card.user_id].name
    detail = {
        "Id": card.id,
        "CategoryId": card.category_id,
        "ContactId": card.contact_id,
        "StatusId": module.statuses[card.status_id].name,
        "UserId": owner,
        "Name": card.name,
        "StatusUpdatedAt": wall(card.status_updated_at),
        "IsPrivate": 0,
        "Invited": [],
        "Deleted": int(card.deleted),
        "CreatedBy": owner,
        "CreatedAt": wall(card.created_at),
        "UpdatedBy": owner,
        "UpdatedAt": wall(card.updated_at),
        "SatisfactionRating": "",
        "ProjectHash": f"simulated-{card.id}",
        "ProjectEmail": f"simulated-{card.id}@minta.example",
        **{field.name: card.fields.get(field.name, "") for field in module.fields},
    }
    return detail if card.business_id is None else {**detail, "BusinessId": card.business_id}


async def _create(tenant: Tenant, call: ApiCall) -> int:
    written = call.written()
    module = tenant.modules.get(_number(written, "CategoryId"))
    if module is None:
        raise ApiError(HTTPStatus.BAD_REQUEST, "value", written["CategoryId"], "CategoryId")
    contact = tenant.contacts.get(_number(written, "ContactId"))
    if contact is None:
        raise ApiError(HTTPStatus.BAD_REQUEST, "value", written["ContactId"], "ContactId")
    custom = _custom(written)
    files = await fetched_files(tenant, module, custom)
    now = tenant.now()
    status = status_id(module, written.get("StatusId"), required=tenant.switches.status_required)
    card = Card(
        id=tenant.next_id(tenant.cards, start=1000),
        category_id=module.id,
        contact_id=contact.id,
        business_id=contact.id if contact.company else contact.business_id,
        status_id=status,
        user_id=tenant.owner(written["UserId"]) if "UserId" in written else tenant.api_user.id,
        name=str(written.get("Name") or contact.full_name),
        reference_id=str(written.get("ReferenceId", "")),
        created_at=now,
        updated_at=now,
        status_updated_at=now,
    )
    card.changes.append(StatusChange(at=now, user_id=card.user_id, old_status_id=None, new_status_id=status))
    write_custom(module, card, custom, files)
    tenant.cards[card.id] = card
    return card.id


async def _update(tenant: Tenant, call: ApiCall) -> int:
    """Change a card: a copy of it, so that what is refused has changed nothing."""
    written, module = call.written(), tenant.module_of(_existing(tenant, call.item_id or 0))
    custom = _custom(written)
    files = await fetched_files(tenant, module, custom)
    card, now = copied(_existing(tenant, call.item_id or 0)), tenant.now()
    for name in ("CategoryId", "ContactId", "BusinessId"):
        if name in written:
            raise ApiError(HTTPStatus.BAD_REQUEST, "fixed", name)
    if "StatusId" in written:
        new = status_id(module, written["StatusId"])
        change = StatusChange(at=now, user_id=tenant.api_user.id, old_status_id=card.status_id, new_status_id=new)
        card.status_id, card.status_updated_at = new, now
        card.changes.append(change)
    if "UserId" in written:
        card.user_id = tenant.owner(written["UserId"])
    if "Name" in written:
        card.name = str(written["Name"])
    if "ReferenceId" in written:
        card.reference_id = str(written["ReferenceId"])
    if "Deleted" in written:
        card.deleted = str(written["Deleted"]) == "1"
    write_custom(module, card, custom, files)
    card.updated_at = now
    tenant.cards[card.id] = card
    return card.id


def _custom(written: dict[str, Any]) -> dict[str, Any]:
    return {name: written[name] for name in written.keys() - _OWN}


def _number(written: dict[str, Any], name: str) -> int:
    if name not in written:
        raise ApiError(HTTPStatus.BAD_REQUEST, "required", name)
    text = str(written[name])
    return int(text) if text.isdigit() else -1
