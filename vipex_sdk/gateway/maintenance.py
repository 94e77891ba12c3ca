"""What the gateway does besides calls, every few minutes: learn who is who, and tidy up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import structlog

from vipex_sdk.crm.abilities import ChecksNewCards
from vipex_sdk.crm.adapter import CrmAdapter, ListsUsers
from vipex_sdk.errors import Misconfigured, NeedsReauth, NotPermitted, VipexError
from vipex_sdk.gateway.extensions import Extensions
from vipex_sdk.gateway.recordings import Shelf

__all__ = ["Maintenance"]

INTERVAL_SECONDS = 300.0
PATIENCE_SECONDS = 30.0

_log = structlog.get_logger(__name__)


class Maintenance:
    """Refreshes the map of extensions from both sides, and empties the shelf. Failures are logged and tried again."""

    def __init__(
        self,
        *,
        adapter: CrmAdapter,
        extensions: Extensions,
        shelf: Shelf,
        users: Callable[[], AsyncIterator[Any]],
        removed: Callable[[int], object],
        creates_cards: bool,
    ) -> None:
        """Make it; *users* lists VIPeX's users, *removed* counts audio that no message named.

        *creates_cards* says whether unknown callers get cards, so that the settings for them must be right.
        """
        self._adapter = adapter
        self._extensions = extensions
        self._shelf = shelf
        self._users = users
        self._removed = removed
        self._creates_cards = creates_cards
        self._checked = False

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            for work in (self._check, self._learn_users, self._learn_existing, self._shelf.tidy, self._sweep):
                try:
                    async with asyncio.timeout(PATIENCE_SECONDS):
                        await work()
                except Exception as error:  # noqa: BLE001 - a plug-in is foreign code; its bug must not end the loop
                    known = isinstance(error, VipexError | TimeoutError | OSError)
                    log = _log.info if known else _log.error
                    log("maintenance.failed", work=work.__name__, error=type(error).__name__)
            await asyncio.sleep(INTERVAL_SECONDS)

    async def _check(self) -> None:
        """Let the adapter prove its settings at the start: what new cards need is not first missed by a caller."""
        if self._checked:
            return
        try:
            await self._adapter.check()
            if self._creates_cards and isinstance(self._adapter, ChecksNewCards):
                await self._adapter.check_new_cards()
        except (Misconfigured, NeedsReauth, NotPermitted) as error:
            # Its text names the setting and holds no personal data; ``vipex doctor`` says the same with the cure.
            _log.error("crm.wrong_settings", problem=str(error), see="vipex doctor")
        self._checked = True

    async def _sweep(self) -> None:
        removed = await self._shelf.orphans.sweep()
        if removed:
            _log.info("recording.orphans_removed", files=removed)
            self._removed(removed)

    async def _learn_users(self) -> None:
        if isinstance(self._adapter, ListsUsers):
            self._extensions.learn_users(await self._adapter.users())

    async def _learn_existing(self) -> None:
        existing: set[str] = set()
        async for user in self._users():
            existing.update(user.extensions, [user.extension] if user.extension else [])
        self._extensions.learn_existing(existing)
