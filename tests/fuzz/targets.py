"""What strangers and administrators can write, thrown at what reads it: only our own errors may come out."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from tests.webhooks import cutting
from vipex_sdk.errors import BadCredentials, ConfigError, VipexError
from vipex_sdk.numbers import NumberKind, PhoneNumber, mask
from vipex_sdk.webhooks import (
    AddressList,
    AnyOf,
    BasicAuth,
    BodyToken,
    CallEnd,
    HeaderToken,
    HmacSignature,
    Hook,
    Message,
    PathSecret,
    QueryToken,
    content_digest,
    event_key,
    merge,
    parse,
    verify,
    verify_body,
)
from vipex_sdk.webhooks.cutter import Cutter, Marks
from vipex_sdk.webhooks.head import RequestHead
from vipex_sdk.webhooks.legs import leg_tree, missing_legs, talk_seconds
from vipex_sdk.webhooks.scanners import JsonScanner
from vipex_sdk.wire.profile import default_profile, load_profile

__all__ = ["SEEDS", "TARGETS"]

_ROOT = Path(__file__).parents[2]
_PROFILE = default_profile()
_AT = datetime(2026, 3, 2, tzinfo=UTC)
_LONG_HERE = b"\x01"
_LONG = b"UklGRg+/" * 8_200
_TYPES = (
    "application/json",
    "application/x-www-form-urlencoded",
    "application/xml",
    "multipart/form-data; boundary=x",
    "",
)
_CHECKS = (
    BasicAuth("vipex", "a long password"),
    HeaderToken("authorization", "a long token"),
    PathSecret("a-long-secret"),
    QueryToken("token", "a long token"),
    AddressList(["198.51.100.0/24"], trusted_proxies=["127.0.0.1"]),
    AnyOf(
        HmacSignature("k3y"),
        HmacSignature("k3y", timestamp_header="x-time"),
        HmacSignature("k3y", algorithm="sha1", encoding="base64"),
    ),
    BodyToken("auth.token", "a long token"),
)


def authorization(data: bytes) -> None:
    """Credentials of every kind: refused, whatever they are."""
    text = data.decode("latin-1")
    headers = tuple((name, data) for name in (b"authorization", b"x-signature", b"x-time", b"x-forwarded-for"))
    head = RequestHead(path="/" + text, query=data, headers=headers, peer="127.0.0.1")
    for check in _CHECKS:
        with contextlib.suppress(BadCredentials):
            verify([check], head)
            verify_body([check], head, data, fields={"auth": {"token": text}})
            raise AssertionError(f"{check!r} admitted a stranger")


def payloads(data: bytes) -> None:
    """Bodies of every kind: an event whose facts can be kept, or an error of ours; the cutter loses nothing."""
    kind, body = (data[0], data[1:]) if data else (0, b"")
    cutter = Cutter(JsonScanner(), Marks())
    assert not [piece for place in range(0, len(body), 7) for piece in cutter.feed(body[place : place + 7])]
    cutter.finish()
    assert bytes(cutter.kept) == body
    hook = list(Hook)[kind % len(Hook)]
    message = Message(hook=hook, content_type=_TYPES[kind // 8 % len(_TYPES)], body=body, received_at=_AT)
    try:
        event = parse(message, _PROFILE)
    except VipexError:
        return
    assert len(event_key(event)) == len(content_digest(event))
    repr(event).encode()
    if isinstance(event, CallEnd):
        assert merge(event, event) == merge(merge(event, event), event)
        leg_tree(event), missing_legs(event), talk_seconds(event)


def long_texts(data: bytes) -> None:
    """Bodies with long base64 in them, in any cuts: what is taken out of them is what parsing them whole gives."""
    kind, size, body = data[:1], data[1:2], data[2:]
    kinds = ("json", "form", "xml", "part")
    body = body.replace(_LONG_HERE, _LONG, 2).replace(_LONG_HERE, b"")
    cutting.check(kinds[int.from_bytes(kind) % len(kinds)], body, [int.from_bytes(size) % 16 + 1, 3, 9_000])


def numbers(data: bytes) -> None:
    """Anything at all in the place of a telephone number: understood somehow, and stable."""
    text = data.decode("utf-8", "replace")
    number = PhoneNumber.parse(text)
    mask(text)
    assert number.display is not None
    if number.kind is NumberKind.E164:
        assert number.e164 is not None
        # Not always the same number again: phonenumbers itself takes zeros off some countries' numbers once more.
        assert PhoneNumber.parse(number.e164).kind in {NumberKind.E164, NumberKind.UNPARSED}
        # Up to four digits are nobody's number and stay readable.
        assert len(number.digits) <= 4 or number.e164 not in mask(number.e164)


def profiles(data: bytes) -> None:
    """A profile that somebody edited: loaded, or an error that names what is wrong."""
    with tempfile.NamedTemporaryFile(suffix=".toml") as file:
        file.write(data)
        file.flush()
        try:
            profile = load_profile(file.name)
        except ConfigError:
            return
    body = b'{"event": "call_end", "call_id": "1", "started_at": 1772442912, "legs": [{"leg_id": "a", "seq": 1}]}'
    with contextlib.suppress(VipexError):
        parse(Message(hook=Hook.CALL_END, content_type="application/json", body=body, received_at=_AT), profile)


TARGETS: Mapping[str, Callable[[bytes], None]] = {
    "authorization": authorization,
    "payloads": payloads,
    "long_texts": long_texts,
    "numbers": numbers,
    "profiles": profiles,
}

SEEDS: Mapping[str, Callable[[], list[bytes]]] = {
    "authorization": lambda: [b"Basic dmlwZXg6eA==", b"Bearer x", b"sha256=" + b"0" * 64, b"198.51.100.7, 10.0.0.1"],
    "payloads": lambda: [
        bytes([kind]) + path.read_bytes()
        for path in sorted((_ROOT / "tests" / "corpus").glob("*/*.*"))
        if path.stat().st_size < 4096
        for kind in (2, 2 + 8 * (path.suffix == ".form"))
    ],
    "long_texts": lambda: [
        b'\0\0{"a": ["\x01", "\\/\x01"], "b": "\x01',
        b"\x05\x05a=\x01&b=\x01%2B&c[]=%0D%0A",
        b"\x02\x02<?xml version='1.0'?><a b='\x01'><!-- > --><c>\x01&#43;</c><![CDATA[ab]]></a>",
        b"\x03\x03\r\n\x01",
    ],
    "numbers": lambda: [b"+36300000001", b"06 30 000 0001", b"0036-1/000-0100", b"101", b"anonymous", b"107", b"*21#"],
    "profiles": lambda: [path.read_bytes() for path in sorted((_ROOT / "tests" / "profiles").glob("*.toml"))],
}
