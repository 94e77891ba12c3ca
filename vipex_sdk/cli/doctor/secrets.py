"""Where the secrets are, and who may read them."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from vipex_sdk.cli.doctor.finding import Finding, Text, bad, fine, weak

__all__ = ["look_at_secrets"]

_NAMES = ("password", "api_key", "voip_key", "secret", "token")
_OTHERS = 0o077


def look_at_secrets(path: Path) -> Iterator[Finding]:
    """Look at the files that hold secrets, and at secrets that stand in the configuration itself."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return  # said by the check of the configuration, with its line
    files: list[Path] = []
    inline: list[str] = []
    for key, value in _walk(document, ""):
        if isinstance(value, Mapping) and isinstance(value.get("file"), str):
            files.append(path.parent / value["file"])
        elif isinstance(value, str) and value and key.rpartition(".")[2] in _NAMES:
            inline.append(key)
    open_files = [file for file in files if _open_to_others(file)]
    if inline and _open_to_others(path):
        names = ", ".join(inline)
        yield weak(
            "secrets",
            Text(f"A {path} titkot tartalmaz, és mások is olvashatják: {names}",
                 f"{path} holds secrets that others on this machine can read: {names}"),
            Text(f'Tegye külön fájlba ({{ file = "secrets/..." }}), vagy: chmod 600 {path}',
                 f'Move them to files ({{ file = "secrets/..." }}), or: chmod 600 {path}'),
        )  # fmt: skip
    for file in open_files:
        yield bad(
            "secrets",
            Text(f"Mások is olvashatják: {file}", f"Others on this machine can read {file}"),
            Text(f"chmod 600 {file}", f"chmod 600 {file}"),
        )
    if not open_files and files:
        count = len(files)
        yield fine("secrets", hu=f"{count} titok saját fájlban, zárva.", en=f"{count} secrets in files of their own.")


def _walk(table: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for name, value in table.items():
        yield prefix + name, value
        if isinstance(value, Mapping):
            yield from _walk(value, f"{prefix}{name}.")


def _open_to_others(file: Path) -> bool:
    """Whether others may read *file*; where permissions mean nothing, nobody is said to."""
    try:
        return os.name == "posix" and bool(file.stat().st_mode & _OTHERS)
    except OSError:
        return False
