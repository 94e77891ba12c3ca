"""What an answer of MiniCRM that is not the data means: the class of the error is the retry decision.

MiniCRM answers errors in plain text in the tenant's language, ``<Entity> (<METHOD>): <message>``, so only the status
is understood; the text is kept for people, without values (``facts/minicrm.md`` quirks 8, 9 and 10).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from attrs import frozen

from vipex_sdk.errors import (
    Misconfigured,
    NeedsReauth,
    NotPermitted,
    OutcomeUnknown,
    RateLimited,
    Unavailable,
    VipexError,
)

__all__ = ["Refused", "Sent", "readable", "refusal", "retry_after"]

_LONGEST = 200
_QUOTED = re.compile(r"'[^']*'")
_LONG_NUMBER = re.compile(r"\+?\d[\d /().-]{4,}\d")
_MARKUP = re.compile(r"^\s*<")
_SERVER_ERRORS = 500


@frozen(kw_only=True)
class Sent:
    """What was asked, as far as it decides what a refusal means.

    Attributes:
        what: for people, for example ``ToDo (PUT)``; without ids and values.
        writes: whether it may change something.
        fixed: whether the address names no single thing, so that 404 cannot mean "no such thing".
    """

    what: str
    writes: bool = False
    fixed: bool = True


class Refused(Misconfigured):
    """MiniCRM refused what was asked for; asking the same again is useless.

    Args:
        message: what was refused, with MiniCRM's own words.
        status: HTTP status, for example 400, 404 or 405.
    """

    def __init__(self, message: str, *, status: int) -> None:
        self.status = status
        super().__init__(message)


def readable(body: bytes) -> str:
    """Give MiniCRM's own words without the values it quotes; nothing when it sent a web page."""
    text = body[: _LONGEST * 4].decode("utf-8-sig", errors="replace")
    if _MARKUP.match(text):
        return ""
    text = _LONG_NUMBER.sub("...", _QUOTED.sub("'...'", " ".join(text.split())))
    return text[:_LONGEST]


def retry_after(headers: Mapping[str, str], *, now: datetime | None = None) -> float | None:
    """Read ``Retry-After`` as seconds, whether it came as a number or as a date; ``None`` when absent or nonsense."""
    value = headers.get("retry-after", "").strip()
    if not value:
        return None
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - (now or datetime.now(UTC))).total_seconds())


def refusal(sent: Sent, status: int, headers: Mapping[str, str], body: bytes) -> VipexError | None:
    """Give the error that an answer means, or ``None`` for 200."""
    if status == HTTPStatus.OK:
        return None
    words = readable(body)
    message = f"MiniCRM answered {status} to {sent.what}" + (f": {words}" if words else "")
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return RateLimited(message, retry_after=retry_after(headers), operation=sent.what)
    if status >= _SERVER_ERRORS:
        return OutcomeUnknown(message, operation=sent.what) if sent.writes else Unavailable(message)
    return _of_right(sent, status, message) or Refused(message + _hint(status), status=status)


def _of_right(sent: Sent, status: int, message: str) -> VipexError | None:
    """Give the error of a missing right, or ``None`` when it is something else."""
    if status == HTTPStatus.UNAUTHORIZED:
        return NeedsReauth(f"{message}; check system_id and the key, and that the REST add-on is paid for")
    if status == HTTPStatus.NOT_FOUND and sent.fixed:
        return NeedsReauth(f"{message}; some tenants say 404 for a wrong key: check system_id, the key and base_url")
    if status == HTTPStatus.FORBIDDEN:
        return NotPermitted(f"{message}; for the CallLog MiniCRM support must allow this machine's address")
    return None


def _hint(status: int) -> str:
    redirected = HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST
    return "; check base_url, MiniCRM sends us elsewhere" if redirected else ""
