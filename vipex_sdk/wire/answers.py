"""Answers of the control API, both ways."""

from __future__ import annotations

from typing import Any, get_args, get_origin

from vipex_sdk.errors import DecodeError
from vipex_sdk.wire.convert import converter_for
from vipex_sdk.wire.failures import failure
from vipex_sdk.wire.lists import LongList, read_list
from vipex_sdk.wire.markup import parse_xml
from vipex_sdk.wire.media import body_kind, charset_of, parse_form, parse_json, render_body
from vipex_sdk.wire.messages import WireResponse
from vipex_sdk.wire.paging import Page, cursor_of_page, next_cursor
from vipex_sdk.wire.paths import first_at, put_at, value_at
from vipex_sdk.wire.profile import WireProfile

__all__ = ["answer_for", "error_answer", "read_answer"]

_REFUSED_BEFORE_ANYTHING = frozenset({401, 403, 429})
_CLIENT_ERRORS = range(400, 500)
_NO_CONTENT = 204


def read_answer(profile: WireProfile, name: str, returns: Any, response: WireResponse) -> Any:
    """Read the answer to operation *name*.

    Args:
        profile: the wire format.
        name: operation.
        returns: what the answer is: a model, ``tuple[model, ...]``, ``Page[model]``, ``bytes`` or ``None``.
        response: what came.

    Raises:
        StatusError: the class that fits the answer's status and code.
        DecodeError: the answer is a success but cannot be understood.
    """
    error = failure(profile, name, response)
    if error is not None:
        raise error
    if returns is None or returns is type(None):
        return None
    if returns is bytes:
        return response.body
    try:
        quick = _quickly(profile, returns, response)
        return _decode(profile, returns, response) if quick is None else quick
    except DecodeError as exc:
        raise DecodeError(exc.problems, what=f"the answer to {name}") from None


def _quickly(profile: WireProfile, returns: Any, response: WireResponse) -> Any:
    """Read a long list in JSON; ``None`` for everything else, and for a list that holds anything unusual."""
    origin = get_origin(returns)
    if origin not in {Page, tuple} or body_kind(response.headers.get("content-type")) in {"form", "xml"}:
        return None
    found = read_list(profile, get_args(returns)[0], response.body)
    if found is None or origin is tuple:
        return None if found is None else found.items
    return _page_of(profile, found, response)


def _page_of(profile: WireProfile, found: LongList, response: WireResponse) -> Page[Any]:
    paging = profile.control.paging
    cursor = next_cursor(paging, found.next, response.headers) if paging.style == "cursor" else None
    return Page(
        items=found.items,
        total=int(str(found.total)) if str(found.total).isdecimal() else None,
        next=cursor,
        complete=cursor is None if paging.style == "cursor" else found.bare or paging.style == "none",
    )


def _fields(response: WireResponse) -> Any:
    if not response.body.strip():
        return {}
    content_type = response.headers.get("content-type")
    match body_kind(content_type):
        case "form":
            return parse_form(response.body, charset=charset_of(content_type))
        case "xml":
            return parse_xml(response.body)
        case _:
            return parse_json(response.body, last_counts=True)


def _decode(profile: WireProfile, returns: Any, response: WireResponse) -> Any:
    wire = _fields(response)
    converter = converter_for(profile)
    origin = get_origin(returns)
    if origin is Page:
        many: Any = tuple[get_args(returns)[0], ...]  # type: ignore[misc]  # a type that is computed
        paging, around = profile.control.paging, wire if isinstance(wire, dict) else {}
        found = LongList(
            items=converter.decode(many, _items(profile, wire)),
            total=value_at(around, paging.total),
            next=first_at(around, paging.next),
            bare=isinstance(wire, list),
        )
        return _page_of(profile, found, response)
    if origin is tuple:
        return converter.decode(returns, _items(profile, wire))
    return converter.decode(returns, wire)


def _items(profile: WireProfile, wire: Any) -> Any:
    if isinstance(wire, list):
        return wire
    for path in profile.control.items:
        if (found := value_at(wire, path)) not in (None, ""):
            return found
    if profile.control.answer != "json":
        return []  # a form and XML cannot say that a list is empty
    raise DecodeError((f"$.{profile.control.items[0]}: is missing",))


def answer_for(profile: WireProfile, name: str, value: object) -> WireResponse:
    """Write the successful answer to operation *name*: a model, a tuple of them, a page, bytes, or ``None``."""
    status = profile.control.operations[name].status
    if value is None or status == _NO_CONTENT:
        return WireResponse(status=status)
    if isinstance(value, bytes):
        return WireResponse(status=status, headers={"content-type": "application/octet-stream"}, body=value)
    converter = converter_for(profile)
    if isinstance(value, Page):
        wire = _page(profile, value)
    elif isinstance(value, (tuple, list)):
        wire = _list(profile, converter.encode(value))
    else:
        wire = converter.encode(value)
    return _response(profile, status, wire)


def _page(profile: WireProfile, page: Page[Any]) -> dict[str, Any]:
    paging = profile.control.paging
    wire = _list(profile, converter_for(profile).encode(page.items))
    if paging.style == "none":
        return wire
    size = page.size or paging.size
    if paging.style == "cursor":
        for path, value in (
            (paging.total, page.total),
            *((at, cursor_of_page(page, size=size)) for at in paging.next[:1]),
        ):
            put_at(wire, path, value)
        return wire
    position = page.number - 1 + paging.first if paging.style == "page" else (page.number - 1) * size
    for path, number in ((paging.page, position), (paging.per_page, size), (paging.total, page.total)):
        put_at(wire, path, number)
    return wire


def _list(profile: WireProfile, items: list[Any]) -> dict[str, Any]:
    wire: dict[str, Any] = {}
    put_at(wire, profile.control.items[0], items)
    return wire


def error_answer(
    profile: WireProfile, status: int, code: str, message: str, *, request_id: str | None = None
) -> WireResponse:
    """Write an error by our code, for example ``extension_not_found``, as this profile's server would.

    Where errors stand inside 200, those of the credentials, the rate limit and the server still have their status.
    """
    errors = profile.control.errors
    wire: dict[str, Any] = {}
    if errors.in_success and status in _CLIENT_ERRORS and status not in _REFUSED_BEFORE_ANYTHING:
        put_at(wire, errors.success_field, "FAIL")
        status = 200
    wire_code = next((wire_code for wire_code, ours in errors.codes.items() if ours == code), code)
    for paths, text in ((errors.code, wire_code), (errors.message, message), (errors.request_id, request_id)):
        if paths and text is not None:
            put_at(wire, paths[0], text)
    return _response(profile, status, wire)


def _response(profile: WireProfile, status: int, wire: dict[str, Any]) -> WireResponse:
    content_type, body = render_body(profile.control.answer, wire, root=profile.xml.answer)
    return WireResponse(status=status, headers={"content-type": content_type or ""}, body=body)
