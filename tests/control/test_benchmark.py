"""The benchmark can be run, and prints what other programs may read. What it measures is not judged here."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def test_every_figure_of_the_control_benchmark_can_be_taken() -> None:
    command = [sys.executable, str(BENCHMARKS / "control.py"), "--quick", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    figures = json.loads(done.stdout)
    assert all(set(one) == {"name", "ratio", "goal", "met"} for one in figures)
    measured = [one for one in figures if one["ratio"] is not None]
    assert all(one["met"] is (one["ratio"] <= one["goal"]) for one in measured)
    assert {one["name"] for one in figures} - {one["name"] for one in measured} <= {
        "small typed GET / stripe",
        "small typed GET / twilio",
    }
    assert len(figures) == 11
