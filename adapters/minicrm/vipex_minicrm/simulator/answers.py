"""How MiniCRM answers: PHP's JSON with 200, or plain text in the tenant's language [L].

Texts that live tenants or the manual showed are marked; the others are ours, in the same form
[I, no switch]: a caller may rely on the status alone, because the texts follow the tenant's language anyway.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from starlette.responses import PlainTextResponse, Response

from vipex_minicrm.simulator.switches import Switches
from vipex_minicrm.simulator.tenant import BUDAPEST

__all__ = ["NO_DATE", "ApiError", "answer", "refused", "wall"]

NO_DATE = "0000-00-00 00:00:00"

_TEXTS = {
    "method": ("A metódus nem engedélyezett!", "Method not allowed!"),  # hu [L], en ours
    "data": ('Nem megfelelő paraméter: "Data (JSON)"', 'Invalid parameter: "Data (JSON)"'),  # hu [L], en ours
    "parameter": ('Nem megfelelő paraméter: "{0}"', 'Invalid parameter: "{0}"'),  # ours after "data"
    "value": ("Érvénytelen érték '{0}' a(z) {1} mezőben.", "Invalid value '{0}' for the {1} field."),  # en [D], hu ours
    "required": ("A(z) {0} mező kitöltése kötelező.", "The {0} field is required."),  # ours
    "filter": ("Filter Query: adjon meg legalább egy szűrőt.", "Filter Query: give at least one filter."),  # ours
    "missing": ("Nem található.", "Not found."),  # ours
    "closed": ("Lezárt teendő nem módosítható.", "A closed to-do cannot be changed."),  # rule [D], text ours
    "fixed": ("A(z) {0} mező nem módosítható.", "The {0} field cannot be changed."),  # rule [D], text ours
    "file": ("A fájl nem tölthető le: {0}", "The file cannot be downloaded: {0}"),  # ours
    "auth": ("Hibás azonosítás.", "Unauthorized"),  # status [L], text ours
    "address": ("A hívó IP címe nem engedélyezett.", "The sender's IP address is not allowed."),  # ours
    "rate": ("Túl sok kérés.", "Too many requests."),  # status [D], text ours
}


class ApiError(Exception):
    """The API refuses.

    Args:
        status: HTTP status.
        text: key of the text.
        values: what stands in it.
    """

    def __init__(self, status: int, text: str, *values: object) -> None:
        self.status = status
        self.text = text
        self.values = values
        super().__init__(text)

    def said(self, language: str) -> str:
        """Give the text in the tenant's language."""
        return _TEXTS[self.text][0 if language == "hu" else 1].format(*self.values)


def wall(moment: datetime | None) -> str:
    """Write a time as MiniCRM does: Hungarian wall time without offset; "no date" as zeros [L]."""
    return moment.astimezone(BUDAPEST).strftime("%Y-%m-%d %H:%M:%S") if moment else NO_DATE


def answer(data: object, switches: Switches) -> Response:
    """Answer 200, also to a create, with escaped slashes and letters [L]."""
    body = json.dumps(_strings(data) if switches.ids_as_strings else data, separators=(",", ":"))
    encoded = body.replace("/", "\\/").encode()
    head = b"\xef\xbb\xbf" if switches.bom else b""
    return Response(head + encoded, headers={"Content-Type": "application/json; charset=utf-8"})


def refused(error: ApiError, *, entity: str, method: str, switches: Switches) -> Response:
    """Answer ``<Entity> (<METHOD>): <message>`` in plain text [L]."""
    text = f"{entity} ({method}): {error.said(switches.language)}"
    return PlainTextResponse(text, status_code=error.status)


def _strings(data: Any) -> Any:
    """Write numbers of ids as text."""
    if isinstance(data, dict):
        return {
            key: str(value) if _is_id(key) and isinstance(value, int) else _strings(value)
            for key, value in data.items()
        }
    return [_strings(item) for item in data] if isinstance(data, list) else data


def _is_id(key: str) -> bool:
    return key == "Count" or key.endswith("Id")
