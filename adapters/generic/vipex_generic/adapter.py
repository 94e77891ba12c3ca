"""The adapter: a CRM as its spec describes it."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

from vipex_generic.answers import NOT_JSON, Answer, meaning, raise_for
from vipex_generic.client import Client
from vipex_generic.names import call_values, number_values
from vipex_generic.plan import Operation, Plan
from vipex_generic.request import render
from vipex_generic.rows import card_of, id_of, rows_of, text_of
from vipex_generic.settings import GenericSettings
from vipex_generic.spec import Then
from vipex_generic.template import Values
from vipex_sdk.crm import (
    CallRecord,
    CustomerCard,
    Manifest,
    NotRecorded,
    Pace,
    Recorded,
    RecordResult,
    Ref,
    WhyNot,
    marker,
    unpaced,
)
from vipex_sdk.errors import Misconfigured, OutcomeUnknown, Unavailable
from vipex_sdk.numbers import PhoneNumber

__all__ = ["FindingAdapter", "GenericAdapter"]

_WHY_NOT = {Then.UNKNOWN_CUSTOMER: WhyNot.UNKNOWN_CUSTOMER, Then.REFUSED: WhyNot.REFUSED}


class GenericAdapter:
    """Finds customers and writes calls by a spec.

    Args:
        plan: the compiled spec.
        settings: address and credentials.
        pace: the deployment's request budget.
    """

    def __init__(self, plan: Plan, settings: GenericSettings, pace: Pace = unpaced) -> None:
        self._plan = plan
        self._client = Client(settings, plan.spec.auth, pace)
        self._variables = {f"var.{name}": value for name, value in settings.variables.items()}

    @property
    def manifest(self) -> Manifest:
        """Facts the core plans with, from the spec."""
        spec = self._plan.spec
        return Manifest(
            name="generic",
            title=spec.title,
            match=spec.match,
            idempotency=spec.idempotency,
            audio=spec.audio,
            can_update=self._plan.update is not None,
            needs_card=spec.needs_card,
            requests_per_minute=spec.requests_per_minute,
        )

    async def __aenter__(self) -> Self:
        await self._client.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.__aexit__(kind, error, trace)

    async def check(self) -> None:
        """Send the spec's ``[check]``; a web page in its answer is a wrong address."""
        answer = await self._read(self._plan.check, {})
        if answer is not None and answer.page:
            raise Misconfigured("a web page came instead of data; check base_url")

    async def find(self, number: PhoneNumber) -> Sequence[CustomerCard]:
        """Give every customer that the CRM has for *number*; nobody for what is no subscriber's number."""
        if number.e164 is None:
            return ()
        operation = self._plan.find
        rows = await self._rows(operation, dict(number_values(number)))
        return tuple(card_of(operation, row, zone=self._plan.zone) for row in rows)

    async def record(self, record: CallRecord, previous: Ref | None) -> RecordResult:
        """Write *record*, or change what *previous* revision became; one that cannot be changed stays as it is."""
        if record.card is None and self._plan.spec.needs_card:
            return NotRecorded(WhyNot.UNKNOWN_CUSTOMER, "the CRM records calls only at a customer")
        if previous is None:
            return await self._write(self._plan.record, record, None)
        if self._plan.update is None:
            return Recorded(previous, was_there=True)
        return await self._write(self._plan.update, record, previous)

    async def _write(self, operation: Operation, record: CallRecord, previous: Ref | None) -> RecordResult:
        answer = await self._client.send(render(operation, self._values(call_values(record, previous))))
        then = meaning(answer, operation.rules, writes=True)
        if then in _WHY_NOT:
            return NotRecorded(_WHY_NOT[then], f"the CRM answered {answer.status}")
        if then not in (Then.STORED, Then.ALREADY):
            raise_for(then, answer, operation.name)
        return Recorded(_written(operation, answer, then) or previous, was_there=then is Then.ALREADY)

    async def _rows(self, operation: Operation, values: dict[str, Any]) -> list[Any]:
        answer = await self._read(operation, values)
        if answer is None:
            return []
        if answer.body is NOT_JSON:
            reason = "a web page came instead of data" if answer.page else "the answer is not JSON"
            raise Unavailable(f"no usable answer from the CRM to {operation.name}: {reason}")
        return rows_of(operation, answer.body)

    async def _read(self, operation: Operation, values: dict[str, Any]) -> Answer | None:
        """Ask; ``None`` when the spec reads the answer as "nobody"."""
        answer = await self._client.send(render(operation, self._values(values)))
        then = meaning(answer, operation.rules, writes=False)
        if then is Then.NOBODY:
            return None
        if then is not Then.OK:
            raise_for(then, answer, operation.name)
        return answer

    def _values(self, values: dict[str, Any]) -> Values:
        return {**values, **self._variables}


class FindingAdapter(GenericAdapter):
    """An adapter whose spec says how to look for a call that may have been written."""

    async def find_record(self, record: CallRecord) -> Recorded | None:
        """Give what an interrupted ``record`` left, or ``None``."""
        operation = self._plan.find_record
        if operation is None or (record.card is None and self._plan.spec.needs_card):
            return None
        for row in await self._rows(operation, dict(call_values(record, None))):
            if _is_about(operation, row, record):
                return Recorded(id_of(operation, "ref", "entry", row), was_there=True)
        return None


def _is_about(operation: Operation, row: Any, record: CallRecord) -> bool:
    """Whether a row is the record's own entry; without ``marker_in`` the CRM's search is believed."""
    if "marker_in" not in operation.selects:
        return True
    text = text_of(operation, "marker_in", row)
    return text is not None and (text == record.key or marker(record.key) in text)


def _written(operation: Operation, answer: Answer, then: Then) -> Ref | None:
    """Give the entry's id; a success that shows no trace of one is not believed."""
    if answer.page:
        raise OutcomeUnknown(f"a web page came as the answer to {operation.name}", operation=operation.name)
    if "ref" not in operation.selects:
        return None
    try:
        ref = None if answer.body is NOT_JSON else id_of(operation, "ref", "entry", answer.body)
    except Misconfigured as error:
        raise OutcomeUnknown(str(error), operation=operation.name) from error
    if ref is None and then is Then.STORED:
        raise OutcomeUnknown(f"the answer to {operation.name} names no entry", operation=operation.name)
    return ref
