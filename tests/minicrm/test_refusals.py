from __future__ import annotations

from datetime import UTC, datetime

import pytest
from vipex_minicrm.refusals import Refused, Sent, readable, refusal, retry_after

from vipex_sdk.errors import NeedsReauth, NotPermitted, OutcomeUnknown, RateLimited, Unavailable, VipexError

READ, WRITE = Sent(what="Contact (GET)"), Sent(what="ToDo (PUT)", writes=True)
ITEM = Sent(what="Project (GET)", fixed=False)


@pytest.mark.parametrize(
    ("sent", "status", "error"),
    [
        (READ, 401, NeedsReauth),
        (READ, 404, NeedsReauth),
        (ITEM, 404, Refused),
        (READ, 403, NotPermitted),
        (READ, 400, Refused),
        (WRITE, 405, Refused),
        (READ, 302, Refused),
        (WRITE, 429, RateLimited),
        (READ, 500, Unavailable),
        (READ, 503, Unavailable),
        (WRITE, 500, OutcomeUnknown),
        (WRITE, 502, OutcomeUnknown),
    ],
)
def test_the_status_and_the_kind_of_request_decide(sent: Sent, status: int, error: type[VipexError]) -> None:
    assert type(refusal(sent, status, {}, b"")) is error


def test_200_is_no_refusal() -> None:
    assert refusal(WRITE, 200, {}, b"{}") is None


def test_quirk_8_the_plain_text_is_passed_on() -> None:
    error = refusal(WRITE, 405, {}, "ToDo (POST): A metódus nem engedélyezett!".encode())
    assert "A metódus nem engedélyezett!" in str(error)


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (
            b"Project (PUT): Invalid value 'Kiss Anna' for the Owner field.",
            "Project (PUT): Invalid value '...' for the Owner field.",
        ),
        (b"\xef\xbb\xbfContact: +36 30 000 0001 is used", "Contact: ... is used"),
        (b"<!DOCTYPE html><html>12345</html>", ""),
        (b"", ""),
        (b"x" * 999, "x" * 200),
        (b"\xff\xfe bad", "\ufffd\ufffd bad"),
    ],
)
def test_values_and_pages_stay_out_of_the_error(body: bytes, shown: str) -> None:
    assert readable(body) == shown


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("Mon, 02 Mar 2026 15:01:00 GMT", 60.0),
        ("Mon, 02 Mar 2026 15:01:00 -0000", 60.0),
        ("Mon, 02 Mar 2020 15:01:00 GMT", 0.0),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": value}, now=datetime(2026, 3, 2, 15, tzinfo=UTC)) == seconds
