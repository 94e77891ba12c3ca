"""Settings that are allowed but seldom meant."""

from __future__ import annotations

import json
from collections.abc import Iterator

from vipex_sdk.cli.doctor.finding import Finding, Text, bad, fine, weak
from vipex_sdk.crm.abilities import ReadsNews
from vipex_sdk.crm.adapter import CreatesCard, unpaced
from vipex_sdk.crm.model import AudioPath
from vipex_sdk.errors import ConfigError
from vipex_sdk.gateway.admission import admission
from vipex_sdk.gateway.config import Configuration
from vipex_sdk.gateway.recordings.mp3 import can_encode
from vipex_sdk.wire.profile import load_profile

__all__ = ["look_at_settings"]


def look_at_settings(configuration: Configuration) -> Iterator[Finding]:
    """Check what fits together badly."""
    yield _webhooks(configuration)
    yield _own_numbers(configuration)
    yield from _recordings(configuration)
    adapter = configuration.crm.plugin.open(configuration.crm.settings, unpaced)
    wanted = configuration.calls.unknown_callers
    if wanted != "never" and not isinstance(adapter, CreatesCard):
        yield weak(
            "unknown_callers",
            Text(f'calls.unknown_callers = "{wanted}", de ez az adapter nem tud ügyfelet létrehozni.',
                 f'calls.unknown_callers = "{wanted}", but this adapter cannot create customers.'),
            Text('Írja vissza "never" értékre.', 'Set it back to "never".'),
        )  # fmt: skip
    if isinstance(adapter, ReadsNews):
        yield fine(
            "news",
            hu="A CRM saját webhookjai fogadhatók; címük: vipex desk links --json, news.",
            en="The CRM's own webhooks can be taken in; their address: vipex desk links --json, news.",
        )


def _webhooks(configuration: Configuration) -> Finding:
    try:
        checks = admission(configuration.webhooks, load_profile(configuration.vipex.profile).webhooks.auth)
    except ConfigError as error:
        return bad(
            "webhooks",
            Text(f"Az átjáró így nem indul el: {error}", f"The gateway will not start like this: {error}"),
            Text("Adja meg a [webhooks] hiányzó titkát, vagy javítsa a profil webhooks.auth tábláját.",
                 "Set the secret that is missing in [webhooks], or correct webhooks.auth of the profile."),
        )  # fmt: skip
    count = len(checks)
    return fine(
        "webhooks",
        hu=f"A VIPeX webhookjait {count} ellenőrzés védi.",
        en=f"Checks that VIPeX's webhooks have to pass: {count}",
    )


def _own_numbers(configuration: Configuration) -> Finding:
    numbers = configuration.calls.own_numbers
    if not numbers:
        return weak(
            "own_numbers",
            Text("Nincsenek saját számok megadva: egymás közti hívások ügyfélhívásnak látszhatnak.",
                 "No own numbers are set: calls between your own lines may look like customers'."),
            Text('Adja meg: [calls] own_numbers = ["+361..."]', 'Set them: [calls] own_numbers = ["+361..."]'),
        )  # fmt: skip
    return fine("own_numbers", hu=f"Saját számok: {len(numbers)}", en=f"Own numbers: {len(numbers)}")


def _recordings(configuration: Configuration) -> Iterator[Finding]:
    try:
        adapter = configuration.crm.plugin.open(configuration.crm.settings, unpaced)
    except ConfigError:
        return
    audio = adapter.manifest.audio
    if audio is AudioPath.PULL and not configuration.recordings.user:
        yield bad(
            "recordings",
            Text("A CRM a felvételeket maga kéri le, de nincs hozzá felhasználónév.",
                 "The CRM fetches recordings itself, but there is no user name for it."),
            Text("Adja meg a [recordings] user és password értékét, és közölje a CRM támogatásával.",
                 "Set user and password of [recordings], and tell the CRM's support."),
        )  # fmt: skip
    elif audio is AudioPath.LINK and not configuration.gateway.public_url:
        yield bad(
            "recordings",
            Text("A felvételek hivatkozásához nyilvános cím kell.", "Links to recordings need a public address."),
            Text("Adja meg a gateway.public_url értékét.", "Set gateway.public_url."),
        )
    elif audio is not AudioPath.NONE:
        yield fine("recordings", hu="A felvételek lekérhetők.", en="Recordings can be fetched.")
    if audio in {AudioPath.PULL, AudioPath.LINK} and not can_encode():
        yield weak(
            "mp3",
            Text("Nincs MP3-kódoló; a WAV felvételeket a CRM talán nem játssza le.",
                 "There is no MP3 encoder; the CRM may not play WAV recordings."),
            Text("pip install 'vipex-sdk[audio]'", "pip install 'vipex-sdk[audio]'"),
        )  # fmt: skip
    if audio is AudioPath.PULL and configuration.recordings.user and not configuration.recordings.allow:
        yield weak(
            "recordings_allow",
            Text("A felvételek bárhonnan lekérhetők, aki ismeri a jelszót.",
                 "Whoever knows the password can fetch recordings from anywhere."),
            _allowing(configuration),
        )  # fmt: skip


def _allowing(configuration: Configuration) -> Text:
    """Say from where the CRM fetches, where it publishes that."""
    plugin = configuration.crm.plugin
    if not plugin.setup.pulls_from:
        return Text("Írja a CRM címeit a recordings.allow listába.", "Put the CRM's addresses into recordings.allow.")
    allow = json.dumps(plugin.setup.pulls_from)
    return Text(
        f"Amit a {plugin.title} közzétett, ha még érvényes: [recordings] allow = {allow}",
        f"What {plugin.title} has published, if it still holds: [recordings] allow = {allow}",
    )
