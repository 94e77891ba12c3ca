"""Each target fuzzed for a moment; what was ever found is tried again each time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz.targets import SEEDS, TARGETS

FOUND = Path(__file__).parents[1] / "corpus" / "fuzz"
SECONDS = int(os.environ.get("FUZZ_SECONDS", "4"))


@pytest.mark.parametrize("name", TARGETS)
def test_seeds_and_what_was_found_before(name: str) -> None:
    found = [path.read_bytes() for path in sorted((FOUND / name).glob("*"))] if (FOUND / name).is_dir() else []
    for data in (*SEEDS[name](), *found):
        TARGETS[name](data)


@pytest.mark.timeout(SECONDS + 120)
@pytest.mark.parametrize("name", TARGETS)
def test_nothing_but_our_errors_comes_out(name: str, tmp_path: Path) -> None:
    pytest.importorskip("atheris", reason="atheris is not made for this system")
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    options = [f"-max_total_time={SECONDS}", "-max_len=4096", "-timeout=10", "-rss_limit_mb=2048", "-verbosity=0"]
    command = [sys.executable, str(Path(__file__).with_name("run.py")), name, str(corpus), *options]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=SECONDS + 60, check=False)
    crashes = [path.read_bytes() for path in tmp_path.glob("*-*") if path.is_file()]
    assert done.returncode == 0, f"keep this input in tests/corpus/fuzz/{name}/: {crashes}\n{done.stderr[-3000:]}"
