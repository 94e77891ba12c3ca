"""From a finished call to the entries of a customer's history."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from attrs import field, frozen

from vipex_sdk.crm.journal.conversation import Conversation, Talk, direction_of, remote_of
from vipex_sdk.crm.journal.settings import JournalSettings, OwnerRule
from vipex_sdk.crm.journal.templates import render
from vipex_sdk.crm.journal.wording import Wording
from vipex_sdk.crm.matching import Match, own_e164
from vipex_sdk.crm.model import CallOutcome, CallRecord, RecordingLink, Ref, Task
from vipex_sdk.numbers import NumberKind
from vipex_sdk.values import Seconds
from vipex_sdk.webhooks.events import CallEnd, Direction, LegType, RecordingRef

__all__ = ["Journal", "Recordings", "marker"]

Recordings = Callable[[RecordingRef], RecordingLink | None]
"""Gives the gateway's link of a recording, or ``None`` when it serves none."""


def marker(key: str) -> str:
    """Give the text by which an entry is found again after a crash."""
    return f"[vipex:{key}]"


@frozen(kw_only=True)
class _Part:
    """What one record is about: the whole call, or one colleague's part of it."""

    key: str
    extension: str | None
    started_at: datetime
    ended_at: datetime
    talk_seconds: Seconds
    recording: RecordingRef | None = field(default=None, repr=False)
    all_recordings: tuple[RecordingRef, ...] = field(default=(), repr=False)


@frozen
class Journal:
    """Turns calls into records, by the deployment's settings. Pure: the same call gives the same records."""

    settings: JournalSettings = field(factory=JournalSettings)

    def ignored(self, call: CallEnd) -> str | None:
        """Name the rule why *call* makes no record, else ``None``.

        The rules are internal, short_code, own_number, blocked and anonymous.
        """
        direction = direction_of(call)
        remote = remote_of(call, direction)
        if direction is Direction.INTERNAL or remote.kind is NumberKind.EXTENSION:
            return None if self.settings.record_internal else "internal"
        if remote.kind is NumberKind.SHORT_CODE:
            return "short_code"
        if remote.e164 in own_e164(self.settings.own_numbers, self.settings.number_rules):
            return "own_number"
        if self.settings.block and self.settings.blocked.has(remote):
            return "blocked"
        if remote.kind is NumberKind.ANONYMOUS and not self.settings.record_anonymous:
            return "anonymous"
        return None

    def records(
        self, call: CallEnd, match: Match, *, revision: int, users: Mapping[str, Ref], recording: Recordings
    ) -> tuple[CallRecord, ...]:
        """Give the records of *call*; none when it is :meth:`ignored`.

        Args:
            call: the merged facts.
            match: whose history.
            revision: grows when late facts change the call.
            users: extension to CRM user.
            recording: gives the link of a recording.
        """
        if self.ignored(call) is not None:
            return ()
        conversation = Conversation.of(call)
        wording = Wording(self.settings, call, conversation, match)
        parts = self._parts(call, conversation, match, users)
        return tuple(self._record(part, wording, revision=revision, users=users, recording=recording) for part in parts)

    def _parts(
        self, call: CallEnd, conversation: Conversation, match: Match, users: Mapping[str, Ref]
    ) -> Sequence[_Part]:
        each = self.settings.owner is OwnerRule.EACH
        talks = [talk for talk in conversation.talks if talk.extension is not None]
        if each and talks:
            return _one_each(call, talks)
        extension = self._owner(conversation) or (_owner_of_card(match, users) if not conversation.talks else None)
        own = [talk.recording for talk in conversation.talks if talk.extension == extension and talk.recording]
        every = _recordings(call)
        return [
            _Part(
                key=f"{call.call_id}:{extension}" if each and extension else call.call_id,
                extension=extension,
                started_at=conversation.started_at,
                ended_at=conversation.ended_at,
                talk_seconds=conversation.talk_seconds,
                recording=call.recording or next(reversed(own), None) or next(reversed(every), None),
                all_recordings=every,
            )
        ]

    def _owner(self, conversation: Conversation) -> str | None:
        talks = conversation.talks
        if not talks:
            return conversation.rang
        if self.settings.owner is OwnerRule.FIRST:
            first = next((talk.extension for talk in talks if talk.extension), None)
        else:
            first = conversation.last
        sent_out = next((talk.via for talk in talks if talk.via), None)
        return first or sent_out or conversation.rang

    def _record(
        self, part: _Part, wording: Wording, *, revision: int, users: Mapping[str, Ref], recording: Recordings
    ) -> CallRecord:
        call, conversation, card = wording.call, wording.conversation, wording.match.card
        links = [link for ref in part.all_recordings if (link := recording(ref)) is not None]
        values = wording.values(
            extension=part.extension,
            started_at=part.started_at,
            talk_seconds=part.talk_seconds,
            recordings=_urls(links),
        )
        title, text = self.settings.template(conversation.outcome)
        owner = self._user(part.extension, users)
        missed = conversation.outcome is CallOutcome.MISSED
        return CallRecord(
            key=part.key,
            revision=revision,
            call_id=call.call_id,
            direction=conversation.direction,
            outcome=conversation.outcome,
            number=remote_of(call, conversation.direction),
            started_at=part.started_at,
            ended_at=part.ended_at,
            talk_seconds=part.talk_seconds,
            title=" ".join(render(title, values).split()),
            text=f"{render(text, values)}\n{marker(part.key)}",
            card=card,
            extension=part.extension,
            owner=owner,
            recording=recording(part.recording) if part.recording else None,
            legs=call.legs,
            task=self._task(part, wording, values, owner=owner) if missed else None,
            values=values,
        )

    def _user(self, extension: str | None, users: Mapping[str, Ref]) -> Ref | None:
        """Give the CRM user of *extension*; where nobody is mapped, whom the deployment named for that."""
        mapped = users.get(extension) if extension else None
        default = self.settings.default_owner
        return mapped or (Ref("user", default) if default else None)

    def _task(self, part: _Part, wording: Wording, values: Mapping[str, str], *, owner: Ref | None) -> Task | None:
        """Ask for a call back where there is a number to call; whoever is responsible for the customer does it."""
        number = remote_of(wording.call, wording.conversation.direction)
        if not self.settings.missed_task or not number.is_external:
            return None
        card = wording.match.card
        key = f"{part.key}:callback"
        return Task(
            key=key,
            text=f"{render(self.settings.task_template, values)}\n{marker(key)}",
            owner=(card.owner if card else None) or owner,
            due_at=part.ended_at.astimezone(UTC) + self.settings.task_due,
        )


