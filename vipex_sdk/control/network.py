"""The network below httpx: no call outlasts its budget, and long answers come in long pieces.

httpx limits each single read, so a server that sends a byte now and then could hold a call for ever. Imported when a
client is made: it needs httpcore, which httpx itself loads no earlier.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from typing import Any

import httpcore
import httpx

from vipex_sdk.control.budget import seconds_left

__all__ = ["bounded"]

LONG_READ_BYTES = 512 * 1024
"""Read at once where a full read shows that much is coming: httpcore's 64 KiB make a long download twice as dear."""


def bounded(transport: httpx.HTTPTransport) -> httpx.HTTPTransport:
    """Let *transport* wait no longer than the call at work has left."""
    # httpx hands no network of ours on to httpcore's pool, so it is put there afterwards.
    pool: Any = transport._pool  # noqa: SLF001 - as above
    pool._network_backend = _Network(pool._network_backend)  # noqa: SLF001 - as above
    return transport


class _Network(httpcore.NetworkBackend):
    def __init__(self, network: httpcore.NetworkBackend) -> None:
        self._network = network

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        return _Stream(self._network.connect_tcp(host, port, seconds_left(timeout), local_address, socket_options))

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._network.connect_unix_socket(path, seconds_left(timeout), socket_options))

    def sleep(self, seconds: float) -> None:
        self._network.sleep(seconds)


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream
        self._much_comes = False

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        most = LONG_READ_BYTES if self._much_comes else max_bytes
        read = self._stream.read(most, seconds_left(timeout))
        self._much_comes = len(read) >= max_bytes
        return read

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, seconds_left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, seconds_left(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
