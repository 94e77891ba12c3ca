"""Closing a to-do: of a call that is over, of a task that is done.

POST keeps the time, PUT does not; which of the two a tenant takes shows only when it is tried, and is remembered
(``facts/minicrm.md`` 1.8). A close goes by id and may be tried again without harm: a closed to-do refuses every change.
"""

from __future__ import annotations

import logging
from datetime import datetime
from http import HTTPStatus

from vipex_minicrm.client import MiniCrmClient
from vipex_minicrm.model import Todo
from vipex_minicrm.refusals import Refused
from vipex_minicrm.settings import MiniCrmSettings, TodoClose
from vipex_sdk.errors import NotFound, OutcomeUnknown

__all__ = ["Closing"]

log = logging.getLogger("vipex_minicrm")


class Closing:
    """Closes to-dos of one tenant."""

    def __init__(self, client: MiniCrmClient, settings: MiniCrmSettings) -> None:
        self._client = client
        self._by_put = settings.todo_close is TodoClose.PUT

    async def close(self, todo_id: str, at: datetime) -> None:
        """Close a to-do as done *at*; whoever closed it before did well.

        Raises:
            NotFound: it was deleted.
            OutcomeUnknown: it may be open still; close it again.
        """
        try:
            await (self._put(todo_id) if self._by_put else self._post(todo_id, at))
        except Refused:
            if (await self.read(todo_id)).is_open:
                raise

    async def read(self, todo_id: str) -> Todo:
        """Read a to-do.

        Raises:
            NotFound: it was deleted.
        """
        try:
            return await self._client.todo(todo_id)
        except Refused as error:
            if error.status == HTTPStatus.NOT_FOUND:
                raise NotFound("the to-do was deleted", status=error.status) from error
            raise

    async def _post(self, todo_id: str, at: datetime) -> None:
        try:
            await self._client.close_todo(todo_id, at)
        except Refused as error:
            if error.status != HTTPStatus.METHOD_NOT_ALLOWED:
                raise
            await self._put(todo_id)
            if (await self.read(todo_id)).is_open:
                raise OutcomeUnknown("MiniCRM took the close of a to-do and left it open", operation="ToDo") from error
            self._by_put = True
            log.warning(
                "MiniCRM takes no POST for a to-do, so to-dos close without the call's time: todo_close = 'put'"
            )

    async def _put(self, todo_id: str) -> None:
        await self._client.update_todo(todo_id, {"Status": "Closed"})
