"""Run the simulated VIPeX as a program of its own: ``python -m vipex_sdk.sandbox --port 0 --json``."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType

import structlog
import uvicorn

from vipex_sdk.errors import ConfigError
from vipex_sdk.sandbox.app import build
from vipex_sdk.sandbox.office import DEFAULT_USER
from vipex_sdk.sandbox.pbx import SimulatedVipex
from vipex_sdk.sandbox.settings import updated, usual
from vipex_sdk.webhooks.listening import listen
from vipex_sdk.wire.profile import load_profile

__all__ = ["main"]

_FAILED, _WRONG_USE = 1, 2


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until SIGINT and give the exit code: 0, 1 for failure, 2 for wrong use. SIGTERM ends the process."""
    options = _parser().parse_args(argv)
    try:
        profile = load_profile(options.profile)
        settings = updated(usual(profile), _changes(options))
        listening = listen(options.host, options.port)
    except ConfigError as error:
        sys.stderr.write(f"simulated VIPeX: {error}\n")
        return _WRONG_USE
    except OSError as error:
        sys.stderr.write(f"simulated VIPeX: cannot listen on port {options.port}: {error.strerror}\n")
        return _FAILED
    _log_to_stderr(verbose=options.verbose)
    app = build(settings, profile=profile, password=options.password)
    pbx: SimulatedVipex = app.state.pbx
    url = f"http://{options.host}:{listening.getsockname()[1]}"
    _announce(url, pbx, as_json=options.json)
    _serve(app, pbx, listening)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="vipex sandbox", description="Run a simulated VIPeX to develop and demonstrate against."
    )
    add = parser.add_argument
    env = os.environ.get
    add("--host", default="127.0.0.1", help="address to listen on")
    add("--port", type=int, default=8900, help="0 takes any free port")
    add("--json", action="store_true", help="print one JSON line when ready")
    add("--profile", type=Path, help="wire profile (TOML) laid over the default one")
    add("--password", default=env("VIPEX_SANDBOX_PASSWORD"), help="of the technical user; generated if left out")
    add("--webhook-url", default=env("VIPEX_SANDBOX_WEBHOOK_URL"), help="address of the receiver, without the paths")
    add("--webhook-user", default=env("VIPEX_SANDBOX_WEBHOOK_USER"))
    add("--webhook-password", default=env("VIPEX_SANDBOX_WEBHOOK_PASSWORD"))
    add("--retry-count", type=int, help="how many more times a failed end of call is sent")
    add("--retry-intervals", type=_intervals, help="seconds between repetitions, for example 5,30,120")
    add("--notify", choices=("ringing", "answered", "both", "none"), help="when the incoming-call notice is sent")
    add("--recording-mode", choices=("by_code", "inline_base64", "multipart", "separate", "none"))
    add("--default-target", help="where calls go unless the receiver decides: group:sales, extension:101")
    add("--verbose", action="store_true", help="log every webhook and request to standard error")
    return parser


def _intervals(text: str) -> list[float]:
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise argparse.ArgumentTypeError("expected seconds with commas between, such as 5,30,120") from None


def _changes(options: argparse.Namespace) -> dict[str, object]:
    names = (
        "webhook_url",
        "webhook_user",
        "webhook_password",
        "retry_count",
        "retry_intervals",
        "notify",
        "recording_mode",
        "default_target",
    )
    return {name: value for name in names if (value := getattr(options, name)) is not None}


def _announce(url: str, pbx: SimulatedVipex, *, as_json: bool) -> None:
    password = pbx.office.passwords[DEFAULT_USER]
    if as_json:
        ready = {"ready": True, "simulated": True, "url": url, "user": DEFAULT_USER, "password": password}
        print(json.dumps(ready), flush=True)  # noqa: T201 - what the program is asked to print
        return
    print(  # noqa: T201 - what the program is asked to print
        "Simulated VIPeX (this is not VIPeX; wire format and people are invented)\n"
        f"  Telephones:      {url}/\n"
        f"  Control API:     {url}{pbx.profile.control.path_prefix}\n"
        f"  Technical user:  {DEFAULT_USER}\n"
        f"  Password:        {password}",
        flush=True,
    )


def _serve(app: object, pbx: SimulatedVipex, listening: socket.socket) -> None:
    class Server(uvicorn.Server):
        """Lets open pages go at the first signal, so that they do not hold the end up."""

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            asyncio.get_running_loop().call_soon(pbx.close)
            super().handle_exit(sig, frame)

    config = uvicorn.Config(
        app,  # type: ignore[arg-type]  # any ASGI application
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=2,
    )
    with suppress(KeyboardInterrupt):  # uvicorn raises it anew once everything is closed
        asyncio.run(Server(config).serve(sockets=[listening]))


def _log_to_stderr(*, verbose: bool) -> None:
    level = 20 if verbose else 30
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
