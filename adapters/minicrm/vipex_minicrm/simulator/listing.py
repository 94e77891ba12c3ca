"""The list framework of contacts and cards.

``Results`` is an object keyed by id, and ``[]`` when there is nothing; ``Count`` is the total; 100 rows a page, counted
from 0, a page past the end is empty, the order means nothing. [L] Unknown parameters are refused; filters are joined
with AND. [D]
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, TypeVar

from vipex_minicrm.simulator.answers import ApiError
from vipex_minicrm.simulator.api_call import read_page
from vipex_minicrm.simulator.last_search import N

__all__ = ["PAGE_SIZE", "Filter", "digits", "envelope", "folded", "matching", "phone_matches", "query_matches"]

PAGE_SIZE = 100
_FEWEST_DIGITS = 6
_NOT_DIGITS = re.compile(r"\D")
_WORDS = re.compile(r"\w+")

R = TypeVar("R")
Filter = Callable[[R, str], bool]


def matching(records: Iterable[R], query: Mapping[str, str], filters: Mapping[str, Filter[R]]) -> list[R]:
    """Give the records that pass every filter of *query*."""
    for name in query:
        if name != "Page" and name not in filters:
            raise ApiError(HTTPStatus.BAD_REQUEST, "parameter", name)
    wanted = [(filters[name], value) for name, value in query.items() if name != "Page"]
    return [record for record in records if all(passes(record, value) for passes, value in wanted)]


def envelope(found: Sequence[N], query: Mapping[str, str], row: Callable[[N], dict[str, Any]]) -> dict[str, Any]:
    """Give one page of what was *found*, in an order that means nothing."""
    page = read_page(query)
    some = found[page * PAGE_SIZE : (page + 1) * PAGE_SIZE]
    return {"Count": len(found), "Results": {str(record.id): row(record) for record in some} or []}


def folded(text: str) -> str:
    """Give text without case and accents, as MiniCRM searches [D]."""
    return "".join(c for c in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(c))


def digits(text: str) -> str:
    """Give the digits of a number."""
    return _NOT_DIGITS.sub("", text)


def query_matches(wanted: str, *, phones: Iterable[str], texts: Iterable[str], by_ending: bool = True) -> bool:
    """Search full text: at least six digits match the end of a number, else whole words match.

    MiniCRM documents both rules, in pages of different years; which one digits follow is assumed [I: query_digits].
    """
    if by_ending and wanted.isdigit() and len(wanted) >= _FEWEST_DIGITS:
        return any(digits(phone).endswith(wanted) for phone in phones)
    words = {word for text in texts for word in _WORDS.findall(folded(text))}
    return bool(wanted.strip()) and set(_WORDS.findall(folded(wanted))) <= words


def phone_matches(wanted: str, stored: str, *, mode: str) -> bool:
    """Compare ``Phone=``; which way is documented nowhere [I: phone_filter]."""
    if mode == "exact":
        return stored == wanted
    if mode == "digits":
        return bool(digits(wanted)) and digits(stored) == digits(wanted)
    ending = digits(wanted)[-8:]
    return len(ending) >= _FEWEST_DIGITS and digits(stored).endswith(ending)
