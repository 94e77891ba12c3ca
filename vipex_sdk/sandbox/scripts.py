"""What happens in a scripted call: the same buttons a person would press, on the call's own clock."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from attrs import frozen

from vipex_sdk.sandbox.call import WrongStep
from vipex_sdk.sandbox.line import Line
from vipex_sdk.sandbox.settings import CalledParty
from vipex_sdk.sandbox.switchboard import Switchboard
from vipex_sdk.webhooks.events import LegResult

__all__ = ["Roles", "Script", "answered", "attended", "blind", "missed", "outbound", "picked_up", "seconds_of"]

_SUBSTITUTES = ("102", "105", "103", "101")


@frozen(kw_only=True)
class Roles:
    """Who does what, and for how long.

    Attributes:
        extension: who answers, if it rings there; else whoever rings first.
        transfer_to: to whom the call is transferred, or who picks it up; ``None`` takes an idle colleague.
        ring_seconds: until the first answer.
        talk_seconds: the first conversation, until a consultation or a transfer if there is one.
        second_ring_seconds: until the one it is transferred to answers.
        consult_seconds: the consultation.
        second_talk_seconds: the conversation after the transfer.
        hangup_by: who ends the call.
    """

    extension: str | None = None
    transfer_to: str | None = None
    ring_seconds: int = 10
    talk_seconds: int = 200
    second_ring_seconds: int = 10
    consult_seconds: int = 34
    second_talk_seconds: int = 180
    hangup_by: str = "caller"


Script = Callable[[Switchboard, Line, Roles], Awaitable[None]]


async def answered(board: Switchboard, line: Line, roles: Roles) -> None:
    """Ring, talk, hang up."""
    await _connect(board, line, roles)
    await board.ringer.wait(line, roles.talk_seconds)
    board.hang_up(line, by=roles.hangup_by)


async def missed(board: Switchboard, line: Line, roles: Roles) -> None:
    """Ring until the caller gives up."""
    await board.ringer.wait(line, roles.ring_seconds)
    if not line.call.is_over:
        board.hang_up(line, by="caller")


async def blind(board: Switchboard, line: Line, roles: Roles) -> None:
    """Talk, transfer without asking, talk with the second one."""
    await _connect(board, line, roles)
    await board.ringer.wait(line, roles.talk_seconds)
    board.transfer(line, _colleague(board, line, roles))
    await board.ringer.wait(line, roles.second_ring_seconds)
    await _finish(board, line, roles)


async def attended(board: Switchboard, line: Line, roles: Roles) -> None:
    """Talk, ask a colleague while the caller waits, hand the call over."""
    await _connect(board, line, roles)
    await board.ringer.wait(line, roles.talk_seconds)
    board.consult(line, _colleague(board, line, roles))
    await board.ringer.wait(line, roles.second_ring_seconds)
    board.answer(line)
    await board.ringer.wait(line, roles.consult_seconds)
    board.complete(line)
    await board.ringer.wait(line, roles.second_talk_seconds)
    board.hang_up(line, by=roles.hangup_by)


async def picked_up(board: Switchboard, line: Line, roles: Roles) -> None:
    """Ring at one telephone, be taken at another."""
    await board.ringer.wait(line, roles.ring_seconds)
    board.pick_up(line, by=_colleague(board, line, roles))
    await board.ringer.wait(line, roles.second_talk_seconds)
    board.hang_up(line, by=roles.hangup_by)


async def outbound(board: Switchboard, line: Line, party: CalledParty) -> None:
    """Place a call that was started through the control API: the extension, then the other side."""
    if line.call.owner is not None:
        await board.ringer.wait(line, party.extension_seconds)
        if not party.extension_answers:
            board.ringer.unanswered(line, LegResult.NO_ANSWER)
            return
        board.take(line)
    await board.ringer.wait(line, party.ring_seconds)
    if line.call.is_over:
        return
    if party.result != "answered":
        board.ringer.unanswered(line, LegResult(party.result))
        return
    board.answer(line)
    await board.ringer.wait(line, party.talk_seconds)
    board.hang_up(line, by=party.hangup_by)


def seconds_of(party: CalledParty) -> int:
    """Tell how long a call to *party* lasts in all."""
    talk = party.talk_seconds if party.result == "answered" else 0
    return party.extension_seconds + (party.ring_seconds + talk if party.extension_answers else 0)


async def _connect(board: Switchboard, line: Line, roles: Roles) -> None:
    await board.ringer.wait(line, roles.ring_seconds)
    leg = board.ringer.ringing(line)
    board.answer(line, roles.extension if roles.extension in leg.ringing else None)


async def _finish(board: Switchboard, line: Line, roles: Roles) -> None:
    if line.call.is_over:  # the one it was transferred to could not be reached
        return
    board.answer(line)
    await board.ringer.wait(line, roles.second_talk_seconds)
    board.hang_up(line, by=roles.hangup_by)


def _colleague(board: Switchboard, line: Line, roles: Roles) -> str:
    if roles.transfer_to is not None:
        return roles.transfer_to
    taken = board.lines.busy() | line.call.extensions
    free = next((one for one in _SUBSTITUTES if one not in taken), None)
    if free is None:
        raise WrongStep("everybody is busy")
    return free
