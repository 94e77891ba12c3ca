"""Where requests go: the address of a VIPeX, and the proxy in between."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx
from attrs import frozen

from vipex_sdk.errors import ConfigError
from vipex_sdk.wire.visits import is_loopback

__all__ = ["Route", "base_url_of", "origin_of", "token_url"]


def base_url_of(url: str, *, allow_insecure: bool, key: str = "base_url") -> str:
    """Check the address of a VIPeX and give it without a slash at its end.

    Raises:
        ConfigError: it is no address, holds credentials, or is plain HTTP to another machine.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in {"http", "https"} or parts.query or parts.fragment:
        raise ConfigError('expected an address such as "https://pbx.example.hu"', key=key)
    if parts.username or parts.password:
        raise ConfigError("expected an address without credentials; give user and password apart", key=key)
    if parts.scheme == "http" and not allow_insecure and not is_loopback(host):
        raise ConfigError("expected https: the password would travel readable", key=key)
    return url.rstrip("/")


def token_url(base_url: str, path: str, *, allow_insecure: bool) -> str:
    """Give the address that tokens come from: a path below *base_url*, or an address of its own."""
    found = base_url + path if path.startswith("/") else urljoin(base_url, path)
    return base_url_of(found, allow_insecure=allow_insecure, key="control.auth.token.url")


def origin_of(base_url: str) -> str:
    """Give scheme, host and port of the address of a VIPeX, written as those of a request elsewhere are."""
    parts = urlsplit(base_url)
    usual = parts.port == {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{parts.netloc.lower().rpartition(':')[0] if usual else parts.netloc.lower()}"


@frozen(kw_only=True, repr=False)
class Route:
    """How the network is crossed; it shows nothing, for a proxy's address may hold a password.

    Attributes:
        proxy: the one that was asked for.
        trust_env: whether ``HTTPS_PROXY``, ``HTTP_PROXY``, ``ALL_PROXY`` and ``NO_PROXY`` count when none was.
    """

    proxy: str | None = None
    trust_env: bool = False

    def __repr__(self) -> str:
        return "<Route>"

    def proxy_for(self, base_url: str) -> httpx.Proxy | None:
        """Give the proxy that *base_url* is reached through.

        Raises:
            ConfigError: it is none.
        """
        try:
            return _proxy(self.proxy or (_environments(base_url) if self.trust_env else None))
        except (ValueError, httpx.InvalidURL):
            pass  # the frames of httpx hold its address
        raise ConfigError('expected an address such as "http://proxy.example.hu:3128"', key="proxy")


def _proxy(address: str | None) -> httpx.Proxy | None:
    return httpx.Proxy(address) if address else None


def _environments(base_url: str) -> str | None:
    parts = urlsplit(base_url)
    if proxy_bypass(parts.netloc):
        return None
    found = getproxies()
    return found.get(parts.scheme) or found.get("all")
