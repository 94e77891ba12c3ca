"""Who is connected: an allow-list of source addresses, with proxies that are trusted by name and nobody else."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeAlias

from vipex_sdk.errors import ConfigError
from vipex_sdk.webhooks.checks import Check
from vipex_sdk.webhooks.head import RequestHead

__all__ = ["AddressList", "Networks", "client_of", "networks"]

Networks: TypeAlias = tuple[IPv6Network, ...]

_LONGEST_CHAIN = 4096


class AddressList(Check):
    """Admits listed addresses and networks only.

    ``X-Forwarded-For`` counts only when the connected machine is one of *trusted_proxies*; then the nearest address
    that is not such a proxy is the client. A trusted proxy that names no client is refused: otherwise a tunnel that
    makes every peer look local would let everybody in.

    Args:
        allowed: addresses and networks, for example ``"198.51.100.7"`` or ``"2001:db8::/32"``.
        trusted_proxies: the same, for reverse proxies of ours.
    """

    def __init__(self, allowed: Iterable[str], *, trusted_proxies: Iterable[str] = ()) -> None:
        self._allowed = networks(allowed, what="allowed addresses")
        self._proxies = networks(trusted_proxies, what="trusted proxies")
        if not self._allowed:
            raise ConfigError("a list of allowed addresses must not be empty")

    def admits(self, head: RequestHead) -> bool:
        """Look for the client's address in the list."""
        address = client_of(head, self._proxies)
        return address is not None and _is_in(address, self._allowed)

    def __repr__(self) -> str:
        return f"AddressList({len(self._allowed)} allowed, {len(self._proxies)} trusted proxies)"


def networks(texts: Iterable[str], *, what: str) -> Networks:
    """Read addresses and networks; IPv4 as its mapped form.

    Raises:
        ConfigError: one is neither.
    """
    try:
        read = [ip_network(text) for text in texts]
    except ValueError:
        raise ConfigError(f"{what}: expected addresses or networks such as 198.51.100.0/24") from None
    return tuple(
        network if isinstance(network, IPv6Network) else IPv6Network(f"::ffff:{network[0]}/{96 + network.prefixlen}")
        for network in read
    )


def _address(text: str) -> IPv6Address | None:
    """Read an address; IPv4 as its mapped form, so that both families compare alike."""
    try:
        address = ip_address(text.strip().partition("%")[0])
    except ValueError:
        return None
    return address if isinstance(address, IPv6Address) else IPv6Address(f"::ffff:{address}")


def _is_in(address: IPv6Address, networks: Networks) -> bool:
    return any(address in network for network in networks)


def client_of(head: RequestHead, proxies: Networks) -> IPv6Address | None:
    """Give the address of who sent the request; ``None`` when a proxy of ours does not say."""
    peer = _address(head.peer or "")
    if peer is None or not _is_in(peer, proxies):
        return peer
    chain = b",".join(head.every("x-forwarded-for"))
    if len(chain) > _LONGEST_CHAIN:
        return None
    for text in reversed(chain.decode("latin-1").split(",")):
        address = _address(text)
        if address is None or not _is_in(address, proxies):
            return address
    return None
