"""``vipex init``: questions, live checks, a commented ``vipex.toml``, and what to enter where."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from vipex_sdk.cli.failure import FAILED

__all__ = ["init"]


def init(
    adapter: Annotated[str, Parameter(help="Which CRM; see vipex adapters list.")] = "minicrm",
    /,
    *,
    config: Annotated[Path, Parameter(help="File to write; its answers are the defaults when it exists.")] = Path(
        "vipex.toml"
    ),
    language: Annotated[Literal["hu", "en"] | None, Parameter(help="Language of the questions.")] = None,
    answers: Annotated[
        Path | None, Parameter(help="TOML file with the answers, shaped like vipex.toml; then nothing is asked.")
    ] = None,
    offline: Annotated[bool, Parameter(help="Do not try the answers at the exchange and the CRM.")] = False,
) -> int:
    """Ask what is needed, check it live, and write the configuration."""
    from vipex_sdk.cli.init.answers import Answers
    from vipex_sdk.cli.init.ask import Console, Script
    from vipex_sdk.cli.init.interview import interview
    from vipex_sdk.cli.init.tell import tell
    from vipex_sdk.cli.init.write import write

    known = Answers.before(config)
    asker = Console() if answers is None else Script()
    if answers is not None:
        known.take_in(answers)
    if language is not None:
        known.put("language", language)
    right = interview(known, asker, adapter=adapter, offline=offline)
    if not right and answers is not None:
        return FAILED
    written = write(known, config, adapter=adapter)
    tell(written)
    return 0 if right else FAILED
