"""Several calls of one extension in one request to the CallLog, without promising anything too early.

Whoever writes a call waits for its own result. The first call of an extension goes at once; those that come while its
request is under way go together in the next one, so that nothing ever waits for a batch to fill up.

A batch is answered with counts (``facts/minicrm.md`` 1.9). Where they do not say what became of which call, each is
sent again by itself: MiniCRM knows a call by number and start, so that is harmless.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from attrs import define, evolve, field

from vipex_minicrm.client import MiniCrmClient
from vipex_minicrm.model import CallLogAnswer, CallLogEntry
from vipex_minicrm.refusals import Refused

__all__ = ["Batches"]

_BAD_REQUEST = 400


@define(eq=False)
class _Waiting:
    """A call that is to be written."""

    entry: CallLogEntry
    answer: asyncio.Future[CallLogAnswer] = field(factory=lambda: asyncio.get_running_loop().create_future())


class Batches:
    """Writes calls to the CallLog, several in a request where several wait.

    Args:
        client: sends them.
        most: calls in one request.
    """

    def __init__(self, client: MiniCrmClient, *, most: int) -> None:
        self._client = client
        self._most = most
        self._waiting: dict[str, list[_Waiting]] = {}
        self._senders: dict[str, asyncio.Task[None]] = {}

    async def write(self, extension: str, entry: CallLogEntry) -> CallLogAnswer:
        """Write one call of *extension*; the counters are those of this call alone.

        Raises:
            VipexError: what :meth:`MiniCrmClient.log_calls` raised for the request that carried the call. Nothing is
                known to be written then, and writing the call again is harmless.
        """
        waiting = _Waiting(entry)
        self._waiting.setdefault(extension, []).append(waiting)
        if extension not in self._senders:
            self._senders[extension] = asyncio.create_task(self._send_all(extension), name="vipex-calllog")
        return await waiting.answer

    async def close(self) -> None:
        """End requests under way; whoever waits is cancelled."""
        senders = list(self._senders.values())
        for sender in senders:
            sender.cancel()
        await asyncio.gather(*senders, return_exceptions=True)

    async def _send_all(self, extension: str) -> None:
        try:
            while waiting := self._waiting.get(extension):
                batch, self._waiting[extension] = self._take(waiting)
                try:
                    await self._send(extension, batch)
                finally:
                    for one in batch:
                        one.answer.cancel()  # does nothing to those that have their answer
        finally:
            for one in self._waiting.pop(extension, []):
                one.answer.cancel()
            self._senders.pop(extension, None)

    def _take(self, waiting: list[_Waiting]) -> tuple[list[_Waiting], list[_Waiting]]:
        """Split off the next batch: nobody who has given up, and no two calls that MiniCRM would take for one."""
        batch: dict[tuple[str, object], _Waiting] = {}
        rest: list[_Waiting] = []
        for one in waiting:
            if one.answer.done():
                continue
            name = (one.entry.number, one.entry.started_at.replace(microsecond=0))
            if name in batch or len(batch) >= self._most:
                rest.append(one)
            else:
                batch[name] = one
        return list(batch.values()), rest

    async def _send(self, extension: str, batch: Sequence[_Waiting]) -> None:
        if not batch:
            return
        try:
            answer = await self._client.log_calls(extension, [one.entry for one in batch])
        except Refused as error:
            if len(batch) == 1 or error.status != _BAD_REQUEST:
                _fail(batch, error)
            else:
                await self._one_by_one(extension, batch)  # one that MiniCRM does not like must not cost the others
        except Exception as error:  # noqa: BLE001 - handed to everyone who waits for this request
            _fail(batch, error)
        else:
            if len(batch) == 1:
                _resolve(batch[0], answer)
            elif (each := _each(answer, len(batch))) is not None:
                for one in batch:
                    _resolve(one, each)
            else:
                await self._one_by_one(extension, batch, new=bool(answer.processed))

    async def _one_by_one(self, extension: str, batch: Sequence[_Waiting], *, new: bool = False) -> None:
        """Send each by itself; with *new* ones in the batch, "exists" says nothing about who wrote the call."""
        for one in batch:
            try:
                answer = await self._client.log_calls(extension, [one.entry])
            except Exception as error:  # noqa: BLE001 - handed to the one who waits for this request
                _fail([one], error)
            else:
                written_now = new and answer.exists == 1
                _resolve(one, evolve(answer, processed=1, exists=0) if written_now else answer)


def _each(answer: CallLogAnswer, size: int) -> CallLogAnswer | None:
    """Give what became of each of *size* calls, when the same became of all; ``None`` when it cannot be told."""
    counts = (answer.processed, answer.exists, answer.skipped, answer.missing, answer.not_found)
    if [count for count in counts if count] != [size]:
        return None
    processed, exists, skipped, missing, not_found = (min(count, 1) if count else count for count in counts)
    return CallLogAnswer(processed=processed, exists=exists, skipped=skipped, missing=missing, not_found=not_found)


def _resolve(one: _Waiting, answer: CallLogAnswer) -> None:
    if not one.answer.done():
        one.answer.set_result(answer)


def _fail(batch: Sequence[_Waiting], error: Exception) -> None:
    for one in batch:
        if not one.answer.done():
            one.answer.set_exception(error)
