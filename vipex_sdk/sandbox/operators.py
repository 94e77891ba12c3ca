"""Call-centre operators: what each is doing, since when, and how long they spent in each status.

An operator's own choice (available, break, offline) is the ground; calls lie over it as spans.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise

from attrs import define, field, frozen

from vipex_sdk.sandbox.behaviours import assumed, documented
from vipex_sdk.sandbox.clock import Clock

__all__ = ["LABELS", "Operators", "Status", "Total"]

LABELS = {
    "available": "Elérhető",
    "ringing": "Csörög",
    "in_call": "Beszél",
    "wrap_up": "Utómunka",
    "break": "Szünet",
    "offline": "Kijelentkezve",
}
_ACTIVITY = ("in_call", "ringing", "wrap_up")
_WORKDAY = timedelta(hours=9)


@frozen
class Status:
    """What an operator is doing."""

    name: str
    since: datetime


@frozen
class Total:
    """How long and how often an operator was in a status."""

    name: str
    seconds: int
    count: int


@define
class _Span:
    name: str
    start: datetime
    clock: Clock
    closed: datetime | None = None

    @property
    def end(self) -> datetime:
        return self.closed or max(self.start, self.clock.now())


@define
class Operators:
    """Statuses by extension. *clock* is real time; calls bring their own."""

    clock: Clock
    _chosen: dict[str, list[Status]] = field(factory=dict)
    _spans: dict[str, list[_Span]] = field(factory=dict)

    def seat(self, extensions: Iterable[str]) -> None:
        """Begin the workday: everybody available for some hours already."""
        since = self.clock.now() - _WORKDAY
        self._chosen = {extension: [Status("available", since)] for extension in extensions}
        self._spans = {extension: [] for extension in self._chosen}

    def choose(self, extension: str, name: str) -> None:
        """Set what an operator chose, such as ``break``."""
        self._chosen[extension].append(Status(name, self.clock.now()))

    @assumed("An operator's status follows the calls: ringing, in call, wrap-up, and back.", source="3.7")
    def note(self, extension: str, name: str | None, *, clock: Clock, wrap_up: int = 0) -> None:
        """Write down that *extension* rings, talks, or (``None``) has become free again."""
        spans = self._spans.get(extension)
        if spans is None:
            return
        now = clock.now()
        last = spans[-1] if spans and spans[-1].closed is None else None
        if last is not None:
            if last.name == name:
                return
            last.closed = max(last.start, now)
        if name is not None:
            spans.append(_Span(name, now, clock))
        elif last is not None and last.name == "in_call" and wrap_up:
            spans.append(_Span("wrap_up", now, clock, now + timedelta(seconds=wrap_up)))

    def status(self, extension: str) -> Status:
        """Tell what the operator at *extension* is doing now."""
        now = self.clock.now()
        chosen = self._chosen[extension][-1]
        for span in reversed(self._spans[extension]):
            if span.closed is None or span.start <= now < span.closed:
                return Status(span.name, span.start)
        ends = [span.end for span in self._spans[extension] if span.end <= now]
        return Status(chosen.name, max([chosen.since, *ends]))

    @documented("The time an operator spent in a status can be asked.")
    @assumed("Totals are given for a period, with how many times the status was entered in it.", source="3.7")
    def totals(self, extension: str, *, since: datetime, until: datetime) -> list[Total]:
        """Add up the statuses between *since* and *until*; time not spent on calls is what the operator chose."""
        seconds: dict[str, float] = {}
        counts: dict[str, int] = {}
        previous = None
        for name, length in self._pieces(extension, since, until):
            seconds[name] = seconds.get(name, 0.0) + length
            if name != previous:
                counts[name] = counts.get(name, 0) + 1
            previous = name
        return [Total(name, round(total), counts[name]) for name, total in seconds.items()]

    def _pieces(self, extension: str, since: datetime, until: datetime) -> Iterable[tuple[str, float]]:
        spans, chosen = self._spans[extension], self._chosen[extension]
        until = min(until, self.clock.now())
        instants = {since, until}
        instants.update(span.start for span in spans)
        instants.update(span.end for span in spans)
        instants.update(status.since for status in chosen)
        cuts = sorted(instant for instant in instants if since <= instant <= until)
        for start, end in pairwise(cuts):
            busy = {span.name for span in spans if span.start <= start < span.end}
            ground = next((status.name for status in reversed(chosen) if status.since <= start), "offline")
            name = next((activity for activity in _ACTIVITY if activity in busy), ground)
            yield name, (end - start).total_seconds()
