"""The to-do recorder: a closed to-do in the card's history, for customers without a VOIP key.

Three requests: create, attach the recording, close with the time of the call. A closed to-do can never be changed, so
the recording comes before the close; and whatever fails after the create is finished by id, never created again
(``facts/minicrm.md`` 1.8 and 3.4).
"""

from __future__ import annotations

import logging

from vipex_minicrm.catalogue import Catalogue
from vipex_minicrm.client import MiniCrmClient
from vipex_minicrm.closing import Closing
from vipex_minicrm.model import TodoRow
from vipex_minicrm.refusals import Refused
from vipex_minicrm.settings import MiniCrmSettings
from vipex_sdk.crm import (
    CallRecord,
    CustomerCard,
    NotRecorded,
    Recorded,
    RecordingLink,
    RecordResult,
    Ref,
    WhyNot,
    marker,
)
from vipex_sdk.errors import OutcomeUnknown, VipexError

__all__ = ["TodoRecorder", "card_id", "find_marked", "marked", "todo_fields"]

log = logging.getLogger("vipex_minicrm")

_BAD_REQUEST = 400


def marked(text: str, key: str) -> str:
    """Give *text* with its marker, which the core's templates end with already."""
    return text if marker(key) in text else f"{text}\n{marker(key)}"


def card_id(card: CustomerCard | None) -> str | None:
    """Give the id of the card to write to, when there is one."""
    return card.card.id if card is not None and card.card is not None else None


async def todo_fields(
    catalogue: Catalogue, *, card: str, owners: tuple[Ref | None, ...], comment: str, kind: str
) -> dict[str, str | int]:
    """Build an open to-do for the first of *owners* who is an active user.

    MiniCRM would silently give it to anybody when the user is unknown (quirk 11), so an unknown one is left out.
    """
    modules = await catalogue.modules()
    fields: dict[str, str | int] = {"ProjectId": _number(card), "Comment": comment, "Status": "Open"}
    for owner in owners:
        user_id = modules.user_id(owner.id) if owner is not None else None
        if user_id is not None:
            fields["UserId"] = _number(user_id)
            break
        if owner is not None:
            log.warning(
                "the owner for a to-do on card %s is no active user of MiniCRM; check extensions.*.crm_user", card
            )
    if kind:
        fields["Type"] = _number(kind)
    return fields


def _number(value: str) -> str | int:
    return int(value) if value.isdigit() else value


class TodoRecorder:
    """Writes records as closed to-dos."""

    def __init__(
        self, client: MiniCrmClient, catalogue: Catalogue, closing: Closing, settings: MiniCrmSettings
    ) -> None:
        self._client = client
        self._catalogue = catalogue
        self._closing = closing
        self._settings = settings

    async def record(self, record: CallRecord) -> RecordResult:
        """Write one record.

        Raises:
            OutcomeUnknown: the to-do may exist, or exists and is not finished; ``find`` finishes it.
        """
        card = card_id(record.card)
        if card is None:
            return NotRecorded(WhyNot.UNKNOWN_CUSTOMER, "a to-do needs a card")
        fields = await self._fields(record, card)
        try:
            todo_id = await self._client.create_todo(fields)
        except Refused as error:
            if error.status != _BAD_REQUEST:
                raise
            return NotRecorded(WhyNot.REFUSED, str(error))
        try:
            await self._finish(record, todo_id, fresh=True)
        except VipexError as error:
            raise OutcomeUnknown("the to-do of a call was created but not finished", operation="todo") from error
        return Recorded(Ref("todo", todo_id))

    async def find(self, record: CallRecord) -> Recorded | None:
        """Find the record's to-do by its marker and finish it when it is still open."""
        card = card_id(record.card)
        if card is None:
            return None
        found = find_marked(await self._client.todos(card, status="All"), record.key)
        if found is None:
            return None
        if found.is_open:
            await self._finish(record, found.id, fresh=False)
        return Recorded(Ref("todo", found.id), was_there=True)

    async def _fields(self, record: CallRecord, card: str) -> dict[str, str | int]:
        text = record.text if record.text.startswith(record.title) else f"{record.title}\n{record.text}"
        fields = await todo_fields(
            self._catalogue,
            card=card,
            owners=(record.owner, record.card.owner if record.card else None),
            comment=marked(text, record.key),
            kind=self._settings.todo_type,
        )
        return {**fields, "Deadline": self._client.wall(record.ended_at)}

    async def _finish(self, record: CallRecord, todo_id: str, *, fresh: bool) -> None:
        """Attach and close; in a to-do that is not *fresh* what an earlier attempt attached is looked at first."""
        url = _address(record.recording)
        if url is not None:
            attached = not fresh and bool((await self._client.todo(todo_id)).attachments)
            if not attached:
                await self._attach(todo_id, url)
        await self._closing.close(todo_id, record.ended_at)

    async def _attach(self, todo_id: str, url: str) -> None:
        """Let MiniCRM fetch the recording; a recording it refuses must not cost the record itself."""
        try:
            await self._client.update_todo(todo_id, {"Attachments": url})
        except Refused as error:
            log.warning("MiniCRM did not take the recording of to-do %s: status %d", todo_id, error.status)


def _address(recording: RecordingLink | None) -> str | None:
    """Give where MiniCRM fetches a recording: as MP3, for it plays nothing else, or as it is where that cannot be."""
    return (recording.mp3_url or recording.url) if recording is not None else None


def find_marked(rows: tuple[TodoRow, ...], key: str) -> TodoRow | None:
    """Give the to-do with the marker of *key*; the oldest, should there be two."""
    found = [row for row in rows if marker(key) in row.comment]
    return min(found, key=lambda row: int(row.id), default=None)
