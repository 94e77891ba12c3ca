"""``vipex quarantine``: what VIPeX sent and nobody understood, over the running gateway."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from vipex_sdk.cli.admin import admin
from vipex_sdk.cli.failure import WrongUse
from vipex_sdk.cli.output import Json, print_json, say, show, show_table
from vipex_sdk.errors import NotFound

__all__ = ["app"]

app = App(name="quarantine", help="Show, read again or drop messages that nobody understood.", help_format="plaintext")

Config = Annotated[Path | None, Parameter(help="The gateway's configuration file; vipex.toml here by default.")]
Numbers = Annotated[int, Parameter(name="NUMBER", help="Numbers of the messages (the column seq).")]
All = Annotated[bool, Parameter(name="--all", help="All that are in quarantine.")]


@app.command(name="list")
def list_quarantined(
    *,
    limit: Annotated[int, Parameter(help="At most so many, newest first; 50 by default.")] = 50,
    before: Annotated[int | None, Parameter(help="Only those older than this number.")] = None,
    config: Config = None,
    json: Json = False,
) -> None:
    """List messages in quarantine with the reason, newest first."""
    answer = admin(config).get("/deliveries", status="quarantined", limit=limit, before=before)
    show_table(answer["deliveries"], ("seq", "kind", "received_at", "last_error"), as_json=json)


@app.command(name="show")
def show_quarantined(
    number: Annotated[int, Parameter(name="NUMBER", help="Number of the message (the column seq).")],
    /,
    *,
    config: Config = None,
    json: Json = False,
) -> None:
    """Show one message as it came; audio is stored elsewhere, a mark stands in its place."""
    message = admin(config).get(f"/deliveries/{number}")
    if message["status"] != "quarantined":
        raise NotFound(f"number {number} is not in quarantine but {message['status']}", status=404)
    wanted = ("seq", "kind", "received_at", "last_error", "content_type", "body")
    show({name: message[name] for name in wanted}, as_json=json)


@app.command(name="replay")
def replay_quarantined(*numbers: Numbers, all_: All = False, config: Config = None, json: Json = False) -> None:
    """Read messages again with the gateway's present profile; what is understood now is delivered.

    After a change of the profile start the gateway anew first. What is still not understood stays.
    """
    answer = admin(config).post("/quarantine/replay", _chosen(numbers, everything=all_))
    if json:
        print_json(answer)
    else:
        say(f"{answer['replayed']} to be read again; see: vipex quarantine list")


@app.command(name="drop")
def drop_quarantined(*numbers: Numbers, all_: All = False, config: Config = None, json: Json = False) -> None:
    """Give messages up: they are ignored from now on, and go when reports go."""
    answer = admin(config).post("/quarantine/drop", _chosen(numbers, everything=all_))
    if json:
        print_json(answer)
    else:
        say(f"{answer['dropped']} dropped")


def _chosen(numbers: tuple[int, ...], *, everything: bool) -> dict[str, object]:
    if bool(numbers) is everything:
        raise WrongUse("say which: numbers, or --all")
    return {"all": True} if everything else {"seqs": list(numbers)}
