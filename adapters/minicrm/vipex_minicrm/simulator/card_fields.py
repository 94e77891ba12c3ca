"""Values written to a card's status and custom fields: by visible name or by id [D].

A field for a file takes an address, and MiniCRM fetches it; a new file takes the old one's place. [D] What a detail
shows of it is not printed: the names of its files [I, no switch], which no caller needs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus

from vipex_minicrm.simulator.answers import ApiError
from vipex_minicrm.simulator.files import MEGABYTE, fetched
from vipex_minicrm.simulator.records import Card, Field, Module
from vipex_minicrm.simulator.tenant import Tenant

__all__ = ["status_id", "write_custom"]

_FILE = re.compile(r"File\((\d+)MB\)")


def status_id(module: Module, wanted: object, *, required: bool = False) -> int:
    """Give the status, the module's first when none is written [I: status_required]."""
    if wanted is None:
        if required:
            raise ApiError(HTTPStatus.BAD_REQUEST, "required", "StatusId")
        return next(iter(module.statuses))
    for number, status in module.statuses.items():
        if str(wanted) in {str(number), status.name}:
            return number
    raise ApiError(HTTPStatus.BAD_REQUEST, "value", wanted, "StatusId")


async def write_custom(tenant: Tenant, card: Card, written: Mapping[str, object]) -> None:
    """Write custom fields; unknown ones, wrong values and what the card's status then lacks are refused."""
    module = tenant.module_of(card)
    fields = {field.name: field for field in module.fields}
    for name in sorted(written.keys() - fields.keys()):
        raise ApiError(HTTPStatus.BAD_REQUEST, "parameter", name)
    for name, value in written.items():
        size = _FILE.fullmatch(fields[name].type)
        if size is None:
            card.fields[name] = _custom_value(fields[name], value)
        else:
            card.files[name] = await fetched(tenant, value, most_bytes=int(size[1]) * MEGABYTE)
            card.fields[name] = ", ".join(file.file_name for file in card.files[name])
    for name in module.required.get(card.status_id, ()):
        if not card.fields.get(name):
            raise ApiError(HTTPStatus.BAD_REQUEST, "required", name)


def _custom_value(field: Field, value: object) -> str:
    """Give what the card's detail will show: visible names of options, joined for a multi-select [L]."""
    if not field.options:
        return str(value)
    if field.many and str(value).isdigit():
        bits = int(str(value))
        if bits & ~sum(field.options):
            raise ApiError(HTTPStatus.BAD_REQUEST, "value", value, field.name)
        return ", ".join(name for bit, name in field.options.items() if bits & bit)
    names = [part.strip() for part in str(value).split(",")] if field.many else [str(value)]
    return ", ".join(_option(field, name) for name in names)


def _option(field: Field, wanted: str) -> str:
    for number, name in field.options.items():
        if wanted in {str(number), name}:
            return name
    raise ApiError(HTTPStatus.BAD_REQUEST, "value", wanted, field.name)
