"""``vipex recording``: fetch a call's recording."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from vipex_sdk.cli.connection import Here, connect
from vipex_sdk.cli.failure import WrongUse
from vipex_sdk.cli.output import Json, print_json, say
from vipex_sdk.cli.progress import bar

__all__ = ["recording"]


def recording(
    code: Annotated[str, Parameter(help="Code of the recording.")],
    file: Annotated[Path, Parameter(help="Where to keep it; nothing is kept there before all of it has come.")],
    /,
    *,
    force: Annotated[bool, Parameter(help="Overwrite FILE.")] = False,
    json: Json = False,
    connection: Here = None,
) -> None:
    """Fetch a recording by the code that came with the end of the call."""
    if file.exists() and not force:
        raise WrongUse(f"{file} exists; give --force to overwrite it")
    if not file.parent.is_dir():
        raise WrongUse(f"there is no folder {file.parent}")
    with connect(connection) as client, bar("recording", as_json=json, in_bytes=True) as progress:
        saved = client.recordings.download(code, file, progress=progress)
    if json:
        print_json({"file": str(file), "bytes": saved.size_bytes, "content_type": saved.content_type})
    else:
        say(f"{file}: {saved.size_bytes} bytes of {saved.content_type}")
