"""Who we are to VIPeX: the technical user (*Technikai Felhasználó*), by the scheme that the profile names.

VIPeX does not publish which scheme it wants.
"""

from __future__ import annotations

from vipex_sdk.control.auth.choose import scheme_for
from vipex_sdk.control.auth.credentials import Credentials
from vipex_sdk.control.auth.schemes import BasicAuth, BodyKey, Digest, HeaderKey, QueryKey
from vipex_sdk.control.auth.sending import UNSIGNED, FlowAuth, Scheme
from vipex_sdk.control.auth.token import Token, TokenStore

__all__ = [
    "UNSIGNED",
    "BasicAuth",
    "BodyKey",
    "Credentials",
    "Digest",
    "FlowAuth",
    "HeaderKey",
    "QueryKey",
    "Scheme",
    "Token",
    "TokenStore",
    "scheme_for",
]
