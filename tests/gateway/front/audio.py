"""Audio as telephone exchanges make it, and its name at the proxy."""

from __future__ import annotations

import io
import math
import struct
import wave
from collections.abc import AsyncIterator

from tests.gateway.calls import a_call
from tests.gateway.front.rig import Running
from vipex_sdk.webhooks.events import RecordingRef


def tone(seconds: float = 1.0, rate: int = 8000) -> bytes:
    """Give a WAV as a telephone exchange makes them."""
    file = io.BytesIO()
    with wave.open(file, "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(rate)
        frames = (int(9000 * math.sin(index / 3)) for index in range(int(seconds * rate)))
        wav.writeframes(b"".join(struct.pack("<h", frame) for frame in frames))
    return file.getvalue()


async def in_pieces(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), 1000):
        yield content[start : start + 1000]


async def named(house: Running, ref: RecordingRef) -> str:
    link = (await house.gateway.links.prepare(a_call(recording=ref)))(ref)
    assert link is not None
    assert len(link.key) == 32
    return link.key
