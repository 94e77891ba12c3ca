from __future__ import annotations

import pytest

from vipex_sdk.errors import Invalid
from vipex_sdk.wire.messages import WireRequest
from vipex_sdk.wire.visits import address_request, is_address, is_visitable_host

HOSTS = ("Audio.example.hu", "big.example.hu:8443", "127.0.0.1:8080", "localhost:8080", "[::1]:8080", "[2001:db8::7]")


@pytest.mark.parametrize(
    ("address", "origin", "path"),
    [
        ("https://audio.example.hu/r/1.wav", "https://audio.example.hu", "/r/1.wav"),
        ("HTTPS://AUDIO.Example.HU:443/r/1.wav", "https://audio.example.hu", "/r/1.wav"),
        ("https://audio.example.hu", "https://audio.example.hu", "/"),
        ("https://audio.example.hu?r=1", "https://audio.example.hu", "/?r=1"),
        (
            "https://audio.example.hu/a%2Fb?sig=a%2Bb+c&x=%20/?",
            "https://audio.example.hu",
            "/a%2Fb?sig=a%2Bb+c&x=%20/?",
        ),
        ("https://big.example.hu:8443/r", "https://big.example.hu:8443", "/r"),
        ("https://[2001:DB8::7]/r", "https://[2001:db8::7]", "/r"),
        ("http://127.0.0.1:8080/r", "http://127.0.0.1:8080", "/r"),
        ("http://localhost:8080/r", "http://localhost:8080", "/r"),
        ("http://[::1]:8080/r", "http://[::1]:8080", "/r"),
    ],
)
def test_an_address_at_a_listed_host_is_asked_for_as_it_came(address: str, origin: str, path: str) -> None:
    assert address_request(address, hosts=HOSTS) == WireRequest(method="GET", origin=origin, path=path)


@pytest.mark.parametrize(
    "address",
    [
        "https://elsewhere.example/r",
        "https://xaudio.example.hu/r",
        "https://audio.example.hu.elsewhere.example/r",
        "https://audio.example.hu./r",
        "https://audio.example.hu:8443/r",
        "https://audio.example.hu:0443/r",
        "https://audio.example.hu:99999/r",
        "https://audio.example.hu:/r",
        "https://big.example.hu/r",
        "http://audio.example.hu/r",
        "http://big.example.hu:8443/r",
        "http://127.0.0.1/r",
        "http://127.0.0.1:80/r",
        "http://127.1:8080/r",
        "http://2130706433:8080/r",
        "http://0x7f.0.0.1:8080/r",
        "http://0177.0.0.1:8080/r",
        "http://[::ffff:127.0.0.1]:8080/r",
        "http://[0:0:0:0:0:0:0:1]:8080/r",
        "https://169.254.169.254/latest/meta-data",
        "https://audio.example.hu@elsewhere.example/r",
        "https://user:secret@audio.example.hu/r",
        "https://@audio.example.hu/r",
        "https://audio.example.hu#@elsewhere.example/r",
        "https://audio.example.hu/r#part",
        "https://audio.example.hu\\@elsewhere.example/r",
        "https://elsewhere.example\\audio.example.hu/r",
        "https:audio.example.hu/r",
        "https:///audio.example.hu/r",
        "https://audio.example.hu/r\r\nX: 1",
        "https://audio.example.hu/r 1",
        "https://audio.example.hu/r\n",
        " https://audio.example.hu/r",
        "https://audio\u3002example\u3002hu/r",
        "https://audio.example.h\u00fa/r",
        "https://audio.example.hu/h\u00edv\u00e1s",
        "https://audio%2eexample%2ehu/r",
        "https://audio.example.hu/" + "r" * 2000,
        "ftp://audio.example.hu/r",
    ],
)
def test_no_other_address_is_visited(address: str) -> None:
    with pytest.raises(Invalid) as refused:
        address_request(address, hosts=HOSTS)
    assert "example" not in str(refused.value)


def test_without_hosts_nothing_is_visited() -> None:
    with pytest.raises(Invalid, match="url_hosts_allowed"):
        address_request("https://audio.example.hu/r", hosts=())


@pytest.mark.parametrize("host", HOSTS)
def test_hosts_and_hosts_with_ports_may_be_listed(host: str) -> None:
    assert is_visitable_host(host)


@pytest.mark.parametrize(
    "text",
    ["", "https://a.example", "a.example/r", "*.example", ".example", "a..b", "u@a.example", "a.example:0", "a:99999",
     "::1", "a b", "a.example:", "a.example.", "pr\u00f3ba.example"],
)  # fmt: skip
def test_what_is_no_host_cannot_be_listed(text: str) -> None:
    assert not is_visitable_host(text)


@pytest.mark.parametrize(("code", "so"), [("https://a", True), ("HTTP://a", True), ("R-1", False), ("httpsR-1", False)])
def test_codes_are_no_addresses(code: str, *, so: bool) -> None:
    assert is_address(code) is so
