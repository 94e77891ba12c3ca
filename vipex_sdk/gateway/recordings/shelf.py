"""Where audio lies: inline audio that must be kept, and fetched audio that only passes through."""

from __future__ import annotations

import asyncio
import hashlib
import os
import secrets
import shutil
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TypeAlias

import structlog
from attrs import frozen

from vipex_sdk.errors import RecordingRejected, StoreUnavailable
from vipex_sdk.gateway.database import Database, select
from vipex_sdk.gateway.flights import SingleFlight
from vipex_sdk.gateway.recordings.mp3 import can_encode, encode_mp3
from vipex_sdk.gateway.recordings.orphans import Orphans
from vipex_sdk.gateway.recordings.sniff import EXTENSIONS, audio_type

__all__ = ["Audio", "Fetch", "Shelf"]

MAX_BYTES = 512 * 1024 * 1024
PASSING_BYTES = 1024 * 1024 * 1024
PASSING_SECONDS = 3600.0
"""Fetched audio is no archive: an hour is enough to listen, seek and listen again."""

_log = structlog.get_logger(__name__)

Fetch: TypeAlias = Callable[[str, Path], Awaitable[object]]
"""Downloads the recording with a code to a path; whole or not at all."""


@frozen(kw_only=True)
class Audio:
    """A whole audio file, ready to be sent."""

    path: Path
    content_type: str

    @property
    def extension(self) -> str:
        """What its name ends with."""
        return EXTENSIONS[self.content_type]


class Shelf:
    """Audio in the data folder: ``audio/`` is kept, ``passing/`` is emptied by age and size.

    Files become visible under their name only when they are whole.

    Attributes:
        orphans: finds kept audio that no message names.
    """

    def __init__(self, data: Path, database: Database, fetch: Fetch) -> None:
        self._kept = data / "audio"
        self._passing = data / "passing"
        self._database = database
        self._fetch = fetch
        self._flights: SingleFlight[Path] = SingleFlight("recording.fetch")
        self.orphans = Orphans(folder=self._kept, database=database)

    def open(self) -> None:
        """Make the folders, and remove what a crash left half done."""
        for folder in (self._kept, self._passing):
            folder.mkdir(parents=True, exist_ok=True)
            for left in folder.glob("*.part"):
                left.unlink(missing_ok=True)

    async def close(self) -> None:
        """Stop downloads that are under way."""
        await self._flights.close()

    async def keep(self, chunks: AsyncIterator[bytes], content_type: str) -> str:
        """Keep inline audio for good; returns our key of it, once it is durable.

        The key is made of the content: when VIPeX repeats an event, the same audio is the same fact.

        Raises:
            RecordingRejected: it is no audio, or larger than any telephone call.
            StoreUnavailable: the disk is full or broken.
        """
        del content_type  # what the sender says is no proof
        part = self._kept / f"{secrets.token_hex(16)}.part"
        try:
            key = await _write(part, chunks)
            with self.orphans.renaming:
                part.rename(self._kept / key)
            await asyncio.to_thread(_sync_folder, self._kept)
        except OSError as error:
            raise StoreUnavailable(f"the recording cannot be kept: {error.strerror}") from error
        finally:
            part.unlink(missing_ok=True)
        return key

    async def find(self, name: str, *, mp3: bool) -> Audio | None:
        """Give the recording called *name*, as MP3 when asked and possible; ``None`` when there is none.

        Raises:
            VipexError: VIPeX does not give it (yet, or any more), or what it gave is no audio.
        """
        rows = await self._database.read(select("SELECT code, path FROM recordings WHERE key = :key", key=name))
        if not rows:
            return None
        if rows[0]["path"]:
            source = self._kept / Path(rows[0]["path"]).name
            if not source.is_file():
                return None
        else:
            code = str(rows[0]["code"])
            source = await self._once(self._passing / name, lambda part: self._fetch(code, part))
        kind = audio_type(source)
        if kind is None:
            raise RecordingRejected("what VIPeX gave is no audio")
        if not (mp3 and kind == "audio/wav"):
            return Audio(path=source, content_type=kind)
        if not can_encode():
            _log.warning("recording.not_converted", hint="pip install 'vipex-sdk[audio]'")
            return Audio(path=source, content_type=kind)
        made = await self._once(self._passing / f"{name}.mp3", lambda part: asyncio.to_thread(encode_mp3, source, part))
        return Audio(path=made, content_type="audio/mpeg")

    async def tidy(self, *, now: Callable[[], float] = time.time) -> int:
        """Remove fetched audio that is too old, and the oldest when there is too much; returns how many files."""
        return await asyncio.to_thread(_tidy, self._passing, now())

    async def _once(self, target: Path, make: Callable[[Path], Awaitable[object]]) -> Path:
        """Give *target*, made by the first who asks; everybody else waits for the same file."""
        if _touch(target):
            return target
        return await self._flights.run(target.name, lambda: _made(target, make))


async def _write(part: Path, chunks: AsyncIterator[bytes]) -> str:
    """Write *chunks* durably; returns the digest of what they were."""
    digest, size = hashlib.sha256(), 0
    with part.open("xb") as file:
        async for chunk in chunks:
            size += len(chunk)
            if size > MAX_BYTES:
                raise RecordingRejected("the inline recording is too large")
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        await asyncio.to_thread(os.fsync, file.fileno())
    if audio_type(part) is None:
        raise RecordingRejected("the inline recording is no audio")
    return digest.hexdigest()[:32]


async def _made(target: Path, make: Callable[[Path], Awaitable[object]]) -> Path:
    part = target.with_name(f"{target.name}.{secrets.token_hex(4)}.part")
    try:
        if shutil.disk_usage(target.parent).free < PASSING_BYTES // 4:
            raise StoreUnavailable("there is no space to fetch a recording")
        await make(part)
        part.rename(target)
    except OSError as error:
        raise StoreUnavailable(f"the recording cannot be fetched: {error.strerror}") from error
    finally:
        part.unlink(missing_ok=True)
    return target


def _touch(path: Path) -> bool:
    """Keep a file that is asked for again from being tidied away; ``False`` when it is not there."""
    try:
        os.utime(path)
    except FileNotFoundError:
        return False
    return True


def _tidy(folder: Path, now: float) -> int:
    removed = 0
    files = sorted(((path.stat(), path) for path in folder.iterdir()), key=lambda pair: pair[0].st_mtime)
    total = sum(stat.st_size for stat, _ in files)
    for stat, path in files:
        if now - stat.st_mtime <= PASSING_SECONDS and total <= PASSING_BYTES:
            continue
        path.unlink(missing_ok=True)
        total -= stat.st_size
        removed += 1
    return removed


def _sync_folder(folder: Path) -> None:
    """Make a rename durable, where folders can be synced."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
