"""Pages of long lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Generic, TypeVar

from attrs import frozen

from vipex_sdk.wire.formats import PagingFormat

__all__ = ["Page", "page_arguments", "page_query"]

T_co = TypeVar("T_co", covariant=True)


@frozen(kw_only=True)
class Page(Generic[T_co]):
    """One page of a list.

    Attributes:
        items: what is on it.
        number: which page, counted from 1.
        size: how many items a full page has.
        total: how many items there are on all pages, when the other side says so.
        complete: whether this is certainly the whole list.
    """

    items: tuple[T_co, ...]
    number: int = 1
    size: int | None = None
    total: int | None = None
    complete: bool = False


def page_query(paging: PagingFormat, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Write our ``page`` (from 1) and ``per_page`` as the profile's query fields."""
    if "page" not in arguments or paging.style == "none":
        return {}
    number, size = arguments["page"], arguments.get("per_page") or paging.size
    position = number - 1 + paging.first if paging.style == "page" else (number - 1) * size
    return {paging.page: position, paging.per_page: size}


def page_arguments(paging: PagingFormat, query: Mapping[str, str]) -> dict[str, int]:
    """Read our ``page`` and ``per_page`` from the profile's query fields; nonsense reads as the first page."""
    size = _whole(query.get(paging.per_page), paging.size) or paging.size
    if paging.style == "offset":
        number = _whole(query.get(paging.page), 0) // size + 1
    else:
        number = _whole(query.get(paging.page), paging.first) - paging.first + 1
    return {"page": max(number, 1), "per_page": size}


def _whole(text: str | None, fallback: int) -> int:
    return int(text) if text is not None and text.isdecimal() else fallback
