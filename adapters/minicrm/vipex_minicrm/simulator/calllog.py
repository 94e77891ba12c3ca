"""``POST /Api/CallLog``: the interface for telephone providers.

A key of its own, the sender's address in an allow-list, one extension a request. [D] MiniCRM finds the customer by the
end of the number and writes to the card updated last; a number nobody has is counted and dropped. [D]

Assumed: that number and start name a call [I: calllog_dedupe]; what becomes of an unknown extension
[I: calllog_unknown_extension], of a customer without a card [I: calllog_without_card], of a call that starts ahead of
time [I: calllog_refuse_future], of many calls at once [I: calllog_most]; the answer to a wrong address
[I: calllog_address_status]; whether HTTP Basic is wanted [I: calllog_basic].
"""

from __future__ import annotations

import base64
import hmac
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

from vipex_minicrm.simulator.answers import ApiError
from vipex_minicrm.simulator.listing import digits
from vipex_minicrm.simulator.records import Call, Card, Contact
from vipex_minicrm.simulator.tenant import Tenant

__all__ = ["call_log"]

_PROSE = ("Missing", "NotFound", "Processed")
_SAMPLES = ("Skipped", "Processed", "Exists")
_NEEDED = ("Date", "Number", "CallType", "Duration")
_ENDING = 8
_FEWEST_DIGITS = 6
_CLOCK_SKEW = timedelta(minutes=1)


def call_log(tenant: Tenant, body: dict[str, Any], *, address: str, headers: Mapping[str, str]) -> dict[str, int]:
    """Take calls of one extension and count what became of them."""
    _admit(tenant, body, address=address, authorization=headers.get("authorization", ""))
    entries = body.get("Data")
    if not isinstance(entries, list) or "UserExtension" not in body:
        raise ApiError(HTTPStatus.BAD_REQUEST, "parameter", "Data" if "UserExtension" in body else "UserExtension")
    if 0 < tenant.switches.calllog_most < len(entries):
        raise ApiError(HTTPStatus.BAD_REQUEST, "parameter", "Data")
    counted = Counter(_take(tenant, str(body["UserExtension"]), entry) for entry in entries)
    if tenant.switches.calllog_counters == "prose":
        counted["Processed"] += counted.pop("Exists", 0)
        return {name: counted[name] for name in _PROSE}
    counted["Skipped"] += counted.pop("Missing", 0) + counted.pop("NotFound", 0)
    return {name: counted[name] for name in _SAMPLES}


def _admit(tenant: Tenant, body: dict[str, Any], *, address: str, authorization: str) -> None:
    if address not in tenant.switches.calllog_addresses:
        raise ApiError(tenant.switches.calllog_address_status, "address")
    if not hmac.compare_digest(str(body.get("ApiKey", "")).encode(), tenant.voip_key.encode()):
        raise ApiError(tenant.switches.bad_key_status, "auth")
    expected = base64.b64encode(f"{tenant.system_id}:{tenant.voip_key}".encode()).decode()
    if tenant.switches.calllog_basic and authorization != f"Basic {expected}":
        raise ApiError(tenant.switches.bad_key_status, "auth")


def _take(tenant: Tenant, extension: str, entry: object) -> str:
    """Store one call and give the name of its counter."""
    user = next((user for user in tenant.users.values() if user.active and user.extension == extension), None)
    if user is None and tenant.switches.calllog_unknown_extension == "skip":
        return "Missing"
    if not isinstance(entry, dict) or not _complete(tenant, entry):
        return "Missing"
    number, started_at = str(entry["Number"]), _started_at(entry["Date"])
    found = _customer(tenant, number)
    if found is None:
        return "NotFound"
    if tenant.switches.calllog_dedupe and _known(tenant, number, started_at):
        return "Exists"
    contact, card = found
    call_id = tenant.next_id(tenant.calls, start=5000)
    tenant.calls[call_id] = Call(
        id=call_id,
        card_id=card.id if card else None,
        contact_id=contact.id,
        number=number,
        started_at=started_at,
        duration=int(entry["Duration"]),
        type=int(entry["CallType"]),
        extension=extension,
        user_id=user.id if user else None,
        reference_id=str(entry.get("ReferenceId") or ""),
    )
    return "Processed"


def _known(tenant: Tenant, number: str, started_at: datetime) -> bool:
    calls = tenant.calls.values()
    return any(call.started_at == started_at and digits(call.number) == digits(number) for call in calls)


def _complete(tenant: Tenant, entry: dict[str, Any]) -> bool:
    """Tell whether every parameter is there and makes sense."""
    if any(entry.get(name) in (None, "") for name in _NEEDED):
        return False
    if str(entry["CallType"]) not in {"0", "1", "2"} or not str(entry["Duration"]).isdigit():
        return False
    try:
        started_at = _started_at(entry["Date"])
    except ValueError:
        return False
    return not (tenant.switches.calllog_refuse_future and started_at > tenant.now() + _CLOCK_SKEW)


def _started_at(value: object) -> datetime:
    """Read the start, which is in UTC here alone [D]."""
    return datetime.strptime(str(value), "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)


def _customer(tenant: Tenant, number: str) -> tuple[Contact, Card | None] | None:
    """Find who has the number, and the card that was updated last."""
    ending = digits(number)[-_ENDING:]
    if len(ending) < _FEWEST_DIGITS:
        return None
    having = [
        contact
        for contact in tenant.contacts.values()
        if any(digits(phone).endswith(ending) for phone in (contact.phone, *contact.hidden_phones))
    ]
    pairs = [(contact, card) for contact in having for card in tenant.cards_of(contact)]
    if pairs:
        return max(pairs, key=lambda pair: (pair[1].updated_at, pair[1].id))
    return (having[0], None) if having and tenant.switches.calllog_without_card == "keep" else None
