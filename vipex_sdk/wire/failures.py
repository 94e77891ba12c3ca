"""Error answers of the control API, however badly they are written, as the class that says what to do."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from vipex_sdk.errors import (
    AuthError,
    Conflict,
    DecodeError,
    Forbidden,
    Invalid,
    NotFound,
    NotSubscribed,
    RateLimited,
    RecordingExpired,
    RecordingNotReady,
    ServerError,
    StatusError,
    UnsupportedMedia,
)
from vipex_sdk.wire.markup import parse_xml
from vipex_sdk.wire.media import body_kind, parse_form, parse_json
from vipex_sdk.wire.messages import WireResponse
from vipex_sdk.wire.paths import value_at
from vipex_sdk.wire.profile import WireProfile, spelling

__all__ = ["failure", "read_fields", "retry_after"]

_BY_CODE: dict[str, type[StatusError]] = {
    "conflict": Conflict,
    "extension_busy": Conflict,
    "extension_offline": Conflict,
    "forbidden": Forbidden,
    "internal": ServerError,
    "invalid_number": Invalid,
    "not_subscribed": NotSubscribed,
    "rate_limited": RateLimited,
    "recording_expired": RecordingExpired,
    "recording_not_ready": RecordingNotReady,
    "unauthorized": AuthError,
    "unavailable": ServerError,
    "validation_error": Invalid,
}
_BY_STATUS: dict[int, type[StatusError]] = {
    400: Invalid,
    401: AuthError,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    410: NotFound,
    422: Invalid,
    429: RateLimited,
}
_TAGS = re.compile(r"<(script|style|head)\b.*?</\1>|<[^>]*>", re.DOTALL | re.IGNORECASE)
_MAX_DETAIL = 300
_SERVER_ERRORS = 500
_SUCCESSES = range(200, 300)
_REDIRECTS = range(300, 400)
_RECORDING = "recordings.fetch"
# Unconfirmed: 202 means that the recording is not ready, 410 that it was deleted.
_GONE = 410
_ACCEPTED = 202


def failure(profile: WireProfile, name: str, response: WireResponse) -> StatusError | None:
    """Build the error that *response* is, or ``None`` when it is a success."""
    not_ready = name == _RECORDING and response.status == _ACCEPTED
    success = response.status in _SUCCESSES and not not_ready
    fields = read_fields(response) if not success or profile.control.errors.in_success else None
    if success and not _says_failure(profile, fields):
        return None
    wire_code = _first_text(fields, profile.control.errors.code)
    code = profile.control.errors.codes.get(wire_code, wire_code) if wire_code is not None else None
    status = 0 if success else response.status
    cls = _class_for(name, status, code)
    request_id = _first_text(fields, profile.control.errors.request_id) or response.headers.get("x-request-id")
    detail = _first_text(fields, profile.control.errors.message) if fields else _plain_text(response)
    known: dict[str, Any] = {"status": status, "code": code, "request_id": request_id, "operation": name}
    if cls is RateLimited:
        known["retry_after"] = retry_after(response.headers)
    return cls(_sentence(name, status, code), detail=detail, **known)


def _sentence(name: str, status: int, code: str | None) -> str:
    """Say what failed; the other side's own words may name people, so they are not here."""
    if status in _REDIRECTS:
        return f"{name}: redirected ({status}); redirects are not followed, correct the base URL"
    reason = " ".join(part for part in (str(status or ""), code or "") if part)
    return f"{name}: VIPeX answered {reason or 'that it failed'}"


def _says_failure(profile: WireProfile, fields: object) -> bool:
    errors = profile.control.errors
    if not errors.in_success:
        return False
    word = value_at(fields, errors.success_field)
    return word is not None and spelling(str(word)) not in {spelling(one) for one in errors.success_words}


def _class_for(name: str, status: int, code: str | None) -> type[StatusError]:
    if code is not None and (found := _BY_CODE.get(code)):
        return found
    if name == _RECORDING and status in {_ACCEPTED, _GONE}:
        return RecordingNotReady if status == _ACCEPTED else RecordingExpired
    if found := _BY_STATUS.get(status):
        return found
    if status >= _SERVER_ERRORS:
        return ServerError
    return NotFound if code is not None and code.endswith("_not_found") else StatusError


def read_fields(response: WireResponse) -> Any:
    """Read a body as JSON, a form or XML, if it is one; else ``None``."""
    try:
        match body_kind(response.headers.get("content-type")):
            case "form":
                return parse_form(response.body)
            case "xml":
                return parse_xml(response.body)
        return parse_json(response.body, last_counts=True) if response.body else None
    except (DecodeError, UnsupportedMedia):
        return None


def _first_text(fields: object, paths: tuple[str, ...]) -> str | None:
    for path in paths:
        found = value_at(fields, path)
        if isinstance(found, (str, int)) and not isinstance(found, bool) and str(found):
            return str(found)[:_MAX_DETAIL]
    return None


def _plain_text(response: WireResponse) -> str | None:
    """Read a body that is text or a web page; Hungarian servers may still write latin-2."""
    try:
        text = response.body.decode()
    except UnicodeDecodeError:
        text = response.body.decode("iso8859-2", errors="replace")
    return " ".join(_TAGS.sub(" ", text).split())[:_MAX_DETAIL] or None


def retry_after(headers: Mapping[str, str], *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> float | None:
    """Give the seconds that ``Retry-After`` asks for, written as seconds or as a date."""
    text = headers.get("retry-after", "").strip()
    if text.isdecimal():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return max((aware - now()).total_seconds(), 0.0)
