"""``vipex recording``: fetch a call's recording."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from vipex_sdk.cli.connection import Here, connect
from vipex_sdk.cli.failure import WrongUse
from vipex_sdk.cli.output import Json, print_json, say

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
    with connect(connection) as client, _bar(shown=sys.stderr.isatty() and not json) as progress:
        client.recordings.download(code, file, progress=progress)
    size = file.stat().st_size
    if json:
        print_json({"file": str(file), "bytes": size})
    else:
        say(f"{file}: {size} bytes")


@contextmanager
def _bar(*, shown: bool) -> Iterator[Callable[[int, int | None], None]]:
    """Draw a bar on standard error while the recording comes; one that is not ready yet is waited for."""
    if not shown:
        yield lambda _done, _total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("recording"), BarColumn(), DownloadColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as drawn:
        task = drawn.add_task("recording", total=None)
        yield lambda done, total: drawn.update(task, completed=done, total=total)
