"""From what the profile says to a scheme."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from vipex_sdk.control.address import token_url
from vipex_sdk.control.auth.credentials import Credentials
from vipex_sdk.control.auth.schemes import BasicAuth, BodyKey, Digest, HeaderKey, QueryKey
from vipex_sdk.control.auth.sending import FlowAuth, Scheme
from vipex_sdk.control.auth.token import TokenStore

if TYPE_CHECKING:
    from vipex_sdk.control.auth.exchange import TokenSource
    from vipex_sdk.wire.formats import AuthFormat

__all__ = ["scheme_for"]


def scheme_for(
    shape: AuthFormat,
    credentials: Credentials,
    *,
    base_url: str,
    allow_insecure: bool = False,
    store: TokenStore | None = None,
) -> Scheme:
    """Build the scheme that the profile names.

    Raises:
        ConfigError: the credentials are not what it needs.
    """
    match shape.scheme:
        case "basic":
            return FlowAuth(BasicAuth(credentials))
        case "digest":
            return FlowAuth(Digest(credentials))
        case "header_key":
            return FlowAuth(HeaderKey(credentials, name=shape.header, prefix=shape.prefix))
        case "query_key":
            return FlowAuth(QueryKey(credentials, name=shape.parameter))
        case "body_key":
            return FlowAuth(BodyKey(credentials, name=shape.parameter))
        case "login_token" | "oauth2_client_credentials" | "oauth2_password":
            from vipex_sdk.control.auth.keeper import TokenAuth

            url = token_url(base_url, shape.token.url, allow_insecure=allow_insecure)
            return TokenAuth(
                _source(shape, credentials, url),
                store=store,
                key=_name(shape, credentials, url),
                header=shape.token.header,
                prefix=shape.token.prefix,
            )


def _source(shape: AuthFormat, credentials: Credentials, url: str) -> TokenSource:
    from vipex_sdk.control.auth.exchange import Login

    if shape.scheme == "login_token":
        return Login(credentials, shape.token, url=url)
    from vipex_sdk.control.auth.oauth2 import OAuth2  # Authlib costs as much to import as all the rest

    return OAuth2(credentials, shape.token, url=url, by_password=shape.scheme == "oauth2_password")


def _name(shape: AuthFormat, credentials: Credentials, url: str) -> str:
    """Name a token in a store: the same for every process that would get the same one, and telling nobody whose."""
    whose = f"{shape.scheme}\n{url}\n{shape.token.scope}\n{credentials.user}\n{credentials.client_id}"
    return f"vipex:{sha256(whose.encode()).hexdigest()[:32]}"
