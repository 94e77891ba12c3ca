"""The legs of a call as a tree: what came out of what, what is missing, and how long the customer talked.

Legs are facts like all others: they come in any order, late, or never. Nothing here needs all of them.
Sources: ``facts/vipex.md`` 3.5, ``facts/reliability.md`` F36.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from attrs import frozen

from vipex_sdk.webhooks.events import CallEnd, CallLeg, LegResult, LegType

__all__ = ["LegNode", "leg_tree", "missing_legs", "talk_seconds"]

_NOT_THE_CUSTOMER = frozenset({LegType.CONSULTATION, LegType.IVR, LegType.QUEUE})
_TALKED = frozenset({LegResult.ANSWERED, LegResult.TRANSFERRED, LegResult.UNKNOWN})


@frozen
class LegNode:
    """A leg with what came out of it.

    Attributes:
        leg: ``None`` when other legs name it and it never came.
        leg_id: its id, in any case.
        children: legs that came out of this one, in order.
    """

    leg_id: str
    leg: CallLeg | None
    children: tuple[LegNode, ...] = ()


def leg_tree(call: CallEnd) -> tuple[LegNode, ...]:
    """Give the legs that came out of no other, each with what came out of it; a missing one stands as a node, empty.

    Legs that name each other in a circle all stand at the root.
    """
    by_id = {leg.leg_id: leg for leg in call.legs}
    below: defaultdict[str | None, list[str]] = defaultdict(list)
    for leg in call.legs:
        parent = leg.parent_leg_id
        below[None if parent is None or _is_circle(leg, by_id) else parent].append(leg.leg_id)
    absent = [leg_id for leg_id in below if leg_id is not None and leg_id not in by_id]
    return tuple(_node(leg_id, by_id, below) for leg_id in (*below[None], *absent))


def _is_circle(leg: CallLeg, by_id: dict[str, CallLeg]) -> bool:
    seen = {leg.leg_id}
    above = leg.parent_leg_id
    while above is not None and above in by_id:
        if above in seen:
            return True
        seen.add(above)
        above = by_id[above].parent_leg_id
    return False


def _node(leg_id: str, by_id: dict[str, CallLeg], below: dict[str | None, list[str]]) -> LegNode:
    children = tuple(_node(child, by_id, below) for child in below.get(leg_id, ()))
    return LegNode(leg_id, by_id.get(leg_id), children)


def missing_legs(call: CallEnd) -> tuple[str, ...]:
    """Name the legs that must have been and never came: named as a parent, or left out by the count (``#2``)."""
    known = {leg.leg_id for leg in call.legs}
    named = sorted({leg.parent_leg_id for leg in call.legs if leg.parent_leg_id and leg.parent_leg_id not in known})
    counted = {leg.seq for leg in call.legs if leg.seq > 0}
    # A leg that is named as a parent may be the same as one the count leaves out.
    gaps = [f"#{seq}" for seq in range(1, min(max(counted, default=0), 1000)) if seq not in counted][len(named) :]
    return (*named, *gaps)


def talk_seconds(call: CallEnd) -> int | None:
    """Give the customer's conversation: VIPeX's own figure, else the time of the answered customer legs.

    Consultations, queues and menus are no conversation, and time in which two legs overlap counts once. ``None`` when
    nothing tells.
    """
    if call.talk_seconds is not None:
        return call.talk_seconds
    if not call.legs:
        return _between(call.answered_at, call.ended_at)
    spans = sorted(_spans(call.legs))
    if not spans:
        return 0 if all(leg.result is not LegResult.UNKNOWN for leg in call.legs) else None
    total, until = 0.0, float("-inf")
    for start, end in spans:
        total += max(0.0, end - max(start, until))
        until = max(until, end)
    return int(total)


def _spans(legs: Iterable[CallLeg]) -> Iterator[tuple[float, float]]:
    for leg in legs:
        if leg.type in _NOT_THE_CUSTOMER or leg.result not in _TALKED or leg.answered_at is None:
            continue
        start = leg.answered_at.timestamp()
        if leg.talk_seconds is not None:
            yield start, start + leg.talk_seconds
        elif leg.ended_at is not None:
            yield start, max(start, leg.ended_at.timestamp())


def _between(start: datetime | None, end: datetime | None) -> int | None:
    if start is None or end is None:
        return None
    return max(0, int((end.astimezone(UTC) - start.astimezone(UTC)).total_seconds()))
