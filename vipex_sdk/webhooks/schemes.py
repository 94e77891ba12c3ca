"""What ``[webhooks.auth]`` of a wire profile means: to a receiver a check, to a simulated VIPeX what it must add."""

from __future__ import annotations

from attrs import evolve

from vipex_sdk.errors import ConfigError
from vipex_sdk.webhooks.checks import BasicAuth, BodyToken, Check, HeaderToken, PathSecret, QueryToken
from vipex_sdk.webhooks.signature import HmacSignature, sign, sign_body
from vipex_sdk.wire.media import body_kind, parse_body, render_body
from vipex_sdk.wire.messages import WireRequest
from vipex_sdk.wire.paths import put_at
from vipex_sdk.wire.webhook_auth import HookAuthFormat, HookScheme

__all__ = ["check_for", "present"]


def check_for(auth: HookAuthFormat, scheme: HookScheme, secret: str, *, user: str = "") -> Check:
    """Give the check of one *scheme*, in the shape that *auth* describes.

    Raises:
        ConfigError: a value cannot be used.
    """
    match scheme:
        case "basic":
            return BasicAuth(user, secret)
        case "header_key":
            return HeaderToken(auth.header, secret)
        case "path_key":
            return PathSecret(secret)
        case "query_key":
            return QueryToken(auth.query, secret)
        case "body_key":
            return BodyToken(auth.body, secret)
        case "signature":
            how = auth.signature
            return HmacSignature(
                secret,
                header=how.header,
                algorithm=how.algorithm,
                encoding=how.encoding,
                timestamp_header=how.timestamp_header or None,
                signed=how.signed,
                tolerance_seconds=how.tolerance_seconds,
            )


def present(auth: HookAuthFormat, request: WireRequest, *, user: str, secret: str) -> WireRequest:
    """Add to *request* what *auth* wants, with one *secret* for all of its schemes; Basic where it names none.

    Raises:
        ConfigError: the key belongs into a body that cannot hold it.
    """
    # A signature is of the body as it is sent, so it comes last.
    for scheme in sorted(auth.schemes or ("basic",), key=lambda one: one == "signature"):
        request = _with(auth, scheme, request, user=user, secret=secret)
    return request


def _with(auth: HookAuthFormat, scheme: str, request: WireRequest, *, user: str, secret: str) -> WireRequest:
    headers: dict[str, str] = {}
    match scheme:
        case "basic":
            headers = sign(user, secret)
        case "header_key":
            headers = {auth.header: f"Bearer {secret}" if auth.header.lower() == "authorization" else secret}
        case "path_key":
            return evolve(request, path=f"/{secret}{request.path}")
        case "query_key":
            return evolve(request, query=(*request.query, (auth.query, secret)))
        case "body_key":
            return _with_field(request, auth.body, secret)
        case _:
            how = auth.signature
            headers = sign_body(
                secret,
                request.body,
                header=how.header,
                algorithm=how.algorithm,
                encoding=how.encoding,
                timestamp_header=how.timestamp_header or None,
                signed=how.signed,
            )
    return evolve(request, headers=(*request.headers, *headers.items()))


def _with_field(request: WireRequest, path: str, secret: str) -> WireRequest:
    if request.method == "GET":
        return evolve(request, query=(*request.query, (path, secret)))
    kind = body_kind(request.content_type)
    if kind not in {"json", "form"}:
        raise ConfigError("only JSON and form bodies can hold a key here", key="webhooks.auth.schemes")
    fields = dict(parse_body(request.content_type, request.body, accepted=(kind,)))
    put_at(fields, path, secret)
    content_type, body = render_body("json" if kind == "json" else "form", fields)
    return evolve(request, content_type=content_type, body=body)
