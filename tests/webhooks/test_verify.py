"""Who is let in: every check, what it takes, what it refuses, and what it never shows."""

import base64
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vipex_sdk.errors import BadCredentials, ConfigError
from vipex_sdk.webhooks.addresses import AddressList
from vipex_sdk.webhooks.checks import AnyOf, BasicAuth, Check, HeaderToken, PathSecret, QueryToken
from vipex_sdk.webhooks.head import RequestHead
from vipex_sdk.webhooks.signature import HmacSignature, StaleSignature, sign, sign_body
from vipex_sdk.webhooks.verify import challenges, needs_body, verify, verify_body

NOW = 1_772_442_000.0


def head(
    *headers: tuple[str, str | bytes], path: str = "/call-end", query: bytes = b"", peer: str | None = None
) -> RequestHead:
    return RequestHead(
        path=path,
        query=query,
        peer=peer,
        headers=tuple(
            (name.lower().encode(), value if isinstance(value, bytes) else value.encode()) for name, value in headers
        ),
    )


def basic(pair: bytes, scheme: bytes = b"Basic ") -> tuple[str, bytes]:
    return "authorization", scheme + base64.b64encode(pair)


@pytest.mark.parametrize(
    ("user", "password", "sent"),
    [
        ("vipex", "secret", basic(b"vipex:secret")),
        ("vipex", "a:b:c", basic(b"vipex:a:b:c")),
        ("vipex", "jelszó", basic("vipex:jelszó".encode())),
        ("vipex", "jelszó", basic("vipex:jelszó".encode("latin-1"))),
        ("vipex", "árvíztűrő", basic("vipex:árvíztűrő".encode())),
        ("vipex", "secret", basic(b"vipex:secret", scheme=b"bAsIc ")),
        ("vipex", "secret", basic(b"vipex:secret", scheme=b"Basic   ")),
    ],
)
def test_basic_takes_the_right_pair_however_it_is_written(user: str, password: str, sent: tuple[str, bytes]) -> None:
    verify([BasicAuth(user, password)], head(sent))


@pytest.mark.parametrize(
    "sent",
    [
        [],
        [basic(b"vipex:wrong")],
        [basic(b"other:secret")],
        [basic(b"vipex:secret"), basic(b"vipex:secret")],
        [basic(b"vipexsecret")],
        [basic(b"")],
        [basic(b"vipex:secret", scheme=b"Bearer ")],
        [("authorization", b"Basic")],
        [("authorization", b"Basic !!!")],
        [("authorization", b"Basic dmlwZXg6c2VjcmV0=x")],
        [("authorization", b"\xff\xfe\x00")],
        [("authorization", "Basic jelszó")],
        [("authorization", b"Basic " + b"A" * 1_000_000)],
        [("authorization", b"")],
    ],
)
def test_basic_refuses_everything_else(sent: list[tuple[str, bytes]]) -> None:
    with pytest.raises(BadCredentials):
        verify([BasicAuth("vipex", "secret")], head(*sent))


@given(st.binary(max_size=200))
def test_no_authorization_header_makes_a_check_fail_otherwise_than_by_refusing(value: bytes) -> None:
    checks: list[Check] = [
        BasicAuth("vipex", "secret"),
        HeaderToken("Authorization", "secret"),
        HmacSignature("secret"),
    ]
    for check in checks:
        assert not check.admits(head(("authorization", value)))


@given(st.text(min_size=1, max_size=30).filter(lambda text: ":" not in text), st.text(min_size=1, max_size=30))
def test_what_a_sender_signs_is_let_in(user: str, password: str) -> None:
    if not password.strip():
        return
    verify([BasicAuth(user, password)], head(*sign(user, password).items()))


def test_a_header_token_may_be_a_bearer_token() -> None:
    check = HeaderToken("Authorization", "t0ken")
    assert check.admits(head(("authorization", "t0ken")))
    assert check.admits(head(("authorization", "bearer t0ken")))
    assert not check.admits(head(("authorization", "Bearer other")))
    assert not check.admits(head(("authorization", "t0ken"), ("authorization", "t0ken")))
    assert challenges([check]) == ('Bearer realm="vipex"',)


