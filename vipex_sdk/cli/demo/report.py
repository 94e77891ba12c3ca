"""What the demo prints: a table for people, one document for programs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs
from rich.console import Console
from rich.table import Table

from vipex_sdk.cli.demo.history import CrmEntry
from vipex_sdk.cli.demo.play import PlayedCall
from vipex_sdk.cli.demo.stage import Stage

__all__ = ["as_document", "show_calls", "show_pages"]

_TITLES = {
    "answered": "answered",
    "missed": "missed",
    "blind_transfer": "blind transfer",
    "attended_transfer": "attended transfer",
    "pickup": "pick-up",
    "unknown_caller": "unknown caller",
    "outbound": "outbound, by our client",
}


def as_document(calls: Iterable[PlayedCall]) -> dict[str, Any]:
    """Give the whole outcome as JSON data."""
    shown = [
        {
            "scenario": call.scenario,
            "call_id": call.call_id,
            "routed_to": call.routed_to,
            "popped_on": sorted(pop.extension for pop in call.pops),
            "crm_records": [attrs.asdict(entry) for entry in call.entries],
            "ok": call.ok,
            "differences": list(call.differences),
        }
        for call in calls
    ]
    return {"ok": bool(shown) and all(call["ok"] for call in shown), "calls": shown}


def show_calls(calls: Iterable[PlayedCall], console: Console) -> bool:
    """Print a row for each call as it arrives; gives whether all went as the script wants."""
    table = Table(title="From the simulated VIPeX to the simulated MiniCRM", show_lines=True, title_justify="left")
    for column in ("Call", "Routed to", "Card opened on", "In the CRM", ""):
        table.add_column(column)
    played = []
    with console.status("playing") as status:
        for call in calls:
            played.append(call)
            status.update(f"played: {_TITLES.get(call.scenario, call.scenario)}")
            table.add_row(
                _TITLES.get(call.scenario, call.scenario),
                call.routed_to or "call logic",
                ", ".join(f"{pop.extension}: {pop.customer or 'unknown'}" for pop in call.pops) or "-",
                "\n".join(_in_words(entry) for entry in call.entries) or "-",
                "ok" if call.ok else "\n".join(call.differences),
            )
    console.print(table)
    return bool(played) and all(call.ok for call in played)


def show_pages(stage: Stage, console: Console) -> None:
    """Print the addresses of all pages; the links of desks and dashboard are keys."""
    ready = stage.gateway.ready
    console.print("\nTry it yourself: place a call at the telephones and watch the desk.")
    console.print(f"  Telephones of the simulated VIPeX   {stage.sandbox.url}/")
    for extension, link in ready["desk"].items():
        console.print(f"  Desk of extension {extension}               {link}", soft_wrap=True)
    console.print(f"  Dashboard                           {ready['dashboard']}", soft_wrap=True)
    console.print(f"  Customers in the simulated MiniCRM  {stage.crm.ready['cards']}")
    console.print("\nBoth VIPeX and MiniCRM are simulated; the gateway is the real one. Ctrl+C ends all three.")


def _in_words(entry: CrmEntry) -> str:
    if entry.kind == "todo":
        return f"{entry.customer}: to-do for {entry.user}: {(entry.text or '').splitlines()[0]}"
    recording = ", recording plays" if entry.plays else ", recording does not play" if entry.plays is False else ""
    return f"{entry.customer}: {entry.kind} call, {entry.user}, {entry.seconds} s{recording}"
