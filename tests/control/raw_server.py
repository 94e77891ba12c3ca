"""A server of bare sockets: it keeps connections, counts them, and can be slower than any real one."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeAlias

__all__ = ["Answer", "RawServer", "drip", "raw_server", "says", "whole"]

Answer: TypeAlias = Callable[[socket.socket, threading.Event], object]
"""Answers one request; the event is set when the server ends."""

PAUSE = 0.02
"""Seconds between two bytes of a slow answer: far below any limit for one read."""


def says(status: str, body: bytes = b"", *headers: str) -> bytes:
    """Write an answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def whole(answer: bytes) -> Answer:
    """Give *answer* at once."""
    return lambda connection, _ended: connection.sendall(answer)


def drip(first: bytes, rest: bytes) -> Answer:
    """Give *first* at once, then *rest* byte by byte, and then its last byte for ever."""

    def answer(connection: socket.socket, ended: threading.Event) -> None:
        connection.sendall(first)
        sent = 0
        while not ended.wait(PAUSE):
            connection.sendall(rest[sent : sent + 1] or rest[-1:])
            sent += 1

    return answer


class RawServer:
    """Answers as scripted, then as ``usual``; remembers the first line of each request and counts connections."""

    def __init__(self) -> None:
        self.script: list[Answer] = []
        self.usual: Answer = whole(says("500 Nothing Scripted"))
        self.asked: list[str] = []
        self.connections = 0
        self.ended = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads: list[threading.Thread] = []
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def serve(self) -> None:
        """Accept until closed."""
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            thread = threading.Thread(target=self._talk, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _talk(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):  # the client may leave in the middle
            while head := _head(connection):
                self.asked.append(head.partition(b"\r\n")[0].decode())
                (self.script.pop(0) if self.script else self.usual)(connection, self.ended)

    def close(self) -> None:
        """Hang up."""
        self.ended.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


def _head(connection: socket.socket) -> bytes:
    """Read the head of a request, and what came of its body with it."""
    head = b""
    while b"\r\n\r\n" not in head:
        received = connection.recv(65536)
        if not received:
            return b""
        head += received
    return head


@contextmanager
def raw_server() -> Iterator[RawServer]:
    """Run one for a test."""
    server = RawServer()
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.close()
        thread.join()
