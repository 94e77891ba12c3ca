"""Who we are to VIPeX: the technical user (*Technikai Felhasználó*).

A scheme is one ``httpx.Auth``; the profile names the scheme. VIPeX does not publish which it wants.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Generator

import httpx

from vipex_sdk.errors import ConfigError
from vipex_sdk.wire.formats import AuthFormat

__all__ = ["BasicAuth", "technical_user"]


class BasicAuth(httpx.Auth):
    """HTTP Basic. The secret never shows in a representation."""

    def __init__(self, user: str, password: str) -> None:
        if not user or ":" in user:
            raise ConfigError("expected the technical user's name, without a colon", key="user")
        if not password:
            raise ConfigError("expected the technical user's generated password", key="password")
        self._header = "Basic " + b64encode(f"{user}:{password}".encode()).decode("ascii")

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Sign *request*."""
        request.headers["Authorization"] = self._header
        yield request


def technical_user(scheme: AuthFormat, *, user: str, password: str) -> httpx.Auth:
    """Build the authentication that the profile names."""
    match scheme.scheme:
        case "basic":
            return BasicAuth(user, password)
