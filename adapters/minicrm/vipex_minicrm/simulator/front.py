"""The front of the API: faults, keys, the request limit, and the form of answers; the parts behind it do the work."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hmac
import json
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from vipex_minicrm.simulator.answers import ApiError, answer, refused
from vipex_minicrm.simulator.api_call import ApiCall
from vipex_minicrm.simulator.calllog import call_log
from vipex_minicrm.simulator.catalogue import category, schema
from vipex_minicrm.simulator.connections import (
    create_connection,
    delete_connection,
    list_connections,
    update_connection,
)
from vipex_minicrm.simulator.contacts import contact, purge_person
from vipex_minicrm.simulator.emails import email_list
from vipex_minicrm.simulator.faults import HTML_LOGIN
from vipex_minicrm.simulator.projects import project, project_history
from vipex_minicrm.simulator.simulation import Simulation
from vipex_minicrm.simulator.tenant import Tenant
from vipex_minicrm.simulator.todos import todo, todo_list
from vipex_minicrm.simulator.webhooks import TOLD, facts

__all__ = ["PARTS", "Front"]

PARTS: dict[str, Callable[[Tenant, ApiCall], Awaitable[object]]] = {
    "Category": category,
    "Contact": contact,
    "CreateProjectConnection": create_connection,
    "DeleteProjectConnection": delete_connection,
    "EmailList": email_list,
    "ListProjectConnection": list_connections,
    "Project": project,
    "ProjectHistory": project_history,
    "PurgePerson": purge_person,
    "Schema": schema,
    "ToDo": todo,
    "ToDoList": todo_list,
    "UpdateProjectConnection": update_connection,
}
"""What is under ``/Api/R3``."""
_LONGEST_BODY = 1024 * 1024


class Front:
    """An ASGI app for everything under ``/Api``; names are case-sensitive, a slash at the end does not matter [D]."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or cut its connection when that was ordered."""
        request = Request(scope, receive)
        faults = self._simulation.faults
        struck = faults.strikes(request.method, request.url.path)
        if struck and faults.latency_ms:
            await asyncio.sleep(faults.latency_ms / 1000)
        if struck and faults.take("drop"):
            await _cut(receive, send)
            return
        response = (self._ordered(faults.status) if struck else None) or await self._answer(request)
        if struck and faults.take("drop_after_commit"):
            await _cut(receive, send)
            return
        if struck and faults.take("truncate"):
            half = bytes(response.body)[: len(response.body) // 2]
            response = Response(half, status_code=response.status_code, media_type="application/json")
        await response(scope, receive, send)

    def _ordered(self, status: int) -> Response | None:
        faults = self._simulation.faults
        if faults.take("fail_next"):
            return PlainTextResponse("Simulated failure", status_code=status)
        if faults.take("html_login"):
            return HTMLResponse(HTML_LOGIN)
        if faults.take("rate_limit"):
            headers = {"Retry-After": faults.retry_after} if faults.retry_after else None
            return PlainTextResponse("Simulated 429", status_code=HTTPStatus.TOO_MANY_REQUESTS, headers=headers)
        return None

    async def _answer(self, request: Request) -> Response:
        segments = [part for part in request.url.path.split("/") if part][1:]
        entity = segments[1] if len(segments) > 1 and segments[0] == "R3" else "".join(segments[:1])
        switches = self._simulation.switches
        self._simulation.requests.append((request.method, request.url.path))
        try:
            return await self._dispatched(request, segments, entity)
        except ApiError as error:
            return refused(error, entity=entity, method=request.method, switches=switches)

    async def _dispatched(self, request: Request, segments: list[str], entity: str) -> Response:
        if segments == ["CallLog"]:
            return await self._call_log(request)
        if segments[:1] == ["R3"] and entity in PARTS:
            return await self._r3(request, entity, tuple(segments[2:]))
        raise ApiError(HTTPStatus.NOT_FOUND, "missing")

    async def _r3(self, request: Request, entity: str, rest: tuple[str, ...]) -> Response:
        tenant, switches = self._simulation.tenant, self._simulation.switches
        _authenticate(tenant, request.headers.get("authorization", ""))
        too_many = self._one_too_many(request, entity)
        if too_many is not None:
            return too_many
        call = ApiCall(
            method=request.method,
            entity=entity,
            rest=rest,
            query=dict(request.query_params),
            body=await _json(request),
        )
        if call.method != "GET":
            tenant.last_search.forget()
        return answer(await self._done(call), switches)

    async def _done(self, call: ApiCall) -> object:
        """Let the part do its work, and tell the registered address what it changed."""
        tenant, part = self._simulation.tenant, PARTS[call.entity]
        if call.method != "PUT" or call.entity not in TOLD:
            return await part(tenant, call)
        before = facts(tenant, call.entity, call.item_id)
        result = await part(tenant, call)
        if isinstance(result, dict) and self._simulation.switches.webhook_address:
            self._simulation.webhooks.tell(tenant, call.entity, result["Id"], before)
        return result

    def _one_too_many(self, request: Request, entity: str) -> Response | None:
        """Count a request; refuse it above the limit, with a hint when to come again or without [I: retry_after]."""
        switches = self._simulation.switches
        wait = self._simulation.limit.admit(switches.rate_limit, rolling=switches.rate_window == "rolling")
        if wait is None:
            return None
        error = ApiError(HTTPStatus.TOO_MANY_REQUESTS, "rate")
        response = refused(error, entity=entity, method=request.method, switches=switches)
        if switches.retry_after:
            response.headers["Retry-After"] = str(int(wait) + 1)
        return response

    async def _call_log(self, request: Request) -> Response:
        if request.method != "POST":
            raise ApiError(HTTPStatus.METHOD_NOT_ALLOWED, "method")
        too_many = self._one_too_many(request, "CallLog") if self._simulation.switches.calllog_limited else None
        if too_many is not None:
            return too_many
        body = await _json(request)
        address = request.client.host if request.client else ""
        counted = call_log(self._simulation.tenant, body or {}, address=address, headers=request.headers)
        return answer(counted, self._simulation.switches)


def _authenticate(tenant: Tenant, authorization: str) -> None:
    """Want HTTP Basic with system id and REST key; the VOIP key is no REST key [D]."""
    try:
        sent = base64.b64decode(authorization.removeprefix("Basic "), validate=True)
    except (binascii.Error, ValueError):
        sent = b""
    if not hmac.compare_digest(sent, f"{tenant.system_id}:{tenant.rest_key}".encode()):
        raise ApiError(tenant.switches.bad_key_status, "auth")


async def _json(request: Request) -> dict[str, Any] | None:
    """Read a JSON object; anything else is refused like an empty one [L]."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LONGEST_BODY:
            raise ApiError(HTTPStatus.BAD_REQUEST, "data")
    if not body:
        return None
    try:
        data = json.loads(bytes(body))
    except ValueError as error:
        raise ApiError(HTTPStatus.BAD_REQUEST, "data") from error
    if not isinstance(data, dict):
        raise ApiError(HTTPStatus.BAD_REQUEST, "data")
    return data


async def _cut(receive: Receive, send: Send) -> None:
    """Cut the connection without an answer; a server that hides its connection gets half an answer instead."""
    transport = getattr(getattr(receive, "__self__", None), "transport", None)
    if transport is None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"100")]})
        return
    transport.abort()
    # Give the server its turn to notice, or it reports that the app forgot to answer.
    message = await receive()
    while message["type"] != "http.disconnect":
        message = await receive()
