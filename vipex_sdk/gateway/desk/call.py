"""One call as the agents' pages show it."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Any
from urllib.parse import urlsplit

from attrs import define, field

from vipex_sdk.crm.matching import Match
from vipex_sdk.crm.model import CustomerCard
from vipex_sdk.numbers import PhoneNumber
from vipex_sdk.webhooks.events import CallEnd, Direction

__all__ = ["CallOnDesk", "State"]

MAX_OTHERS = 4
LONGEST_RINGING = 180.0
LONGEST_TALK = 4 * 3600.0


class State(Enum):
    """What a call is at one extension."""

    RINGING = "ringing"
    ANSWERED = "answered"
    ELSEWHERE = "elsewhere"
    ENDED = "ended"
    MISSED = "missed"


@define(kw_only=True)
class CallOnDesk:
    """A call, the customer it is from, and its state at each extension that saw it.

    Attributes:
        heard_at: when the last notice of it came, epoch seconds.
        states: by extension, in the order they rang.
        looking: the CRM is being asked; a name may still come.
        over: whether the end of the call was seen.
        caller_name: what VIPeX calls the caller; shown when the CRM knows nobody.
    """

    call_id: str
    number: PhoneNumber
    began: datetime
    heard_at: float
    states: dict[str, State] = field(factory=dict)
    match: Match | None = field(default=None, repr=False)
    looking: bool = False
    over: bool = False
    answered_by: str | None = None
    talk_seconds: int | None = None
    outbound: bool = False
    caller_name: str | None = field(default=None, repr=False)

    @property
    def looked_up(self) -> bool:
        """Whether the customer was looked for already."""
        return self.match is not None

    def is_stale(self, now: float) -> bool:
        """Whether so long nothing was heard of it that it must have ended."""
        longest = LONGEST_RINGING if self.answered_by is None else LONGEST_TALK
        return now - self.heard_at > longest

    def learn(self, match: Match, *, looking: bool) -> None:
        """Take in who it is."""
        self.match = match
        self.looking = looking

    def answer(self, extension: str) -> list[str]:
        """Note that *extension* talks now; it is over for all others. Returns whose pages have to know."""
        changed = [other for other, state in self.states.items() if other != extension and state is not State.ELSEWHERE]
        for other in changed:
            self.states[other] = State.ELSEWHERE
        self.states[extension] = State.ANSWERED
        self.answered_by = extension
        return [extension, *changed]

    def end(self, call: CallEnd) -> None:
        """Take in how the call ended, and who took part that no notice told of."""
        talked = {leg.extension for leg in call.legs if leg.answered_at is not None} if call.legs else set()
        if call.answered_at is not None or call.talk_seconds:
            talked |= {call.final_extension or call.extension}
        rang = {leg.extension for leg in call.legs} | {call.extension, *self.states}
        self.states = {
            extension: State.ENDED if extension in talked else State.ELSEWHERE if any(talked) else State.MISSED
            for extension in dict.fromkeys((*self.states, *sorted(filter(None, rang))))
        }
        self.answered_by = call.final_extension or self.answered_by
        self.talk_seconds = call.talk_seconds
        self.outbound = call.direction is Direction.OUTBOUND
        self.looking = False
        self.over = True

    def view(self, extension: str) -> dict[str, Any]:
        """Give what the page of *extension* shows, as JSON data."""
        best = self.match.card if self.match else None
        others = [card for card in (self.match.candidates if self.match else ()) if card is not best]
        return {
            "call_id": self.call_id,
            "state": self.states[extension].value,
            "over": self.over,
            "outbound": self.outbound,
            "number": self.number.display,
            "began": self.began.isoformat(),
            "answered_by": self.answered_by,
            "talk_seconds": self.talk_seconds,
            "caller_name": self.caller_name,
            "looking": self.looking,
            "ambiguous": bool(self.match and self.match.ambiguous),
            "card": _card(best) if best else None,
            "others": [_card(card) for card in others[:MAX_OTHERS]],
        }


def _card(card: CustomerCard) -> dict[str, Any]:
    return {
        "name": card.name,
        "company": card.company,
        "owner": card.owner_name,
        "open": card.is_open,
        "url": _web_address(card.url),
    }


def _web_address(url: str | None) -> str | None:
    """Let only web addresses through: ``javascript:`` in a CRM field must not become a link on our page."""
    if url is None:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None
