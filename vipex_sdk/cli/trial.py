"""``vipex demo`` and ``vipex sandbox``: everything can be tried without a VIPeX or a CRM account."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from vipex_sdk.cli.output import Json

__all__ = ["demo", "sandbox"]


def demo(*, once: bool = False, json: Json = False) -> int:
    """Play scripted calls between simulated services and a gateway.

    The VIPeX and the MiniCRM are simulated; the gateway is the real one. All three are programs of their own.

    Args:
        once: Exit when the calls are over, with 1 if anything expected is missing; otherwise the pages stay up.
        json: Print one JSON document and nothing else.
    """
    from vipex_sdk.cli.demo import run

    return run(once=once, json=json)


def sandbox(*options: Annotated[str, Parameter(allow_leading_hyphen=True)]) -> int:
    """Run a simulated VIPeX to develop against.

    Args:
        options: What the sandbox understands, for example ``--port 0 --json``.
    """
    from vipex_sdk.sandbox import main

    return main(list(options)) or 0
