"""From a compiled operation and a call's values to one HTTP request; each place has its own encoding."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from attrs import field, frozen

from vipex_generic.plan import Operation
from vipex_generic.template import LeftOut, Template, Values, written
from vipex_sdk.errors import Misconfigured

__all__ = ["Request", "render"]


@frozen(kw_only=True)
class Request:
    """One request, ready to be sent."""

    operation: Operation
    path: str = field(repr=False)
    query: Mapping[str, str] = field(factory=dict, repr=False)
    headers: Mapping[str, str] = field(factory=dict, repr=False)
    json: Mapping[str, Any] | None = field(default=None, repr=False)
    form: Mapping[str, str] | None = field(default=None, repr=False)


def render(operation: Operation, values: Values) -> Request:
    """Fill *operation* with *values*.

    Raises:
        Misconfigured: a value is missing, or cannot stand where the spec puts it.
    """
    try:
        body = _filled(operation.body, values) if operation.body else None
        return Request(
            operation=operation,
            path=operation.path.text(values, _segment),
            query=_texts(operation.query, values),
            headers=_headers(operation.headers, values),
            json=None if operation.form else body,
            form=_texts(operation.body, values) if operation.form else None,
        )
    except Misconfigured as error:
        raise Misconfigured(f"[{operation.name}]: {error}") from error


def _segment(text: str) -> str:
    """Encode what goes into a path; it may not climb out of it."""
    if text in ("", ".", ".."):
        raise Misconfigured("an id in the path is empty or no id at all")
    return quote(text, safe="")


def _headers(templates: Mapping[str, Template], values: Values) -> dict[str, str]:
    headers = _texts(templates, values)
    for name, text in headers.items():
        if not (text.isascii() and text.isprintable()):
            raise Misconfigured(f"the header {name} would hold letters that no header can carry")
    return headers


def _texts(table: Mapping[str, Any], values: Values) -> dict[str, str]:
    return {name: written(value) for name, value in _filled(table, values).items()}


def _filled(table: Mapping[str, Any], values: Values) -> dict[str, Any]:
    filled = {name: _value(value, values) for name, value in table.items()}
    return {name: value for name, value in filled.items() if not isinstance(value, LeftOut)}


def _value(value: Any, values: Values) -> Any:
    if isinstance(value, Template):
        given = value.value(values)
        # JSON has no times; everything else keeps its type.
        return given if isinstance(given, LeftOut | bool | int | float | str) else written(given)
    if isinstance(value, Mapping):
        return _filled(value, values)
    if isinstance(value, list):
        items = [_value(item, values) for item in value]
        return [item for item in items if not isinstance(item, LeftOut)]
    return value
