"""``vipex serve``: the gateway."""

from __future__ import annotations

import json as encoding
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vipex_sdk.cli.deliveries import Config
from vipex_sdk.cli.failure import WrongUse
from vipex_sdk.cli.output import Json, say

__all__ = ["serve"]


def serve(*, config: Config = None, json: Json = False) -> None:
    """Run the gateway until it is interrupted."""
    path = config or Path("vipex.toml")
    if config is None and not path.is_file():
        raise WrongUse("which configuration? give --config vipex.toml")
    from vipex_sdk.gateway.config import load
    from vipex_sdk.gateway.operations import configure_logging
    from vipex_sdk.gateway.serve import serve as run

    configuration = load(path)
    configure_logging(as_json=json)
    run(configuration, ready=_announce_json if json else _announce)


def _announce_json(pages: Mapping[str, Any]) -> None:
    """Print one line at once: a program that started us waits for it."""
    sys.stdout.write(encoding.dumps({"ready": True, **pages}, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def _announce(pages: Mapping[str, Any]) -> None:
    say(f"The gateway answers at {pages['url']}")
    say(f"  Dashboard: {pages['dashboard']}")
    for extension, address in pages["desk"].items():
        say(f"  Desk {extension}: {address}")
    say("The links are keys: give each to its owner only. Ctrl+C ends the gateway.")
