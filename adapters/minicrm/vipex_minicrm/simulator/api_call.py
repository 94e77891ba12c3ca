"""A request to the API as its parts see it, and the small readings they share."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from attrs import frozen

from vipex_minicrm.simulator.answers import ApiError
from vipex_minicrm.simulator.tenant import BUDAPEST

__all__ = ["ApiCall", "read_page", "read_time"]


@frozen(kw_only=True)
class ApiCall:
    """One request under ``/Api/R3``.

    Attributes:
        rest: path segments after the entity.
        query: decoded; a raw ``+`` has become a blank, as everywhere on the web.
        body: decoded JSON object; ``None`` when there was none.
    """

    method: str
    entity: str
    rest: tuple[str, ...] = ()
    query: Mapping[str, str]
    body: dict[str, Any] | None = None

    @property
    def item_id(self) -> int | None:
        """The id at the end of the path, or ``None`` for the collection."""
        if not self.rest:
            return None
        if len(self.rest) > 1 or not self.rest[0].isdigit():
            raise ApiError(HTTPStatus.NOT_FOUND, "missing")
        return int(self.rest[0])

    def written(self) -> dict[str, Any]:
        """Give the body of a write; an empty one is refused [L]."""
        if not self.body:
            raise ApiError(HTTPStatus.BAD_REQUEST, "data")
        return self.body

    def only(self, *methods: str) -> None:
        """Refuse other methods with 405 [L]."""
        if self.method not in methods:
            raise ApiError(HTTPStatus.METHOD_NOT_ALLOWED, "method")


def read_page(query: Mapping[str, str]) -> int:
    """Read the number of the wanted page, counted from 0 [L]."""
    page = query.get("Page", "0")
    if not page.isdigit():
        raise ApiError(HTTPStatus.BAD_REQUEST, "value", page, "Page")
    return int(page)


def read_time(name: str, text: object) -> datetime:
    """Read a written wall time or date; anything else is refused."""
    try:
        return datetime.fromisoformat(str(text)).replace(tzinfo=BUDAPEST)
    except ValueError as error:
        raise ApiError(HTTPStatus.BAD_REQUEST, "value", text, name) from error
