"""The fourteen operations of the control API, on the customer's real state. No HTTP and no wire name here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from attrs import frozen

from vipex_sdk.control.calls import CallStarted, CallState, CurrentCall, ExtensionCalls, ExtensionState
from vipex_sdk.control.calls import Direction as CallDirection
from vipex_sdk.control.forwarding import Forwarding, ForwardingType, TargetType
from vipex_sdk.control.operators import OperatorState, OperatorStatus, StatusTime, StatusTimes
from vipex_sdk.control.phonebook import PhonebookEntry
from vipex_sdk.control.users import User
from vipex_sdk.numbers import NumberKind, PhoneNumber
from vipex_sdk.sandbox.behaviours import assumed, documented
from vipex_sdk.sandbox.call import Call, WrongStep
from vipex_sdk.sandbox.operators import LABELS
from vipex_sdk.sandbox.pbx import SimulatedVipex
from vipex_sdk.sandbox.recordings import Recording, State
from vipex_sdk.webhooks.events import Direction
from vipex_sdk.wire.exchange import Page

__all__ = ["HANDLERS", "Failure", "Operations"]

_T = TypeVar("_T")
_RECORDING_FAILURES = {
    State.NOT_READY: (404, "recording_not_ready", "A hangfelvétel még nem érhető el"),
    State.NOT_FOUND: (404, "recording_not_found", "Nincs ilyen hangfelvétel"),
    State.EXPIRED: (410, "recording_expired", "A hangfelvételt törölték"),
}


class Failure(Exception):
    """The operation is refused: HTTP status, error code, and a text without personal data."""

    def __init__(self, status: int, code: str, message: str) -> None:
        self.status = status
        self.code = code
        super().__init__(message)


@frozen
class Operations:
    """Carries operations out on one simulated VIPeX; arguments are by our names."""

    pbx: SimulatedVipex

    @documented("A call is originated for an extension, to a number.")
    @assumed("An extension that is busy or has no telephone refuses with 409.", source="3.7")
    def originate(
        self,
        *,
        extension: str,
        number: PhoneNumber | str,
        caller_id: PhoneNumber | str | None = None,
        client_ref: str | None = None,
    ) -> CallStarted:
        """Ring an extension, which will call a number."""
        self._reachable(extension)
        line = self._started(
            lambda: self.pbx.director.originate(
                extension, self._callable(number), caller_id=_number(caller_id), client_ref=client_ref
            )
        )
        return CallStarted(call_id=line, status="initiated")

    @documented("An outbound IVR call can be started.")
    def start_ivr(
        self,
        *,
        number: PhoneNumber | str,
        ivr: str,
        caller_id: PhoneNumber | str | None = None,
        variables: Mapping[str, str] | None = None,
        client_ref: str | None = None,
    ) -> CallStarted:
        """Call a number and play it a menu."""
        if not ivr.strip():
            raise Failure(422, "validation_error", "Az IVR neve hiányzik")
        line = self.pbx.director.start_ivr(self._callable(number), caller_id=_number(caller_id), client_ref=client_ref)
        line.call.variables.update(variables or {})
        return CallStarted(call_id=line.call.call_id, status="queued")

    @documented("The current call data of an extension can be asked.")
    def current(self, *, extension: str) -> ExtensionCalls:
        """Tell what an extension is doing."""
        self._known(extension)
        if self.pbx.office.is_offline(extension):
            return ExtensionCalls(extension=extension, state=ExtensionState.OFFLINE)
        line = self.pbx.lines.of(extension)
        if line is None:
            return ExtensionCalls(extension=extension, state=ExtensionState.IDLE)
        current = _current_call(line.call, extension)
        state = ExtensionState.RINGING if current.state is CallState.RINGING else ExtensionState.IN_CALL
        return ExtensionCalls(extension=extension, state=state, calls=(current,))

    @documented("Call forwarding can be set, asked and deleted, to an extension or a telephone number.")
    def set_forwarding(
        self,
        *,
        extension: str,
        type: ForwardingType,  # noqa: A002 - the argument's public name
        target: PhoneNumber | str,
        target_type: TargetType,
        ring_seconds: int | None = None,
    ) -> Forwarding:
        """Forward calls of an extension."""
        self._known(extension)
        number = target if isinstance(target, PhoneNumber) else PhoneNumber.parse(target)
        if not type.known or not target_type.known:
            raise Failure(422, "validation_error", "Ismeretlen átirányítástípus vagy cél")
        if target_type is TargetType.EXTENSION:
            self._known(number.value)
        elif target_type is TargetType.NUMBER and not number.is_external:
            raise Failure(422, "invalid_number", "Érvénytelen telefonszám")
        if number.value == extension:
            raise Failure(422, "validation_error", "A mellék nem irányítható át önmagára")
        forwarding = Forwarding(type=type, target_type=target_type, target=number, ring_seconds=ring_seconds)
        self.pbx.office.forwardings[extension, str(type)] = forwarding
        self.pbx.changed()
        return forwarding

    def get_forwardings(self, *, extension: str) -> tuple[Forwarding, ...]:
        """List the forwardings of an extension."""
        self._known(extension)
        return tuple(one for (owner, _), one in self.pbx.office.forwardings.items() if owner == extension)

    @assumed("Deleting a forwarding that is not set succeeds.", source="3.7")
    def delete_forwarding(
        self,
        *,
        extension: str,
        type: ForwardingType,  # noqa: A002 - the argument's public name
    ) -> None:
        """Delete one forwarding."""
        self._known(extension)
        self.pbx.office.forwardings.pop((extension, str(type)), None)
        self.pbx.changed()

    def delete_all_forwardings(self, *, extension: str) -> None:
        """Delete every forwarding of an extension."""
        self._known(extension)
        for key in [key for key in self.pbx.office.forwardings if key[0] == extension]:
            del self.pbx.office.forwardings[key]
        self.pbx.changed()

    @assumed("A recording that cannot be fetched is 404 (not ready, unknown) or 410 (deleted).", source="3.7")
    def fetch_recording(self, *, code: str) -> Recording:
        """Find a recording by its code."""
        state, recording = self.pbx.recordings.find(code)
        if state is not State.READY or recording is None:
            raise Failure(*_RECORDING_FAILURES[state])
        return recording

    @documented("Users can be listed and asked one by one.")
    def get_user(self, *, id: str) -> User:  # noqa: A002 - the argument's public name
        """Give one user."""
        return _found(self.pbx.office.users.get(id), "user_not_found", "Nincs ilyen felhasználó")

    def list_users(self, *, page: int = 1, per_page: int = 100) -> Page[User]:
        """List users."""
        return _page(list(self.pbx.office.users.values()), page, per_page)

    @documented("Phonebook entries can be created, asked, changed and deleted, and the whole phonebook listed.")
    @assumed("Nothing in an entry has to be unique.", source="1.3")
    def create_entry(self, *, entry: PhonebookEntry) -> PhonebookEntry:
        """Create a phonebook entry."""
        return self.pbx.office.add_entry(_valid(entry))

    def get_entry(self, *, id: str) -> PhonebookEntry:  # noqa: A002 - the argument's public name
        """Give one entry."""
        return _found(self.pbx.office.phonebook.get(id), "phonebook_entry_not_found", "Nincs ilyen bejegyzés")

    def update_entry(self, *, entry: PhonebookEntry) -> PhonebookEntry:
        """Replace an entry."""
        self.get_entry(id=entry.id or "")
        self.pbx.office.phonebook[entry.id or ""] = _valid(entry)
        return entry

    def delete_entry(self, *, id: str) -> None:  # noqa: A002 - the argument's public name
        """Delete an entry."""
        self.get_entry(id=id)
        del self.pbx.office.phonebook[id]

    def list_entries(self, *, page: int = 1, per_page: int = 100) -> Page[PhonebookEntry]:
        """List the phonebook."""
        return _page(list(self.pbx.office.phonebook.values()), page, per_page)

    @documented("The statuses of call-centre operators can be asked.")
    def statuses(self) -> tuple[OperatorStatus, ...]:
        """List what operators are doing."""
        return tuple(
            OperatorStatus(
                operator_id=user.id,
                status=OperatorState(status.name),
                extension=extension,
                name=user.name,
                label=LABELS.get(status.name, status.name),
                since=status.since,
                queues=user.groups,
            )
            for extension, user in self.pbx.office.extensions().items()
            if (status := self.pbx.operators.status(extension))
        )

    def time_in_status(self, *, operator_id: str, since: datetime, until: datetime) -> StatusTimes:
        """Tell how an operator spent a period."""
        user = _found(self.pbx.office.users.get(operator_id), "operator_not_found", "Nincs ilyen operátor")
        if until < since:
            raise Failure(422, "validation_error", "Az időszak vége megelőzi a kezdetét")
        totals = self.pbx.operators.totals(user.extension or "", since=since, until=until)
        times = tuple(
            StatusTime(
                status=OperatorState(total.name),
                seconds=total.seconds,
                label=LABELS.get(total.name, total.name),
                count=total.count,
            )
            for total in totals
        )
        return StatusTimes(operator_id=operator_id, since=since, until=until, times=times)

    def _known(self, extension: str) -> None:
        if not self.pbx.office.has_extension(extension):
            raise Failure(404, "extension_not_found", "A mellék nem létezik")

    def _reachable(self, extension: str) -> None:
        self._known(extension)
        if self.pbx.office.is_offline(extension):
            raise Failure(409, "extension_offline", "A mellék nem elérhető")
        if extension in self.pbx.lines.busy():
            raise Failure(409, "extension_busy", "A mellék foglalt")

    def _started(self, start: Callable[[], Any]) -> str:
        try:
            call_id: str = start().call.call_id
        except WrongStep:
            raise Failure(409, "extension_busy", "A mellék foglalt") from None
        return call_id

    def _callable(self, text: PhoneNumber | str) -> PhoneNumber:
        number = text if isinstance(text, PhoneNumber) else PhoneNumber.parse(text)
        internal = number.kind is NumberKind.EXTENSION and self.pbx.office.has_extension(number.value)
        if not (internal or number.kind in (NumberKind.E164, NumberKind.SHORT_CODE)):
            raise Failure(422, "invalid_number", "Érvénytelen telefonszám")
        return number


HANDLERS: Mapping[str, str] = {
    "calls.originate": "originate",
    "calls.start_ivr": "start_ivr",
    "calls.current": "current",
    "forwarding.set": "set_forwarding",
    "forwarding.get": "get_forwardings",
    "forwarding.delete": "delete_forwarding",
    "forwarding.delete_all": "delete_all_forwardings",
    "recordings.fetch": "fetch_recording",
    "users.get": "get_user",
    "users.list": "list_users",
    "phonebook.create": "create_entry",
    "phonebook.get": "get_entry",
    "phonebook.update": "update_entry",
    "phonebook.delete": "delete_entry",
    "phonebook.list": "list_entries",
    "operators.statuses": "statuses",
    "operators.time_in_status": "time_in_status",
}
"""Operation name of the profile to the method that carries it out."""


def _current_call(call: Call, extension: str) -> CurrentCall:
    consultation, leg = call.consultation, call.current
    consulted = consultation is not None and extension in consultation.extensions
    mine = consultation if consulted else leg
    remote = consultation.source if consulted and consultation else call.customer
    if call.direction is Direction.INTERNAL and extension != call.owner:
        remote = call.caller
    held = mine is not None and mine.held_at is not None
    talking = mine is not None and mine.is_talking
    return CurrentCall(
        call_id=call.call_id,
        direction=CallDirection.INTERNAL if consulted else CallDirection(str(call.direction)),
        remote_number=remote,
        state=CallState.HELD if held else CallState.ANSWERED if talking else CallState.RINGING,
        started_at=mine.started_at if mine else call.started_at,
        answered_at=mine.answered_at if mine else None,
    )


def _number(value: PhoneNumber | str | None) -> PhoneNumber | None:
    return PhoneNumber.parse(value) if isinstance(value, str) else value


def _found(value: _T | None, code: str, message: str) -> _T:
    if value is None:
        raise Failure(404, code, message)
    return value


def _valid(entry: PhonebookEntry) -> PhonebookEntry:
    if not entry.name.strip():
        raise Failure(422, "validation_error", "A név hiányzik")
    if any(number.number.kind in (NumberKind.UNPARSED, NumberKind.ANONYMOUS) for number in entry.numbers):
        raise Failure(422, "invalid_number", "Érvénytelen telefonszám")
    return entry


@assumed("Long lists come in pages of at most 100, with the total.", source="3.7")
def _page(items: list[_T], page: int, per_page: int) -> Page[_T]:
    size = max(1, min(per_page, 100))
    start = (page - 1) * size
    return Page(items=tuple(items[start : start + size]), number=page, size=size, total=len(items))
