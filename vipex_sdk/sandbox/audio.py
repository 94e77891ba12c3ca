"""Make recordings that can be heard: two tones taking turns, like two people talking.

WAV, 8 kHz, mono, 16 bit: what a telephone line carries, written with the standard library alone.
"""

from __future__ import annotations

import array
import io
import math
import sys
import wave
from functools import lru_cache

__all__ = ["CONTENT_TYPE", "MAX_SECONDS", "RATE", "conversation"]

CONTENT_TYPE = "audio/wav"
RATE = 8000
MAX_SECONDS = 30
"""Longer conversations are cut here; the recording's stated duration is that of its audio."""

_VOICES = (170.0, 255.0)  # a low and a high voice, in hertz
_SYLLABLE = RATE // 5
_PAUSE = RATE // 25
_SYLLABLES_A_TURN = 7
_LOUDNESS = 9000


def conversation(seconds: int) -> bytes:
    """Give a whole WAV file in which two voices take turns for *seconds*, at most :data:`MAX_SECONDS`."""
    return _conversation(max(1, min(seconds, MAX_SECONDS)))


@lru_cache(maxsize=MAX_SECONDS)
def _conversation(seconds: int) -> bytes:
    samples = array.array("h")
    wanted = seconds * RATE
    syllable = 0
    while len(samples) < wanted:
        turn = syllable // _SYLLABLES_A_TURN
        samples.extend(_syllable(_VOICES[turn % 2], melody=syllable * 5 % 7))
        syllable += 1
    del samples[wanted:]
    if sys.byteorder == "big":
        samples.byteswap()
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())
    return buffer.getvalue()


@lru_cache(maxsize=32)
def _syllable(voice: float, *, melody: int) -> array.array[int]:
    pitch = voice * (1 + melody / 40)
    sound = array.array("h")
    for index in range(_SYLLABLE):
        loudness = _LOUDNESS * math.sin(math.pi * index / _SYLLABLE)
        angle = 2 * math.pi * pitch * index / RATE
        sound.append(int(loudness * (math.sin(angle) + 0.4 * math.sin(2 * angle)) / 1.4))
    sound.extend([0] * _PAUSE)
    return sound
