"""The simulated VIPeX as one object: its parts, how they are joined, and what may be changed from outside."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from typing import Any
from zoneinfo import ZoneInfo

from vipex_sdk.sandbox.clock import Timeline, WallClock
from vipex_sdk.sandbox.faults import Faults
from vipex_sdk.sandbox.lines import Lines
from vipex_sdk.sandbox.messages import Writer
from vipex_sdk.sandbox.office import DEFAULT_USER, CustomerOffice
from vipex_sdk.sandbox.operators import Operators
from vipex_sdk.sandbox.recordings import Recordings
from vipex_sdk.sandbox.reporter import Reporter
from vipex_sdk.sandbox.ringer import Ringer
from vipex_sdk.sandbox.scenarios import Director
from vipex_sdk.sandbox.sender import Sender
from vipex_sdk.sandbox.settings import Settings, updated, usual
from vipex_sdk.sandbox.switchboard import Switchboard
from vipex_sdk.wire.profile import WireProfile, default_profile

__all__ = ["SimulatedVipex"]


class SimulatedVipex:
    """One customer's simulated VIPeX, in memory.

    Args:
        settings: to begin with; changed by :meth:`configure`.
        profile: the wire format it speaks.
        password: of the technical user ``crm``; generated when ``None``.
    """

    def __init__(
        self, settings: Settings | None = None, *, profile: WireProfile | None = None, password: str | None = None
    ) -> None:
        self.profile = profile or default_profile()
        self.settings = settings or usual(self.profile)
        self.clock = WallClock(ZoneInfo(self.profile.time.zone))
        self.office = CustomerOffice()
        self.office.add_technical_user(DEFAULT_USER, password)
        self.operators = Operators(self.clock)
        self.recordings = Recordings(time.monotonic, {})
        self.faults = Faults()
        self.sender = Sender(lambda: self.settings, self.profile.webhooks.auth)
        reporter = Reporter(
            settings=lambda: self.settings,
            users=self.office.people,
            recordings=self.recordings,
            writer=Writer(self.profile),
            sender=self.sender,
            changed=self.changed,
        )
        lines = Lines()
        ringer = Ringer(
            lines=lines,
            office=self.office,
            operators=self.operators,
            reporter=reporter,
            settings=lambda: self.settings,
            changed=self.changed,
        )
        self.board = Switchboard(
            lines=lines, ringer=ringer, office=self.office, reporter=reporter, settings=lambda: self.settings
        )
        self.director = Director(
            board=self.board, settings=lambda: self.settings, clock=self.clock, timeline=Timeline(self.clock)
        )
        self._initial = self.settings
        self._watchers: set[asyncio.Event] = set()
        self._closing = False
        self._furnish()

    @property
    def lines(self) -> Lines:
        """All calls."""
        return self.board.lines

    def configure(self, changes: Mapping[str, Any]) -> Settings:
        """Lay *changes* over the settings; raises :class:`ConfigError` when they are wrong."""
        self.settings = updated(self.settings, changes)
        self.changed()
        return self.settings

    def reset(self) -> None:
        """Forget calls and changes, and take the settings it was started with."""
        self.lines.clear()
        self.settings = self._initial
        self.director.armed.clear()
        self.director.timeline.reset()
        self.recordings.clear()
        self.faults = Faults()
        self._furnish()
        self.changed()

    def changed(self) -> None:
        """Wake everybody who watches."""
        for watcher in self._watchers:
            watcher.set()

    async def changes(self, *, at_least_every: float) -> AsyncIterator[None]:
        """Yield once now, after every change, and after this many quiet seconds; ends when the program does."""
        woken = asyncio.Event()
        self._watchers.add(woken)
        try:
            while not self._closing:
                yield
                with suppress(TimeoutError):
                    async with asyncio.timeout(at_least_every):
                        await woken.wait()
                woken.clear()
        finally:
            self._watchers.discard(woken)

    def close(self) -> None:
        """Let open pages go, so that the program can end at once."""
        self._closing = True
        self.changed()

    async def aclose(self) -> None:
        """Give up calls and connections."""
        self.close()
        self.lines.clear()
        await self.sender.close()

    def _furnish(self) -> None:
        self.office.furnish()
        self.operators.seat(self.office.extensions())
