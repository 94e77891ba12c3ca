"""What a file really is: neither its name nor what the sender said is proof (``facts/reliability.md`` 3.4)."""

from __future__ import annotations

from pathlib import Path

__all__ = ["EXTENSIONS", "audio_type"]

EXTENSIONS = {"audio/wav": "wav", "audio/mpeg": "mp3", "audio/ogg": "ogg", "audio/flac": "flac"}


def audio_type(path: Path) -> str | None:
    """Give the media type of the audio in *path*; ``None`` when it is something else."""
    with path.open("rb") as file:
        head = file.read(12)
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return "audio/wav"
    if head[:3] == b"ID3" or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2):  # noqa: PLR2004 - MPEG layer III frame
        return "audio/mpeg"
    if head[:4] == b"OggS":
        return "audio/ogg"
    return "audio/flac" if head[:4] == b"fLaC" else None
