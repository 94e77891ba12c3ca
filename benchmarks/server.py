"""The smallest server that a client can be measured against: prepared answers, kept-alive, in a process of its own."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["running"]

USER = {
    "id": "17",
    "name": "Próba Elek",
    "email": "proba@example.hu",
    "extension": "101",
    "extensions": ["101", "117"],
    "groups": ["sales"],
    "enabled": True,
}
_BODY = json.dumps(USER).encode()
_SMALL = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (len(_BODY), _BODY)
_AUDIO = b"HTTP/1.1 200 OK\r\ncontent-type: audio/wav\r\ncontent-length: %d\r\n\r\n"
_WAV = b"RIFF\x00\x00\x00\x00WAVEfmt "


class _Answers(asyncio.Protocol):
    """Answers ``/recordings/SIZE`` with that many bytes and anything else with one small user."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._received = b""
        self._sending: set[asyncio.Task[None]] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep where answers go."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer each request that is complete; none has a body."""
        *requests, self._received = (self._received + data).split(b"\r\n\r\n")
        for request in requests:
            path = request.split(b" ", 2)[1]
            if b"/recordings/" in path:
                task = asyncio.ensure_future(self._send_file(int(path.rpartition(b"/")[2])))
                self._sending.add(task)
                task.add_done_callback(self._sending.discard)
            else:
                self._transport.write(_SMALL)

    async def _send_file(self, size: int) -> None:
        file = self._folder / str(size)
        if not file.exists():
            file.write_bytes(_WAV)
            with file.open("r+b") as grown:
                grown.truncate(size)  # sparse: reading it touches no disk
        self._transport.write(_AUDIO % size)
        with file.open("rb") as opened:
            await asyncio.get_running_loop().sendfile(self._transport, opened)


async def _serve() -> None:
    with tempfile.TemporaryDirectory() as folder:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _Answers(Path(folder)), "127.0.0.1", 0, backlog=2048)
        print(server.sockets[0].getsockname()[1], flush=True)
        # The end of standard input is the end of whoever started us.
        await loop.run_in_executor(None, sys.stdin.read)


@contextmanager
def running() -> Iterator[str]:
    """Run the server beside this process and give its address."""
    program = subprocess.Popen([sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert program.stdin is not None
    assert program.stdout is not None
    try:
        yield f"http://127.0.0.1:{int(program.stdout.readline())}"
    finally:
        program.stdin.close()
        program.wait()
        program.stdout.close()


if __name__ == "__main__":
    asyncio.run(_serve())
