"""What the types of the settings cannot say: ranges, addresses, credentials."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_address, ip_network
from typing import Any, TypeAlias
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import attrs

from vipex_sdk.gateway.config.settings import Configuration, Tables
from vipex_sdk.gateway.config.webhooks import webhook_problems
from vipex_sdk.numbers import NumberKind, PhoneNumber

__all__ = ["is_web_address", "problems"]

Problem: TypeAlias = tuple[tuple[str | int, ...], str]

_PREFIX = re.compile(r"\+[1-9][0-9]{0,14}")

TAKEN = ("", "/desk", "/dashboard", "/recordings", "/admin", "/crm-news", "/static", "/livez", "/readyz", "/metrics")


def problems(configuration: Configuration) -> Iterator[Problem]:
    """Give what the types cannot say, as key and expectation."""
    yield from _out_of_range(configuration, ())
    try:
        ZoneInfo(configuration.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield ("time_zone",), "expected a time zone such as Europe/Budapest"
    yield from _bad_addresses(configuration)
    yield from _bad_credentials(configuration)
    for index, text in enumerate(configuration.calls.own_numbers):
        if PhoneNumber.parse(text).kind is not NumberKind.E164:
            yield ("calls", "own_numbers", index), "expected a telephone number such as +3610000100"
    yield from _bad_policies(configuration)
    for extension in configuration.extensions:
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,20}", extension):
            yield ("extensions", extension), "expected an extension such as 101"


def _bad_policies(configuration: Configuration) -> Iterator[Problem]:
    for index, text in enumerate(configuration.calls.block):
        beginning = text.endswith("*") and _PREFIX.fullmatch(text[:-1])
        if not beginning and PhoneNumber.parse(text).kind is not NumberKind.E164:
            yield ("calls", "block", index), "expected a number such as +3610000100, or a beginning such as +3680*"
    for index, text in enumerate(configuration.dialling.allowed_prefixes):
        if not _PREFIX.fullmatch(text):
            yield ("dialling", "allowed_prefixes", index), "expected the beginning of numbers, such as +36"
    for index, text in enumerate(configuration.dialling.link_from):
        if not is_web_address(text) or urlsplit(text).path.strip("/"):
            yield ("dialling", "link_from", index), "expected a web site without path, such as https://r3.minicrm.hu"


def _out_of_range(settings: Any, key: tuple[str | int, ...]) -> Iterator[Problem]:
    for entry in attrs.fields(type(settings)):
        value = getattr(settings, entry.name)
        least, most = entry.metadata.get("least"), entry.metadata.get("most")
        if attrs.has(type(value)) and entry.name in attrs.fields_dict(Tables):
            yield from _out_of_range(value, (*key, entry.name))
        elif least is not None:
            numbers = value if isinstance(value, tuple) else () if value is None else (value,)
            if not all(least <= number and (most is None or number <= most) for number in numbers):
                yield (*key, entry.name), f"expected a number from {least:g} to {most:g}"


def _bad_addresses(configuration: Configuration) -> Iterator[Problem]:
    gateway = configuration.gateway
    if not _is_loopback(gateway.host) and not gateway.insecure:
        yield (
            ("gateway", "host"),
            "expected a loopback address such as 127.0.0.1, with a TLS proxy in front; else set insecure = true",
        )
    for key, url in (
        (("gateway", "public_url"), gateway.public_url),
        (("vipex", "base_url"), configuration.vipex.base_url),
    ):
        if not (url or key[0] == "gateway") or (url and not is_web_address(url)):
            yield key, "expected an http or https address without user name, query or fragment"
    if gateway.database and not gateway.database.startswith(("postgresql://", "postgres://")):
        yield ("gateway", "database"), "expected nothing (SQLite in the data folder) or postgresql://..."
    path = configuration.webhooks.path
    if not path.startswith("/") or path.rstrip("/") in TAKEN:
        yield ("webhooks", "path"), "expected a path of its own such as /vipex"
    for index, text in enumerate(configuration.recordings.allow):
        try:
            ip_network(text, strict=False)
        except ValueError:
            yield ("recordings", "allow", index), "expected an address or a network such as 195.228.254.0/24"


def _bad_credentials(configuration: Configuration) -> Iterator[Problem]:
    if not configuration.vipex.user or ":" in configuration.vipex.user:
        yield ("vipex", "user"), "expected a user name without a colon"
    if not configuration.vipex.password:
        yield ("vipex", "password"), "expected a password"
    yield from webhook_problems(configuration.webhooks)
    if configuration.recordings.user and not configuration.recordings.password:
        yield ("recordings", "password"), "expected a password for the user who fetches recordings"


def is_web_address(url: str) -> bool:
    """Whether *url* is an http or https address without user name, query or fragment."""
    try:
        parts = urlsplit(url)
        port_is_right = parts.port is None or parts.port >= 0
    except ValueError:
        return False
    plain = not (parts.username or parts.password or parts.query or parts.fragment)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and plain and port_is_right


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
