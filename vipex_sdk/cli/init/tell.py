"""After the files are written: what to enter in the portal of the exchange, and what to tell the CRM's support."""

from __future__ import annotations

import socket
import sys
from urllib.parse import quote, urlsplit

from vipex_sdk.cli.init.texts import TEXTS
from vipex_sdk.cli.init.write import Written
from vipex_sdk.gateway.access import Site
from vipex_sdk.gateway.config import Configuration
from vipex_sdk.gateway.keys import open_install_key
from vipex_sdk.gateway.news import news_link

__all__ = ["tell"]

_HOOKS = ("data_query", "incoming_call", "call_end")


def tell(written: Written) -> None:
    """Print it on standard output: it is the result of the set-up, passwords to be entered elsewhere included."""
    settings = written.configuration
    words = TEXTS[settings.language]
    url = _public(settings)
    folder = settings.file.parent / "secrets"
    lines = [words["written"].format(config=settings.file, count=written.secrets, folder=folder), "", words["portal"]]
    path = settings.webhooks.path.rstrip("/")
    lines += [
        *(f"  {words[hook]}: {url}{path}/{hook.replace('_', '-')}" for hook in _HOOKS),
        f"  {words['user']}: {settings.webhooks.user}",
        f"  {words['password']}: {settings.webhooks.password.reveal()}",
        "",
        _for_support(settings, url),
        words["next"].format(config=settings.file),
    ]
    sys.stdout.write("\n".join(lines) + "\n")


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
