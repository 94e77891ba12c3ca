"""``vipex desk``: the agents' pages."""

from __future__ import annotations

from cyclopts import App

from vipex_sdk.cli.admin import admin
from vipex_sdk.cli.deliveries import Config
from vipex_sdk.cli.output import Json, show_table

__all__ = ["app"]

app = App(name="desk", help="Show the addresses of the agents' pages.", help_format="plaintext")
