"""After the files are written: what to enter in the portal of the exchange, and what to tell the CRM's support."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from urllib.parse import quote, urlencode, urlsplit

from vipex_sdk.cli.init.texts import TEXTS
from vipex_sdk.cli.init.write import Written
from vipex_sdk.gateway.access import Site
from vipex_sdk.gateway.admission import in_force
from vipex_sdk.gateway.config import SECRETS, Configuration
from vipex_sdk.gateway.keys import open_install_key
from vipex_sdk.gateway.news import news_link
from vipex_sdk.wire.profile import load_profile

__all__ = ["tell"]


def tell(written: Written) -> None:
    """Print it on standard output: it is the result of the set-up, passwords to be entered elsewhere included."""
    settings = written.configuration
    words = TEXTS[settings.language]
    url = _public(settings)
    folder = settings.file.parent / "secrets"
    lines = [words["written"].format(config=settings.file, count=written.secrets, folder=folder), ""]
    lines += [] if settings.gateway.public_url else [words["no_public_url"], ""]
    lines += [
        words["portal"],
        *_for_portal(settings, url),
        "",
        _for_support(settings, url),
        words["next"].format(config=settings.file),
    ]
    sys.stdout.write("\n".join(lines) + "\n")


def _for_portal(settings: Configuration, url: str) -> Iterator[str]:
    """Give the addresses of the webhooks, and what VIPeX must present there."""
    profile = load_profile(settings.vipex.profile)
    words, hooks, own = TEXTS[settings.language], profile.webhooks, settings.webhooks
    auth = in_force(own, hooks.auth)
    secret = {scheme: getattr(own, name).reveal() for scheme, name in SECRETS.items()}
    before = own.path.rstrip("/") + (f"/{secret['path_key']}" if secret["path_key"] else "")
    behind = f"?{urlencode({auth.query: secret['query_key']})}" if secret["query_key"] else ""
    for name, hook in hooks.by_name.items():
        if name == "recording_upload" and profile.recordings.mode != "separate":
            continue  # most exchanges have no such message
        path = hooks.events_path if hooks.single_url else hook.path
        yield f"  {words[name]}: {url}{before}{path}{behind}"
    if secret["basic"]:
        yield f"  {words['user']}: {own.user}"
        yield f"  {words['password']}: {secret['basic']}"
    if secret["header_key"]:
        yield f"  {words['header']}: {auth.header}: {secret['header_key']}"
    if secret["body_key"]:
        yield f"  {words['field']}: {auth.body} = {secret['body_key']}"
    if secret["signature"]:
        how = auth.signature
        yield f"  {words['signature']} ({how.header}, HMAC, {how.algorithm}, {how.encoding}): {secret['signature']}"


def _for_support(settings: Configuration, url: str) -> str:
    setup = settings.crm.plugin.setup
    recordings = settings.recordings
    scheme, _, place = url.partition("://")
    user, password = quote(recordings.user, safe=""), quote(recordings.password.reveal(), safe="")
    text = setup.tell_hu if settings.language == "hu" else setup.tell_en
    host = urlsplit(url).hostname or ""
    return text.format(
        public_url=url,
        host=host,
        address=_address_of(host) or TEXTS[settings.language]["unresolved"],
        user=recordings.user,
        password=recordings.password.reveal(),
        recordings=f"{scheme}://{user}:{password}@{place}/recordings",
        news=news_link(key=open_install_key(settings.gateway.data), site=Site(url=url)),
    )


def _public(settings: Configuration) -> str:
    gateway = settings.gateway
    return (gateway.public_url or f"http://{gateway.host}:{gateway.port}").rstrip("/")


def _address_of(host: str) -> str:
    try:
        return str(socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)[0][4][0])
    except OSError:
        return ""
