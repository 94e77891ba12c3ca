"""Fills the fields of the templates from a call, its conversation and its customer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from attrs import frozen

from vipex_sdk.crm.journal.conversation import Conversation, remote_of
from vipex_sdk.crm.journal.settings import JournalSettings
from vipex_sdk.crm.journal.words import Words, words_of
from vipex_sdk.crm.matching import Match
from vipex_sdk.numbers import NumberKind, PhoneNumber
from vipex_sdk.values import Seconds
from vipex_sdk.webhooks.events import CallEnd, CallLeg, LegResult, LegType

__all__ = ["Wording"]


@frozen
class Wording:
    """Writes about one call in the deployment's language and zone."""

    settings: JournalSettings
    call: CallEnd
    conversation: Conversation
    match: Match

    @property
    def words(self) -> Words:
        """The deployment's language."""
        return words_of(self.settings.language)

    def values(
        self, *, extension: str | None, started_at: datetime, talk_seconds: Seconds, recordings: Iterable[str]
    ) -> Mapping[str, str]:
        """Give every template field as text, empty where there is nothing to say."""
        call, card, words = self.call, self.match.card, self.words
        started = started_at.astimezone(self.settings.time_zone)
        talked = bool(self.conversation.talks)
        return {
            "number": self.number(remote_of(call, self.conversation.direction)),
            "name": card.name if card else "",
            "company": (card.company or "") if card else "",
            "agent": self.agent(extension),
            "extension": extension or "",
            "called": self.number(call.called) if call.called else "",
            "group": call.group or "",
            "queue": call.queue or "",
            "date": started.strftime(words.moment.rpartition(" ")[0]),
            "time": started.strftime("%H:%M"),
            "start": started.strftime(words.moment),
            "talk": words.duration(talk_seconds) if talked else "",
            "ring": words.duration(call.ring_seconds) if call.ring_seconds is not None else "",
            "reason": "" if talked else words.reasons.get(call.disposition, ""),
            "legs": self.course(),
            "recording": ", ".join(recordings),
            "note": words.several if self.match.ambiguous else "",
            "call_id": call.call_id,
        }

    def number(self, number: PhoneNumber) -> str:
        """Write a number for the colleague who may see it."""
        return self.words.hidden if number.kind is NumberKind.ANONYMOUS else number.display

    def agent(self, extension: str | None) -> str:
        """Write an extension with its colleague's name, where it is known."""
        if extension is None:
            return ""
        name = self.settings.names.get(extension) or self._name_in_call(extension)
        return f"{extension} ({name})" if name else extension

    def course(self) -> str:
        """Tell who gave the call to whom, one leg a line; empty for a plain call."""
        legs = [leg for leg in sorted(self.call.legs, key=lambda leg: leg.seq) if leg.result is not LegResult.LOST_RACE]
        if len(legs) < 2 and all(leg.type is LegType.INITIAL for leg in legs):  # noqa: PLR2004 - one leg is the call
            return ""
        return "\n".join([self.words.course, *(self._leg(leg) for leg in legs)])

    def _leg(self, leg: CallLeg) -> str:
        words = self.words
        started = leg.started_at or leg.answered_at
        clock = started.astimezone(self.settings.time_zone).strftime("%H:%M:%S ") if started else ""
        parts = [f"- {clock}{words.legs.get(leg.type, leg.type.value)}: {self._parties(leg)}"]
        if leg.result in words.results:
            parts.append(words.results[leg.result])
        if leg.talk_seconds:
            parts.append(f"{words.talked} {words.duration(leg.talk_seconds)}")
        elif leg.ring_seconds:
            parts.append(f"{words.rang} {words.duration(leg.ring_seconds)}")
        return ", ".join(parts)

    def _parties(self, leg: CallLeg) -> str:
        """Write "101 → 102": whoever handed the call over, or lost it to a pick-up, and who got it."""
        target = self.agent(leg.extension) or (self.number(leg.target) if leg.target else "")
        source = self._parent_extension(leg) if leg.type is LegType.PICKUP else leg.by_extension
        if source is None or source == leg.extension:
            return target
        return f"{self.agent(source)} → {target}"

    def _parent_extension(self, leg: CallLeg) -> str | None:
        parents = (other.extension for other in self.call.legs if other.leg_id == leg.parent_leg_id)
        return next(parents, None)

    def _name_in_call(self, extension: str) -> str | None:
        users = [leg.user for leg in self.call.legs if leg.extension == extension]
        if self.call.extension == extension:
            users.append(self.call.user)
        return next((user.name for user in users if user and user.name), None)
