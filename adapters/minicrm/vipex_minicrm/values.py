"""How MiniCRM writes single values: ids, flags, times, text.

Times are Hungarian wall time without an offset; "no date" is written in three ways (``facts/minicrm.md`` quirks 5, 13,
14 and 15).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

__all__ = ["as_flag", "as_id", "as_optional_id", "as_text", "as_time", "since_text", "utc_text", "wall_text"]

FORMAT = "%Y-%m-%d %H:%M:%S"
_NO_DATE = frozenset({"", "0000-00-00", "0000-00-00 00:00:00", "1970-01-01 01:00:00"})
_DATE_LENGTH = 10
_LONGEST_ID = 19


def as_id(value: object) -> str:
    """Give an id as text, whether it came as ``52`` or ``"52"``; raise ``ValueError`` when it is none."""
    text = as_text(value).strip()
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_ID):
        raise ValueError("expected an id")
    return text


def as_optional_id(value: object) -> str | None:
    """Give an id, or ``None`` for absent, empty and zero."""
    return None if value in (None, "", 0, "0", []) else as_id(value)


def as_text(value: object) -> str:
    """Give text; absent, ``null`` and non-text values that mean "empty" become ``""``."""
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def as_flag(value: object) -> bool:
    """Give a flag that came as ``1``, ``"1"`` or ``true``."""
    return value in (1, "1")


def as_time(value: object, zone: tzinfo) -> datetime | None:
    """Give an aware time, or ``None`` for MiniCRM's ways to write "no date".

    Raises:
        ValueError: it is no time at all.
    """
    text = as_text(value).strip()
    if text in _NO_DATE:
        return None
    pattern = FORMAT if len(text) > _DATE_LENGTH else "%Y-%m-%d"
    return datetime.strptime(text, pattern).replace(tzinfo=zone)


def wall_text(moment: datetime, zone: tzinfo) -> str:
    """Write an aware *moment* as MiniCRM's wall time."""
    return moment.astimezone(zone).strftime(FORMAT)


def utc_text(moment: datetime) -> str:
    """Write an aware *moment* in UTC, as the CallLog alone wants it."""
    return moment.astimezone(UTC).strftime(FORMAT)


def since_text(moment: datetime, zone: tzinfo) -> str:
    """Write *moment* for ``UpdatedSince``, never later than it is.

    In the hour that autumn repeats, the wall time is read as either of two moments; an hour earlier is safe.
    """
    local = moment.astimezone(zone)
    ambiguous = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return wall_text(moment - timedelta(hours=1) if ambiguous else moment, zone)
