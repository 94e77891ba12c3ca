"""Named places where a test kills the process, between receiving a call and recording it.

Nothing is checked at run time unless ``VIPEX_CRASHPOINT`` names one of them when this module is imported: then the
process sends itself SIGKILL there, so that no handler, ``finally`` or flush can tidy up (``facts/reliability.md`` 4.1).
"""

from __future__ import annotations

import os
import signal

__all__ = ["STAGES", "crashpoint"]

STAGES = ("before_commit", "after_commit", "claimed", "intent_committed", "after_record", "marked")
"""In the order a call passes them; ``after_record`` lies between the CRM's acceptance and our note of it."""

_CHOSEN = os.environ.get("VIPEX_CRASHPOINT")

if _CHOSEN is None:

    def crashpoint(stage: str) -> None:
        """Do nothing."""

else:

    def crashpoint(stage: str) -> None:
        """Kill this process when *stage* is the chosen one."""
        if stage == _CHOSEN:
            # Windows has no SIGKILL; there SIGTERM ends a process just as abruptly.
            os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
