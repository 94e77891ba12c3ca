"""Transactions without I/O: a generator yields statements, receives rows and returns its result.

The same transaction runs on every store, in a thread or on the event loop, alone or in a commit shared with others::

    def rename(card_id: str, name: str) -> Transaction[bool]:
        rows = yield Statement(
            "UPDATE cards SET name = :name WHERE id = :id RETURNING id", {"name": name, "id": card_id}
        )
        return bool(rows)

A transaction may run in the store's own thread: it must not touch what belongs to the event loop.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from typing import Any, TypeAlias, TypeVar

from attrs import field, frozen

__all__ = ["Row", "Statement", "Transaction", "one_of", "select"]

T = TypeVar("T")

Row: TypeAlias = Mapping[str, Any]
"""A row by column name."""


@frozen
class Statement:
    """One SQL statement in the subset that SQLite and PostgreSQL share.

    Attributes:
        sql: with parameters written ``:name``.
        parameters: text, integers, floats, bytes or ``None`` by name; not shown, because they are people's data.
    """

    sql: str
    parameters: Mapping[str, Any] = field(factory=dict, repr=False)


Transaction: TypeAlias = Generator[Statement, list[Row], T]
"""Runs once, as a whole or not at all. Raising inside it undoes its statements."""


def select(sql: str, /, **parameters: Any) -> Transaction[list[Row]]:
    """Be the transaction of a single statement that gives its rows."""
    return (yield Statement(sql, parameters))


def one_of(prefix: str, values: Iterable[Any]) -> tuple[str, dict[str, Any]]:
    """Give placeholders for an ``IN (...)`` list and their parameters.

    >>> one_of("seq", [7, 9])
    (':seq0, :seq1', {'seq0': 7, 'seq1': 9})
    """
    parameters = {f"{prefix}{index}": value for index, value in enumerate(values)}
    return ", ".join(f":{name}" for name in parameters), parameters
