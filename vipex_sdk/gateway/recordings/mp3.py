"""WAV to MP3, for CRMs that play nothing else. Needs the extra ``audio``."""

from __future__ import annotations

import struct
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from attrs import frozen

from vipex_sdk.errors import RecordingRejected

__all__ = ["can_encode", "encode_mp3"]

_CHUNK_FRAMES = 65536
_BIT_RATE = 32
_PCM, _ALAW, _ULAW, _EXTENSIBLE = 1, 6, 7, 0xFFFE


@frozen(kw_only=True)
class _Format:
    coding: int
    channels: int
    rate: int
    width: int


def can_encode() -> bool:
    """Whether the encoder is installed."""
    try:
        import lameenc  # noqa: F401 - only whether it is there
    except ImportError:
        return False
    return True


def encode_mp3(source: Path, target: Path) -> None:
    """Write the WAV file *source* as MP3 to *target*; blocks, so call it in a thread.

    Raises:
        RecordingRejected: *source* is cut short, or in a coding nobody uses for telephones.
    """
    import lameenc

    with source.open("rb") as wav, target.open("wb") as mp3:
        form, size = _open(wav)
        encoder = lameenc.Encoder()
        encoder.silence()
        encoder.set_bit_rate(_BIT_RATE * form.channels)
        encoder.set_in_sample_rate(form.rate)
        encoder.set_channels(form.channels)
        encoder.set_quality(5)
        linear = _linear(form)
        for chunk in _chunks(wav, size, form):
            mp3.write(encoder.encode(linear(chunk)))
        mp3.write(encoder.flush())


def _open(wav: BinaryIO) -> tuple[_Format, int]:
    """Read up to the samples; gives their format and number of bytes."""
    wav.read(12)
    form: _Format | None = None
    while len(head := wav.read(8)) == 8:  # noqa: PLR2004 - a RIFF chunk's name and size
        name, size = struct.unpack("<4sI", head)
        if name == b"data" and form is not None:
            return form, size
        body = wav.read(size + size % 2)
        if name == b"fmt ":
            form = _format(body)
    raise RecordingRejected("the recording is a WAV file without samples")


def _format(body: bytes) -> _Format:
    if len(body) < 16:  # noqa: PLR2004 - the smallest format chunk
        raise RecordingRejected("the recording's WAV header is cut short")
    coding, channels, rate, _, _, bits = struct.unpack("<HHIIHH", body[:16])
    if coding == _EXTENSIBLE and len(body) >= 26:  # noqa: PLR2004 - up to the sub-format
        (coding,) = struct.unpack("<H", body[24:26])
    form = _Format(coding=coding, channels=channels, rate=rate, width=bits // 8)
    usual = (coding == _PCM and form.width in (1, 2, 3, 4)) or (coding in (_ALAW, _ULAW) and form.width == 1)
    if not usual or channels not in (1, 2) or not 4000 <= rate <= 48000:  # noqa: PLR2004 - what MP3 can hold
        raise RecordingRejected("the recording's WAV coding cannot be turned into MP3")
    return form


def _linear(form: _Format) -> Callable[[bytes], bytes]:
    """Give what turns samples of *form* into 16-bit ones."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import audioop  # in the standard library up to Python 3.12, then from audioop-lts

    if form.coding == _ALAW:
        return lambda chunk: audioop.alaw2lin(chunk, 2)
    if form.coding == _ULAW:
        return lambda chunk: audioop.ulaw2lin(chunk, 2)
    if form.width == 1:
        return lambda chunk: audioop.lin2lin(audioop.bias(chunk, 1, -128), 1, 2)
    return (lambda chunk: chunk) if form.width == 2 else lambda chunk: audioop.lin2lin(chunk, form.width, 2)  # noqa: PLR2004


def _chunks(wav: BinaryIO, size: int, form: _Format) -> Iterator[bytes]:
    frame = form.width * form.channels
    left = size - size % frame
    while left:
        chunk = wav.read(min(left, _CHUNK_FRAMES * frame))
        if len(chunk) % frame or not chunk:
            raise RecordingRejected("the recording is cut short")
        left -= len(chunk)
        yield chunk
