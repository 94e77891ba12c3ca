"""What became of a request, for counting. Labels only: no numbers, no names, no secrets."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Outcome"]


class Outcome(StrEnum):
    """What became of a request to the receiver."""

    ACCEPTED = "accepted"
    """Handled; an end of call was made durable."""
    FALLBACK = "fallback"
    """A data query was answered "continue" because the hook failed, gave nothing, or was too slow."""
    QUARANTINED = "quarantined"
    """Authenticated, not understood, kept."""
    MISDIRECTED = "misdirected"
    """Came to the wrong address and was handled as what it is; counted besides its own outcome."""
    REFUSED = "refused"
    """Bad credentials."""
    REJECTED = "rejected"
    """Wrong method, address, type or length, an ambiguous or unfinished body."""
    UNAVAILABLE = "unavailable"
    """Could not be made durable; the sender was asked to repeat."""
    FAILED = "failed"
    """A hook raised what it should not have."""
