"""What VIPeX must present when it calls us: at least one secret, and everything that is set must be right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import ip_network
from typing import Any, TypeAlias

from attrs import field, frozen

from vipex_sdk.gateway.config.about import about
from vipex_sdk.gateway.config.secret import Secret
from vipex_sdk.wire.webhook_auth import HookScheme

__all__ = ["SECRETS", "WebhookSettings", "webhook_problems"]

Problem: TypeAlias = tuple[tuple[str | int, ...], str]

SECRETS: Mapping[HookScheme, str] = {
    "basic": "password",
    "header_key": "header_token",
    "path_key": "path_secret",
    "query_key": "query_token",
    "body_key": "body_token",
    "signature": "hmac_secret",
}
"""Scheme of a wire profile's ``webhooks.auth`` to the key of its secret."""


def _before(key: str) -> Mapping[str, Any]:
    return about(
        en=f"The value of `{key}` before: still taken while VIPeX is being changed over.",
        hu=f"A `{key}` előző értéke: az átállás idejére ez is érvényes.",
    )


@frozen(kw_only=True)
class WebhookSettings:
    """``[webhooks]``: what VIPeX must present when it calls us."""

    user: str = field(
        default="",
        metadata=about(en="User name that VIPeX sends (Basic).", hu="A felhasználónév, amelyet a VIPeX küld (Basic)."),
    )
    password: Secret = field(
        default=Secret(),
        metadata=about(en="Password that VIPeX sends (Basic).", hu="A jelszó, amelyet a VIPeX küld (Basic)."),
    )
    password_previous: Secret = field(default=Secret(), metadata=_before("password"))
    header: str | None = field(
        default=None,
        metadata=about(
            en="Header that carries `header_token`; a value `Bearer ...` is understood; left out: as the profile says.",
            hu="A `header_token` fejléce; a `Bearer ...` alak is jó; elhagyva: a profil szerint.",
        ),
    )
    header_token: Secret = field(
        default=Secret(), metadata=about(en="Token that VIPeX sends in a header.", hu="Fejlécben küldött titok.")
    )
    header_token_previous: Secret = field(default=Secret(), metadata=_before("header_token"))
    path_secret: Secret = field(
        default=Secret(),
        metadata=about(
            en="Secret part of the address: `/vipex/SECRET/call-end`.",
            hu="A cím titkos része: `/vipex/TITOK/call-end`.",
        ),
    )
    path_secret_previous: Secret = field(default=Secret(), metadata=_before("path_secret"))
    query_name: str | None = field(
        default=None,
        metadata=about(
            en="Name of `query_token` in the address; left out: as the profile says.",
            hu="A `query_token` neve a címben; elhagyva: a profil szerint.",
        ),
    )
    query_token: Secret = field(
        default=Secret(), metadata=about(en="Token in the address: `?token=...`.", hu="Titok a címben: `?token=...`.")
    )
    query_token_previous: Secret = field(default=Secret(), metadata=_before("query_token"))
    body_field: str | None = field(
        default=None,
        metadata=about(
            en="Field of the body that holds `body_token`, dotted; left out: as the profile says.",
            hu="A `body_token` mezője a törzsben, pontozva; elhagyva: a profil szerint.",
        ),
    )
    body_token: Secret = field(
        default=Secret(),
        metadata=about(
            en="Token in the body; it is not kept. Strangers are known only when the body is read.",
            hu="Titok a törzsben; nem tároljuk. Az idegen csak a törzs beolvasása után derül ki.",
        ),
    )
    body_token_previous: Secret = field(default=Secret(), metadata=_before("body_token"))
    hmac_header: str | None = field(
        default=None,
        metadata=about(
            en="Header of the signature; left out: as the profile says.",
            hu="Az aláírás fejléce; elhagyva: a profil szerint.",
        ),
    )
    hmac_timestamp_header: str | None = field(
        default=None,
        metadata=about(
            en="Header of the time that is signed too (Unix seconds); empty: none; left out: as the profile says.",
            hu="A szintén aláírt idő fejléce (Unix másodperc); üresen: nincs; elhagyva: a profil szerint.",
        ),
    )
    hmac_tolerance_seconds: float | None = field(
        default=None,
        metadata=about(
            en="How far the two clocks may differ; left out: as the profile says.",
            hu="Ennyire térhet el a két óra (másodperc); elhagyva: a profil szerint.",
            least=1,
            most=86400,
        ),
    )
    hmac_secret: Secret = field(
        default=Secret(),
        metadata=about(
            en="Secret of the signature (HMAC) of the raw body.", hu="A nyers törzs (HMAC) aláírásának titka."
        ),
    )
    hmac_secret_previous: Secret = field(default=Secret(), metadata=_before("hmac_secret"))
    allow: tuple[str, ...] = field(
        default=(),
        metadata=about(
            en="Addresses or networks that VIPeX calls from; empty: any. Never enough by itself.",
            hu="Címek vagy hálózatok, ahonnan a VIPeX hív; üresen: bárhonnan. Önmagában nem elég.",
        ),
    )
    trusted_proxies: tuple[str, ...] = field(
        default=(),
        metadata=about(
            en="Our own reverse proxies, whose `X-Forwarded-For` is believed.",
            hu="A saját proxyk, amelyek `X-Forwarded-For` fejlécét elhisszük.",
        ),
    )
    guesses_a_minute: int = field(
        default=30,
        metadata=about(
            en="Refused requests of one address in a minute before it gets 429; 0: no limit.",
            hu="Egy címről percenként ennyi visszautasítás után 429 a válasz; 0: nincs korlát.",
            least=0,
            most=100000,
        ),
    )
    path: str = field(
        default="/vipex",
        metadata=about(
            en="Where the webhooks are: `/vipex/data-query`, `/vipex/incoming-call`, `/vipex/call-end`.",
            hu="A webhookok helye: `/vipex/data-query`, `/vipex/incoming-call`, `/vipex/call-end`.",
        ),
    )
    deadline_seconds: float | None = field(
        default=None,
        metadata=about(
            en="Within this a data query is always answered; left out: as the profile says.",
            hu="Az adatlekérdezés ennyi idő alatt mindig választ kap (másodperc); elhagyva: a profil szerint.",
            least=0.1,
            most=30,
        ),
    )


