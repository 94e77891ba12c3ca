"""Pages of long lists."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qs, urlsplit

from attrs import frozen

from vipex_sdk.errors import DecodeError, Invalid
from vipex_sdk.wire.formats import PagingFormat

__all__ = ["Page", "cursor_of_page", "next_cursor", "page_arguments", "page_query"]

T_co = TypeVar("T_co", covariant=True)

_LINK = re.compile(r"<([^<>]*)>([^<]*)")
_REL = re.compile(r';\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,"]+))', re.IGNORECASE)
_OUR_CURSOR = re.compile(r"page-([1-9]\d{0,8})")


@frozen(kw_only=True)
class Page(Generic[T_co]):
    """One page of a list.

    Attributes:
        items: what is on it.
        number: which page, counted from 1.
        size: how many items a full page has.
        total: how many items there are on all pages, when the other side says so.
        next: cursor of the page after it, where pages are told by cursors.
        complete: whether this is certainly the whole list, or its end.
    """

    items: tuple[T_co, ...]
    number: int = 1
    size: int | None = None
    total: int | None = None
    next: str | None = None
    complete: bool = False


def page_query(paging: PagingFormat, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Write our ``page`` (from 1), ``per_page`` and ``cursor`` as the profile's query fields.

    Raises:
        Invalid: a later page is asked for by its number alone, where pages are told by cursors.
    """
    if "page" not in arguments or paging.style == "none":
        return {}
    number, size = arguments["page"], arguments.get("per_page") or paging.size
    if paging.style == "cursor":
        cursor = arguments.get("cursor")
        if cursor is None and number > 1:
            raise Invalid("a later page is asked for by its cursor, not by its number", code="validation_error")
        return ({} if cursor is None else {paging.cursor: cursor}) | {paging.per_page: size}
    position = number - 1 + paging.first if paging.style == "page" else (number - 1) * size
    return {paging.page: position, paging.per_page: size}


def next_cursor(paging: PagingFormat, found: object, headers: Mapping[str, str]) -> str | None:
    """Give the cursor of the next page; ``None`` where the list ends.

    Only the cursor is taken from an address: where requests go, and with which credentials, an answer cannot change.

    Args:
        paging: the wire format.
        found: what stands at the profile's ``next``: a cursor, or an address that holds it.
        headers: of the answer, names in lower case; a ``Link`` (RFC 8288) to the next page counts when *found* is
            nothing.

    Raises:
        DecodeError: it is neither a cursor nor an address with one.
    """
    following = found or _linked(headers.get("link", ""))
    if not following:
        return None
    if not isinstance(following, (str, int)) or isinstance(following, bool):
        raise DecodeError(("the next cursor: expected text",))
    text = str(following)
    if "?" not in text and not text.startswith(("http://", "https://")):
        return text
    values = parse_qs(urlsplit(text).query).get(paging.cursor)
    if not values:
        raise DecodeError((f"the address of the next page: {paging.cursor} is missing",))
    return values[0]


def _linked(header: str) -> str | None:
    """Give the address of the next page in a ``Link`` header."""
    for address, parameters in _LINK.findall(header):
        relation = _REL.search(parameters)
        if relation and "next" in (relation[1] or relation[2]).lower().split():
            return str(address)
    return None


def cursor_of_page(page: Page[Any], *, size: int) -> str | None:
    """Write the cursor of the page after *page*, as our simulated server tells pages; ``None`` after the last."""
    if page.total is None or page.number * size >= page.total:
        return None
    return f"page-{page.number + 1}"


def page_arguments(paging: PagingFormat, query: Mapping[str, str]) -> dict[str, int]:
    """Read our ``page`` and ``per_page`` from the profile's query fields; nonsense reads as the first page.

    Raises:
        DecodeError: the cursor is none of :func:`cursor_of_page`.
    """
    size = _whole(query.get(paging.per_page), paging.size) or paging.size
    if paging.style == "cursor":
        number = _page_at(paging, query.get(paging.cursor))
    elif paging.style == "offset":
        number = _whole(query.get(paging.page), 0) // size + 1
    else:
        number = _whole(query.get(paging.page), paging.first) - paging.first + 1
    return {"page": max(number, 1), "per_page": size}


def _page_at(paging: PagingFormat, cursor: str | None) -> int:
    if cursor is None:
        return 1
    found = _OUR_CURSOR.fullmatch(cursor)
    if found is None:
        raise DecodeError((f"$.{paging.cursor}: expected a cursor that the page before gave",), what="the request")
    return int(found[1])


def _whole(text: str | None, fallback: int) -> int:
    return int(text) if text is not None and text.isdecimal() else fallback
