"""``client.recordings``."""

from __future__ import annotations

import asyncio
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

from vipex_sdk.control.download.fetch import Fetch, Progress
from vipex_sdk.control.download.streams import AsyncRecordingStream, RecordingStream
from vipex_sdk.control.download.targets import Download, target_for
from vipex_sdk.control.operation import Group
from vipex_sdk.control.procedure import AsyncRunner, Runner

__all__ = ["AsyncRecordings", "Recordings"]


class Recordings(Group[Runner]):
    """``client.recordings``."""

    def download(
        self,
        code: str,
        target: Path | str | BinaryIO,
        *,
        max_bytes: int | None = None,
        progress: Progress | None = None,
    ) -> Download:
        """Save a recording, waiting while it is not ready yet.

        A file given by its path appears under its name only when it is whole, is audio, and is on the disk. An open
        binary file is written from where it stands; if it can seek, a failure puts it back there.

        A connection that breaks is taken up where it broke if VIPeX can send parts, else the recording is fetched
        from its beginning, as often as the client's retry policy allows.

        Args:
            code: as the end of the call gave it.
            target: where to; the folder must exist, an existing file is replaced.
            max_bytes: the longest recording taken; the profile's limit when absent.
            progress: told the bytes so far, and the bytes in all when known.

        Raises:
            Invalid: *code* is no code.
            RecordingNotReady: it was still not ready after the profile's last delay.
            RecordingExpired: it was deleted.
            NotFound: there is no such recording.
            RecordingRejected: what came is too long, cut short, compressed, or no audio.
        """
        with closing(target_for(target)) as file:
            fetch = Fetch(self._sender.plan, code, max_bytes=max_bytes, progress=progress, rewind=file.rewind)
            with RecordingStream(self._sender, fetch) as recording:
                for chunk in recording:
                    file.write(chunk)
            return Download(path=file.finish(), content_type=recording.content_type, size_bytes=fetch.done)

    def stream(self, code: str, *, max_bytes: int | None = None, progress: Progress | None = None) -> RecordingStream:
        """Give a recording as an iterator of bytes, for a player or a store of your own.

        .. code-block:: python

            with client.recordings.stream(code) as recording:
                print(recording.content_type)
                for chunk in recording:
                    ...

        Entering waits while the recording is not ready, and looks whether it is audio. A connection that breaks is
        taken up where it broke; no byte is given twice. Iterate to the end: only then it is known to be whole.

        Args:
            code: as the end of the call gave it.
            max_bytes: the longest recording taken; the profile's limit when absent.
            progress: told the bytes so far, and the bytes in all when known.

        Raises:
            Invalid: *code* is no code.
            RecordingNotReady: it was still not ready after the profile's last delay.
            RecordingExpired: it was deleted.
            NotFound: there is no such recording.
            RecordingRejected: what came is too long, cut short, compressed, or no audio.
        """
        fetch = Fetch(self._sender.plan, code, max_bytes=max_bytes, progress=progress, rewind=None)
        return RecordingStream(self._sender, fetch)


class AsyncRecordings(Group[AsyncRunner]):
    """``client.recordings`` of an asynchronous client."""

    async def download(
        self,
        code: str,
        target: Path | str | BinaryIO,
        *,
        max_bytes: int | None = None,
        progress: Progress | None = None,
    ) -> Download:
        """Save a recording, waiting while it is not ready yet: see :meth:`Recordings.download`."""
        with closing(target_for(target)) as file:
            fetch = Fetch(self._sender.plan, code, max_bytes=max_bytes, progress=progress, rewind=file.rewind)
            async with AsyncRecordingStream(self._sender, fetch) as recording:
                async for chunk in recording:
                    file.write(chunk)
            path = await asyncio.to_thread(file.finish)  # fsync may take long
            return Download(path=path, content_type=recording.content_type, size_bytes=fetch.done)

    def stream(
        self, code: str, *, max_bytes: int | None = None, progress: Progress | None = None
    ) -> AsyncRecordingStream:
        """Give a recording as an asynchronous iterator of bytes: see :meth:`Recordings.stream`."""
        fetch = Fetch(self._sender.plan, code, max_bytes=max_bytes, progress=progress, rewind=None)
        return AsyncRecordingStream(self._sender, fetch)
