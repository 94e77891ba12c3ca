"""Programs of ours, started as their users start them, on a free port of this machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from attrs import frozen

__all__ = ["Done", "exchange", "program", "run"]

PATIENCE = 60


@frozen
class Done:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on standard output."""
        return json.loads(self.out)


def run(words: Sequence[str], *, environment: Mapping[str, str] | None = None, timeout: float = PATIENCE) -> Done:
    """Run ``python WORDS`` to its end."""
    done = subprocess.run(
        [sys.executable, *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout,
        stdin=subprocess.DEVNULL,
        env=clean_environment() | dict(environment or {}),
    )
    return Done(done.returncode, done.stdout, done.stderr)


@contextmanager
def program(words: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Run ``python WORDS`` meanwhile; gives the JSON line that it prints when it is ready."""
    process = subprocess.Popen(
        [sys.executable, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=clean_environment()
    )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert line, process.stderr.read() if process.stderr else ""
        yield json.loads(line)
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)


@contextmanager
def exchange() -> Iterator[dict[str, str]]:
    """A simulated VIPeX; gives the environment that leads a command or an example to it."""
    with program(["-m", "vipex_sdk.cli", "sandbox", "--port", "0", "--json"]) as ready:
        yield {"VIPEX_BASE_URL": ready["url"], "VIPEX_USER": ready["user"], "VIPEX_PASSWORD": ready["password"]}


def clean_environment() -> dict[str, str]:
    """This environment without settings of a real exchange."""
    return {name: value for name, value in os.environ.items() if not name.startswith("VIPEX_")}
