"""The network below httpx: no wait is longer than what is left of the total budget, long answers come in long pieces.

Imported when a client is made: it needs httpcore, which httpx itself loads no earlier.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterable
from typing import Any, TypeVar

import httpcore
import httpx

from vipex_sdk.control.budget import lowered

__all__ = ["bounded"]

LONG_READ_BYTES = 512 * 1024
"""Read at once where a full read shows that much is coming: httpcore's 64 KiB make a long download twice as dear."""
_PIECE = 16 * 1024
"""Bytes written at once: httpcore begins its limit anew each time that a slow reader took some of them."""

T = TypeVar("T", httpx.HTTPTransport, httpx.AsyncHTTPTransport)


def bounded(transport: T) -> T:
    """Let *transport*, which has no connections yet, wait no longer than the call at work has left."""
    # httpx hands no network of ours on to httpcore's pool, so it is put there afterwards.
    pool: Any = transport._pool  # noqa: SLF001 - as above
    around = _Network if isinstance(transport, httpx.HTTPTransport) else _AsyncNetwork
    pool._network_backend = around(pool._network_backend)  # noqa: SLF001 - as above
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
        options = list(socket_options or ())
        error: Exception = httpcore.ConnectError("the name has no address")
        # One by one, for each address of a name has the whole limit otherwise. A look-up itself cannot be interrupted.
        for address in _addresses(host, port):
            limit = lowered(timeout, httpcore.ConnectTimeout)
            try:
                return _Stream(self._network.connect_tcp(address, port, limit, local_address, options))
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as exc:
                error = exc
        raise error


def _addresses(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as exc:
        raise httpcore.ConnectError(str(exc)) from exc
    return [str(address[0]) for *_, address in found]


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream
        self._much_comes = False

    def close(self) -> None:
        self._stream.close()

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        most = LONG_READ_BYTES if self._much_comes else max_bytes
        read = self._stream.read(most, lowered(timeout, httpcore.ReadTimeout))
        self._much_comes = len(read) >= max_bytes
        return read

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), _PIECE):
            self._stream.write(buffer[start : start + _PIECE], lowered(timeout, httpcore.WriteTimeout))

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        try:
            limit = lowered(timeout, httpcore.ConnectTimeout)
        except httpcore.ConnectTimeout:
            self.close()  # as httpcore's own streams do: nobody else will
            raise
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, limit))


class _AsyncNetwork(httpcore.AsyncNetworkBackend):
    def __init__(self, network: httpcore.AsyncNetworkBackend) -> None:
        self._network = network

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - as httpcore calls it
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        limit = lowered(timeout, httpcore.ConnectTimeout)
        return _AsyncStream(await self._network.connect_tcp(host, port, limit, local_address, socket_options))


class _AsyncStream(httpcore.AsyncNetworkStream):
    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream
        self._much_comes = False

    async def aclose(self) -> None:
        await self._stream.aclose()

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - as httpcore calls it
        most = LONG_READ_BYTES if self._much_comes else max_bytes
        read = await self._stream.read(most, lowered(timeout, httpcore.ReadTimeout))
        self._much_comes = len(read) >= max_bytes
        return read

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - as httpcore calls it
        await self._stream.write(buffer, lowered(timeout, httpcore.WriteTimeout))

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - as httpcore calls it
    ) -> httpcore.AsyncNetworkStream:
        try:
            limit = lowered(timeout, httpcore.ConnectTimeout)
        except httpcore.ConnectTimeout:
            await self.aclose()
            raise
        return _AsyncStream(await self._stream.start_tls(ssl_context, server_hostname, limit))