def webhook_problems(settings: WebhookSettings) -> Iterator[Problem]:
    """Give what would let everybody in, or nobody."""
    if not any(getattr(settings, name) for name in SECRETS.values()):
        yield ("webhooks", "password"), f"expected at least one secret: {', '.join(SECRETS.values())}"
    if (settings.password and not settings.user) or ":" in settings.user:
        yield ("webhooks", "user"), "expected a user name without a colon"
    if settings.user and not settings.password:
        yield ("webhooks", "password"), "expected a password"
    for name in SECRETS.values():
        if getattr(settings, f"{name}_previous") and not getattr(settings, name):
            yield ("webhooks", f"{name}_previous"), f"expected {name} beside it"
    yield from _bad_shapes(settings)


def _bad_shapes(settings: WebhookSettings) -> Iterator[Problem]:
    for name in ("path_secret", "path_secret_previous"):
        if "/" in getattr(settings, name).reveal():
            yield ("webhooks", name), "expected a secret without a slash"
    for name in ("header", "query_name", "body_field", "hmac_header"):
        text = getattr(settings, name)
        if text is not None and (not text.strip() or (not text.isascii() and name != "body_field")):
            yield ("webhooks", name), "expected a name"
    for name in ("allow", "trusted_proxies"):
        for index, text in enumerate(getattr(settings, name)):
            try:
                ip_network(text)
            except ValueError:
                yield ("webhooks", name, index), "expected an address or a network such as 198.51.100.0/24"
