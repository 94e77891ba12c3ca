"""``/Api/R3/Category`` and ``/Api/R3/Schema``: modules, fields, statuses, and the only list of users [L]."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from vipex_minicrm.simulator.answers import ApiError
from vipex_minicrm.simulator.api_call import ApiCall
from vipex_minicrm.simulator.tenant import Tenant

__all__ = ["category", "schema"]

_CONTACT_FIELDS = {
    "Id": "Int",
    "Email": "Text(1024)",
    "Phone": "Text(1024)",
    "Description": "Text(65535)",
    "Deleted": "Int",
    "UpdatedAt": "DateTime",
}
_CARD_TAIL = {"Name": "Text(512)", "StatusUpdatedAt": "DateTime", "Deleted": "Int", "UpdatedAt": "DateTime"}


async def category(tenant: Tenant, call: ApiCall) -> object:
    """Give the modules, id to name [L], or in detail [D]."""
    call.only("GET")
    modules = tenant.modules.values()
    if call.query.get("Detailed") != "1":
        return {str(module.id): module.name for module in modules}
    return {
        str(module.id): {
            "Id": module.id,
            "OrderId": order,
            "Name": module.name,
            "Type": "Project",
            "SenderName": "",
            "SenderEmail": "",
            "Phone": "",
        }
        for order, module in enumerate(modules)
    }


async def schema(tenant: Tenant, call: ApiCall) -> object:
    """Give a flat object: a type, or a map of options [L]."""
    call.only("GET")
    match call.rest:
        case ("Person",):
            return {**_CONTACT_FIELDS, "FirstName": "Text(512)", "LastName": "Text(512)", "BusinessId": "Int"}
        case ("Business",):
            return {**_CONTACT_FIELDS, "Name": "Text(512)", "RegistrationNumber": "Text(512)"}
        case ("Project", number) if number.isdigit() and int(number) in tenant.modules:
            return _of_module(tenant, int(number))
    raise ApiError(HTTPStatus.NOT_FOUND, "missing")


def _of_module(tenant: Tenant, number: int) -> dict[str, Any]:
    module = tenant.modules[number]
    custom = {
        field.name: {str(key): name for key, name in field.options.items()} or field.type for field in module.fields
    }
    return {
        "Id": "Int",
        "CategoryId": {str(module.id): module.name},
        "ContactId": "Int",
        "BusinessId": "Int",
        "StatusId": {str(key): status.name for key, status in module.statuses.items()},
        "UserId": {str(user.id): user.name for user in tenant.users.values() if user.active},
        **_CARD_TAIL,
        **custom,
    }
