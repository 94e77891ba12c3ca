"""``vipex deliveries``: what became of every report, over the running gateway."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from vipex_sdk.cli.admin import admin
from vipex_sdk.cli.failure import WrongUse
from vipex_sdk.cli.output import Json, print_json, say, show, show_table

__all__ = ["app"]

app = App(name="deliveries", help="Show and repeat deliveries to the CRM.", help_format="plaintext")

Config = Annotated[Path | None, Parameter(help="The gateway's configuration file; vipex.toml here by default.")]
Status = Annotated[
    Literal["pending", "delivered", "ignored", "dead", "parked", "quarantined"] | None,
    Parameter(help="Only those with this status."),
]


@app.command(name="list")
def list_deliveries(
    *,
    status: Status = None,
    limit: Annotated[int, Parameter(help="At most so many, newest first; 50 by default.")] = 50,
    before: Annotated[int | None, Parameter(help="Only those older than this number.")] = None,
    config: Config = None,
    json: Json = False,
) -> None:
    """List deliveries, newest first."""
    answer = admin(config).get("/deliveries", status=status, limit=limit, before=before)
    columns = ("seq", "status", "kind", "attempts", "received_at", "next_at", "last_error")
    show_table(answer["deliveries"], columns, as_json=json)


@app.command(name="show")
def show_delivery(
    number: Annotated[int, Parameter(name="NUMBER", help="Number of the delivery (the column seq).")],
    /,
    *,
    config: Config = None,
    json: Json = False,
) -> None:
    """Show one delivery: what came, what was tried, what the CRM has."""
    show(admin(config).get(f"/deliveries/{number}"), as_json=json)


@app.command(name="replay")
def replay_deliveries(
    *numbers: Annotated[int, Parameter(name="NUMBER", help="Numbers of the deliveries.")],
    status: Status = None,
    config: Config = None,
    json: Json = False,
) -> None:
    """Try deliveries again from the first attempt; what the CRM already has is not written twice."""
    if bool(numbers) is (status is not None):
        raise WrongUse("say what to replay: numbers, or --status")
    answer = admin(config).post("/deliveries/replay", {"status": status} if status else {"seqs": list(numbers)})
    if json:
        print_json(answer)
    else:
        say(f"{answer['replayed']} to be delivered again")
