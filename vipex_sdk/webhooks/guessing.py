"""Who guesses gets no more answers for a while. Counted by client, never for all who come through one proxy."""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable

from vipex_sdk.webhooks.addresses import Networks, client_of, networks
from vipex_sdk.webhooks.head import RequestHead

__all__ = ["GuessLimit", "Refusals"]

_log = logging.getLogger(__name__)

_WINDOW_SECONDS = 60.0
_MOST_CLIENTS = 10_000
_HOST_BITS = 64


class GuessLimit:
    """Counts refused requests of each client in a minute.

    A client on this machine that names nobody is not counted: it is a proxy or a tunnel, and others come through it.

    Args:
        a_minute: refusals before a client gets no more answers; 0 counts nobody.
        trusted_proxies: whose ``X-Forwarded-For`` names the client.
        clock: seconds that never go back.
    """

    def __init__(
        self, a_minute: int, *, trusted_proxies: Iterable[str] = (), clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._a_minute = a_minute
        self._proxies: Networks = networks(trusted_proxies, what="trusted proxies")
        self._clock = clock
        self._clients: OrderedDict[int, tuple[float, int]] = OrderedDict()

    def is_over(self, head: RequestHead) -> bool:
        """Whether the client of *head* has guessed too often."""
        if not self._clients:
            return False
        since, count = self._clients.get(self._client(head) or 0, (0.0, 0))
        return count >= self._a_minute and self._clock() - since < _WINDOW_SECONDS

    def note(self, head: RequestHead) -> None:
        """Count a refusal."""
        client = self._client(head)
        if not self._a_minute or client is None:
            return
        now = self._clock()
        since, count = self._clients.pop(client, (now, 0))
        self._clients[client] = (now, 1) if now - since >= _WINDOW_SECONDS else (since, count + 1)
        if len(self._clients) > _MOST_CLIENTS:
            self._clients.popitem(last=False)

    def _client(self, head: RequestHead) -> int | None:
        """Give the client's address; a whole IPv6 network of one subscriber counts as one."""
        address = client_of(head, self._proxies)
        if address is None:
            return None
        inner = address.ipv4_mapped
        if (inner or address).is_loopback:
            return None
        return int(address) if inner else int(address) >> _HOST_BITS


class Refusals:
    """Says once a minute that strangers were refused: guessing must not fill the log."""

    def __init__(self) -> None:
        self._unsaid = 0
        self._next = float("-inf")

    def note(self) -> None:
        """Count one, and say so when it is time."""
        self._unsaid += 1
        now = time.monotonic()
        if now >= self._next:
            _log.warning("webhook requests with bad credentials refused: %d", self._unsaid)
            self._unsaid, self._next = 0, now + _WINDOW_SECONDS
