"""Try answers where they will be used: log in at the exchange, let the adapter prove its settings."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import attrs

from vipex_sdk import errors
from vipex_sdk.cli.doctor.crm import fix_of, said_of
from vipex_sdk.cli.doctor.exchange import fix_of as fix_of_exchange
from vipex_sdk.cli.doctor.finding import Finding, Text, bad, fine, skipped
from vipex_sdk.cli.init.answers import Answers, plain_text
from vipex_sdk.control import AsyncClient
from vipex_sdk.crm.adapter import CrmAdapter, ListsUsers, unpaced
from vipex_sdk.crm.model import CrmUser
from vipex_sdk.crm.registry import plugin
from vipex_sdk.crm.setup import OffersChoices
from vipex_sdk.wire.profile import load_profile
from vipex_sdk.wire.toml import TomlDocument

__all__ = ["Tried", "extensions_of", "try_crm", "try_exchange"]

PATIENCE_SECONDS = 60.0


@attrs.frozen(kw_only=True)
class Tried:
    """What the CRM told when its answers were tried."""

    finding: Finding = attrs.field(factory=lambda: skipped("crm", hu="", en=""))
    users: tuple[CrmUser, ...] = attrs.field(default=(), repr=False)

    def choices(self, key: str, known: Answers, adapter: str) -> Mapping[str, str]:
        """Ask the adapter what may be answered to *key*; nothing when it was not reached."""
        if self.finding.check != "crm" or not self.users:
            return {}
        return asyncio.run(_choices(key, known, adapter))


async def try_exchange(known: Answers) -> Finding:
    """Log in and list users."""
    try:
        count = len(await _extensions(known))
    except (errors.VipexError, ValueError) as error:
        name = type(error).__name__
        said = Text(f"A VIPeX-belépés nem sikerült: {name}", f"Logging in to VIPeX failed: {name}")
        return bad("vipex", said, fix_of_exchange(error))
    return fine("vipex", hu=f"VIPeX-belépés rendben, {count} mellék.", en=f"Logged in to VIPeX; {count} extensions.")


async def extensions_of(known: Answers) -> Mapping[str, str]:
    """Give the extension of each user of the exchange by name; nobody when it cannot be asked."""
    try:
        return await _extensions(known)
    except (errors.VipexError, ValueError):
        return {}


async def try_crm(known: Answers, adapter: str) -> Tried:
    """Let the adapter check its settings, and list the CRM's users."""
    title = plugin(adapter).title
    try:
        opened = _open(known, adapter)
        async with asyncio.timeout(PATIENCE_SECONDS), opened:
            await opened.check()
            users = tuple(await opened.users()) if isinstance(opened, ListsUsers) else ()
    except (errors.VipexError, TimeoutError, ValueError) as error:
        return Tried(finding=bad("crm", said_of(title, error), fix_of(error)))
    count = len(users)
    right = fine("crm", hu=f"{title}: rendben, {count} felhasználó.", en=f"{title}: right, {count} users.")
    return Tried(finding=right, users=users)


async def _choices(key: str, known: Answers, adapter: str) -> Mapping[str, str]:
    opened = _open(known, adapter)
    if not isinstance(opened, OffersChoices):
        return {}
    chosen = _flat(known.get(f"crm.{adapter}") or {}, "")
    async with opened:
        return await opened.choices(key, chosen)


def _open(known: Answers, adapter: str) -> CrmAdapter:
    """Open the adapter on its answers; what unknown callers need is not complete yet and is left out."""
    chosen = plugin(adapter)
    later = {question.key.partition(".")[0] for question in chosen.setup.questions if question.choices}
    table = {
        name: plain_text(value, known.folder) if isinstance(value, dict) else value
        for name, value in (known.get(f"crm.{adapter}") or {}).items()
        if name not in later
    }
    opened: CrmAdapter = chosen.open(TomlDocument(data=table, text="").structure(chosen.settings), unpaced)
    return opened


async def _extensions(known: Answers) -> dict[str, str]:
    profile = known.text("vipex.profile")
    async with AsyncClient(
        known.text("vipex.base_url"),
        user=known.text("vipex.user"),
        password=known.text("vipex.password"),
        profile=load_profile(known.folder / profile if profile else None),
    ) as client:
        return {
            (user.name or user.extension).casefold(): user.extension
            async for user in client.users.all()
            if user.extension
        }


def _flat(table: Mapping[str, Any], prefix: str) -> dict[str, str]:
    flat: dict[str, str] = {}
    for name, value in table.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{prefix}{name}.")
        else:
            flat[prefix + name] = str(value)
    return flat
