"""Run the simulated MiniCRM: ``python -m vipex_minicrm.simulator --port 0 --json``."""

from __future__ import annotations

import argparse
import asyncio
import json
import socket
import sys
from collections.abc import Sequence

import uvicorn

from vipex_minicrm.simulator.app import create_app
from vipex_minicrm.simulator.fixture import SYSTEM_ID
from vipex_minicrm.simulator.simulation import Simulation

__all__ = ["main"]


class _Server(uvicorn.Server):
    """Says when it is ready, because the port may have been any free one."""

    def __init__(self, config: uvicorn.Config, said: str) -> None:
        super().__init__(config)
        self._said = said

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        sys.stdout.write(self._said + "\n")
        sys.stdout.flush()


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(
        prog="python -m vipex_minicrm.simulator",
        description="A simulated MiniCRM with an invented tenant. It is not MiniCRM. Everything is lost when it stops.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8090, help="0 for any free port (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="print one JSON line when ready")
    parser.add_argument(
        "--recording-template", default="", help="where recordings are asked for, with {%%RefereceId%%} in it"
    )
    parser.add_argument("--webhook-address", default="", help="who is told of changed contacts and cards")
    parser.add_argument(
        "--contacts", type=int, default=0, help="add so many invented persons, each with a card (default: %(default)s)"
    )
    chosen = parser.parse_args(arguments)
    try:
        listening = socket.create_server((chosen.host, chosen.port))
    except OSError as error:
        sys.stderr.write(f"cannot listen on {chosen.host}:{chosen.port}: {error.strerror}\n")
        return 1
    # asyncio does this by itself only for sockets that it has made; else each kept-alive answer waits for 40 ms.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    url = f"http://{chosen.host}:{listening.getsockname()[1]}"
    ready = {"ready": True, "simulated": True, "url": url, "system_id": SYSTEM_ID, "cards": f"{url}/{SYSTEM_ID}/"}
    said = json.dumps(ready) if chosen.json else f"Simulated MiniCRM (not the real one): {url}/{SYSTEM_ID}/"
    simulation = Simulation(
        recording_template=chosen.recording_template,
        webhook_address=chosen.webhook_address,
        contacts=chosen.contacts,
    )
    app = create_app(simulation)
    config = uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=1)
    asyncio.run(_Server(config, said).serve(sockets=[listening]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
