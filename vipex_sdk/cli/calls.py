"""``vipex call``, ``vipex ivr``, ``vipex current``."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from vipex_sdk.cli.connection import Here, connect
from vipex_sdk.cli.failure import WrongUse
from vipex_sdk.cli.output import Json, print_json, say, show, show_mapping, show_table

__all__ = ["call", "current", "ivr"]

CallerId = Annotated[str | None, Parameter(help="Number the called party sees.")]
ClientRef = Annotated[str | None, Parameter(help="Your own reference; comes back with the end of the call.")]


def call(
    extension: Annotated[str, Parameter(help="Rings first.")],
    number: Annotated[str, Parameter(help="Is called when the extension is picked up.")],
    /,
    *,
    caller_id: CallerId = None,
    client_ref: ClientRef = None,
    wait: Annotated[
        float | None, Parameter(help="Follow the call for so many seconds and say what became of it.")
    ] = None,
    json: Json = False,
    connection: Here = None,
) -> None:
    """Ring an extension and connect it with a number."""
    with connect(connection) as client:
        started = client.calls.originate(extension, number, caller_id=caller_id, client_ref=client_ref)
        if wait is None:
            show(started, as_json=json)
            return
        outcome = client.calls.wait_for_outcome(
            extension, call_id=started.call_id, number=number, timeout=wait, on_change=lambda seen: say(str(seen.state))
        )
    document = {"call_id": started.call_id, "status": started.status, "ending": outcome.ending}
    show_mapping(document | {"answered": outcome.answered, "waited": outcome.waited}, as_json=json)


def ivr(
    number: Annotated[str, Parameter(help="Is called.")],
    menu: Annotated[str, Parameter(name="IVR", help="Name of the menu at the exchange.")],
    /,
    *,
    variable: Annotated[tuple[str, ...], Parameter(help="NAME=VALUE for the menu; may be repeated.")] = (),
    caller_id: CallerId = None,
    client_ref: ClientRef = None,
    json: Json = False,
    connection: Here = None,
) -> None:
    """Call a number and connect it with an IVR menu."""
    variables = dict(_pair(text) for text in variable)
    with connect(connection) as client:
        started = client.calls.start_ivr(
            number, menu, caller_id=caller_id, variables=variables or None, client_ref=client_ref
        )
    show(started, as_json=json)


def current(
    extension: Annotated[str, Parameter(help="Whose calls.")],
    /,
    *,
    until_idle: Annotated[float | None, Parameter(help="Wait so many seconds at most until it has no call.")] = None,
    json: Json = False,
    connection: Here = None,
) -> None:
    """Show what an extension is doing now."""
    with connect(connection) as client:
        if until_idle is None:
            state = client.calls.current(extension)
        else:
            state = client.calls.wait_until_idle(extension, timeout=until_idle)
    if json:
        print_json(state)
        return
    columns = ("call_id", "direction", "remote_number", "state", "started_at", "answered_at")
    show_table(state.calls, columns, as_json=False)


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name:
        raise WrongUse("--variable needs NAME=VALUE")
    return name, value
