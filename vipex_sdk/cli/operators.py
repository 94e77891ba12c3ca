"""``vipex operators``: the call centre."""

from __future__ import annotations

from datetime import datetime, time
from typing import Annotated

from cyclopts import App, Parameter

from vipex_sdk.cli.connection import Here, connect
from vipex_sdk.cli.output import Json, print_json, show_table

__all__ = ["app"]

_ZONE = ", for example 2026-05-04T08:00 (this machine's zone)"

app = App(name="operators", help="Show call-centre operators.", help_format="plaintext")


@app.command
def statuses(*, json: Json = False, connection: Here = None) -> None:
    """Show what every operator is doing now."""
    with connect(connection) as client:
        found = client.operators.statuses()
    show_table(found, ("operator_id", "extension", "name", "status", "label", "since", "queues"), as_json=json)


@app.command(name="time")
def time_in_status(
    operator_id: Annotated[str, Parameter(name="ID", help="Id of the operator.")],
    /,
    *,
    since: Annotated[datetime | None, Parameter(help=f"Start{_ZONE}; midnight before the end by default.")] = None,
    until: Annotated[datetime | None, Parameter(help=f"End{_ZONE}; now by default.")] = None,
    json: Json = False,
    connection: Here = None,
) -> None:
    """Show how long an operator spent in each status."""
    end = _aware(until or datetime.now().astimezone())
    start = _aware(since or datetime.combine(end.date(), time.min))
    with connect(connection) as client:
        times = client.operators.time_in_status(operator_id, since=start, until=end)
    if json:
        print_json(times)
        return
    rows = [
        {"status": one.status, "label": one.label, "time": str(one.duration), "count": one.count} for one in times.times
    ]
    show_table(rows, ("status", "label", "time", "count"), as_json=False)


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo is not None else moment.astimezone()
