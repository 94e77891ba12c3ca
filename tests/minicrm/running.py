"""What the tests share: the simulator behind uvicorn in a thread, settings that fit it, records to write."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Self

import httpx
import uvicorn
from attrs import evolve
from vipex_minicrm import MiniCrmSettings
from vipex_minicrm.simulator import REST_KEY, SYSTEM_ID, VOIP_KEY, Simulation, create_app
from vipex_minicrm.simulator.switches import Switches

from vipex_sdk.crm import CallOutcome, CallRecord, CustomerCard, Direction, RecordingLink, Ref, Task
from vipex_sdk.numbers import PhoneNumber

STARTED = datetime(2025, 3, 2, 15, 0, 12, tzinfo=UTC)
ANNA, PETER, ILONA = (PhoneNumber.parse(f"+3630000000{digit}") for digit in (1, 2, 3))
SHARED = PhoneNumber.parse("+36300000007")
NOBODY = PhoneNumber.parse("+36300000099")


class RunningSimulator:
    """The simulator's program parts behind a real port of loopback."""

    def __init__(self) -> None:
        self.simulation = Simulation()
        app = create_app(self.simulation)
        self._server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", access_log=False))
        self._thread = threading.Thread(target=self._server.run)
        self.url = ""

    def __enter__(self) -> Self:
        self._thread.start()
        while not self._server.started:
            assert self._thread.is_alive()
            time.sleep(0.005)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=10)

    @property
    def switches(self) -> Switches:
        return self.simulation.switches

    def reset(self) -> None:
        self._asked("POST", "/simulator/reset", None)

    def order(self, **faults: Any) -> None:
        self._asked("POST", "/simulator/faults", faults)

    def todos(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._asked("GET", "/simulator/todos", None)
        return found

    def calls(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._asked("GET", "/simulator/calls", None)
        return found

    def history(self, card: int) -> dict[str, Any]:
        """Give what a user would see on a card."""
        found: dict[str, Any] = self._asked("GET", f"/simulator/history/{card}", None)
        return found

    def api(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        """Ask the API as somebody would without our client."""
        arguments.setdefault("auth", (SYSTEM_ID, REST_KEY))
        return httpx.request(method, f"{self.url}/Api{path}", trust_env=False, **arguments)

    def requests(self) -> list[str]:
        """Give the API requests so far, as ``GET Contact``."""
        return [f"{method} {path.removeprefix('/Api/R3/')}" for method, path in self.simulation.requests]

    def _asked(self, method: str, path: str, body: object) -> Any:
        response = httpx.request(method, self.url + path, json=body, trust_env=False)
        assert response.is_success, response.text
        return response.json()


def settings_for(url: str, **changes: Any) -> MiniCrmSettings:
    chosen: dict[str, Any] = {"base_url": url, "system_id": SYSTEM_ID, "api_key": REST_KEY, "voip_key": VOIP_KEY}
    return MiniCrmSettings(**(chosen | changes))


def record_for(number: PhoneNumber, card: CustomerCard | None, **changes: Any) -> CallRecord:
    """Make a record of an answered call of ten minutes past four in Budapest."""
    record = CallRecord(
        key="call-1",
        revision=1,
        call_id="call-1",
        direction=Direction.INBOUND,
        outcome=CallOutcome.ANSWERED,
        number=number,
        started_at=STARTED,
        ended_at=STARTED + timedelta(seconds=140),
        talk_seconds=132,
        title="Bejövő hívás",
        text="Beszélgetés: 2:12\n[vipex:call-1]",
        card=card,
        extension="101",
        owner=Ref("user", "2001"),
    )
    return evolve(record, **changes)


def missed(record: CallRecord) -> CallRecord:
    """Make of a record the one of a missed call with its task."""
    task = Task(
        key="task-1",
        text="Nem fogadott hívás, vissza kell hívni [vipex:task-1]",
        owner=Ref("user", "2001"),
        due_at=STARTED + timedelta(hours=2),
    )
    return evolve(record, outcome=CallOutcome.MISSED, talk_seconds=0, task=task)


def recording(url: str | None = None) -> RecordingLink:
    return RecordingLink(key="unguessable-key", url=url, duration_seconds=132)
