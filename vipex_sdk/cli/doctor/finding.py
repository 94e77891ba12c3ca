"""What a check found, in two languages."""

from __future__ import annotations

from enum import Enum

from attrs import frozen

__all__ = ["Finding", "State", "Text", "bad", "fine", "skipped", "weak"]


class State(Enum):
    """How a check ended."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"


@frozen
class Text:
    """One sentence in Hungarian and in English."""

    hu: str
    en: str

    def into(self, language: str) -> str:
        """Give it in *language*."""
        return self.hu if language == "hu" else self.en


@frozen(kw_only=True)
class Finding:
    """What one check found.

    Attributes:
        check: its name, the same for ever.
        fix: what to do; only where something is to be done.
    """

    check: str
    state: State
    said: Text
    fix: Text | None = None


def fine(check: str, *, hu: str, en: str) -> Finding:
    """Say that *check* found nothing wrong."""
    return Finding(check=check, state=State.OK, said=Text(hu, en))


def skipped(check: str, *, hu: str, en: str) -> Finding:
    """Say why *check* could not be made."""
    return Finding(check=check, state=State.SKIPPED, said=Text(hu, en))


def bad(check: str, said: Text, fix: Text) -> Finding:
    """Say what is wrong, and how to mend it."""
    return Finding(check=check, state=State.FAILED, said=said, fix=fix)


def weak(check: str, said: Text, fix: Text) -> Finding:
    """Say what works but should be better."""
    return Finding(check=check, state=State.WARNING, said=said, fix=fix)
