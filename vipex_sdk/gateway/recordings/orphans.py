"""Audio that no message names: its message was never committed, because the process died in between.

Whoever sends the message again brings the audio along again, so nothing is lost with it (``facts/reliability.md`` F05).
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Sequence
from pathlib import Path

from attrs import define, field

from vipex_sdk.gateway.clock import SYSTEM_CLOCK, Clock
from vipex_sdk.gateway.database import Database, Transaction, one_of, select

__all__ = ["ORPHAN_SECONDS", "Orphans"]

ORPHAN_SECONDS = 3600.0
"""Audio is kept at least so long: a message is committed, or given up, within seconds of its audio."""

_CHUNK = 500


@define(kw_only=True)
class Orphans:
    """Finds and removes audio that nothing refers to; what was found to be named is not looked at again.

    Attributes:
        folder: where inline audio is kept; a file's name is its key.
        renaming: held by whoever gives a file its name, so that audio that comes again is not removed under its feet.
    """

    folder: Path
    database: Database = field(repr=False)
    renaming: threading.Lock = field(factory=threading.Lock, repr=False)
    clock: Clock = SYSTEM_CLOCK
    _looked_at: float = field(default=0.0, init=False)

    async def sweep(self) -> int:
        """Remove audio that no message names; give how many files that were.

        Raises:
            StoreUnavailable: nobody can tell what is named.
        """
        removed, until = 0, self.clock.now() - ORPHAN_SECONDS
        keys = await asyncio.to_thread(self._kept, self._looked_at, until)
        for start in range(0, len(keys), _CHUNK):
            chunk = keys[start : start + _CHUNK]
            named = await self.database.read(_named(chunk))
            removed += await asyncio.to_thread(self._remove, [key for key in chunk if key not in named], until)
        self._looked_at = until
        return removed

    def _kept(self, since: float, until: float) -> list[str]:
        """Give the keys of files that were kept between two times."""
        with os.scandir(self.folder) as files:
            return [file.name for file in files if since <= file.stat().st_mtime < until]

    def _remove(self, keys: Sequence[str], until: float) -> int:
        removed = 0
        for path in (self.folder / key for key in keys):
            with self.renaming:
                if path.stat().st_mtime < until:
                    path.unlink()
                    removed += 1
        return removed


def _named(keys: Sequence[str]) -> Transaction[set[str]]:
    """Give those of *keys* that a message or a recording refers to."""
    places, parameters = one_of("key", keys)
    uses = yield from select(f"SELECT DISTINCT key FROM audio_uses WHERE key IN ({places})", **parameters)  # noqa: S608 - placeholders
    known = yield from select(f"SELECT path FROM recordings WHERE path IN ({places})", **parameters)  # noqa: S608 - placeholders
    return {row["key"] for row in uses} | {row["path"] for row in known}
