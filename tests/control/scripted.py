"""A server that answers byte by byte as it is told, and recordings for it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress

WAV = b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(2000)
CHUNK = 100_000
SOUND = WAV[:4] + (4 * CHUNK - 8).to_bytes(4, "little") + WAV[8:] + bytes(4 * CHUNK - len(WAV))
Answer = Callable[[dict[str, str]], bytes]


def says(head: str, body: bytes = b"") -> bytes:
    return f"HTTP/1.1 {head}\r\nContent-Type: audio/wav\r\n".encode().replace(b"|", b"\r\n") + b"\r\n" + body


def whole(sound: bytes = SOUND, sent: int | None = None, more: str = "") -> Answer:
    return lambda _: says(f"200 OK|Content-Length: {len(sound)}{more}", sound[:sent])


def part(sound: bytes = SOUND, sent: int | None = None, total: str | None = None) -> Answer:
    def answer(headers: dict[str, str]) -> bytes:
        start = int(headers["range"].removeprefix("bytes=").rstrip("-"))
        rest = sound[start:]
        where = f"bytes {start}-{len(sound) - 1}/{total or len(sound)}"
        return says(f"206 Partial Content|Content-Range: {where}|Content-Length: {len(rest)}", rest[:sent])

    return answer


class Server:
    """Answers each request as scripted, byte by byte, and hangs up after it."""

    def __init__(self) -> None:
        self.script: list[Answer] = []
        self.asked: list[dict[str, str]] = []
        self.lines: list[str] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection, suppress(OSError):  # the client may leave in the middle
                first, *lines = connection.recv(65536).decode().splitlines()
                self.lines.append(first)
                headers = {name.lower(): text for name, _, text in (line.partition(": ") for line in lines)}
                self.asked.append(headers)
                connection.sendall(self.script.pop(0)(headers))
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(65536):
                    pass

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()
