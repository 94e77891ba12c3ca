"""``vipex demo``: the main job on embedded defaults, from a telephone ringing to the customer's history."""

from __future__ import annotations

import signal
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from vipex_sdk.cli.demo.play import play
from vipex_sdk.cli.demo.report import as_document, show_calls, show_pages
from vipex_sdk.cli.demo.stage import Stage, staged
from vipex_sdk.cli.output import print_json

__all__ = ["run"]

WIDTH = 150
"""Columns of the table in a file or a pipe, where nobody says how wide it is."""


def run(*, once: bool, json: bool) -> int:
    """Play the scripted calls, print what became of them, and stay up unless *once*.

    Returns:
        0 when every expected entry, routing answer and pop was there, else 1.

    Raises:
        DemoError: one of the three programs did not start.
    """
    # Ended from outside as by Ctrl+C, so that the three programs never outlive us.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    # A shell that starts us in the background leaves Ctrl+C ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    console = Console(stderr=json)
    if not console.is_terminal:
        console = Console(stderr=json, width=WIDTH)
    with tempfile.TemporaryDirectory(prefix="vipex-demo-") as folder, staged(Path(folder)) as stage:
        if json:
            document = as_document(play(stage))
            ok = bool(document["ok"])
            print_json(document)
            sys.stdout.flush()
        else:
            ok = show_calls(play(stage), console)
        if not once:
            _stay(stage, console)
    return 0 if ok else 1


def _stay(stage: Stage, console: Console) -> None:
    """Show where everything is, until Ctrl+C: whoever ends the demo then has seen it all."""
    try:
        show_pages(stage, console)
        signal.pause()
    except KeyboardInterrupt:
        return
