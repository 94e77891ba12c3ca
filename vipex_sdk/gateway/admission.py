"""The checks of the receiver, as the wire profile and ``[webhooks]`` say: that the shape, this the secrets.

What has a previous value takes both while it is replaced.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from attrs import evolve

from vipex_sdk.errors import ConfigError
from vipex_sdk.gateway.config import SECRETS, Secret, WebhookSettings
from vipex_sdk.webhooks import AddressList, AnyOf, Check
from vipex_sdk.webhooks.schemes import check_for
from vipex_sdk.wire.webhook_auth import HookAuthFormat

__all__ = ["admission", "in_force", "proxies"]

_LOCAL_PROXIES = ("127.0.0.0/8", "::1/128")


def proxies(settings: WebhookSettings, *, secure: bool) -> tuple[str, ...]:
    """Give whose ``X-Forwarded-For`` is believed: those named, or one on this machine if there must be one.

    There is one when the gateway is *secure* by its public address: it does not speak TLS itself.
    """
    return settings.trusted_proxies or (_LOCAL_PROXIES if secure else ())


def admission(settings: WebhookSettings, auth: HookAuthFormat) -> list[Check]:
    """Give the checks, all of which must pass: of every scheme that has a secret, or that the profile names.

    Raises:
        ConfigError: a scheme that the profile names has no secret, or a value cannot be used.
    """
    for scheme in auth.schemes:
        if not getattr(settings, SECRETS[scheme]):
            expected = f'expected a secret: webhooks.auth.schemes of the wire profile names "{scheme}"'
            raise ConfigError(expected, key=f"webhooks.{SECRETS[scheme]}")
    checks = list(_secrets(settings, in_force(settings, auth)))
    if settings.allow:
        checks.append(AddressList(settings.allow, trusted_proxies=settings.trusted_proxies))
    return checks


def in_force(settings: WebhookSettings, auth: HookAuthFormat) -> HookAuthFormat:
    """Give what the profile says, with what ``[webhooks]`` says instead laid over it."""
    signature = {
        "header": settings.hmac_header,
        "timestamp_header": settings.hmac_timestamp_header,
        "tolerance_seconds": settings.hmac_tolerance_seconds,
    }
    shape = {"header": settings.header, "query": settings.query_name, "body": settings.body_field}
    return evolve(auth, **_given(shape), signature=evolve(auth.signature, **_given(signature)))


def _given(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _secrets(settings: WebhookSettings, auth: HookAuthFormat) -> Iterator[Check]:
    for scheme, name in SECRETS.items():
        now: Secret = getattr(settings, name)
        before: Secret = getattr(settings, f"{name}_previous")
        if now:
            live = [check_for(auth, scheme, secret.reveal(), user=settings.user) for secret in (now, before) if secret]
            yield live[0] if len(live) == 1 else AnyOf(*live)
