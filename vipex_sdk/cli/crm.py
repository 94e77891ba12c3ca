"""``vipex crm``: ask the configured CRM."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from cyclopts import App

from vipex_sdk.cli.deliveries import Config
from vipex_sdk.cli.output import Json, show_table
from vipex_sdk.errors import ConfigError

if TYPE_CHECKING:
    from vipex_sdk.crm.people import Pairing
    from vipex_sdk.gateway.config import Configuration

__all__ = ["app"]

app = App(name="crm", help="Ask the configured CRM.", help_format="plaintext")


@app.command
def users(*, config: Config = None, json: Json = False) -> None:
    """Pair the CRM's users with the exchange's by name; those without a partner are listed too."""
    from vipex_sdk.gateway.config import load

    pairs = asyncio.run(_paired(load(config or Path("vipex.toml"))))
    show_table(list(pairs), ("name", "crm_user", "extension", "by"), as_json=json)


async def _paired(configuration: Configuration) -> tuple[Pairing, ...]:
    from vipex_sdk.control import AsyncClient
    from vipex_sdk.crm import ListsUsers, unpaced
    from vipex_sdk.crm.people import pair
    from vipex_sdk.wire.profile import load_profile

    adapter = configuration.crm.plugin.open(configuration.crm.settings, unpaced)
    if not isinstance(adapter, ListsUsers):
        raise ConfigError("this CRM cannot list its users: set [extensions] by hand", key="crm.adapter")
    vipex = configuration.vipex
    client = AsyncClient(
        vipex.base_url, user=vipex.user, password=vipex.password.reveal(), profile=load_profile(vipex.profile)
    )
    async with adapter, client:
        people = await adapter.users()
        names = {user.extension: user.name or "" async for user in client.users.all() if user.extension}
    chosen = configuration.extensions
    configured = {number: extension.crm_user for number, extension in chosen.items() if extension.crm_user}
    return pair(people, names, configured)
