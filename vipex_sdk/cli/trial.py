"""``vipex demo`` and ``vipex sandbox``: everything can be tried without a VIPeX or a CRM account."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from vipex_sdk.cli.output import Json

__all__ = ["demo", "sandbox"]


def demo(
    *,
    once: Annotated[bool, Parameter(help="Exit after the calls, with 1 if anything expected is missing.")] = False,
    json: Json = False,
) -> int:
    """Play scripted calls between simulated services and a gateway.

    The VIPeX and the MiniCRM are simulated; the gateway is the real one. All three are programs of their own.
    """
    from vipex_sdk.cli.demo import run

    return run(once=once, json=json)


def sandbox(
    *options: Annotated[str, Parameter(help="What the sandbox understands.", allow_leading_hyphen=True)],
) -> int:
    """Run a simulated VIPeX to develop against."""
    from vipex_sdk.sandbox import main

    return main(list(options)) or 0
