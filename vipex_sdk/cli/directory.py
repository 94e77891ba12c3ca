"""``vipex directory``: the running gateway's local list of customers."""

from __future__ import annotations

from typing import Annotated

from cyclopts import App, Parameter

from vipex_sdk.cli.admin import admin
from vipex_sdk.cli.deliveries import Config
from vipex_sdk.cli.output import Json, print_json, say, show, show_table

__all__ = ["app"]

app = App(name="directory", help="Ask the local list of customers, or read it anew.", help_format="plaintext")


@app.command
def lookup(
    number: Annotated[str, Parameter(help="Telephone number, in any spelling.")],
    /,
    *,
    config: Config = None,
    json: Json = False,
) -> None:
    """Show whose number it is, as a data query would find it."""
    found = admin(config).get("/directory/lookup", number=number)
    if json:
        print_json(found)
        return
    say(f"{found['number'] or 'not a telephone number'}: {found['source']}")
    show_table(found["cards"], ("name", "company", "card", "owner", "open", "url"), as_json=False)


@app.command
def sync(
    *,
    full: Annotated[bool, Parameter(help="Read everything, not only what has changed.")] = False,
    config: Config = None,
    json: Json = False,
) -> None:
    """Read the CRM's customers now."""
    show(admin(config).post("/directory/refresh", {"full": full}), as_json=json)
