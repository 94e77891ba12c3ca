"""How sure we are of what the simulated VIPeX does: each behaviour carries its tag where it is written.

Three tags: *documented* is what the provider's brochure says (``facts/vipex.md`` 1.2), *observed* is what was seen on a
real VIPeX, and *assumed* is everything else. Nothing has been observed yet. The whole list is served as data at
``/sandbox/behaviours``.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar

from attrs import frozen

__all__ = ["Behaviour", "Certainty", "assumed", "behaviours", "documented", "observed"]

_F = TypeVar("_F", bound=Callable[..., object])


class Certainty(StrEnum):
    """Where our knowledge of a behaviour comes from."""

    DOCUMENTED = "documented"
    OBSERVED = "observed"
    ASSUMED = "assumed"


@frozen
class Behaviour:
    """One thing the simulated VIPeX does.

    Attributes:
        certainty: documented, observed or assumed.
        text: what it does, as a sentence.
        source: section of ``facts/vipex.md``, or what was seen where.
        where: the function that does it.
    """

    certainty: Certainty
    text: str
    source: str
    where: str


_known: list[Behaviour] = []


def _tag(certainty: Certainty, text: str, source: str) -> Callable[[_F], _F]:
    def mark(function: _F) -> _F:
        where = f"{function.__module__}.{function.__qualname__}"
        _known.append(Behaviour(certainty, text, source, where))
        return function

    return mark


def documented(text: str, *, source: str = "1.2") -> Callable[[_F], _F]:
    """Tag a function whose behaviour the provider's brochure states."""
    return _tag(Certainty.DOCUMENTED, text, source)


def observed(text: str, *, source: str) -> Callable[[_F], _F]:
    """Tag a function whose behaviour was seen on a real VIPeX; *source* says where and when."""
    return _tag(Certainty.OBSERVED, text, source)


def assumed(text: str, *, source: str = "3") -> Callable[[_F], _F]:
    """Tag a function whose behaviour nobody outside has confirmed."""
    return _tag(Certainty.ASSUMED, text, source)


def behaviours() -> tuple[Behaviour, ...]:
    """List what has been tagged in the modules loaded so far, documented first."""
    order = list(Certainty)
    return tuple(sorted(_known, key=lambda one: (order.index(one.certainty), one.where, one.text)))
