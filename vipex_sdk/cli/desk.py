"""``vipex desk``: the agents' pages."""

from __future__ import annotations

from cyclopts import App

from vipex_sdk.cli.admin import admin
from vipex_sdk.cli.deliveries import Config
from vipex_sdk.cli.output import Json, print_json, show_table

__all__ = ["app"]

app = App(name="desk", help="Show the addresses of the agents' pages.", help_format="plaintext")


@app.command
def links(*, config: Config = None, json: Json = False) -> None:
    """Print every desk's personal address and call link; who has them sees and places calls as that extension."""
    pages = admin(config).get("/pages")
    if json:
        print_json(pages)
        return
    rows = [
        {"desk": extension, "address": address, "call_link": pages["call"].get(extension)}
        for extension, address in pages["desk"].items()
    ]
    rows.append({"desk": "dashboard", "address": pages["dashboard"]})
    show_table(rows, ("desk", "address", "call_link"), as_json=False)
