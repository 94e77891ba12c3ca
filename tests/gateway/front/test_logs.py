"""Logging as a service does it: a log that cannot be written stops nothing and gives nothing away."""

from __future__ import annotations

import logging
import sys
from io import StringIO

import pytest

from vipex_sdk.gateway.operations import configure_logging


class FullDisk(StringIO):
    def write(self, text: str) -> int:
        raise OSError(28, "No space left on device", text)


def test_a_log_that_cannot_be_written_is_dropped_in_silence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stderr", FullDisk())
    configure_logging(as_json=True)
    monkeypatch.undo()
    try:
        int("+36 30 000 0001")
    except ValueError:
        logging.getLogger("vipex_sdk").exception("lost")
    shown = capsys.readouterr()
    assert shown.out + shown.err == ""
