"""A webhook request as it is kept: in the inbox, in quarantine, and for parsing once more."""

from __future__ import annotations

import re
from datetime import datetime
from enum import StrEnum

from attrs import field, frozen

__all__ = ["STORED", "Hook", "Message", "stored_keys", "stored_mark"]


class Hook(StrEnum):
    """The address a message came to. What it really is, its content says."""

    DATA_QUERY = "data_query"
    INCOMING_CALL = "incoming_call"
    CALL_END = "call_end"
    RECORDING_UPLOAD = "recording_upload"
    EVENTS = "events"


@frozen(kw_only=True)
class Message:
    """What a sender posted, without credentials and without audio: the keys of stored audio stand in its place.

    Attributes:
        hook: the address it came to.
        content_type: of the body as kept; a query string is kept as a form, a multipart body as its data part.
        body: as it came, unless audio was taken out of it.
        received_at: aware, UTC.
    """

    hook: Hook
    content_type: str
    body: bytes = field(repr=False)
    received_at: datetime


STORED = "stored:"
"""What the place of stored audio begins with in a kept message. No sender can write it: a colon is no base64."""

_MARK = re.compile(STORED.encode() + rb"([A-Za-z0-9_-]{1,128})")


def stored_mark(key: str) -> str:
    """Give what stands in a kept message where the audio was."""
    return STORED + key


def stored_keys(body: bytes) -> set[str]:
    """Give the keys of all audio that the body of a kept message names."""
    return {key.decode("ascii") for key in _MARK.findall(body)}
