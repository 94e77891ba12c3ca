"""What a colleague has to do after a missed call: an open to-do on the customer's card."""

from __future__ import annotations

from datetime import datetime

from vipex_minicrm.catalogue import Catalogue
from vipex_minicrm.client import MiniCrmClient
from vipex_minicrm.closing import Closing
from vipex_minicrm.settings import MiniCrmSettings
from vipex_minicrm.todo import card_id, find_marked, marked, todo_fields
from vipex_sdk.crm import CallRecord, Ref

__all__ = ["Tasks"]


class Tasks:
    """Creates call-back tasks, each once, and closes them when the two have talked."""

    def __init__(
        self, client: MiniCrmClient, catalogue: Catalogue, closing: Closing, settings: MiniCrmSettings
    ) -> None:
        self._client = client
        self._catalogue = catalogue
        self._closing = closing
        self._settings = settings

    async def ensure(self, record: CallRecord) -> Ref | None:
        """Create the record's task unless its card has it, open or done; ``None`` without a task or a card."""
        task, card = record.task, card_id(record.card)
        if task is None or card is None:
            return None
        there = find_marked(await self._client.todos(card, status="All"), task.key)
        if there is not None:
            return Ref("todo", there.id)
        fields = await todo_fields(
            self._catalogue,
            card=card,
            owners=(task.owner, record.card.owner if record.card else None),
            comment=marked(task.text, task.key),
            kind=self._settings.task_type,
        )
        fields["Deadline"] = self._client.wall(task.due_at)
        return Ref("todo", await self._client.create_todo(fields))

    async def is_open(self, task: Ref) -> bool:
        """Tell whether the to-do is still open.

        Raises:
            NotFound: it was deleted.
        """
        return (await self._closing.read(task.id)).is_open

    async def close(self, task: Ref, at: datetime) -> None:
        """Close the to-do as done *at*; raises what :meth:`vipex_minicrm.closing.Closing.close` raises."""
        await self._closing.close(task.id, at)
