"""The checks of the receiver, as ``[webhooks]`` says; what has a previous value takes both while it is replaced."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from vipex_sdk.gateway.config import Secret, WebhookSettings
from vipex_sdk.webhooks import (
    AddressList,
    AnyOf,
    BasicAuth,
    BodyToken,
    Check,
    HeaderToken,
    HmacSha256,
    PathSecret,
    QueryToken,
)

__all__ = ["LOCAL_PROXIES", "admission"]

LOCAL_PROXIES = ("127.0.0.0/8", "::1/128")
"""A proxy with TLS on this machine, when the public address says that there is one."""


def admission(settings: WebhookSettings) -> list[Check]:
    """Give the checks, all of which must pass.

    Raises:
        ConfigError: a value cannot be used.
    """
    checks = list(_secrets(settings))
    if settings.allow:
        checks.append(AddressList(settings.allow, trusted_proxies=settings.trusted_proxies))
    return checks


def _secrets(settings: WebhookSettings) -> Iterator[Check]:
    makers: tuple[tuple[str, Callable[[str], Check]], ...] = (
        ("password", lambda text: BasicAuth(settings.user, text)),
        ("header_token", lambda text: HeaderToken(settings.header, text)),
        ("path_secret", PathSecret),
        ("query_token", lambda text: QueryToken(settings.query_name, text)),
        ("body_token", lambda text: BodyToken(settings.body_field, text)),
        ("hmac_secret", lambda text: _signature(settings, text)),
    )
    for name, make in makers:
        now: Secret = getattr(settings, name)
        before: Secret = getattr(settings, f"{name}_previous")
        if now:
            live = [make(secret.reveal()) for secret in (now, before) if secret]
            yield live[0] if len(live) == 1 else AnyOf(*live)


def _signature(settings: WebhookSettings, secret: str) -> Check:
    return HmacSha256(
        secret,
        header=settings.hmac_header,
        timestamp_header=settings.hmac_timestamp_header or None,
        tolerance_seconds=settings.hmac_tolerance_seconds,
    )
