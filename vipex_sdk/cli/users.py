"""``vipex users``: who has which extension."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from vipex_sdk.cli.connection import Here, connect
from vipex_sdk.cli.output import Json, show, show_table

__all__ = ["users"]


def users(
    user_id: Annotated[str | None, Parameter(name="ID", help="Show this one only.")] = None,
    /,
    *,
    json: Json = False,
    connection: Here = None,
) -> None:
    """List the users of the exchange, or show one."""
    with connect(connection) as client:
        if user_id is not None:
            show(client.users.get(user_id), as_json=json)
            return
        everyone = list(client.users.all())
    show_table(everyone, ("id", "name", "extension", "email", "groups", "enabled"), as_json=json)
