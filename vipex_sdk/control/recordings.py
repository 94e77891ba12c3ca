"""A recording by its code."""

from __future__ import annotations

import re

from vipex_sdk.control.operation import Operation
from vipex_sdk.errors import Invalid
from vipex_sdk.wire.visits import is_address

__all__ = ["MAX_CODE_LENGTH", "fetch_recording"]

MAX_CODE_LENGTH = 200
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f/\\?#]|\.\.")


def fetch_recording(code: str) -> Operation[bytes]:
    """Fetch the whole recording into memory; ``client.recordings.download`` streams it to a file instead.

    Args:
        code: as the end of the call gave it. An opaque code: the brochure calls it a "link". An address is visited
            only where the wire profile lists its host (``recordings.url_hosts_allowed``).

    Raises:
        Invalid: *code* is no code.
        RecordingNotReady: it exists but cannot be fetched yet.
        RecordingExpired: it was deleted.
        NotFound: there is no such recording.
    """
    if not is_address(code) and (not code or len(code) > MAX_CODE_LENGTH or _FORBIDDEN.search(code)):
        raise Invalid("that is no recording code", code="validation_error", operation="recordings.fetch")
    return Operation("recordings.fetch", {"code": code}, returns=bytes, repeatable=True)
