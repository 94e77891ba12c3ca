"""``vipex adapters``: which CRMs this installation can talk to."""

from __future__ import annotations

from cyclopts import App

from vipex_sdk.cli.output import Json, show_table

__all__ = ["app"]

app = App(name="adapters", help="Show installed CRM adapters.", help_format="plaintext")


@app.command(name="list")
def list_adapters(*, json: Json = False) -> None:
    """List the installed adapters; their names are what [crm] adapter accepts."""
    from vipex_sdk.crm.registry import plugins

    found = [
        {"name": name, "title": plugin.title, "api_version": plugin.api_version} for name, plugin in plugins().items()
    ]
    show_table(found, ("name", "title", "api_version"), as_json=json)
