"""Recordings that come as an address: which of them are visited, and how they are asked for.

VIPeX's brochure says "link" and means a code, so by default no address that comes in a message is ever visited. A
dialect whose links are addresses names their hosts; anything else would let whoever sends us messages choose where our
requests go (OWASP, "Server-Side Request Forgery").
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import ip_address

from vipex_sdk.errors import Invalid
from vipex_sdk.wire.messages import WireRequest

__all__ = ["address_request", "is_address", "is_loopback", "is_visitable_host"]

_MOST_CHARACTERS = 2000
_LABEL = "[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_HOST = rf"({_LABEL}(?:\.{_LABEL})*|\[[0-9a-f:.]+\])(?::([1-9]\d{{0,4}}))?"
_SAFE = r"A-Za-z0-9._~!$&'()*+,;=:@%/-"
_AUTHORITY = re.compile(_HOST, re.IGNORECASE | re.ASCII)
_ADDRESS = re.compile(rf"(https?)://{_HOST}(/[{_SAFE}]*)?(\?[{_SAFE}?]*)?", re.IGNORECASE | re.ASCII)
"""Stricter than the standard: no user, no fragment, no backslash, nothing that two parsers could read differently."""


def is_address(code: str) -> bool:
    """Tell whether what should be a recording's code is an address."""
    return code.lower().startswith(("https://", "http://"))


def is_visitable_host(text: str) -> bool:
    """Tell whether *text* is what a profile may list: a host, or a host and a port."""
    found = _AUTHORITY.fullmatch(text)
    return found is not None and (found[2] is None or int(found[2]) < 2**16)


def is_loopback(host: str) -> bool:
    """Tell whether *host* is this machine."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def address_request(address: str, *, hosts: Iterable[str]) -> WireRequest:
    """Write the request for the recording at *address*, exactly as it was given.

    Only https is visited; plain http only on this machine, at a port that is listed.

    Args:
        address: what came instead of a code.
        hosts: ``recordings.url_hosts_allowed`` of the profile.

    Raises:
        Invalid: the profile does not list its host and port, or it is not written as plainly as an address can be.
    """
    found = _ADDRESS.fullmatch(address) if len(address) <= _MOST_CHARACTERS else None
    if found is not None:
        scheme, host = found[1].lower(), found[2].lower()
        place = _place(host, found[3])
        secure = scheme == "https" or (is_loopback(host) and place != host)
        if secure and place in {_place(*_parts(each)) for each in hosts}:
            return WireRequest(method="GET", origin=f"{scheme}://{place}", path=f"{found[4] or '/'}{found[5] or ''}")
    raise Invalid(
        "the recording's address is not visited: the profile's recordings.url_hosts_allowed does not list its host",
        code="validation_error",
        operation="recordings.fetch",
    )


def _parts(listed: str) -> tuple[str, str | None]:
    found = _AUTHORITY.fullmatch(listed)
    return (found[1].lower(), found[2]) if found else ("", None)


def _place(host: str, port: str | None) -> str:
    return host if port in (None, "443") else f"{host}:{port}"
