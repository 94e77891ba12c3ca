"""A firm that is set up: right answers, and ``vipex init`` with them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.cli.programs import Done

__all__ = ["REST_KEY", "VOIP_KEY", "Command", "broken", "set_up"]

Command = Callable[..., Done]

REST_KEY, VOIP_KEY = "simulated-rest-key-of-nobody-001", "simulated-voip-key-of-nobody-001"


def set_up(command: Command, folder: Path, answers: Path, *more: str) -> tuple[Done, Path]:
    config = folder / "firm" / "vipex.toml"
    config.parent.mkdir(exist_ok=True)
    return command("init", "minicrm", "--config", str(config), "--answers", str(answers), *more), config


def broken(config: Path, old: str, new: str) -> None:
    text = config.read_text(encoding="utf-8")
    assert old in text
    config.write_text(text.replace(old, new), encoding="utf-8")