def test_a_query_token_counts_once_and_unquoted() -> None:
    check = QueryToken("key", "a b/ő")
    assert check.admits(head(query=b"x=1&key=a+b%2F%C5%91"))
    assert not check.admits(head(query=b"key=other"))
    assert not check.admits(head(query=b"key=a+b%2F%C5%91&key=other"))
    assert not check.admits(head(query=b"a=" + b"x" * 100_000 + b"&key=a+b%2F%C5%91"))
    assert not check.admits(head())


def test_a_path_secret_is_the_first_segment() -> None:
    check = PathSecret("s3gment")
    assert check.admits(head(path="/s3gment/call-end"))
    assert not check.admits(head(path="/call-end"))
    assert not check.admits(head(path="/call-end/s3gment"))


def test_all_checks_must_pass() -> None:
    checks = [BasicAuth("vipex", "secret"), HeaderToken("X-Token", "t0ken")]
    verify(checks, head(basic(b"vipex:secret"), ("x-token", "t0ken")))
    for sent in ([basic(b"vipex:secret")], [("x-token", "t0ken")]):
        with pytest.raises(BadCredentials):
            verify(checks, head(*sent))


def test_no_checks_admit_nobody() -> None:
    with pytest.raises(BadCredentials):
        verify([], head())
    with pytest.raises(BadCredentials):
        verify_body([], head(), b"")


def test_two_credentials_live_side_by_side() -> None:
    check = AnyOf(BasicAuth("vipex", "old"), BasicAuth("vipex", "new"))
    assert check.admits(head(basic(b"vipex:old")))
    assert check.admits(head(basic(b"vipex:new")))
    assert not check.admits(head(basic(b"vipex:other")))
    assert challenges([check]) == ('Basic realm="vipex", charset="UTF-8"',)


def test_a_signature_covers_the_raw_body() -> None:
    checks = [HmacSignature("k3y")]
    assert needs_body(checks)
    signed = head(*sign_body("k3y", b'{"a": 1}').items())
    verify(checks, signed)
    verify_body(checks, signed, b'{"a": 1}')
    with pytest.raises(BadCredentials):
        verify_body(checks, signed, b'{"a":1}')
    with pytest.raises(BadCredentials):
        verify(checks, head())
    with pytest.raises(BadCredentials):
        verify_body([HmacSignature("other")], signed, b'{"a": 1}')


def test_a_signature_may_carry_its_prefix_in_any_case() -> None:
    signature = sign_body("k3y", b"x")["X-Signature"].upper()
    verify_body([HmacSignature("k3y")], head(("x-signature", "SHA256=" + signature)), b"x")


def test_a_signature_with_a_time_grows_old() -> None:
    sent = head(*sign_body("k3y", b"x", timestamp_header="X-Time", clock=lambda: NOW).items())

    def check(clock: float) -> HmacSignature:
        return HmacSignature("k3y", timestamp_header="X-Time", clock=lambda: clock)

    verify_body([check(NOW + 299)], sent, b"x")
    with pytest.raises(StaleSignature):
        verify_body([check(NOW + 600)], sent, b"x")
    with pytest.raises(StaleSignature):
        verify_body([AnyOf(check(NOW - 600), HmacSignature("other"))], sent, b"x")
    assert not check(NOW).admits(head(("x-signature", "a" * 64), ("x-time", "soon")))


def test_signing_secrets_can_be_rotated() -> None:
    check = AnyOf(HmacSignature("old"), HmacSignature("new"))
    assert needs_body([check])
    for secret in ("old", "new"):
        verify_body([check], head(*sign_body(secret, b"x").items()), b"x")
    with pytest.raises(BadCredentials):
        verify_body([check], head(*sign_body("other", b"x").items()), b"x")


