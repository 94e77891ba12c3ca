"""What the calls became, read back from the simulated MiniCRM over its API: never from our own tables."""

from __future__ import annotations

import re
import time
from typing import Any

import httpx
from attrs import frozen

from vipex_sdk.numbers import PhoneNumber

__all__ = ["CrmEntry", "CrmHistory"]

_MARKER = re.compile(r"\[vipex:([^\]]+)\]")


@frozen(kw_only=True)
class CrmEntry:
    """One entry of a customer's history.

    Attributes:
        kind: ``incoming``, ``outgoing``, ``missed`` or ``todo``.
        at: start of a call, or when the to-do was created or closed; ISO 8601, UTC.
        seconds: conversation; ``None`` for a to-do.
        plays: whether the CRM could fetch and recognise the recording; ``None`` when there is none.
        text: of a to-do, without its marker.
    """

    kind: str
    customer: str
    user: str
    card: str
    at: str
    seconds: int | None = None
    plays: bool | None = None
    text: str | None = None


class CrmHistory:
    """The history of all customers.

    Args:
        url: of the simulated MiniCRM.
        credentials: system id and REST key.
    """

    def __init__(self, url: str, credentials: tuple[str, str]) -> None:
        self._http = httpx.Client(base_url=url, auth=credentials, timeout=30)
        self._seen = {(entry["kind"], entry["id"]) for entry in self._entries()}

    def close(self) -> None:
        """Close the connection to the simulated MiniCRM."""
        self._http.close()

    def new_entries(self, count: int, *, within: float) -> list[CrmEntry]:
        """Give the entries since the last question, waiting until there are *count* or the time is over."""
        deadline = time.monotonic() + within
        while len(new := self._unseen()) < count and time.monotonic() < deadline:
            time.sleep(0.1)
        self._seen |= {(entry["kind"], entry["id"]) for entry in new}
        return [self._entry(entry) for entry in new]

    def _plays(self, entry: dict[str, Any]) -> bool | None:
        """Press play in the CRM: it fetches the recording from the gateway and looks whether it is MP3."""
        if not entry.get("reference_id"):
            return None
        answer = self._http.post(f"/simulator/play/{entry['id']}").raise_for_status().json()
        return bool(answer["ok"]) and answer["sniffed"] == "audio/mpeg"

    def _unseen(self) -> list[dict[str, Any]]:
        return [entry for entry in self._entries() if (entry["kind"], entry["id"]) not in self._seen]

    def _entries(self) -> list[dict[str, Any]]:
        return [*self._json("/simulator/calls"), *self._json("/simulator/todos")]

    def _json(self, path: str) -> Any:
        return self._http.get(path).raise_for_status().json()

    def _entry(self, entry: dict[str, Any]) -> CrmEntry:
        card = self._json(f"/simulator/history/{entry['card_id']}")["card"]
        call = entry["kind"] == "call"
        return CrmEntry(
            kind=entry["type"] if call else "todo",
            customer=card["contact"],
            user=entry["user"],
            card=card["name"],
            at=entry["at"],
            seconds=entry["duration"] if call else None,
            plays=self._plays(entry) if call else None,
            text=None if call else _MARKER.sub("", entry["comment"]).strip(),
        )

    def knows(self, number: str) -> list[str]:
        """Search a number over MiniCRM's own REST API; gives the names of the contacts."""
        digits = PhoneNumber.parse(number).digits[-8:]
        answer = self._http.get("/Api/R3/Contact", params={"Query": digits}).raise_for_status().json()
        rows = answer["Results"]
        return [row["Name"] for row in (rows.values() if isinstance(rows, dict) else rows)]
