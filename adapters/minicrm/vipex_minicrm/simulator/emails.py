"""``/Api/R3/EmailList``: the e-mails of a card, of a day when asked so.

That the list exists and takes ``CreatedAt`` is known only from clients; its form is that of the other list of a card,
``ToDoList``, and its fields are those that any e-mail has [I, no switch]: our client reads no e-mails.
"""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from typing import Any

from vipex_minicrm.simulator.answers import ApiError, wall
from vipex_minicrm.simulator.api_call import ApiCall
from vipex_minicrm.simulator.records import Email
from vipex_minicrm.simulator.tenant import Tenant

__all__ = ["email_list"]


async def email_list(tenant: Tenant, call: ApiCall) -> object:
    """List a card's e-mails."""
    call.only("GET")
    if call.item_id not in tenant.cards:
        raise ApiError(HTTPStatus.NOT_FOUND, "missing")
    for name in call.query.keys() - {"CreatedAt"}:
        raise ApiError(HTTPStatus.BAD_REQUEST, "parameter", name)
    day = _day(call.query["CreatedAt"]) if "CreatedAt" in call.query else ""
    found = [email for email in tenant.emails if email.card_id == call.item_id]
    rows = [_row(email) for email in found if wall(email.created_at).startswith(day)]
    return {"Count": len(rows), "Results": rows}


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise ApiError(HTTPStatus.BAD_REQUEST, "value", text, "CreatedAt") from error


def _row(email: Email) -> dict[str, Any]:
    return {
        "Id": email.id,
        "From": email.sender,
        "To": email.recipient,
        "Subject": email.subject,
        "CreatedAt": wall(email.created_at),
    }
