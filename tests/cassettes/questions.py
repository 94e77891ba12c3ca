"""What is asked for each cassette, by whichever client, and what the simulated VIPeX is set to before."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import vcr
from starlette.applications import Starlette

from vipex_sdk.control import ForwardingType, PhonebookEntry, PhonebookNumber, TargetType, fetch_recording
from vipex_sdk.errors import VipexError
from vipex_sdk.sandbox import build
from vipex_sdk.sandbox.recordings import Recording
from vipex_sdk.sandbox.settings import CalledParty, Settings

__all__ = ["ADDRESS", "CREDENTIALS", "FOLDER", "QUESTIONS", "asked", "asked_async", "simulated", "tape"]

FOLDER = Path(__file__).parent
ADDRESS = "http://127.0.0.1:8900"
"""Where the simulated VIPeX stands in the cassettes, whatever port it was recorded on."""

CREDENTIALS = {"user": "crm", "password": "invented-for-the-test"}
_NOTICE = """\
# Recorded against the simulated VIPeX of this repository, not against VIPeX: it shows how our client and our simulation
# speak under the default profile, and proves nothing about the real exchange. Made anew by tests/cassettes/record.py.
"""
_KEPT = frozenset({"content-type", "content-length"})
_SINCE, _UNTIL = datetime(2026, 3, 2, 7, tzinfo=UTC), datetime(2026, 3, 2, 15, tzinfo=UTC)
_ENTRY = PhonebookEntry(
    name="Kiss Annamária",
    company="Minta Kft.",
    numbers=(PhonebookNumber(number="06 30 000 0004", type="mobile"),),
    external_id="minicrm:37147",
)

Question = Callable[[Any], Any]
QUESTIONS: Mapping[str, tuple[Question, ...]] = {
    "calls": (
        lambda client: client.calls.current("101"),
        lambda client: client.calls.originate("101", "06 30 000 0001", client_ref="crm-4711"),
        lambda client: client.calls.originate("101", "06 30 000 0002"),
        lambda client: client.calls.current("101"),
        lambda client: client.calls.start_ivr("+36300000003", "feedback", variables={"segment": "vip"}),
        lambda client: client.calls.current("999"),
    ),
    "forwarding": (
        lambda client: client.forwarding.set(
            "101", ForwardingType.NO_ANSWER, "102", target_type=TargetType.EXTENSION, ring_seconds=20
        ),
        lambda client: client.forwarding.set("101", ForwardingType.BUSY, "+36300000009", target_type=TargetType.NUMBER),
        lambda client: client.forwarding.get("101"),
        lambda client: client.forwarding.delete("101", ForwardingType.BUSY),
        lambda client: client.forwarding.delete_all("101"),
        lambda client: client.forwarding.get("101"),
    ),
    "operators": (
        lambda client: client.operators.statuses(),
        lambda client: client.operators.time_in_status("17", since=_SINCE, until=_UNTIL),
        lambda client: client.operators.time_in_status("nobody", since=_SINCE, until=_UNTIL),
    ),
    "phonebook": (
        lambda client: client.phonebook.create(_ENTRY),
        lambda client: client.phonebook.get("4"),
        lambda client: client.phonebook.update(PhonebookEntry(id="4", name="Kiss Anna Mária")),
        lambda client: client.phonebook.all(),
        lambda client: client.phonebook.delete("4"),
        lambda client: client.phonebook.get("4"),
    ),
    "recordings": (
        lambda client: client.send(fetch_recording("R-ready")),
        lambda client: client.send(fetch_recording("R-expired")),
        lambda client: client.send(fetch_recording("R-unknown")),
    ),
    "users": (
        lambda client: client.users.get("17"),
        lambda client: client.users.all(),
        lambda client: client.users.get("nobody"),
    ),
}
"""Operation group to what is asked, in order; the last or an early question is one that is refused."""


def asked(client: Any, group: str) -> list[Any]:
    """Ask everything of *group* and give the answers; a refusal is an answer too."""
    answers: list[Any] = []
    for question in QUESTIONS[group]:
        try:
            answer = question(client)
            answers.append(list(answer) if isinstance(answer, Iterator) else answer)
        except VipexError as error:
            answers.append(_refusal(error))
    return answers


async def asked_async(client: Any, group: str) -> list[Any]:
    """Ask the same of an asynchronous client."""
    answers: list[Any] = []
    for question in QUESTIONS[group]:
        try:
            answer = question(client)
            if isinstance(answer, AsyncIterator):
                answers.append([item async for item in answer])
            else:
                answers.append(await answer if inspect.isawaitable(answer) else answer)
        except VipexError as error:
            answers.append(_refusal(error))
    return answers


def _refusal(error: VipexError) -> tuple[str, object]:
    return type(error).__name__, getattr(error, "code", None)


def simulated() -> Starlette:
    """Build the simulated VIPeX that is recorded: calls wait for a person, so that nothing changes by itself."""
    app = build(Settings(outbound=CalledParty(mode="manual")), password=CREDENTIALS["password"])
    keep = app.state.pbx.recordings._known  # codes of real calls differ each time
    for code, expires_at in (("R-ready", None), ("R-expired", 0.0)):
        keep[code] = Recording(code=code, seconds=1, ready_at=0.0, expires_at=expires_at)
    return app


def _at_home(request: Any) -> Any:
    _, _, rest = request.uri.partition("://")
    request.uri = f"{ADDRESS}/{rest.partition('/')[2]}"
    return request


def _plain(response: dict[str, Any]) -> dict[str, Any]:
    headers = {key: value for key, value in response["headers"].items() if key.lower() in _KEPT}
    return response | {"headers": headers}


class _Explained:
    """YAML that says at its top what it is."""

    @staticmethod
    def serialize(cassette: dict[str, Any]) -> str:
        from vcr.serializers import yamlserializer

        return _NOTICE + str(yamlserializer.serialize(cassette))

    @staticmethod
    def deserialize(text: str) -> Any:
        from vcr.serializers import yamlserializer

        return yamlserializer.deserialize(text)


def tape(record_mode: str = "none") -> vcr.VCR:
    """Give the recorder, which records nothing unless it is told to."""
    recorder = vcr.VCR(
        cassette_library_dir=str(FOLDER),
        record_mode=vcr.mode(record_mode),
        match_on=("method", "path", "query", "body"),
        filter_headers=("authorization", "user-agent", "host"),
        ignore_hosts=("testserver",),
        before_record_request=_at_home,
        before_record_response=_plain,
        path_transformer=vcr.VCR.ensure_suffix(".yaml"),
    )
    recorder.register_serializer("explained", _Explained)
    recorder.serializer = "explained"
    return recorder
