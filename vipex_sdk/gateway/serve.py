"""Run the gateway as a program: one process a data folder, a clean stop on SIGTERM."""

from __future__ import annotations

import asyncio
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeAlias

import uvicorn
from attrs import evolve

from vipex_sdk.errors import ConfigError
from vipex_sdk.gateway.app import Gateway
from vipex_sdk.gateway.config import Configuration
from vipex_sdk.gateway.connections import BoundedProtocol
from vipex_sdk.gateway.engine.lock import FileLock
from vipex_sdk.webhooks.listening import listen

__all__ = ["Ready", "serve"]

GRACE_SECONDS = 10
_SIGNALS = (signal.SIGINT, signal.SIGTERM)

Ready: TypeAlias = Callable[[Mapping[str, Any]], None]
"""Is told ``{"url": ..., "desk": {"101": ...}, "dashboard": ...}`` once requests are answered."""


def serve(configuration: Configuration, *, ready: Ready | None = None) -> None:
    """Run until SIGTERM or SIGINT: then nothing new is accepted, what is under way ends, pages are closed.

    Deliveries that do not end in time are left in the inbox and taken up at the next start.

    Raises:
        ConfigError: the address is taken, another gateway runs on this data folder, or a setting cannot be used.
        StoreUnavailable: the database cannot be opened.
    """
    lock = FileLock(_data_folder(configuration) / "serve.lock")
    if not lock.try_acquire():
        raise ConfigError(
            f"another gateway runs on the folder {configuration.gateway.data}; stop it, or use another folder",
            file=configuration.file,
            key="gateway.data",
        )
    try:
        with _listen(configuration) as listener:
            port = listener.getsockname()[1]
            settings = evolve(configuration, gateway=evolve(configuration.gateway, port=port))
            asyncio.run(_run(Gateway(settings), listener, ready))
    finally:
        lock.release()


def _data_folder(configuration: Configuration) -> Any:
    data = configuration.gateway.data
    try:
        data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(
            f"cannot make the folder {data}: {error.strerror}", file=configuration.file, key="gateway.data"
        ) from error
    return data


def _listen(configuration: Configuration) -> socket.socket:
    gateway = configuration.gateway
    try:
        return listen(gateway.host, gateway.port, backlog=1024)
    except OSError as error:
        raise ConfigError(
            f"cannot listen on {gateway.host} port {gateway.port}: {error.strerror}",
            file=configuration.file,
            key="gateway.port",
        ) from error


async def _run(gateway: Gateway, listener: socket.socket, ready: Ready | None) -> None:
    config = uvicorn.Config(
        gateway.app(),
        http=BoundedProtocol,
        # No page of ours speaks it.
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        # Who forwards is judged where it matters, by a list of trusted proxies.
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    async with gateway.running():
        await _Server(config, gateway, ready).serve(sockets=[listener])


class _Server(uvicorn.Server):
    """Closes pages before it waits for them, and returns after a signal instead of dying of it."""

    def __init__(self, config: uvicorn.Config, gateway: Gateway, ready: Ready | None) -> None:
        super().__init__(config)
        self._gateway = gateway
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and self._ready is not None:
            self._ready(self._gateway.page_links())

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._gateway.hub.close()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        # uvicorn's own raises the signal again when it has stopped: that would end us before the database is closed.
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in _SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
