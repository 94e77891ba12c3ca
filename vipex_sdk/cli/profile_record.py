"""``vipex profile record``: keep what the exchange sends while somebody makes six calls."""

from __future__ import annotations

import json as encoding
import socket
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from vipex_sdk.cli.failure import WrongUse
from vipex_sdk.cli.output import Json, say
from vipex_sdk.cli.profiles.capture import Capture
from vipex_sdk.cli.profiles.guide import Language, guide

__all__ = ["record_profile"]


def record_profile(
    folder: Path,
    *,
    host: Annotated[str, Parameter(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, Parameter(help="Port; 0 takes any free one.")] = 8090,
    public_url: Annotated[str, Parameter(help="How the exchange reaches this machine.")] = "",
    profile: Annotated[Path | None, Parameter(help="Answer by this profile rather than the default one.")] = None,
    mask: Annotated[bool, Parameter(help="Write pseudonyms for numbers and names.")] = False,
    language: Annotated[Language, Parameter(help="Of the printed list: hu or en.")] = "hu",
    minutes: Annotated[float, Parameter(help="End after so many minutes.")] = 60.0,
    requests: Annotated[int, Parameter(help="Keep at most so many requests.")] = 200,
    json: Json = False,
) -> None:
    """Keep every request to the webhooks in FOLDER, one file each, while you make six calls."""
    from vipex_sdk.cli.profiles.mask import Masker
    from vipex_sdk.cli.profiles.recorder import Limits, Recorder
    from vipex_sdk.wire.profile import load_profile

    if minutes <= 0 or requests <= 0:
        raise WrongUse("--minutes and --requests must be more than 0")
    loaded = load_profile(profile)
    folder.mkdir(parents=True, exist_ok=True)
    listening = _listen(host, port)
    limits = Limits(minutes=minutes, requests=requests)
    masker = Masker() if mask else None
    recorder = Recorder(folder, profile=loaded, masker=masker, limits=limits, told=_quiet if json else _told)
    base = public_url.rstrip("/") or f"http://{host}:{listening.getsockname()[1]}"
    addresses = {name: base + path for name, path in recorder.addresses.items()}
    if json:
        sys.stdout.write(encoding.dumps({"ready": True, "url": base, "addresses": addresses}) + "\n")
        sys.stdout.flush()
    else:
        say(guide(language, addresses, str(folder)))
    _serve(recorder, listening, seconds=minutes * 60)


def _listen(host: str, port: int) -> socket.socket:
    from vipex_sdk.webhooks.listening import listen

    try:
        return listen(host, port)
    except OSError as error:
        raise WrongUse(f"cannot listen on {host}, port {port}: {error.strerror}") from error


def _serve(recorder: object, listening: socket.socket, *, seconds: float) -> None:
    import asyncio

    import uvicorn

    from vipex_sdk.cli.profiles.recorder import Recorder
    from vipex_sdk.gateway.connections import BoundedProtocol

    assert isinstance(recorder, Recorder)  # noqa: S101 - only its import is late
    config = uvicorn.Config(
        recorder.app,
        http=BoundedProtocol,
        ws="none",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=2,
    )
    server = uvicorn.Server(config)

    async def until_the_end() -> None:
        loop = asyncio.get_running_loop()
        ending = loop.call_later(seconds, setattr, server, "should_exit", True)  # noqa: FBT003 - what uvicorn reads
        await server.serve(sockets=[listening])
        ending.cancel()

    asyncio.run(until_the_end())


def _told(capture: Capture, file: Path) -> None:
    kind = capture.content_type.partition(";")[0] or "no content type"
    say(f"{capture.method} {capture.path}: {len(capture.body)} bytes, {kind} -> {file.name}")


def _quiet(_capture: Capture, _file: Path) -> None:
    """Say nothing: standard output has one document."""
