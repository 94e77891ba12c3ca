"""Error answers as servers really write them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from vipex_sdk import errors
from vipex_sdk.wire.answers import error_answer, read_answer
from vipex_sdk.wire.failures import failure, retry_after
from vipex_sdk.wire.messages import WireResponse
from vipex_sdk.wire.profile import default_profile, load_profile

PROFILES = Path(__file__).parents[1] / "profiles"
NESTED = {"error": {"code": "extension_not_found", "message": "A mellék nem létezik", "request_id": "req-1f2e"}}


def found(status: int, body: bytes | dict[str, Any] = b"", *, name: str = "calls.current", **headers: str) -> Any:
    content = json.dumps(body).encode() if isinstance(body, dict) else body
    return failure(default_profile(), name, WireResponse(status=status, headers=headers, body=content))


@pytest.mark.parametrize(
    ("status", "body", "wanted", "code", "detail"),
    [
        (404, NESTED, errors.NotFound, "extension_not_found", "A mellék nem létezik"),
        (401, b"", errors.AuthError, None, None),
        (403, {"error": {"code": "not_subscribed"}}, errors.NotSubscribed, "not_subscribed", None),
        (403, b"no", errors.Forbidden, None, "no"),
        (404, {"error": "text"}, errors.NotFound, None, "text"),
        (404, {"error": {"code": "recording_not_ready"}}, errors.RecordingNotReady, "recording_not_ready", None),
        (
            409,
            {"errors": [{"code": "extension_busy", "message": "foglalt"}]},
            errors.Conflict,
            "extension_busy",
            "foglalt",
        ),
        (400, {"code": 17, "description": "rossz"}, errors.Invalid, "17", "rossz"),
        (422, {"errors": []}, errors.Invalid, None, None),
        (410, b"", errors.NotFound, None, None),
        (418, b"", errors.StatusError, None, None),
        (500, b"<html><head><title>x</title></head><body><h1>Hiba</h1> 1</body>", errors.ServerError, None, "Hiba 1"),
        (502, "Hiba történt: őű".encode("iso8859-2"), errors.ServerError, None, "Hiba történt: őű"),
        (503, b"\x00\xff", errors.ServerError, None, "\x00˙"),
        (400, {"error": {"code": "rate_limited"}}, errors.RateLimited, "rate_limited", None),
        (302, b"", errors.StatusError, None, None),
    ],
)
def test_every_kind_of_body_gives_an_error(
    status: int, body: Any, wanted: type[errors.StatusError], code: str | None, detail: str | None
) -> None:
    error = found(status, body)
    assert type(error) is wanted
    assert (error.status, error.code, error.detail) == (status, code, detail)


def test_the_text_has_the_request_id_and_never_their_words() -> None:
    error = found(404, NESTED)
    assert str(error) == "[req-1f2e] calls.current: VIPeX answered 404 extension_not_found"
    assert found(500, b"", **{"x-request-id": "abc"}).request_id == "abc"


def test_success_is_no_failure() -> None:
    assert found(200, {"error": "looks like one"}) is None
    assert found(204) is None


def test_recordings_have_statuses_of_their_own() -> None:
    assert type(found(202, name="recordings.fetch")) is errors.RecordingNotReady
    assert type(found(410, name="recordings.fetch")) is errors.RecordingExpired
    assert found(202) is None


@pytest.mark.parametrize(
    ("body", "wanted", "code"),
    [
        ({"result": "FAIL", "code": "17"}, errors.NotFound, "extension_not_found"),
        ({"result": "FAIL", "code": 21}, errors.Conflict, "extension_busy"),
        ({"result": "FAIL", "code": "99"}, errors.StatusError, "99"),
        ({"result": "FAIL"}, errors.StatusError, None),
        ({"result": "ok"}, None, None),
        ({}, None, None),
        ([], None, None),
    ],
)
def test_errors_inside_success(body: Any, wanted: Any, code: str | None) -> None:
    profile = load_profile(PROFILES / "hungarian.toml")
    response = WireResponse(status=200, body=json.dumps(body).encode())
    error = failure(profile, "calls.current", response)
    if wanted is None:
        assert error is None
    else:
        assert type(error) is wanted
        assert (error.status, error.code) == (0, code)


@pytest.mark.parametrize("file", [None, PROFILES / "hungarian.toml"])
@pytest.mark.parametrize(
    ("status", "code", "wanted"),
    [
        (404, "extension_not_found", errors.NotFound),
        (401, "unauthorized", errors.AuthError),
        (429, "rate_limited", errors.RateLimited),
        (503, "unavailable", errors.ServerError),
        (404, "recording_not_ready", errors.RecordingNotReady),
    ],
)
def test_what_a_server_writes_a_client_reads(
    file: Path | None, status: int, code: str, wanted: type[errors.StatusError]
) -> None:
    profile = load_profile(file)
    with pytest.raises(wanted) as raised:
        read_answer(profile, "calls.current", None, error_answer(profile, status, code, "Hiba", request_id="r-1"))
    assert (raised.value.code, raised.value.detail, raised.value.request_id) == (code, "Hiba", "r-1")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("3", 3.0),
        (" 120 ", 120.0),
        ("Mon, 02 Mar 2026 09:00:30 GMT", 30.0),
        ("Mon, 02 Mar 2026 08:00:00 GMT", 0.0),
        ("Mon, 02 Mar 2026 09:00:30 -0000", 30.0),
        ("soon", None),
        ("", None),
        ("-1", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(text: str, seconds: float | None) -> None:
    now = datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert retry_after({"retry-after": text}, now=lambda: now) == seconds
    assert retry_after({}, now=lambda: now) is None
