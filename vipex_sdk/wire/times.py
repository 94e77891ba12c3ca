"""Times on the wire."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec

from vipex_sdk.wire.formats import TimeFormat
from vipex_sdk.wire.scalars import bad

__all__ = ["time_reader", "time_writer"]

_MILLISECONDS_FROM = 100_000_000_000
"""A number of seconds this large would be in the year 5138, so it counts milliseconds."""

_LAST_EPOCH = 253_402_300_799
_LAST_EPOCH_MS = _LAST_EPOCH * 1000 + 999
_STAMP_DIGITS = len("20260302101512")


def time_reader(rules: TimeFormat) -> Callable[[object], datetime]:
    """Make the reader of times: ISO 8601, the profile's patterns, seconds or milliseconds since 1970."""
    zone, fold = ZoneInfo(rules.zone), int(rules.ambiguous == "second")

    def read(value: object) -> datetime:
        if isinstance(value, str):
            time = _from_text(value.strip(), rules)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            time = _from_epoch(value, rules.epoch_unit)
        else:
            time = None
        if time is None:
            raise bad("expected a time")
        return time if time.tzinfo is not None else time.replace(tzinfo=zone, fold=fold)

    return read


def _from_text(text: str, rules: TimeFormat) -> datetime | None:
    if "-" in text or ":" in text or "T" in text:
        try:
            return msgspec.convert(text, datetime)
        except msgspec.ValidationError:
            pass  # ISO 8601 knows more forms than RFC 3339
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            pass  # one of the patterns, then
    digits = text.replace(".", "", 1)
    if digits.isdecimal() and len(digits) != _STAMP_DIGITS:
        return _from_epoch(float(text), rules.epoch_unit)
    for pattern in rules.patterns:
        try:
            return datetime.strptime(text, pattern)  # noqa: DTZ007 - the zone is the profile's
        except ValueError:
            continue
    return None


def _from_epoch(value: float, unit: str) -> datetime | None:
    if not -_LAST_EPOCH_MS <= value <= _LAST_EPOCH_MS:  # before any arithmetic: a whole number may be too long for it
        return None
    seconds = value / 1000 if unit == "ms" or (unit == "auto" and abs(value) >= _MILLISECONDS_FROM) else value
    return datetime.fromtimestamp(seconds, UTC) if 0 <= seconds <= _LAST_EPOCH else None


def time_writer(rules: TimeFormat) -> Callable[[datetime], str | int]:
    """Make the writer of times. A naive time is taken to be in the profile's zone."""
    zone = ZoneInfo(rules.zone)

    def write(time: datetime) -> str | int:
        local = time.replace(tzinfo=zone) if time.tzinfo is None else time.astimezone(zone)
        match rules.write:
            case "iso":
                return local.isoformat()
            case "naive":
                return local.replace(tzinfo=None).isoformat()
            case "epoch_s":
                return int(local.timestamp())
            case "epoch_ms":
                return round(local.timestamp() * 1000)
            case pattern:
                return local.strftime(pattern)

    return write
