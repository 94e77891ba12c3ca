"""Recordings as files and streams: checked as they come, taken up where they broke, and there only when whole."""

from __future__ import annotations

from vipex_sdk.control.download.fetch import Progress
from vipex_sdk.control.download.groups import AsyncRecordings, Recordings
from vipex_sdk.control.download.sniff import sniff
from vipex_sdk.control.download.streams import AsyncRecordingStream, RecordingStream
from vipex_sdk.control.download.targets import Download

__all__ = [
    "AsyncRecordingStream",
    "AsyncRecordings",
    "Download",
    "Progress",
    "RecordingStream",
    "Recordings",
    "sniff",
]
