"""``vipex doctor``: look at everything that can be seen from here, and say how each failure is mended."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from vipex_sdk.cli.deliveries import Config
from vipex_sdk.cli.doctor.finding import Finding, State
from vipex_sdk.cli.failure import FAILED
from vipex_sdk.cli.output import Json, print_json

__all__ = ["doctor"]

_MARKS = {State.OK: "✓", State.WARNING: "!", State.FAILED: "✗", State.SKIPPED: "-"}


def doctor(
    *,
    config: Config = None,
    language: Annotated[
        Literal["hu", "en"] | None, Parameter(help="Language of the findings; the configuration's by default.")
    ] = None,
    json: Json = False,
) -> int:
    """Check everything that can be seen, and say how to mend it."""
    from vipex_sdk.cli.doctor.examine import examine

    examined = examine(config or Path("vipex.toml"))
    chosen = language or examined.language
    if json:
        print_json({"healthy": examined.healthy, "findings": [_row(finding, chosen) for finding in examined.findings]})
    else:
        for finding in examined.findings:
            _say(finding, chosen)
    return 0 if examined.healthy else FAILED


def _row(finding: Finding, language: str) -> dict[str, str]:
    return {
        "check": finding.check,
        "state": finding.state.value,
        "said": finding.said.into(language),
        "fix": finding.fix.into(language) if finding.fix else "",
    }


def _say(finding: Finding, language: str) -> None:
    import sys

    sys.stdout.write(f"{_MARKS[finding.state]} {finding.said.into(language)}\n")
    if finding.fix is not None:
        sys.stdout.write(f"    → {finding.fix.into(language)}\n")
