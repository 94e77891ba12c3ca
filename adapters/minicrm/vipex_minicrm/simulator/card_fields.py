"""Values written to a card's status and custom fields: by visible name or by id [D]."""

from __future__ import annotations

from http import HTTPStatus

from vipex_minicrm.simulator.answers import ApiError
from vipex_minicrm.simulator.records import Field, Module

__all__ = ["custom_value", "status_id"]


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


def custom_value(field: Field, value: object) -> str:
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
