"""The sandbox's own addresses, below ``/sandbox``: configure, play, look, break, press buttons."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Any

from attrs import asdict
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from vipex_sdk.control.openapi import openapi_document
from vipex_sdk.errors import ConfigError
from vipex_sdk.sandbox import audio, manual, view
from vipex_sdk.sandbox.behaviours import behaviours
from vipex_sdk.sandbox.call import WrongStep
from vipex_sdk.sandbox.faults import Fault
from vipex_sdk.sandbox.line import Line
from vipex_sdk.sandbox.operators import LABELS
from vipex_sdk.sandbox.pbx import SimulatedVipex
from vipex_sdk.sandbox.scenarios import SCENARIOS
from vipex_sdk.sandbox.settings import structured

__all__ = ["routes"]

_MAX_BODY = 64 * 1024
_CALLS_SHOWN = 60
_LONGEST_WAIT = 60.0


class _Refused(Exception):
    def __init__(self, status: int, text: str) -> None:
        self.status = status
        super().__init__(text)


class Api:
    """Endpoints over one simulated VIPeX."""

    def __init__(self, pbx: SimulatedVipex) -> None:
        self.pbx = pbx

    async def state(self, _request: Request) -> Response:
        """Show everything at once."""
        return JSONResponse(self.shown())

    async def events(self, _request: Request) -> Response:
        """Stream the state, once now and after every change."""
        return StreamingResponse(self._stream(), media_type="text/event-stream", headers={"cache-control": "no-store"})

    async def calls(self, _request: Request) -> Response:
        """List calls, newest first."""
        return JSONResponse({"items": self._calls()})

    async def call(self, request: Request) -> Response:
        """Show one call; ``?wait=10`` waits that many seconds until it is over and reported."""
        line = self._line(request)
        wait = _number(request.query_params.get("wait", "0"))
        with suppress(TimeoutError):
            async with asyncio.timeout(min(wait, _LONGEST_WAIT)):
                await line.reported.wait()
        return JSONResponse(view.call_details(line))

    async def recording(self, request: Request) -> Response:
        """Give a recording to the page, which has no technical user."""
        _state, recording = self.pbx.recordings.find(request.path_params["code"])
        if recording is None:
            raise _Refused(404, "there is no such recording")
        return Response(recording.audio, media_type=audio.CONTENT_TYPE)

    async def behaviours(self, _request: Request) -> Response:
        """List what it does and how sure we are of it."""
        return JSONResponse({"simulated": True, "items": [asdict(one) for one in behaviours()]})

    async def openapi(self, _request: Request) -> Response:
        """Describe the control API as it is simulated here."""
        return JSONResponse(openapi_document(self.pbx.profile))

    async def configure(self, request: Request) -> Response:
        """Change settings."""
        return JSONResponse({"settings": self.pbx.configure(await _body(request)).shown()})

    async def reset(self, request: Request) -> Response:
        """Begin anew."""
        await _body(request)
        self.pbx.reset()
        return JSONResponse({"reset": True})

    async def faults(self, request: Request) -> Response:
        """Order a fault of the control API; ``{}`` ends it."""
        fault: Fault = structured(Fault, await _body(request), what="fault")
        self.pbx.faults.order(fault)
        return JSONResponse({"fault": asdict(fault)})

    async def technical_user(self, request: Request) -> Response:
        """Create a technical user, or give an existing one a new password."""
        name = str((await _body(request)).get("name") or "")
        if not name:
            raise _Refused(422, "name: expected text")
        return JSONResponse({"name": name, "password": self.pbx.office.add_technical_user(name)}, status_code=201)

    async def operator(self, request: Request) -> Response:
        """Set what an operator chose: ``{"status": "break"}``."""
        extension, status = self._extension(request), (await _body(request)).get("status")
        if status not in LABELS:
            raise _Refused(422, f"status: expected one of {', '.join(LABELS)}")
        self.pbx.operators.choose(extension, status)
        self.pbx.changed()
        return JSONResponse({"extension": extension, "status": status})

    async def telephone(self, request: Request) -> Response:
        """Unplug a telephone or plug it in: ``{"offline": true}``."""
        extension, offline = self._extension(request), (await _body(request)).get("offline")
        (self.pbx.office.offline.add if offline else self.pbx.office.offline.discard)(extension)
        self.pbx.changed()
        return JSONResponse({"extension": extension, "offline": bool(offline)})

    async def scenario(self, request: Request) -> Response:
        """Play a scripted call to its end, or arm the party that an outbound call will reach."""
        name, wish = request.path_params["name"], await _body(request)
        if name == "outbound":
            number = self.pbx.director.arm(wish)
            return JSONResponse({"scenario": name, "simulated": True, "armed": number.value})
        if name not in SCENARIOS:
            raise _Refused(404, f"expected one of {', '.join([*SCENARIOS, 'outbound'])}")
        line, problem = await self.pbx.director.play(name, wish)
        details = view.call_details(line)
        answer = {"scenario": name, "simulated": True, "ok": problem is None, "problem": problem} | details
        return JSONResponse(answer, status_code=200 if problem is None else 409)

    async def place(self, request: Request) -> Response:
        """Place a call by hand."""
        wanted: manual.Wanted = structured(manual.Wanted, await _body(request), what="call")
        line = await manual.place(self.pbx, wanted)
        return JSONResponse(view.call_details(line), status_code=201)

    async def press(self, request: Request) -> Response:
        """Press a button by hand."""
        line, action = self._line(request), request.path_params["action"]
        if action not in manual.ACTIONS:
            raise _Refused(404, f"expected one of {', '.join(manual.ACTIONS)}")
        button: manual.Press = structured(manual.Press, await _body(request), what="button")
        manual.press(self.pbx, line, action, button)
        return JSONResponse(view.call_details(line))

    def shown(self) -> dict[str, Any]:
        """Gather what the page shows."""
        pbx = self.pbx
        people = pbx.office.extensions()
        statuses = {extension: pbx.operators.status(extension) for extension in people}
        return {
            "simulated": True,
            "profile": pbx.profile.title,
            "settings": pbx.settings.shown(),
            "main_number": pbx.settings.main_number,
            "phones": [
                view.phone(extension, user.name or "", lines=pbx.lines, offline=pbx.office.is_offline(extension))
                | {
                    "operator_status": statuses[extension].name,
                    "operator_label": LABELS.get(statuses[extension].name, statuses[extension].name),
                    "forwardings": [
                        f"{kind}: {forwarding.target.value if forwarding.target else ''}"
                        for (owner, kind), forwarding in pbx.office.forwardings.items()
                        if owner == extension
                    ],
                }
                for extension, user in people.items()
            ],
            "outside": view.outside_parties(pbx.lines),
            "scenarios": {name: scenario.title for name, scenario in SCENARIOS.items()},
            "calls": self._calls(),
        }

    def _calls(self) -> list[dict[str, Any]]:
        lines = list(self.pbx.lines)[-_CALLS_SHOWN:]
        return [view.call_summary(line) for line in reversed(lines)]

    async def _stream(self) -> AsyncIterator[str]:
        async for _ in self.pbx.changes(at_least_every=5.0):
            yield f"event: state\ndata: {json.dumps(self.shown(), ensure_ascii=False)}\n\n"

    def _line(self, request: Request) -> Line:
        line = self.pbx.lines.get(request.path_params["call_id"])
        if line is None:
            raise _Refused(404, "there is no such call")
        return line

    def _extension(self, request: Request) -> str:
        extension: str = request.path_params["extension"]
        if not self.pbx.office.has_extension(extension):
            raise _Refused(404, "there is no such extension")
        return extension


def routes(pbx: SimulatedVipex) -> list[Route]:
    """Give the routes of the sandbox's own addresses."""
    api = Api(pbx)
    table: list[tuple[str, str, Callable[[Request], Awaitable[Response]]]] = [
        ("GET", "/sandbox/state", api.state),
        ("GET", "/sandbox/events", api.events),
        ("GET", "/sandbox/calls", api.calls),
        ("GET", "/sandbox/calls/{call_id}", api.call),
        ("GET", "/sandbox/recordings/{code}", api.recording),
        ("GET", "/sandbox/behaviours", api.behaviours),
        ("GET", "/sandbox/openapi.json", api.openapi),
        ("POST", "/sandbox/configure", api.configure),
        ("POST", "/sandbox/reset", api.reset),
        ("POST", "/sandbox/faults", api.faults),
        ("POST", "/sandbox/technical-users", api.technical_user),
        ("POST", "/sandbox/operators/{extension}", api.operator),
        ("POST", "/sandbox/telephones/{extension}", api.telephone),
        ("POST", "/sandbox/scenarios/{name}", api.scenario),
        ("POST", "/sandbox/manual/calls", api.place),
        ("POST", "/sandbox/manual/calls/{call_id}/{action}", api.press),
    ]
    return [Route(path, _guarded(endpoint), methods=[method]) for method, path, endpoint in table]


def _guarded(endpoint: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except _Refused as refused:
            return _problem(refused.status, str(refused))
        except ConfigError as error:
            return _problem(422, str(error))
        except WrongStep as wrong:
            return _problem(409, str(wrong))

    return answer


def _problem(status: int, text: str) -> Response:
    return JSONResponse({"error": text}, status_code=status)


async def _body(request: Request) -> dict[str, Any]:
    # A page of another origin cannot send this content type without asking first.
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise _Refused(415, "expected application/json")
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > _MAX_BODY:
            raise _Refused(413, "the body is too large")
    try:
        data = json.loads(bytes(raw) or b"{}")
    except ValueError:
        raise _Refused(400, "expected JSON") from None
    if not isinstance(data, dict):
        raise _Refused(400, "expected a JSON object")
    return data


def _number(text: str) -> float:
    try:
        return max(0.0, float(text))
    except ValueError:
        raise _Refused(422, "wait: expected seconds") from None
