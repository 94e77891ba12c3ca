"""What a row of the table of documented examples is, and how an answer is compared with it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

from attrs import Factory, frozen
from vipex_minicrm import MiniCrmClient

__all__ = ["ById", "Example", "fits"]

Asks: TypeAlias = Callable[[MiniCrmClient, str], Awaitable[Any]]


@frozen
class ById:
    """An object keyed by ids as text, each value of the same shape; at least one."""

    shape: object


@frozen(kw_only=True)
class Example:
    """One documented request with its answer, in invented data of the same shape.

    Attributes:
        section: number in ``facts/minicrm.md``; a quirk is ``2.`` and its number.
        title: what it shows.
        path: under ``/Api``; ``{id}`` is what the last request before gave, ``{url}`` in a value the simulator.
        before: requests that prepare it: method, path, body.
        switches: of the simulator, where the documents differ.
        answer: shape of the JSON (a type stands for any value of it), or the plain text; of it ``""`` is any.
        client: asks the same through our client, which must send exactly *method*, *path*, *query*, *body*.
        understood: attributes of what the client gives (of its first row), as values.
        tests: where it is tested instead.
    """

    section: str
    title: str
    method: str = "GET"
    path: str = ""
    query: Mapping[str, str] = Factory(dict)
    body: Mapping[str, Any] | None = None
    before: tuple[tuple[str, str, Mapping[str, Any]], ...] = ()
    switches: Mapping[str, Any] = Factory(dict)
    status: int = 200
    answer: object = ""
    client: Asks | None = None
    understood: Mapping[str, object] = Factory(dict)
    tests: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Name it in a report."""
        return f"{self.section} {self.title}"


def fits(shape: object, value: object, at: str = "$") -> None:
    """Assert that *value* has *shape*: the same keys, the same values, or values of the named types."""
    if isinstance(shape, type):
        assert type(value) is shape, f"{at}: {value!r} is no {shape.__name__}"
    elif isinstance(shape, ById):
        assert isinstance(value, dict), f"{at}: no object"
        assert value, f"{at}: empty"
        for key, item in value.items():
            assert key.isdigit(), f"{at}: key {key!r} is no id"
            fits(shape.shape, item, f"{at}.{key}")
    elif isinstance(shape, dict):
        assert isinstance(value, dict), f"{at}: no object"
        assert value.keys() == shape.keys(), f"{at}: {sorted(value.keys() ^ shape.keys())}"
        for key, item in shape.items():
            fits(item, value[key], f"{at}.{key}")
    elif isinstance(shape, list):
        assert isinstance(value, list), f"{at}: no list"
        assert len(value) == len(shape), f"{at}: {len(value)} items"
        for number, (wanted, item) in enumerate(zip(shape, value, strict=True)):
            fits(wanted, item, f"{at}[{number}]")
    else:
        assert value == shape, f"{at}: {value!r} is not {shape!r}"
