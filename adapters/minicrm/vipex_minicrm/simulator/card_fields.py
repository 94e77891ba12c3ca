"""Values written to a card's status and custom fields: by visible name or by id [D].

A field for a file takes an address, and MiniCRM fetches it; a new file takes the old one's place. [D] What a detail
shows of it is not printed: the names of its files [I, no switch], which no caller needs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import TypeAlias

from vipex_minicrm.simulator.answers import ApiError
from vipex_minicrm.simulator.files import MEGABYTE, fetched
from vipex_minicrm.simulator.records import Attachment, Card, Field, Module
from vipex_minicrm.simulator.tenant import Tenant

__all__ = ["fetched_files", "status_id", "write_custom"]

Files: TypeAlias = Mapping[str, list[Attachment]]
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


async def fetched_files(tenant: Tenant, module: Module, written: Mapping[str, object]) -> Files:
    """Fetch what is written to fields for files, before anything is changed."""
    sizes = {field.name: _FILE.fullmatch(field.type) for field in module.fields}
    return {
        name: await fetched(tenant, written[name], most_bytes=int(size[1]) * MEGABYTE)
        for name, size in sizes.items()
        if size is not None and name in written
    }


def write_custom(module: Module, card: Card, written: Mapping[str, object], files: Files) -> None:
    """Write custom fields; unknown ones, wrong values and what the card's status then lacks are refused."""
    fields = {field.name: field for field in module.fields}
    for name in sorted(written.keys() - fields.keys()):
        raise ApiError(HTTPStatus.BAD_REQUEST, "parameter", name)
    for name in written.keys() - files.keys():
        card.fields[name] = _custom_value(fields[name], written[name])
    card.files |= files
    card.fields |= {name: ", ".join(file.file_name for file in some) for name, some in files.items()}
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
