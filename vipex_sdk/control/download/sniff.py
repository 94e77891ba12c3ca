"""What audio says about itself in its first bytes."""

from __future__ import annotations

__all__ = ["HEAD_BYTES", "riff_bytes", "sniff"]

HEAD_BYTES = 12
"""How many bytes the first look needs."""

_WAVE = slice(8, 12)
_SIZE = slice(4, 8)
_SIZE_UNKNOWN = 0x7FFF_0000
"""From here on a length is what programs write before they know it; no call is two gigabytes long."""


def sniff(head: bytes) -> str | None:
    """Tell the audio type by its first bytes: WAV, MP3 or Ogg; ``None`` for anything else."""
    if head[:4] == b"RIFF" and head[_WAVE] == b"WAVE":
        return "audio/wav"
    if head[:4] == b"OggS":
        return "audio/ogg"
    is_frame = len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0 and head[1] & 0x06  # noqa: PLR2004 - MPEG
    return "audio/mpeg" if head[:3] == b"ID3" or is_frame else None


def riff_bytes(head: bytes) -> int | None:
    """Give how long a WAV file says it is; ``None`` for other audio, and for one written before its end was known."""
    size = int.from_bytes(head[_SIZE], "little")
    return size + 8 if sniff(head) == "audio/wav" and 0 < size < _SIZE_UNKNOWN else None
