"""Where a recording goes: a file that appears when it is whole, or a file that the caller has opened."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Protocol

from attrs import frozen

__all__ = ["Download", "Target", "target_for"]


@frozen(kw_only=True)
class Download:
    """A recording that was saved.

    Attributes:
        path: where it is; ``None`` when it went to an open file.
        content_type: by the audio's own first bytes, not by what VIPeX says.
        size_bytes: how long it is.
    """

    path: Path | None
    content_type: str
    size_bytes: int


class Target(Protocol):
    """Takes the bytes of a recording."""

    @property
    def rewind(self) -> Callable[[], None] | None:
        """What forgets all bytes, where they can be forgotten."""
        ...

    def write(self, chunk: bytes, /) -> object:
        """Take the next bytes."""
        ...

    def finish(self) -> Path | None:
        """Keep them: the recording is whole."""
        ...

    def close(self) -> None:
        """Leave nothing behind but a whole recording."""
        ...


def target_for(place: Path | str | BinaryIO) -> Target:
    """Make the target for *place*."""
    return _NewFile(Path(place)) if isinstance(place, (str, Path)) else _OpenFile(place)


class _NewFile:
    """A file beside the target that takes its name only when the recording is whole."""

    def __init__(self, target: Path) -> None:
        self._target = target
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
        self._file = os.fdopen(handle, "wb")
        self._part = Path(name)
        self.write = self._file.write

    def rewind(self) -> None:
        self._file.seek(0)
        self._file.truncate()

    def finish(self) -> Path:
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._part.replace(self._target)
        _sync_folder(self._target.parent)
        return self._target

    def close(self) -> None:
        self._file.close()
        self._part.unlink(missing_ok=True)


class _OpenFile:
    """A file of the caller's: written from where it stands, put back there when the recording fails."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._start = file.tell() if file.seekable() else None
        self._kept = False
        self.write = file.write

    @property
    def rewind(self) -> Callable[[], None] | None:
        return self._back if self._start is not None else None

    def _back(self) -> None:
        if self._start is not None:
            self._file.seek(self._start)
            self._file.truncate()

    def finish(self) -> None:
        self._file.flush()
        self._kept = True

    def close(self) -> None:
        if not self._kept:
            self._back()


def _sync_folder(folder: Path) -> None:
    """Make the new name durable too, where the system can."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