@pytest.mark.parametrize(
    ("peer", "forwarded", "admitted"),
    [
        ("198.51.100.7", [], True),
        ("::ffff:198.51.100.7", [], True),
        ("198.51.100.8", [], False),
        ("203.0.113.20", [], True),
        ("2001:db8::1", [], True),
        ("198.51.100.8", ["198.51.100.7"], False),  # nobody's proxy may say whose address it is
        ("10.0.0.1", ["198.51.100.7"], True),
        ("10.0.0.1", ["198.51.100.7, 10.0.0.2"], True),
        ("10.0.0.1", ["198.51.100.7", "10.0.0.2"], True),
        ("10.0.0.1", ["198.51.100.7, 203.0.114.1"], False),  # the nearest stranger counts
        ("10.0.0.1", ["203.0.114.1, 198.51.100.7"], True),
        ("10.0.0.1", [], False),  # a proxy that names nobody
        ("10.0.0.1", ["10.0.0.2"], False),
        ("10.0.0.1", ["nonsense"], False),
        ("10.0.0.1", ["198.51.100.7, "], False),
        ("10.0.0.1", ["198.51.100.7," * 1000], False),
        (None, ["198.51.100.7"], False),
        ("testclient", [], False),
    ],
)
def test_addresses(peer: str | None, forwarded: list[str], *, admitted: bool) -> None:
    check = AddressList(
        ["198.51.100.7", "203.0.113.0/24", "2001:db8::/32", "10.0.0.0/8"], trusted_proxies=["10.0.0.0/8"]
    )
    sent = head(*(("x-forwarded-for", value) for value in forwarded), peer=peer)
    assert check.admits(sent) is admitted


@pytest.mark.parametrize(
    "build",
    [
        lambda: BasicAuth("", "secret"),
        lambda: BasicAuth("a:b", "secret"),
        lambda: BasicAuth("vipex", " "),
        lambda: HeaderToken("", "x"),
        lambda: HeaderToken("X-Tőken", "x"),
        lambda: HeaderToken("X-Token", ""),
        lambda: QueryToken("key", ""),
        lambda: PathSecret("a/b"),
        lambda: PathSecret(""),
        lambda: HmacSignature(""),
        AnyOf,
        lambda: AddressList([]),
        lambda: AddressList(["nonsense"]),
        lambda: AddressList(["10.0.0.1"], trusted_proxies=["10.0.0.1/8"]),
    ],
)
def test_a_check_that_would_admit_anybody_or_nobody_cannot_be_built(build: Callable[[], Check]) -> None:
    with pytest.raises(ConfigError):
        build()


def test_no_check_shows_its_secret() -> None:
    checks = [
        BasicAuth("canary-user", "canary-1"),
        HeaderToken("X-Token", "canary-2"),
        QueryToken("key", "canary-3"),
        PathSecret("canary-4"),
        HmacSignature("canary-5"),
        AnyOf(BasicAuth("canary-user", "canary-6")),
        AddressList(["198.51.100.7"]),
    ]
    for check in checks:
        assert "canary" not in repr(check)
        assert "198.51" not in repr(check)
    with pytest.raises(BadCredentials) as caught:
        verify(checks, head(("x-token", "canary-7")))
    assert "canary" not in str(caught.value)


def test_the_head_of_a_mounted_application_begins_below_the_mount() -> None:
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/vipex/call-end",
        "root_path": "/vipex",
        "query_string": b"a=1",
        "headers": [(b"X-Token", b"t")],
        "client": ("127.0.0.1", 5),
    }
    seen = RequestHead.from_scope(scope)
    assert (seen.path, seen.query, seen.peer, seen.text("x-token")) == ("/call-end", b"a=1", "127.0.0.1", "t")
    assert RequestHead.from_scope({**scope, "root_path": "", "client": None}).path == "/vipex/call-end"
    assert RequestHead.from_scope({**scope, "path": "/vipex"}).path == "/"
