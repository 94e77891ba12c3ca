"""Programs of the demo: each a process of its own, started, asked whether it is ready, and ended by us alone."""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from vipex_sdk.errors import VipexError

__all__ = ["DemoError", "Program"]

READY_SECONDS = 30
STOP_SECONDS = 10


class DemoError(VipexError):
    """A program of the demo did not start; the text names it and its log file."""


class Program:
    """One of the demo's programs: a Python module that prints one JSON line when it is ready.

    Args:
        title: for messages.
        module: run as ``python -m MODULE``.
        arguments: after the module.
        folder: where its log file goes.
        environment: added to ours, for secrets.
    """

    def __init__(
        self,
        title: str,
        module: str,
        arguments: Sequence[str],
        *,
        folder: Path,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._title = title
        self._command = [sys.executable, "-m", module, *arguments]
        self._log = folder / f"{module.rsplit('.', 1)[-1]}.log"
        self._environment = {**os.environ, **(environment or {})}
        self._process: subprocess.Popen[bytes] | None = None
        self.ready: Mapping[str, Any] = {}

    @property
    def url(self) -> str:
        """The address the program listens on."""
        return str(self.ready["url"])

    def __enter__(self) -> Self:
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own modules, no shell
                self._command, stdout=subprocess.PIPE, stderr=log, env=self._environment, start_new_session=True
            )
        try:
            self.ready = self._wait_until_ready(self._process)
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> Mapping[str, Any]:
        assert process.stdout is not None  # noqa: S101 - opened as a pipe
        deadline = time.monotonic() + READY_SECONDS
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            while (left := deadline - time.monotonic()) > 0 and process.poll() is None:
                if not selector.select(min(left, 0.5)):
                    continue
                line = process.stdout.readline()
                if line.startswith(b"{"):
                    ready: Mapping[str, Any] = json.loads(line)
                    return ready
        raise DemoError(f"{self._title} did not start; its log is {self._log}:\n{self._log_tail()}")

    def _log_tail(self) -> str:
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-15:])

    def _stop(self) -> None:
        process = self._process
        if process is None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()
