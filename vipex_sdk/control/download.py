"""Recordings into files: streamed, checked, and there only when whole."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol, TypeVar

from attrs import frozen

from vipex_sdk.control.operation import Group
from vipex_sdk.control.recordings import fetch_recording
from vipex_sdk.control.steps import Pause, Plan, Steps
from vipex_sdk.errors import RecordingNotReady, RecordingRejected

__all__ = ["AsyncRecordings", "AsyncRunner", "Download", "Recordings", "Runner", "sniff"]

T = TypeVar("T")
Progress = Callable[[int, int | None], None]
"""Called with the bytes so far and, when VIPeX says so, the bytes in all."""

_HEAD = 12
_WAVE = slice(8, 12)


@frozen(kw_only=True)
class Download:
    """A recording that was saved.

    Attributes:
        content_type: by the audio's own first bytes, not by what VIPeX says.
    """

    path: Path
    content_type: str
    size_bytes: int


def sniff(head: bytes) -> str | None:
    """Tell the audio type by its first bytes: WAV, MP3 or Ogg; ``None`` for anything else."""
    if head[:4] == b"RIFF" and head[_WAVE] == b"WAVE":
        return "audio/wav"
    if head[:4] == b"OggS":
        return "audio/ogg"
    is_frame = len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0 and head[1] & 0x06  # noqa: PLR2004 - MPEG
    return "audio/mpeg" if head[:3] == b"ID3" or is_frame else None


class RecordingFile:
    """A file beside the target that takes its name only when the recording is whole."""

    def __init__(self, target: Path, *, max_bytes: int, progress: Progress | None) -> None:
        self._target = target
        self._max_bytes = max_bytes
        self._progress = progress
        self._expected: int | None = None
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".part")
        self._file = os.fdopen(handle, "w+b")
        self._part = Path(name)

    def begin(self, headers: Mapping[str, str]) -> None:
        """Start anew with the answer that has *headers*."""
        self._file.seek(0)
        self._file.truncate()
        length = headers.get("content-length", "")
        self._expected = int(length) if length.isdecimal() else None
        self._check(self._expected or 0)

    def write(self, chunk: bytes) -> None:
        """Take the next bytes.

        Raises:
            RecordingRejected: it is longer than allowed.
        """
        self._file.write(chunk)
        size = self._file.tell()
        self._check(size)
        if self._progress is not None:
            self._progress(size, self._expected)

    def _check(self, size: int) -> None:
        if size > self._max_bytes:
            raise RecordingRejected(f"the recording is longer than {self._max_bytes} bytes")

    def finish(self) -> Download:
        """Make it durable under its own name.

        Raises:
            RecordingRejected: what came is not audio.
        """
        size = self._file.tell()
        self._file.seek(0)
        content_type = sniff(self._file.read(_HEAD))
        if content_type is None:
            raise RecordingRejected("what came is not WAV, MP3 or Ogg audio")
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._part.replace(self._target)
        _sync_folder(self._target.parent)
        return Download(path=self._target, content_type=content_type, size_bytes=size)

    def close(self) -> None:
        """Leave nothing behind but a finished recording."""
        self._file.close()
        self._part.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Make the new name durable too, where the system can."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _download(plan: Plan, code: str, file: RecordingFile) -> Steps[None]:
    """Fetch, and ask again after the profile's delays while the recording is not ready."""
    operation = fetch_recording(code)
    *early, last = plan.profile.recordings.ready_delays or (0.0,)
    for delay in early:
        if delay:
            yield Pause(delay)
        try:
            yield from plan.steps(operation, sink=file)
        except RecordingNotReady:
            continue
        return
    if last:
        yield Pause(last)
    yield from plan.steps(operation, sink=file)


class Runner(Protocol):
    """What downloads need of a client."""

    plan: Plan

    def run(self, steps: Steps[T]) -> T:
        """Carry out *steps*."""
        ...


class AsyncRunner(Protocol):
    """What downloads need of an asynchronous client."""

    plan: Plan

    async def run(self, steps: Steps[T]) -> T:
        """Carry out *steps*."""
        ...


class Recordings(Group[Runner]):
    """``client.recordings``."""

    def download(
        self, code: str, path: Path | str, *, max_bytes: int | None = None, progress: Progress | None = None
    ) -> Download:
        """Save a recording as *path*, waiting while it is not ready yet.

        The file appears under its name only when it is whole, is audio, and is on the disk.

        Args:
            code: as the end of the call gave it.
            path: where to; the folder must exist, an existing file is replaced.
            max_bytes: the longest recording taken; the profile's limit when absent.
            progress: told the bytes so far, and the bytes in all when known.

        Raises:
            RecordingNotReady: it was still not ready after the profile's last delay.
            RecordingExpired: it was deleted.
            RecordingRejected: what came is too long or no audio.
        """
        plan = self._sender.plan
        limit = max_bytes or plan.profile.recordings.max_bytes
        file = RecordingFile(Path(path), max_bytes=limit, progress=progress)
        try:
            self._sender.run(_download(plan, code, file))
            return file.finish()
        finally:
            file.close()


class AsyncRecordings(Group[AsyncRunner]):
    """``client.recordings`` of an asynchronous client."""

    async def download(
        self, code: str, path: Path | str, *, max_bytes: int | None = None, progress: Progress | None = None
    ) -> Download:
        """Save a recording as *path*, waiting while it is not ready yet: see :meth:`Recordings.download`."""
        plan = self._sender.plan
        limit = max_bytes or plan.profile.recordings.max_bytes
        file = RecordingFile(Path(path), max_bytes=limit, progress=progress)
        try:
            await self._sender.run(_download(plan, code, file))
            return await asyncio.to_thread(file.finish)  # fsync may take long
        finally:
            file.close()
