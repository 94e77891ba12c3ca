"""Calls by hand: what the buttons on the page of phones do, in real time."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from attrs import frozen

from vipex_sdk.numbers import PhoneNumber
from vipex_sdk.sandbox.call import WrongStep
from vipex_sdk.sandbox.line import Line
from vipex_sdk.sandbox.pbx import SimulatedVipex
from vipex_sdk.sandbox.routing import Destination
from vipex_sdk.webhooks.events import LegResult

__all__ = ["ACTIONS", "Press", "Wanted", "place", "press"]


@frozen(kw_only=True)
class Wanted:
    """A call to place by hand: from a customer (``caller``), or from one of our extensions to ``number``.

    Attributes:
        caller: the customer's number; ``None`` or empty hides it.
        called: ``None`` for the main number.
        extension: where the call leads unless the data query's answer says otherwise; with ``number``, who calls.
        number: whom the extension calls.
    """

    caller: str | None = None
    called: str | None = None
    extension: str | None = None
    number: str | None = None


@frozen(kw_only=True)
class Press:
    """A button: at which telephone, and to whom (transfers).

    Attributes:
        extension: ``None`` is the party outside.
    """

    extension: str | None = None
    to: str | None = None


async def place(pbx: SimulatedVipex, wanted: Wanted) -> Line:
    """Place a call by hand; raises :class:`WrongStep` when that is impossible."""
    settings = pbx.settings
    if wanted.number:
        if wanted.extension is None or not pbx.office.has_extension(wanted.extension):
            raise WrongStep("there is no such extension")
        line = pbx.board.call_out(wanted.extension, PhoneNumber.parse(wanted.number), clock=pbx.clock, scripted=False)
        pbx.board.take(line)  # whoever dials has the receiver in the hand already
        return line
    default = f"extension:{wanted.extension}" if wanted.extension else settings.default_target
    return await pbx.board.call_in(
        PhoneNumber.parse(wanted.caller),
        PhoneNumber.parse(wanted.called or settings.main_number),
        clock=pbx.clock,
        scripted=False,
        default=Destination.parse(default),
    )


def press(pbx: SimulatedVipex, line: Line, action: str, button: Press) -> None:
    """Press a button of the call; raises :class:`WrongStep` when it does nothing now, ``KeyError`` when unknown."""
    do = ACTIONS[action]
    if line.scripted:
        raise WrongStep("a script plays this call")
    if line.call.is_over:
        raise WrongStep("the call is over")
    do(pbx, line, button)


def _hang_up(pbx: SimulatedVipex, line: Line, button: Press) -> None:
    call, consultation = line.call, line.call.consultation
    if consultation is None or button.extension is None:
        ours = call.owner is not None
        pbx.board.hang_up(line, by="caller" if (button.extension is not None) == ours else "callee")
    elif button.extension in consultation.extensions or not consultation.is_talking:
        pbx.board.resume(line)
    else:  # putting the receiver down during a consultation hands the call over
        pbx.board.complete(line)


def _refuse(pbx: SimulatedVipex, line: Line, button: Press) -> None:
    pbx.board.refuse(line, _extension(button))


def _extension(button: Press) -> str:
    if button.extension is None:
        raise WrongStep("this button is on a telephone: name the extension")
    return button.extension


def _to(button: Press) -> str:
    if not button.to:
        raise WrongStep("say to whom")
    return button.to


Action = Callable[[SimulatedVipex, Line, Press], None]

ACTIONS: Mapping[str, Action] = {
    "answer": lambda pbx, line, button: pbx.board.answer(line, button.extension),
    "busy": lambda pbx, line, _button: pbx.board.decline_outside(line, LegResult.BUSY),
    "complete": lambda pbx, line, _button: pbx.board.complete(line),
    "consult": lambda pbx, line, button: pbx.board.consult(line, _to(button)),
    "hang_up": _hang_up,
    "hold": lambda pbx, line, _button: pbx.board.hold(line),
    "pick_up": lambda pbx, line, button: pbx.board.pick_up(line, _extension(button)),
    "reject": _refuse,
    "resume": lambda pbx, line, _button: pbx.board.resume(line),
    "take": lambda pbx, line, _button: pbx.board.take(line),
    "transfer": lambda pbx, line, button: pbx.board.transfer(line, _to(button)),
}
