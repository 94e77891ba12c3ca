"""Recordings are files that can be played."""

from __future__ import annotations

import array
import io
import wave
from itertools import pairwise

import pytest

from vipex_sdk.sandbox.audio import MAX_SECONDS, RATE, conversation
from vipex_sdk.sandbox.recordings import Recordings, State


@pytest.mark.parametrize(("asked", "seconds"), [(0, 1), (1, 1), (7, 7), (30, 30), (200, MAX_SECONDS)])
def test_a_conversation_is_a_telephone_wav_of_its_length(asked: int, seconds: int) -> None:
    with wave.open(io.BytesIO(conversation(asked))) as sound:
        assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, RATE)
        assert sound.getnframes() == seconds * RATE


def test_two_voices_can_be_heard() -> None:
    with wave.open(io.BytesIO(conversation(4))) as sound:
        samples = array.array("h", sound.readframes(sound.getnframes()))
    assert max(samples) > 5000
    crossings = [
        sum(before < 0 <= after for before, after in pairwise(part))
        for part in (samples[:RATE], samples[2 * RATE : 3 * RATE])
    ]
    assert max(crossings) > 1.15 * min(crossings)


def test_a_recording_becomes_ready_and_expires() -> None:
    now = [100.0]
    recordings = Recordings(lambda: now[0], {})
    code = recordings.keep(5, ready_after=10, lifetime=60).code
    states = []
    for instant in (100.0, 109.9, 110.0, 169.9, 170.0):
        now[0] = instant
        states.append(recordings.find(code)[0])
    assert states == [State.NOT_READY, State.NOT_READY, State.READY, State.READY, State.EXPIRED]
    assert recordings.find("R-unknown")[0] is State.NOT_FOUND
