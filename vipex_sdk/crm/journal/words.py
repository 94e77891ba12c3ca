"""The journal's words in Hungarian and English: durations, times, and what happened on a leg.

Hungarian articles and suffixes depend on how a number is read aloud ("a 101-es", "az 5-ös"), so no sentence here puts
one next to a number.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from attrs import frozen

from vipex_sdk.webhooks.events import Disposition, LegResult, LegType

__all__ = ["ENGLISH", "HUNGARIAN", "Language", "Words", "words_of"]


class Language(StrEnum):
    """Language of the records."""

    HU = "hu"
    EN = "en"


@frozen(kw_only=True)
class Words:
    """One language."""

    hour: str
    minute: str
    second: str
    moment: str
    hidden: str
    course: str
    several: str
    legs: Mapping[LegType, str]
    results: Mapping[LegResult, str]
    reasons: Mapping[Disposition, str]
    talked: str
    rang: str

    def duration(self, seconds: int) -> str:
        """Write a duration: ``3 p 20 mp``, ``1 h 2 min 5 s``."""
        hours, rest = divmod(seconds, 3600)
        minutes, rest = divmod(rest, 60)
        parts = ((hours, self.hour), (minutes, self.minute), (rest, self.second))
        return " ".join(f"{amount} {unit}" for amount, unit in parts if amount) or f"0 {self.second}"


HUNGARIAN = Words(
    hour="ó",
    minute="p",
    second="mp",
    moment="%Y. %m. %d. %H:%M",
    hidden="rejtett szám",
    course="A hívás menete:",
    several="Figyelem: ez a telefonszám több ügyfélnél is szerepel, kérjük, ellenőrizze.",
    legs={
        LegType.INITIAL: "hívás",
        LegType.FORWARD: "továbbirányítás",
        LegType.TRANSFER_BLIND: "átkapcsolás",
        LegType.TRANSFER_ATTENDED: "átkapcsolás egyeztetéssel",
        LegType.CONSULTATION: "egyeztetés",
        LegType.PICKUP: "hívásátvétel",
        LegType.QUEUE: "várakozási sor",
        LegType.IVR: "hangmenü",
        LegType.OTHER: "kapcsolás",
    },
    results={
        LegResult.TRANSFERRED: "átadva",
        LegResult.PICKED_UP: "más vette át",
        LegResult.NO_ANSWER: "nem vette fel",
        LegResult.BUSY: "foglalt",
        LegResult.REJECTED: "elutasította",
        LegResult.CANCELLED: "megszakadt",
        LegResult.FAILED: "sikertelen",
    },
    reasons={
        Disposition.NO_ANSWER: "nem vették fel",
        Disposition.ABANDONED: "a hívó letette",
        Disposition.BUSY: "foglalt",
        Disposition.REJECTED: "elutasítva",
        Disposition.CANCELLED: "megszakítva",
        Disposition.FAILED: "sikertelen",
        Disposition.VOICEMAIL: "hangposta",
    },
    talked="beszélgetés",
    rang="csengetés",
)

ENGLISH = Words(
    hour="h",
    minute="min",
    second="s",
    moment="%Y-%m-%d %H:%M",
    hidden="hidden number",
    course="What happened:",
    several="Note: several customers have this number, please check.",
    legs={
        LegType.INITIAL: "call",
        LegType.FORWARD: "forwarded",
        LegType.TRANSFER_BLIND: "transferred",
        LegType.TRANSFER_ATTENDED: "transferred after consultation",
        LegType.CONSULTATION: "consultation",
        LegType.PICKUP: "picked up",
        LegType.QUEUE: "queue",
        LegType.IVR: "voice menu",
        LegType.OTHER: "connection",
    },
    results={
        LegResult.TRANSFERRED: "handed over",
        LegResult.PICKED_UP: "taken by a colleague",
        LegResult.NO_ANSWER: "not answered",
        LegResult.BUSY: "busy",
        LegResult.REJECTED: "rejected",
        LegResult.CANCELLED: "cancelled",
        LegResult.FAILED: "failed",
    },
    reasons={
        Disposition.NO_ANSWER: "not answered",
        Disposition.ABANDONED: "the caller hung up",
        Disposition.BUSY: "busy",
        Disposition.REJECTED: "rejected",
        Disposition.CANCELLED: "cancelled",
        Disposition.FAILED: "failed",
        Disposition.VOICEMAIL: "voicemail",
    },
    talked="talk",
    rang="ringing",
)


def words_of(language: Language) -> Words:
    """Give the words of *language*."""
    return HUNGARIAN if language is Language.HU else ENGLISH
