"""A small server that speaks any wire profile, and one way to ask it through either client."""

from __future__ import annotations

import asyncio
import inspect
import socket
import threading
import time
from base64 import b64decode
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Self

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount

from tests.control.scripted import WAV, Server
from vipex_sdk.control import (
    OPERATIONS,
    AsyncClient,
    CallStarted,
    Client,
    CurrentCall,
    ExtensionCalls,
    Forwarding,
    OperatorStatus,
    PhonebookEntry,
    RetryPolicy,
    StatusTime,
    StatusTimes,
    Timeouts,
    User,
    argument_types,
)
from vipex_sdk.control.calls import CallState, Direction, ExtensionState
from vipex_sdk.control.operators import OperatorState
from vipex_sdk.numbers import PhoneNumber
from vipex_sdk.wire.exchange import Page, answer_for, error_answer, match_request, read_arguments
from vipex_sdk.wire.media import parse_body
from vipex_sdk.wire.messages import WireResponse
from vipex_sdk.wire.profile import WireProfile, default_profile, load_profile

PROFILES = Path(__file__).parents[1] / "profiles"
USER, PASSWORD = "technikai", "jelszó:1"


class Refused(Exception):
    def __init__(self, status: int, code: str, message: str = "Nem sikerült") -> None:
        self.answer = (status, code, message)


class Exchange:
    """A telephone exchange that does what it is asked, and keeps what it was asked."""

    def __init__(self, profile: WireProfile) -> None:
        self.profile = profile
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.headers: list[dict[str, str]] = []
        self.requests: list[tuple[str, str, bytes]] = []
        self.script: list[Callable[[], Any]] = []
        self.forwardings: dict[Any, Forwarding] = {}
        self.entries: dict[str, PhonebookEntry] = {}
        self.users = tuple(User(id=str(n), name=f"Próba {n}", extension=f"{n:03}") for n in range(1, 231))
        self.not_ready = 0

    def calls_originate(self, extension: str, **_: Any) -> CallStarted:
        self._known(extension)
        return CallStarted(call_id="20260302-101512-7f3a", status="initiated")

    def calls_start_ivr(self, **_: Any) -> CallStarted:
        return CallStarted(call_id="20260302-101512-7f3b", status="queued")

    def calls_current(self, extension: str) -> ExtensionCalls:
        self._known(extension)
        call = CurrentCall(
            call_id="c-1",
            direction=Direction.INBOUND,
            remote_number=PhoneNumber.parse("+36300000001"),
            state=CallState.ANSWERED,
        )
        return ExtensionCalls(extension=extension, state=ExtensionState.IN_CALL, calls=(call,))

    def forwarding_set(self, extension: str, type: Any, **rest: Any) -> Forwarding:  # noqa: A002 - named by the catalogue
        self.forwardings[extension, type] = Forwarding(type=type, **rest)
        return self.forwardings[extension, type]

    def forwarding_get(self, extension: str) -> tuple[Forwarding, ...]:
        return tuple(one for (whose, _), one in self.forwardings.items() if whose == extension)

    def forwarding_delete(self, extension: str, type: Any) -> None:  # noqa: A002 - named by the catalogue
        self.forwardings.pop((extension, type), None)

    def forwarding_delete_all(self, extension: str) -> None:
        self.forwardings = {key: one for key, one in self.forwardings.items() if key[0] != extension}

    def recordings_fetch(self, code: str) -> bytes:
        if self.not_ready:
            self.not_ready -= 1
            raise Refused(404, "recording_not_ready")
        if code == "gone":
            raise Refused(410, "recording_expired")
        return WAV if code != "text" else b"this is no audio"

    def users_get(self, id: str) -> User:  # noqa: A002 - named by the catalogue
        found = next((user for user in self.users if user.id == id), None)
        if found is None:
            raise Refused(404, "user_not_found")
        return found

    def users_list(self, page: int, per_page: int) -> Page[User]:
        start = (page - 1) * per_page
        return Page(items=self.users[start : start + per_page], number=page, size=per_page, total=len(self.users))

    def phonebook_create(self, entry: PhonebookEntry) -> PhonebookEntry:
        import attrs

        entry = attrs.evolve(entry, id=str(len(self.entries) + 1))
        self.entries[str(entry.id)] = entry
        return entry

    def phonebook_get(self, id: str) -> PhonebookEntry:  # noqa: A002 - named by the catalogue
        if id not in self.entries:
            raise Refused(404, "entry_not_found")
        return self.entries[id]

    def phonebook_update(self, entry: PhonebookEntry) -> PhonebookEntry:
        self.phonebook_get(str(entry.id))
        self.entries[str(entry.id)] = entry
        return entry

    def phonebook_delete(self, id: str) -> None:  # noqa: A002 - named by the catalogue
        self.phonebook_get(id)
        del self.entries[id]

    def phonebook_list(self, page: int, per_page: int) -> Page[PhonebookEntry]:
        items = tuple(self.entries.values())[(page - 1) * per_page : page * per_page]
        return Page(items=items, number=page, size=per_page, total=len(self.entries))

    def operators_statuses(self) -> tuple[OperatorStatus, ...]:
        return (
            OperatorStatus(operator_id="17", status=OperatorState.BREAK, label="Szünet", queues=("support",)),
            OperatorStatus(operator_id="21", status=OperatorState("kávézik")),
        )

    def operators_time_in_status(self, operator_id: str, since: Any, until: Any) -> StatusTimes:
        times = (StatusTime(status=OperatorState.BREAK, seconds=1800, count=3),)
        return StatusTimes(operator_id=operator_id, since=since, until=until, times=times)

    def _known(self, extension: str) -> None:
        if extension == "199":
            raise Refused(404, "extension_not_found")
        if extension == "198":
            raise Refused(409, "extension_busy")

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        request = Request(scope, receive)
        body = await request.body()
        self.headers.append(dict(request.headers))
        self.requests.append((request.method, scope["raw_path"].decode(), body))
        scripted = self.script.pop(0)() if self.script else None
        if inspect.isawaitable(scripted):
            scripted = await scripted
        if scripted is not None:
            await _as_response(scripted)(scope, receive, send)
            return
        await _as_response(self._answer(request, scope["raw_path"].decode(), body))(scope, receive, send)

    def _answer(self, request: Request, path: str, body: bytes) -> WireResponse:
        scheme, _, secret = request.headers.get("authorization", "").partition(" ")
        if scheme != "Basic" or b64decode(secret).decode() != f"{USER}:{PASSWORD}":
            return error_answer(self.profile, 401, "unauthorized", "Hibás jelszó")
        found = match_request(self.profile, request.method, path)
        if found is None:
            return error_answer(self.profile, 404, "path_not_found", "Nincs ilyen", request_id="req-1")
        name, in_path = found
        accepted = ["json", "form"]
        fields: Mapping[str, Any] = (
            parse_body(request.headers.get("content-type"), body, accepted=accepted) if body else {}
        )
        arguments = read_arguments(
            self.profile,
            name,
            path=in_path,
            query=dict(request.query_params),
            body=fields,
            types=argument_types(name),
        )
        self.asked.append((name, arguments))
        try:
            return answer_for(self.profile, name, getattr(self, name.replace(".", "_"))(**arguments))
        except Refused as refused:
            return error_answer(self.profile, *refused.answer, request_id="req-7")


