"""The ``vipex`` command. Importing this package imports nothing of what the commands need."""

from __future__ import annotations

import sys
from collections.abc import Sequence

__all__ = ["main"]

_PACKAGES = {"cyclopts", "rich"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code: 0 done, 1 failed, 2 wrong use, 130 interrupted.

    Args:
        arguments: the words after ``vipex``; the process's own when ``None``.
    """
    try:
        from vipex_sdk.cli.app import run
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _PACKAGES:
            raise
        sys.stderr.write(f"vipex: {error.name} is missing; install the command line: pip install 'vipex-sdk[cli]'\n")
        return 1
    return run(sys.argv[1:] if arguments is None else list(arguments))
