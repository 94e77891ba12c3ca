"""The part of a wire profile that says how VIPeX proves to us who it is; the secrets are the gateway's settings."""

from __future__ import annotations

import re
from typing import Literal

from attrs import Attribute, field, frozen, validators

from vipex_sdk.errors import ConfigError
from vipex_sdk.wire.formats import is_name

__all__ = ["HookAuthFormat", "HookScheme", "SignatureFormat"]

HookScheme = Literal["basic", "header_key", "path_key", "query_key", "body_key", "signature"]

_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""A field name, RFC 9110, section 5.6.2."""


def _is_header(_instance: object, attribute: Attribute[str], value: str) -> None:
    if not _HEADER.fullmatch(value):
        raise ConfigError('expected the name of a header such as "X-Signature"', key=attribute.name)


def _is_header_or_empty(instance: object, attribute: Attribute[str], value: str) -> None:
    if value:
        _is_header(instance, attribute, value)


def _is_signed(_instance: object, attribute: Attribute[str], value: str) -> None:
    if value.count("{body}") != 1 or value.count("{timestamp}") != 1:
        raise ConfigError('expected text with {timestamp} and {body}, such as "{timestamp}.{body}"', key=attribute.name)


@frozen(kw_only=True)
class SignatureFormat:
    """How VIPeX signs the raw body (HMAC, RFC 2104).

    Attributes:
        header: where the signature is.
        algorithm: of the HMAC; its name may stand before the signature, as in ``sha256=...``.
        encoding: how the signature is written.
        timestamp_header: where the time is that is signed too, in Unix seconds; empty: only the body is signed.
        signed: what is signed where there is a time.
        tolerance_seconds: how far the two clocks may differ.
    """

    header: str = field(validator=_is_header)
    algorithm: Literal["sha1", "sha256", "sha512"]
    encoding: Literal["hex", "base64"]
    timestamp_header: str = field(validator=_is_header_or_empty)
    signed: str = field(validator=_is_signed)
    tolerance_seconds: float = field(validator=[validators.ge(1), validators.le(86400)])


@frozen(kw_only=True)
class HookAuthFormat:
    """How VIPeX proves to us who it is.

    Attributes:
        schemes: what it presents, all of it; the gateway does not start without a secret for each. Empty: whatever the
            gateway's settings have a secret for, and at least one.
        header: where ``header_key`` stands; ``Bearer`` may stand before the key.
        query: name of ``query_key`` in the address.
        body: dotted path of ``body_key`` in the body.
        signature: of the raw body.
    """

    schemes: tuple[HookScheme, ...]
    header: str = field(validator=_is_header)
    query: str = field(validator=is_name)
    body: str = field(validator=is_name)
    signature: SignatureFormat