def _as_response(answer: Response | WireResponse) -> Response:
    if isinstance(answer, Response):
        return answer
    return Response(answer.body, status_code=answer.status, headers=dict(answer.headers))


class Served:
    """The exchange on a loopback port."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        app = Starlette(routes=[Mount("/", app=exchange)])
        config = uvicorn.Config(app, log_level="critical", lifespan="off", access_log=False, ws="none")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        while not self._server.started:
            time.sleep(0.005)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()


@pytest.fixture(scope="session", params=["default", "hungarian"])
def profile(request: pytest.FixtureRequest) -> WireProfile:
    return default_profile() if request.param == "default" else load_profile(PROFILES / "hungarian.toml")


@pytest.fixture(scope="session")
def served(profile: WireProfile) -> Iterator[Served]:
    with Served(Exchange(profile)) as running:
        yield running


@pytest.fixture
def exchange(served: Served) -> Exchange:
    """The exchange, forgetful between tests."""
    profile = served.exchange.profile
    vars(served.exchange).clear()  # a test may have put a method of its own over one
    served.exchange.__init__(profile)  # type: ignore[misc]  # the same object stays mounted
    return served.exchange


class Asker:
    """One scenario through either client: ``ask(lambda client: client.calls.current("101"))``."""

    def __init__(self, colour: str, url: str, profile: WireProfile) -> None:
        self.colour = colour
        self.url = url
        self.profile = profile
        self.slept: list[float] = []

    def __call__(self, scenario: Callable[[Any], Any], **options: Any) -> Any:
        defaults = {"user": USER, "password": PASSWORD, "profile": self.profile, "retry": RetryPolicy(first=0.01)}
        options = defaults | {"timeout": Timeouts(connect=1, read=1, total=5)} | options
        url = options.pop("url", self.url)
        if self.colour == "sync":
            with Client(url, sleep=self.slept.append, **options) as client:
                answer = scenario(client)
                return list(answer) if isinstance(answer, Iterator) else answer
        return asyncio.run(self._ask(scenario, url, options))

    async def _ask(self, scenario: Callable[[Any], Any], url: str, options: dict[str, Any]) -> Any:
        async def sleep(seconds: float) -> None:
            self.slept.append(seconds)

        async with AsyncClient(url, sleep=sleep, **options) as client:
            answer = scenario(client)
            if isinstance(answer, AsyncIterator):
                return [item async for item in answer]
            return await answer if inspect.isawaitable(answer) else answer


@pytest.fixture
def server() -> Iterator[Server]:
    """Another server, which says what the test tells it."""
    running = Server()
    yield running
    running.close()


@pytest.fixture(params=["sync", "async"])
def ask(request: pytest.FixtureRequest, served: Served, exchange: Exchange) -> Asker:
    return Asker(request.param, served.url, served.exchange.profile)


assert {name.replace(".", "_") for name in OPERATIONS} <= set(dir(Exchange))