def _one_each(call: CallEnd, talks: Sequence[Talk]) -> list[_Part]:
    """Make a part of every answered customer leg; no two begin in the same second, by which CRMs tell them apart."""
    parts: list[_Part] = []
    times: dict[str | None, int] = {}
    taken: set[int] = set()
    every = _recordings(call)
    for talk in talks:
        times[talk.extension] = times.get(talk.extension, 0) + 1
        again = f":{times[talk.extension]}" if times[talk.extension] > 1 else ""
        whole = call.recording if talk is talks[-1] else None
        parts.append(
            _Part(
                key=f"{call.call_id}:{talk.extension}{again}",
                extension=talk.extension,
                started_at=_distinct(talk.started_at, taken),
                ended_at=talk.ended_at,
                talk_seconds=talk.talk_seconds,
                # One recording of the whole call belongs to one record: CRMs refuse the same reference twice.
                recording=talk.recording or whole,
                all_recordings=(talk.recording,) if talk.recording else every,
            )
        )
    return parts


def _distinct(moment: datetime, taken: set[int]) -> datetime:
    while int(moment.timestamp()) in taken:
        moment = moment.astimezone(UTC) + timedelta(seconds=1)
    taken.add(int(moment.timestamp()))
    return moment


def _owner_of_card(match: Match, users: Mapping[str, Ref]) -> str | None:
    if match.card is None or match.card.owner is None:
        return None
    return next((extension for extension in sorted(users) if users[extension] == match.card.owner), None)


def _recordings(call: CallEnd) -> tuple[RecordingRef, ...]:
    """Give all recordings of the customer's conversation; a consultation is not for the customer's history."""
    legs = (leg for leg in sorted(call.legs, key=lambda leg: leg.seq) if leg.type is not LegType.CONSULTATION)
    found = [call.recording, *(leg.recording for leg in legs)]
    return tuple(dict.fromkeys(ref for ref in found if ref is not None))


def _urls(links: Iterable[RecordingLink]) -> list[str]:
    return list(dict.fromkeys(link.url for link in links if link.url))
