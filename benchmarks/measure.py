"""Ratios within one run: cases in turn inside each round, a ratio formed in each round, medians over rounds.

Absolute figures of a shared machine drift; two figures taken within a second of each other drift together.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

__all__ = ["Figure", "child_cpu", "cpu", "medians", "report"]

Case = Callable[[], float]
"""Does its work once and gives what it cost."""


@dataclass(frozen=True)
class Figure:
    """One figure: what against what, and how much is allowed.

    Attributes:
        ratio: ``None`` when it could not be measured here; ``note`` says why.
    """

    name: str
    ratio: float | None
    goal: float
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; ``None`` when nothing was measured."""
        return None if self.ratio is None else self.ratio <= self.goal


def medians(rounds: int, ours: Case, *others: Case) -> list[float]:
    """Give the median ratio of *ours* to each of *others*; the order changes from round to round."""
    ratios: list[list[float]] = [[] for _ in others]
    cases = [ours, *others]
    for number in range(rounds):
        costs: dict[int, float] = {}
        for step in range(len(cases)):
            which = (step + number) % len(cases)
            costs[which] = cases[which]()
        for position, kept in enumerate(ratios):
            kept.append(costs[0] / costs[position + 1])
    return [statistics.median(kept) for kept in ratios]


def cpu(work: Callable[[], object]) -> float:
    """Give the CPU seconds of this process that *work* takes."""
    before = time.process_time()
    work()
    return time.process_time() - before


def child_cpu(command: Sequence[str]) -> float:
    """Give the CPU seconds of a program from its start to its end."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def report(figures: Iterable[Figure], *, as_json: bool) -> None:
    """Print the figures: a JSON list, or a table."""
    figures = list(figures)
    if as_json:
        shown = [{"name": one.name, "ratio": one.ratio, "goal": one.goal, "met": one.met} for one in figures]
        sys.stdout.write(json.dumps(shown, indent=2) + "\n")
        return
    width = max(len(one.name) for one in figures)
    for one in figures:
        ratio = "   --" if one.ratio is None else f"{one.ratio:5.2f}"
        said = {True: "met", False: "NOT MET", None: "not measured"}[one.met]
        print(f"{one.name:{width}}  {ratio}  goal {one.goal:4.2f}  {said}{f'  ({one.note})' if one.note else ''}")
