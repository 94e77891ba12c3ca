"""The benchmark can be run, and prints what other programs may read. What it measures is not judged here."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def test_every_figure_of_the_webhooks_benchmark_can_be_taken() -> None:
    command = [sys.executable, str(BENCHMARKS / "webhooks.py"), "--quick", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    figures = json.loads(done.stdout)
    assert all(set(one) == {"name", "ratio", "goal", "met"} for one in figures)
    assert all(one["met"] is (one["ratio"] <= one["goal"]) for one in figures if one["ratio"] is not None)
    parts = ("our names", "renamed", "two names", "Hungarian number", "inline audio", "CPU", "p50", "p99")
    assert all(any(part in one["name"] for one in figures) for part in parts)
