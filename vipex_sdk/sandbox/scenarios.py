"""Calls to play at the press of a button: by name, with sensible defaults, answered when they are over."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from attrs import Attribute, asdict, define, field, frozen, validators

from vipex_sdk.numbers import PhoneNumber
from vipex_sdk.sandbox import scripts
from vipex_sdk.sandbox.behaviours import assumed
from vipex_sdk.sandbox.call import WrongStep
from vipex_sdk.sandbox.clock import Clock, Timeline, VirtualClock
from vipex_sdk.sandbox.line import Line
from vipex_sdk.sandbox.routing import Destination
from vipex_sdk.sandbox.settings import CalledParty, Settings, structured
from vipex_sdk.sandbox.switchboard import Switchboard

__all__ = ["SCENARIOS", "Director", "Inbound", "Outbound", "Scenario"]

_UNKNOWN_CALLER = "+36300000009"


def _is_instant(_instance: object, _attribute: Attribute[Any], value: str) -> None:
    if datetime.fromisoformat(value).tzinfo is None:
        raise ValueError("expected a time with its offset, such as 2026-03-02T09:00:00+01:00")


@frozen(kw_only=True)
class Inbound(scripts.Roles):
    """What can be asked of a scenario with a call from outside.

    Attributes:
        caller: number, ``None`` or empty for a hidden one.
        called: the customer's number; ``None`` takes the main number.
        start: when the call began (ISO 8601 with offset); ``None`` takes an hour ago and later.
        speed: seconds of the call in one real second; ``None`` takes the setting.
        wait_seconds: how long to wait for the webhooks after the call, in real seconds.

    ``extension`` is also where the call logic leads when the data query's answer does not route the call.
    """

    caller: str | None = "+36300000001"
    called: str | None = None
    start: str | None = field(default=None, validator=validators.optional(_is_instant))
    speed: float | None = None
    wait_seconds: float = 15.0


@frozen(kw_only=True)
class Outbound(CalledParty):
    """What can be asked of the scenario ``outbound``: how the party at *number* will behave when called."""

    number: str = "+36300000003"


@frozen
class Scenario:
    """One scripted call: what happens, and the values where it differs from :class:`Inbound`'s defaults."""

    title: str
    script: scripts.Script
    defaults: Mapping[str, Any]


SCENARIOS: Mapping[str, Scenario] = {
    "answered": Scenario("Answered call · Fogadott hívás", scripts.answered, {}),
    "missed": Scenario(
        "Missed call · Nem fogadott hívás", scripts.missed, {"caller": "+36300000002", "ring_seconds": 18}
    ),
    "blind_transfer": Scenario("Blind transfer · Átkapcsolás", scripts.blind, {"ring_seconds": 8, "talk_seconds": 45}),
    "attended_transfer": Scenario(
        "Attended transfer · Bejelentett átkapcsolás",
        scripts.attended,
        {
            "caller": "+36300000003",
            "ring_seconds": 5,
            "talk_seconds": 55,
            "second_ring_seconds": 6,
            "second_talk_seconds": 240,
        },
    ),
    "pickup": Scenario(
        "Call pick-up · Hívásátvétel",
        scripts.picked_up,
        {"caller": "+36300000002", "ring_seconds": 9, "second_talk_seconds": 120, "hangup_by": "callee"},
    ),
    "unknown_caller": Scenario(
        "Unknown caller · Ismeretlen hívó", scripts.answered, {"caller": _UNKNOWN_CALLER, "talk_seconds": 75}
    ),
}


@define(kw_only=True)
class Director:
    """Plays scenarios and the other side of outbound calls.

    Attributes:
        armed: how the party at a number behaves; numbers that are not here behave as the settings say.
    """

    board: Switchboard
    settings: Callable[[], Settings]
    clock: Clock
    timeline: Timeline
    armed: dict[str, CalledParty] = field(factory=dict)
    _stage: asyncio.Lock = field(factory=asyncio.Lock)

    async def play(self, name: str, wish: Mapping[str, Any]) -> tuple[Line, str | None]:
        """Play scenario *name* to its end; gives the call, and what went wrong if it could not be played.

        Raises:
            ConfigError: *wish* holds something unknown or wrong.
            KeyError: there is no such scenario.
        """
        scenario = SCENARIOS[name]
        roles: Inbound = structured(Inbound, {**scenario.defaults, **wish}, what=name)
        # Scripted calls share few telephones: one after another, so that none finds another's busy.
        async with self._stage:
            line, problem = await self._play(scenario, roles)
        with suppress(TimeoutError):  # then retries go on, and the call's record shows them
            async with asyncio.timeout(roles.wait_seconds):
                await line.reported.wait()
        return line, problem

    def arm(self, wish: Mapping[str, Any]) -> PhoneNumber:
        """Decide how the party at a number will behave when it is called.

        Raises:
            ConfigError: *wish* holds something unknown or wrong.
        """
        values = {**asdict(self.settings().outbound), **wish}
        party: Outbound = structured(Outbound, values, what="outbound")
        number = PhoneNumber.parse(party.number)
        self.armed[number.value] = party
        return number

    @assumed("A call started through the control API rings the extension first, and then the number.", source="3.7")
    def originate(self, extension: str, number: PhoneNumber, **details: Any) -> Line:
        """Place a call from *extension*; raises :class:`WrongStep` when it is busy."""
        party = self._party(number)
        clock = self._clock_for(party)
        line = self.board.call_out(extension, number, clock=clock, scripted=party.mode == "scripted", **details)
        if line.scripted:
            line.start(self._drive(line, party))
        return line

    def start_ivr(self, number: PhoneNumber, **details: Any) -> Line:
        """Place a call from the IVR."""
        party = self._party(number)
        clock = self._clock_for(party)
        line = self.board.call_ivr(number, clock=clock, scripted=party.mode == "scripted", **details)
        if line.scripted:
            line.start(self._drive(line, party))
        return line

    def _party(self, number: PhoneNumber) -> CalledParty:
        return self.armed.get(number.value, self.settings().outbound)

    def _clock_for(self, party: CalledParty) -> Clock:
        if party.mode == "manual":
            return self.clock
        # A scripted call ends about now, so that nothing in it lies in the future.
        return VirtualClock(self.clock.now() - timedelta(seconds=scripts.seconds_of(party)), speed=party.speed)

    async def _drive(self, line: Line, party: CalledParty) -> None:
        try:
            await scripts.outbound(self.board, line, party)
        except WrongStep:
            if not line.call.is_over:
                self.board.hang_up(line, by="caller")

    async def _play(self, scenario: Scenario, roles: Inbound) -> tuple[Line, str | None]:
        settings = self.settings()
        start = datetime.fromisoformat(roles.start) if roles.start else self.timeline.next_start()
        default = f"extension:{roles.extension}" if roles.extension else settings.default_target
        line = await self.board.call_in(
            PhoneNumber.parse(roles.caller),
            PhoneNumber.parse(roles.called or settings.main_number),
            clock=VirtualClock(start, speed=roles.speed or settings.speed),
            scripted=True,
            default=Destination.parse(default),
        )
        try:
            await scenario.script(self.board, line, roles)
        except WrongStep as problem:
            if not line.call.is_over:
                self.board.hang_up(line, by="caller")
            return line, str(problem)
        return line, None
