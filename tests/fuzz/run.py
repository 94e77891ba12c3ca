"""Fuzz one target with atheris: ``python tests/fuzz/run.py TARGET FOLDER [libFuzzer's options]``.

FOLDER is where inputs that reach new code are collected; the seeds are put there first.
"""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).parents[2]))

with atheris.instrument_imports(include=["vipex_sdk"]):
    from tests.fuzz.targets import SEEDS, TARGETS


def main() -> None:
    """Run until libFuzzer's options say so, or until something is found."""
    name, folder, *options = sys.argv[1:]
    for number, seed in enumerate(SEEDS[name]()):
        (Path(folder) / f"seed-{number}").write_bytes(seed)
    atheris.Setup([sys.argv[0], folder, *options], TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
