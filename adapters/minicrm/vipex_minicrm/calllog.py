"""The CallLog recorder: MiniCRM's own entry for telephone calls, with a player.

MiniCRM finds the customer by number itself and knows a call by number and start, so sending the same again is safe.
A 200 with ``Processed: 0`` means that nothing was stored (``facts/minicrm.md`` 1.9).
"""

from __future__ import annotations

from vipex_minicrm.batches import Batches
from vipex_minicrm.client import MiniCrmClient
from vipex_minicrm.model import CallLogAnswer, CallLogEntry, CallType
from vipex_minicrm.refusals import Refused
from vipex_minicrm.settings import MiniCrmSettings, NumberStyle
from vipex_sdk.crm import CallOutcome, CallRecord, NotRecorded, Recorded, RecordResult, WhyNot
from vipex_sdk.errors import Misconfigured
from vipex_sdk.numbers import PhoneNumber

__all__ = ["CallLogRecorder"]

_TYPES = {
    CallOutcome.ANSWERED: CallType.INCOMING,
    CallOutcome.MISSED: CallType.MISSED,
    CallOutcome.OUTBOUND: CallType.OUTGOING,
    CallOutcome.OUTBOUND_UNANSWERED: CallType.OUTGOING,
}
_BAD_REQUEST = 400


class CallLogRecorder:
    """Writes records through ``POST /Api/CallLog``."""

    def __init__(self, client: MiniCrmClient, settings: MiniCrmSettings) -> None:
        self._batches = Batches(client, most=settings.calllog_batch)
        self._settings = settings

    async def close(self) -> None:
        """End requests under way."""
        await self._batches.close()

    async def record(self, record: CallRecord) -> RecordResult:
        """Write one record.

        Raises:
            Misconfigured: nobody's extension is known and no ``calllog_extension`` is set.
        """
        extension = record.extension or self._settings.calllog_extension
        if not extension:
            raise Misconfigured("crm.minicrm.calllog_extension: a call rang nobody's extension; say whose it should be")
        entry = CallLogEntry(
            started_at=record.started_at,
            number=self._written(record),
            call_type=_TYPES[record.outcome],
            duration_seconds=record.talk_seconds,
            reference_id=record.recording.key if record.recording else None,
        )
        try:
            answer = await self._batches.write(extension, entry)
        except Refused as error:
            if error.status != _BAD_REQUEST:
                raise
            return NotRecorded(WhyNot.REFUSED, str(error))
        return result_of(answer, known=record.card is not None)

    def _written(self, record: CallRecord) -> str:
        number, style = record.number, self._settings.calllog_number
        if style is NumberStyle.NATIONAL and number.national:
            return number.national
        if style is NumberStyle.STORED and record.card is not None:
            return next((text for text in record.card.numbers if PhoneNumber.parse(text) == number), number.value)
        return number.value


def result_of(answer: CallLogAnswer, *, known: bool = False) -> RecordResult:
    """Read the counters of a request with one entry, in both spellings of the manual.

    The samples count a number that nobody has as skipped, the prose as not found; when we know the customer (*known*),
    MiniCRM may have looked for another spelling, or may not have liked the time.
    """
    if answer.processed:
        return Recorded()
    if answer.exists:
        return Recorded(was_there=True)
    if answer.not_found or answer.skipped:
        hint = "; the card is known: check calllog_number and this machine's clock" if known else ""
        return NotRecorded(WhyNot.UNKNOWN_CUSTOMER, f"MiniCRM knows no customer with this number{hint}")
    detail = "a parameter was missing" if answer.missing else "MiniCRM counted the call as nothing"
    return NotRecorded(WhyNot.REFUSED, detail)
