"""What a profile says about credentials: a simulated VIPeX presents it, a receiver asks for it."""

from __future__ import annotations

import base64
import json

import pytest
from attrs import evolve

from vipex_sdk.errors import BadCredentials, ConfigError
from vipex_sdk.webhooks import HmacSignature, StaleSignature, verify_body
from vipex_sdk.webhooks.head import RequestHead
from vipex_sdk.webhooks.schemes import check_for, present
from vipex_sdk.webhooks.signature import Algorithm, sign_body
from vipex_sdk.wire.media import parse_body
from vipex_sdk.wire.messages import WireRequest
from vipex_sdk.wire.profile import default_profile, lay_on
from vipex_sdk.wire.webhook_auth import HookAuthFormat

JSON = WireRequest(method="POST", path="/call-end", content_type="application/json", body=b'{"a": 1}')
FORM = WireRequest(method="POST", path="/call-end", content_type="application/x-www-form-urlencoded", body=b"a=1")
TIMED = '[webhooks.auth.signature]\ntimestamp_header = "X-Time"\nsigned = "v0:{timestamp}:{body};"'


def auth(schemes: list[str], more: str = "") -> HookAuthFormat:
    return lay_on(default_profile(), f"[webhooks.auth]\nschemes = {json.dumps(schemes)}\n{more}").webhooks.auth


def admit(said: HookAuthFormat, request: WireRequest, secret: str) -> None:
    """Ask every check of *said* about *request*, as a receiver does."""
    head = RequestHead(
        path=request.path,
        query="&".join(f"{name}={value}" for name, value in request.query).encode(),
        peer=None,
        headers=tuple((name.lower().encode(), value.encode()) for name, value in request.headers),
    )
    checks = [check_for(said, scheme, secret, user="vipex") for scheme in said.schemes]
    fields = parse_body(request.content_type, request.body, accepted=("json", "form"))
    verify_body(checks, head, request.body, fields=fields)


SCHEMES = [
    auth(["basic"]),
    auth(["header_key"]),
    auth(["header_key"], 'header = "X-Token"'),
    auth(["path_key"]),
    auth(["query_key"], 'query = "k"'),
    auth(["body_key"], 'body = "auth.key"'),
    auth(["signature"], TIMED),
    *(
        auth(["signature"], f'[webhooks.auth.signature]\nalgorithm = "{algorithm}"\nencoding = "{encoding}"')
        for algorithm in ("sha1", "sha256", "sha512")
        for encoding in ("hex", "base64")
    ),
    auth(["signature", "body_key", "query_key"]),
]


@pytest.mark.parametrize("request_", [JSON, FORM], ids=["json", "form"])
@pytest.mark.parametrize("said", SCHEMES, ids=lambda said: "+".join(said.schemes))
def test_what_is_presented_is_admitted_and_nothing_else(said: HookAuthFormat, request_: WireRequest) -> None:
    sent = present(said, request_, user="vipex", secret="k3y")
    admit(said, sent, "k3y")
    for wrong, secret in ((sent, "other"), (request_, "k3y")):
        with pytest.raises(BadCredentials):
            admit(said, wrong, secret)


def test_without_schemes_basic_is_presented() -> None:
    ((name, value),) = present(auth([]), JSON, user="vipex", secret="k3y").headers
    assert (name, base64.b64decode(value.removeprefix("Basic "))) == ("Authorization", b"vipex:k3y")


def test_a_key_stands_in_the_query_where_there_is_no_body() -> None:
    asked = WireRequest(method="GET", path="/data-query", query=(("caller", "1"),))
    assert present(auth(["body_key"]), asked, user="", secret="k3y").query == (("caller", "1"), ("token", "k3y"))


def test_a_body_that_cannot_hold_a_key_is_refused() -> None:
    with pytest.raises(ConfigError, match="JSON and form"):
        present(auth(["body_key"]), evolve(JSON, content_type="application/xml"), user="", secret="k3y")


@pytest.mark.parametrize(
    ("algorithm", "written"),
    [
        # RFC 2202, test case 2 of HMAC-SHA-1, and RFC 4231, test case 2.
        ("sha1", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
        ("sha256", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        (
            "sha512",
            (
                "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
                "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737"
            ),
        ),
    ],
)
def test_signatures_are_those_of_the_standard(algorithm: Algorithm, written: str) -> None:
    body = b"what do ya want for nothing?"
    assert sign_body("Jefe", body, algorithm=algorithm)["X-Signature"] == written
    in_base64 = sign_body("Jefe", body, algorithm=algorithm, encoding="base64")["X-Signature"]
    assert base64.b64decode(in_base64).hex() == written


@pytest.mark.parametrize(
    "sent", ["", "=", "sha1=", "QUJD", "a" * 28, "sha256=" + "A" * 28, "A" * 27 + "\xff", "sha1=" + "A" * 27]
)
def test_what_is_no_signature_in_base64_is_refused(sent: str) -> None:
    check = HmacSignature("k3y", algorithm="sha1", encoding="base64")
    head = RequestHead(path="/", query=b"", peer=None, headers=((b"x-signature", sent.encode("latin-1")),))
    with pytest.raises(BadCredentials):
        verify_body([check], head, b"x")


def test_the_name_of_the_algorithm_may_stand_before_base64_too() -> None:
    check = HmacSignature("k3y", encoding="base64")
    value = sign_body("k3y", b"x", encoding="base64")["X-Signature"]
    head = RequestHead(path="/", query=b"", peer=None, headers=((b"x-signature", f"SHA256={value}".encode()),))
    verify_body([check], head, b"x")


def test_what_is_signed_with_the_time_is_the_profiles() -> None:
    signed = "v0:{timestamp}:{body}"
    sent = sign_body("k3y", b"x", timestamp_header="X-Time", signed=signed, clock=lambda: 1000.0)
    head = RequestHead(
        path="/", query=b"", peer=None, headers=tuple((name.lower().encode(), sent[name].encode()) for name in sent)
    )

    def check(signed: str, now: float) -> HmacSignature:
        return HmacSignature("k3y", timestamp_header="X-Time", signed=signed, clock=lambda: now)

    verify_body([check(signed, 1000.0)], head, b"x")
    with pytest.raises(StaleSignature):
        verify_body([check(signed, 2000.0)], head, b"x")
    with pytest.raises(BadCredentials):
        verify_body([check("{timestamp}.{body}", 1000.0)], head, b"x")
