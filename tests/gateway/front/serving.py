"""A gateway on a real port, in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from attrs import frozen

from vipex_sdk.gateway import serve as serve_module
from vipex_sdk.gateway.config import Configuration


@frozen
class Served:
    """Where it listens, and its pages' links."""

    links: Mapping[str, Any]

    @property
    def url(self) -> str:
        return str(self.links["url"])


@contextmanager
def serving(configuration: Configuration) -> Iterator[Served]:
    """Serve until the block ends; fails when the gateway does not stop in time."""
    started = threading.Event()
    told: dict[str, Any] = {}
    servers: list[serve_module._Server] = []

    class Remembered(serve_module._Server):
        async def startup(self, sockets: Any = None) -> None:
            servers.append(self)
            await super().startup(sockets)

    def ready(links: Mapping[str, Any]) -> None:
        told.update(links)
        started.set()

    before, serve_module._Server = serve_module._Server, Remembered  # type: ignore[misc]
    thread = threading.Thread(target=serve_module.serve, args=(configuration,), kwargs={"ready": ready})
    thread.start()
    try:
        assert started.wait(10)
        yield Served(told)
    finally:
        serve_module._Server = before  # type: ignore[misc]
        for server in servers:
            server.should_exit = True
        thread.join(10)
        assert not thread.is_alive()
