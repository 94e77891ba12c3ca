"""VIPeX: can we log in, and do the clocks agree?"""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime

import httpx

from vipex_sdk import errors
from vipex_sdk.cli.doctor.finding import Finding, Text, bad, fine, skipped, weak
from vipex_sdk.control import AsyncClient
from vipex_sdk.gateway.config import Configuration
from vipex_sdk.wire.profile import load_profile

__all__ = ["fix_of", "look_at_exchange"]

SKEW_SECONDS = 60.0

_FIXES: tuple[tuple[type[errors.VipexError], Text], ...] = (
    (errors.AuthError, Text("Ellenőrizze a technikai felhasználó nevét és jelszavát a központ portálján.",
                            "Check the technical user's name and password in the portal of the exchange.")),
    (errors.NotSubscribed, Text("Kérje a szolgáltatótól a REST API engedélyezését.",
                                "Ask your provider to enable the REST API.")),
    (errors.Forbidden, Text("Adjon jogot a technikai felhasználónak, és engedélyezze ennek a gépnek a címét.",
                            "Permit it to the technical user, and permit this machine's address.")),
    (errors.NotSent, Text("Ellenőrizze a vipex.base_url címét és a hálózatot.",
                          "Check vipex.base_url and the network.")),
    (errors.DecodeError, Text("A kommunikációs profil nem illik ehhez a központhoz: vipex profile show.",
                              "The wire profile does not fit this exchange: vipex profile show.")),
    (errors.VipexError, Text("Próbálja újra később; ha így marad, forduljon a szolgáltatóhoz.",
                             "Try again later; if it stays so, ask your provider.")),
)  # fmt: skip


async def look_at_exchange(configuration: Configuration) -> tuple[Finding, ...]:
    """Log in and list users; then compare the clocks."""
    log_in = await _log_in(configuration)
    return (log_in, await _clock(configuration.vipex.base_url))


def fix_of(error: BaseException) -> Text:
    """Say what to do about *error*."""
    return next((text for kind, text in _FIXES if isinstance(error, kind)), _FIXES[-1][1])


async def _log_in(configuration: Configuration) -> Finding:
    vipex = configuration.vipex
    try:
        async with AsyncClient(
            vipex.base_url,
            user=vipex.user,
            password=vipex.password.reveal(),
            profile=load_profile(vipex.profile),
        ) as client:
            extensions = {user.extension async for user in client.users.all() if user.extension}
    except errors.VipexError as error:
        name = type(error).__name__
        return bad(
            "vipex", Text(f"A VIPeX-belépés nem sikerült: {name}", f"Logging in to VIPeX failed: {name}"), fix_of(error)
        )
    missing = sorted(set(configuration.extensions) - extensions)
    if missing and extensions:
        listed = ", ".join(missing)
        return weak(
            "vipex",
            Text(
                f"A VIPeX nem ismeri ezeket a mellékeket: {listed}", f"VIPeX does not know these extensions: {listed}"
            ),
            Text("Javítsa az [extensions] táblákat.", "Correct the [extensions] tables."),
        )
    count = len(extensions)
    return fine("vipex", hu=f"VIPeX-belépés rendben, {count} mellék.", en=f"Logged in to VIPeX; {count} extensions.")


async def _clock(url: str) -> Finding:
    try:
        async with httpx.AsyncClient(timeout=5.0, trust_env=False) as client:
            answer = await client.head(url)
        theirs = parsedate_to_datetime(answer.headers["date"]).timestamp()
    except (httpx.HTTPError, KeyError, TypeError, ValueError):
        return skipped("clock", hu="Az órák nem hasonlíthatók össze.", en="The clocks cannot be compared.")
    apart = abs(time.time() - theirs)
    if apart > SKEW_SECONDS:
        return bad(
            "clock",
            Text(f"A két óra {apart:.0f} másodperccel eltér.", f"The two clocks are {apart:.0f} seconds apart."),
            Text("Kapcsolja be az időszinkront: timedatectl set-ntp true",
                 "Turn time synchronisation on: timedatectl set-ntp true"),
        )  # fmt: skip
    return fine("clock", hu="Az órák egyeznek.", en="The clocks agree.")
