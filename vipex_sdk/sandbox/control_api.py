"""The control API over HTTP, as the wire profile spells it: who asks, what, and the answer."""

from __future__ import annotations

import asyncio
import base64
import binascii
import re
import secrets
from typing import Any, get_args

import structlog
from starlette.requests import Request
from starlette.responses import Response

from vipex_sdk.control.catalogue import argument_types
from vipex_sdk.errors import DecodeError, UnsupportedMedia, VipexError
from vipex_sdk.sandbox import audio
from vipex_sdk.sandbox.behaviours import assumed, documented
from vipex_sdk.sandbox.faults import DropAnswer
from vipex_sdk.sandbox.operations import HANDLERS, Failure, Operations
from vipex_sdk.sandbox.pbx import SimulatedVipex
from vipex_sdk.sandbox.recordings import Recording
from vipex_sdk.wire.exchange import WireResponse, answer_for, error_answer, match_request, read_arguments
from vipex_sdk.wire.formats import BodyEncoding
from vipex_sdk.wire.media import parse_body

__all__ = ["ControlApi"]

_log = structlog.get_logger(__name__)
_MAX_BODY = 1024 * 1024
_FAULT_CODES = {
    403: "forbidden",
    409: "conflict",
    422: "validation_error",
    429: "rate_limited",
    503: "unavailable",
}
_RANGE = re.compile(r"bytes=(\d+)-(\d*)")


class ControlApi:
    """One endpoint for all operations; the profile says which one a request is."""

    def __init__(self, pbx: SimulatedVipex) -> None:
        self._pbx = pbx
        self._operations = Operations(pbx)

    async def answer(self, request: Request) -> Response:
        """Answer one request."""
        raw = await _read(request)
        body = _fields(request, raw)
        found = match_request(
            self._pbx.profile,
            request.method,
            request.scope["raw_path"].decode("ascii"),
            query=request.query_params,
            body=body,
        )
        name, path = found or ("", {})
        fault = self._pbx.faults.strike(name)
        await asyncio.sleep(fault.latency_seconds)
        if fault.drop == "before":
            return _dropped(request)
        if fault.status is not None:
            response = self._refusal(
                Failure(fault.status, _FAULT_CODES.get(fault.status, "internal"), "Megrendelt hiba")
            )
            if fault.retry_after is not None:
                response.headers["retry-after"] = str(fault.retry_after)
        else:
            response = self._attempt(request, name, path, raw)
        _log.info("control_request", operation=name or None, status=response.status_code)
        return _dropped(request) if fault.drop == "after" else response

    def _attempt(self, request: Request, name: str, path: dict[str, str], raw: bytes | None) -> Response:
        try:
            return self._answer(request, name, path, raw)
        except Failure as failure:
            return self._refusal(failure)

    def _answer(self, request: Request, name: str, path: dict[str, str], raw: bytes | None) -> Response:
        self._authenticate(request)
        wait = self._pbx.faults.over_limit()
        if wait is not None:
            limited = self._refusal(Failure(429, "rate_limited", "Túl sok kérés"))
            limited.headers["retry-after"] = str(wait)
            return limited
        if not name:
            raise Failure(404, "not_found", "Nincs ilyen művelet")
        if name in self._pbx.profile.control.not_subscribed:
            raise Failure(403, "not_subscribed", "Az előfizetés nem tartalmazza")
        arguments = self._arguments(request, name, path, raw)
        value = getattr(self._operations, HANDLERS[name])(**arguments)
        if isinstance(value, Recording):
            return _audio(request, value)
        return _response(answer_for(self._pbx.profile, name, value))

    @documented("A technical user, with a generated password, identifies the calling application.")
    @assumed("It does so by HTTP Basic; anything else is answered 401.", source="3.7")
    def _authenticate(self, request: Request) -> None:
        scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
        try:
            user, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            user, password = "", ""
        known = self._pbx.office.passwords.get(user)
        right = secrets.compare_digest((known or "").encode(), password.encode())
        if scheme.lower() != "basic" or known is None or not right:
            raise Failure(401, "unauthorized", "Hibás technikai felhasználó vagy jelszó")

    def _arguments(self, request: Request, name: str, path: dict[str, str], raw: bytes | None) -> dict[str, Any]:
        shape = self._pbx.profile.control.operations[name]
        body: dict[str, Any] = {}
        if raw is None:
            raise Failure(413, "validation_error", "Túl nagy kérés")
        try:
            if shape.body != "none":
                body = parse_body(request.headers.get("content-type"), raw, accepted=(shape.body,))
            return read_arguments(
                self._pbx.profile,
                name,
                path=path,
                query=dict(request.query_params),
                body=body,
                types=argument_types(name),
            )
        except UnsupportedMedia:
            raise Failure(415, "validation_error", "Nem támogatott tartalomtípus") from None
        except DecodeError as error:
            raise Failure(422, "validation_error", str(error)) from None

    def _refusal(self, failure: Failure) -> Response:
        request_id = f"req-{secrets.token_hex(4)}"
        response = _response(
            error_answer(self._pbx.profile, failure.status, failure.code, str(failure), request_id=request_id)
        )
        if failure.status == 401:  # noqa: PLR2004 - unauthorised
            response.headers["www-authenticate"] = 'Basic realm="simulated VIPeX", charset="UTF-8"'
        return response


async def _read(request: Request) -> bytes | None:
    """Read the body; ``None`` when it is too long."""
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > _MAX_BODY:
            return None
    return bytes(raw)


def _fields(request: Request, raw: bytes | None) -> dict[str, Any]:
    """Give the fields of the body, whatever it is: they may say which operation is wanted."""
    try:
        return parse_body(request.headers.get("content-type"), raw or b"", accepted=get_args(BodyEncoding))
    except VipexError:
        return {}


def _response(answer: WireResponse) -> Response:
    return Response(answer.body, status_code=answer.status, headers=dict(answer.headers))


@assumed("Recordings are WAV, and a part of one can be asked for.", source="1.3")
def _audio(request: Request, recording: Recording) -> Response:
    data = recording.audio
    headers = {"accept-ranges": "bytes", "cache-control": "no-store"}
    part = _RANGE.fullmatch(request.headers.get("range", ""))
    if part is None:
        return Response(data, media_type=audio.CONTENT_TYPE, headers=headers)
    first, last = int(part[1]), min(int(part[2] or len(data)), len(data) - 1)
    if first > last:
        return Response(status_code=416, headers={"content-range": f"bytes */{len(data)}"})
    headers["content-range"] = f"bytes {first}-{last}/{len(data)}"
    return Response(data[first : last + 1], status_code=206, media_type=audio.CONTENT_TYPE, headers=headers)


def _dropped(request: Request) -> Response:
    DropAnswer.mark(request.scope)
    return Response()
