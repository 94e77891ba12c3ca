"""OAuth2 tokens: client credentials and the password grant, by Authlib's parts that do no I/O.

Never ``authlib.integrations.httpx_client``: it takes another HTTP library when that happens to be installed. Only a
profile that names OAuth2 imports this module.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import httpx
from attrs import evolve
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_token_request

from vipex_sdk.control.auth.credentials import Credentials
from vipex_sdk.control.auth.exchange import Exchange, token_in, token_request
from vipex_sdk.control.auth.token import Token
from vipex_sdk.errors import AuthError, ConfigError
from vipex_sdk.wire.formats import TokenFormat

__all__ = ["OAuth2"]

_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class OAuth2:
    """Tokens from an OAuth2 token address.

    Args:
        credentials: for the password grant the technical user and the program; else the program only, as ``user`` and
            ``password`` or as ``client_id`` and ``client_secret``.
        shape: of the token's answer.
        url: token address.
        by_password: the password grant instead of client credentials.
        now: seconds since 1970 UTC.
    """

    def __init__(
        self,
        credentials: Credentials,
        shape: TokenFormat,
        *,
        url: str,
        by_password: bool,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._shape = shape
        self._url = url
        self._now = now
        if by_password:
            credentials.needs_user()
            credentials.needs_password()
            self._grant, self._fields = "password", {"username": credentials.user, "password": credentials.password}
        else:
            credentials = _of_program(credentials)
            self._grant, self._fields = "client_credentials", {}
        method = shape.client_auth if credentials.client_secret else "none"
        self._client = ClientAuth(credentials.client_id, credentials.client_secret, method)

    def exchange(self, last: Token | None) -> Exchange:
        """Ask for a token: by the last one's refresh token where there is one and it is still taken."""
        if last is not None and last.refresh is not None:
            answer = yield self._request("refresh_token", {"refresh_token": last.refresh})
            try:
                token = token_in(answer, self._shape, now=self._now())
            except AuthError:
                pass  # refresh tokens end too; the credentials themselves are asked next
            else:
                return token if token.refresh else evolve(token, refresh=last.refresh)
        answer = yield self._request(self._grant, self._fields)
        return token_in(answer, self._shape, now=self._now())

    def _request(self, grant: str, fields: dict[str, str]) -> httpx.Request:
        scope = {"scope": self._shape.scope} if self._shape.scope else {}
        body = prepare_token_request(grant, **fields, **scope)
        # Without a method, Authlib writes the client's id into the address for GET and into the body for POST.
        url, headers, body = self._client.prepare("POST", self._url, dict(_FORM), body)
        return token_request(url, body, headers)


def _of_program(credentials: Credentials) -> Credentials:
    found = evolve(
        credentials,
        client_id=credentials.client_id or credentials.user,
        client_secret=credentials.client_secret or credentials.password,
    )
    if not found.client_id or not found.client_secret:
        raise ConfigError("expected client id and client secret, as user and password", key="user")
    return found
