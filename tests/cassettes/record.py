"""Record the cassettes anew: ``python -m tests.cassettes.record``, over real HTTP on loopback."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from tests.cassettes.questions import CREDENTIALS, FOLDER, QUESTIONS, asked, simulated, tape
from vipex_sdk.control import Client


@contextmanager
def served() -> Iterator[str]:
    """Serve a fresh simulated VIPeX on a free port."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(simulated(), log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join()


def main() -> None:
    """Record one cassette for each group of operations."""
    for group in QUESTIONS:
        (FOLDER / f"{group}.yaml").unlink(missing_ok=True)
        with served() as address, tape("once").use_cassette(group), Client(address, **CREDENTIALS) as client:
            asked(client, group)


if __name__ == "__main__":
    main()
