"""The CRM: key, modules, users, and who has which extension."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence

from vipex_sdk import errors
from vipex_sdk.cli.doctor.finding import Finding, Text, bad, fine, weak
from vipex_sdk.crm.abilities import ChecksNewCards
from vipex_sdk.crm.adapter import CrmAdapter, ListsUsers, unpaced
from vipex_sdk.crm.model import CrmUser
from vipex_sdk.gateway.config import Configuration

__all__ = ["fix_of", "look_at_crm", "said_of"]

PATIENCE_SECONDS = 60.0

_SAID: tuple[tuple[type[BaseException], str], ...] = (
    (errors.NeedsReauth, "nem fogadta el a kulcsot"),
    (errors.NotPermitted, "nem engedélyezte a kérést"),
    (errors.Misconfigured, "hibás beállítás"),
    (errors.ConfigError, "hibás beállítás"),
    (errors.RateLimited, "túl sok kérést kap"),
    (errors.DecodeError, "érthetetlen válasz"),
    (Exception, "nem válaszol"),
)

_FIXES: tuple[tuple[type[BaseException], Text], ...] = (
    (errors.NeedsReauth, Text("A kulcs vagy az azonosító hibás, vagy a kulcsot visszavonták: "
                              "készítsen újat a CRM-ben, majd vipex init újra.",
                              "The key is wrong or was revoked, or the system id is wrong: "
                              "make a new key in the CRM, then vipex init again.")),
    (errors.NotPermitted, Text("A kulcsnak nincs joga ehhez: a CRM rendszergazdája adhat.",
                               "The key lacks a right: an administrator of the CRM can give it.")),
    (errors.Misconfigured, Text("Javítsa a megnevezett beállítást a vipex.toml fájlban.",
                                "Correct the named setting in vipex.toml.")),
    (errors.ConfigError, Text("Javítsa a megnevezett értéket.", "Correct the value that is named.")),
    (errors.RateLimited, Text("A CRM most túl sok kérést kap; próbálja egy perc múlva.",
                              "The CRM gets too many requests now; try again in a minute.")),
    (Exception, Text("Ellenőrizze a CRM címét és a hálózatot, majd próbálja újra.",
                     "Check the CRM's address and the network, then try again.")),
)  # fmt: skip


def fix_of(error: BaseException) -> Text:
    """Say what to do about *error*."""
    return next(text for kind, text in _FIXES if isinstance(error, kind))


def said_of(title: str, error: BaseException) -> Text:
    """Say what happened; the CRM's own words stay as they came, for its support reads them too."""
    what = str(error) or type(error).__name__
    hungarian = next(text for kind, text in _SAID if isinstance(error, kind))
    return Text(f"{title}: {hungarian} ({what})", f"{title}: {what}")


async def look_at_crm(configuration: Configuration) -> tuple[Finding, ...]:
    """Let the adapter prove its settings, then compare users and extensions."""
    title = configuration.crm.plugin.title
    adapter: CrmAdapter = configuration.crm.plugin.open(configuration.crm.settings, unpaced)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS), adapter:
            await adapter.check()
            if configuration.calls.unknown_callers != "never" and isinstance(adapter, ChecksNewCards):
                await adapter.check_new_cards()
            users = await adapter.users() if isinstance(adapter, ListsUsers) else None
    except (errors.VipexError, TimeoutError) as error:
        return (bad("crm", said_of(title, error), fix_of(error)),)
    right = fine("crm", hu=f"{title}: kulcs és beállítások rendben.", en=f"{title}: key and settings are right.")
    return (right, *(_mapping(configuration, users) if users is not None else ()))


def _mapping(configuration: Configuration, users: Sequence[CrmUser]) -> Iterator[Finding]:
    known = {text for user in users for text in (user.ref.id, user.name)}
    wrong = [
        number for number, each in configuration.extensions.items() if each.crm_user and each.crm_user not in known
    ]
    if wrong:
        listed = ", ".join(sorted(wrong))
        yield bad(
            "mapping",
            Text(f"A CRM nem ismeri e mellékek felhasználóját: {listed}",
                 f"The CRM does not know the users of these extensions: {listed}"),
            Text("Írja be a CRM-felhasználó azonosítóját vagy pontos nevét (crm_user).",
                 "Set the CRM user's id or exact name (crm_user)."),
        )  # fmt: skip
    mapped = {each.crm_user for each in configuration.extensions.values()}
    without = [user for user in users if not user.extension and not mapped & {user.ref.id, user.name}]
    if without:
        listed = ", ".join(user.ref.id for user in without)
        yield weak(
            "mapping",
            Text(f"Mellék nélküli CRM-felhasználók (azonosító): {listed}",
                 f"CRM users without an extension (ids): {listed}"),
            Text("Ha telefonálnak, vegye fel őket az [extensions] alá.",
                 "If they use the telephone, add them under [extensions]."),
        )  # fmt: skip
    if not wrong and not without:
        yield fine("mapping", hu=f"{len(users)} CRM-felhasználó, mind mellékkel.",
                   en=f"{len(users)} CRM users, each with an extension.")  # fmt: skip
