"""The socket that a server of ours listens on."""

from __future__ import annotations

import socket

__all__ = ["listen"]


def listen(host: str, port: int, *, backlog: int = 256) -> socket.socket:
    """Listen on *host*, an IPv4 or IPv6 address or a name; port 0 takes any free one.

    Raises:
        OSError: the address is taken or not ours.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.create_server((host, port), family=family, backlog=backlog)
    # asyncio does this by itself only for sockets that it has made; else each kept-alive answer waits for 40 ms.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening
