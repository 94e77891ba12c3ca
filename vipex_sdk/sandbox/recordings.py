"""Recordings of finished calls, fetchable by code once they are ready and until they expire."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from enum import Enum

from attrs import define, frozen

from vipex_sdk.sandbox import audio
from vipex_sdk.sandbox.behaviours import assumed, documented
from vipex_sdk.webhooks.events import RecordingRef

__all__ = ["Recording", "Recordings", "State"]


class State(Enum):
    """Whether a recording can be fetched."""

    READY = "ready"
    NOT_READY = "not_ready"
    EXPIRED = "expired"
    NOT_FOUND = "not_found"


@frozen(kw_only=True)
class Recording:
    """One recording; times are seconds of the real clock."""

    code: str
    seconds: int
    ready_at: float
    expires_at: float | None

    @property
    def audio(self) -> bytes:
        """Give the whole file."""
        return audio.conversation(self.seconds)

    def reference(self) -> RecordingRef:
        """Describe it as the end of call does."""
        return RecordingRef(
            code=self.code,
            content_type=audio.CONTENT_TYPE,
            size_bytes=len(self.audio),
            duration_seconds=self.seconds,
        )


@define
class Recordings:
    """All recordings, by code; *now* tells the real time in seconds."""

    now: Callable[[], float]
    _known: dict[str, Recording]

    def keep(self, seconds: int, *, ready_after: float, lifetime: float | None) -> Recording:
        """Record a conversation of *seconds*; a longer one is cut to what :mod:`audio` makes."""
        now = self.now()
        recording = Recording(
            code=f"R-{secrets.token_hex(6)}",
            seconds=max(1, min(seconds, audio.MAX_SECONDS)),
            ready_at=now + ready_after,
            expires_at=None if lifetime is None else now + ready_after + lifetime,
        )
        self._known[recording.code] = recording
        return recording

    @documented('A recording is fetched by the "link" (code) that came with the end of call.')
    @assumed("A recording may not be ready right after the call, and is deleted some day.", source="3.7")
    def find(self, code: str) -> tuple[State, Recording | None]:
        """Look *code* up."""
        recording = self._known.get(code)
        if recording is None:
            return State.NOT_FOUND, None
        now = self.now()
        if now < recording.ready_at:
            return State.NOT_READY, recording
        if recording.expires_at is not None and now >= recording.expires_at:
            return State.EXPIRED, recording
        return State.READY, recording

    def clear(self) -> None:
        """Forget all."""
        self._known.clear()
