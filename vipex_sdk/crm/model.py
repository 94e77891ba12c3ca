"""What passes between the core and a CRM: customers' cards in, call records out.

The core decides everything that is policy (whose number it is, which of several cards, whose call after a transfer,
title and text) and hands the adapter a finished :class:`CallRecord`. All times are aware; durations are seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import TypeAlias

from attrs import field, frozen

from vipex_sdk.numbers import PhoneNumber
from vipex_sdk.values import OpenEnum, Seconds
from vipex_sdk.webhooks.events import CallLeg, Direction

__all__ = [
    "AudioPath",
    "CallOutcome",
    "CallRecord",
    "CardKind",
    "CrmUser",
    "CustomerCard",
    "Idempotency",
    "Manifest",
    "MatchRule",
    "NotRecorded",
    "RecordResult",
    "Recorded",
    "RecordingLink",
    "Ref",
    "ScanPage",
    "Task",
    "WhyNot",
]


@frozen
class Ref:
    """Something in the CRM, by kind and id: ``Ref("card", "37147")``, ``Ref("user", "2")``."""

    kind: str
    id: str


class CardKind(OpenEnum):
    """Whom a card belongs to."""

    PERSON = "person"
    COMPANY = "company"


@frozen(kw_only=True)
class CustomerCard:
    """A customer as the CRM knows them: the contact, and the card that calls belong to.

    Attributes:
        contact: the person or company.
        card: where calls are recorded; ``None`` when the contact has no card yet.
        numbers: telephone numbers exactly as the CRM stores them.
        verified: ``False`` when the CRM matched the search although none of the shown numbers equals it.
        owner: the CRM user responsible; the core maps it to an extension.
        is_open: whether the card is still being worked on.
        url: address of the card in the CRM's web pages.
        updated_at: last change in the CRM.
    """

    contact: Ref
    name: str = field(repr=False)
    kind: CardKind = CardKind.PERSON
    card: Ref | None = None
    company: str | None = field(default=None, repr=False)
    numbers: tuple[str, ...] = field(default=(), repr=False)
    verified: bool = True
    owner: Ref | None = None
    owner_name: str | None = field(default=None, repr=False)
    is_open: bool = True
    url: str | None = field(default=None, repr=False)
    updated_at: datetime | None = None
    deleted: bool = False


@frozen(kw_only=True)
class ScanPage:
    """A step of a scan that can be resumed.

    Attributes:
        cards: customers; a contact that is on the page is there with all its cards.
        cursor: the adapter's own words for where to go on after this page.
        note: what the adapter must be given again to go on; empty for nothing. The gateway keeps every page's.
        share: how much of the scan is done, 0 to 1, as far as the adapter can tell.
    """

    cards: tuple[CustomerCard, ...] = ()
    cursor: str
    note: str = field(default="", repr=False)
    share: float = 0.0


@frozen(kw_only=True)
class CrmUser:
    """A colleague who has a log-in to the CRM."""

    ref: Ref
    name: str = field(repr=False)
    email: str | None = field(default=None, repr=False)
    extension: str | None = None


class CallOutcome(Enum):
    """What a call was, in the words a call list uses."""

    ANSWERED = "answered"
    MISSED = "missed"
    OUTBOUND = "outbound"
    OUTBOUND_UNANSWERED = "outbound_unanswered"


@frozen(kw_only=True)
class RecordingLink:
    """A recording that the gateway serves.

    Attributes:
        key: the recording's unguessable name at our proxy; what a CRM that pulls asks by.
        url: a signed, expiring address for people; ``None`` when the gateway has no public address.
        mp3_url: the same as MP3, for a CRM that fetches it and plays nothing else; its path ends in ``.mp3``. ``None``
            also when there is no encoder (extra ``audio``).
        duration_seconds: length, when known.
    """

    key: str = field(repr=False)
    url: str | None = field(default=None, repr=False)
    mp3_url: str | None = field(default=None, repr=False)
    duration_seconds: Seconds | None = None


@frozen(kw_only=True)
class Task:
    """Something a colleague has to do about a call: call back a missed caller.

    Attributes:
        key: stable; the same missed call gives the same key for ever.
        text: what to do, in the deployment's language; ends with ``[vipex:KEY]`` as a marker to find it by.
        due_at: deadline.
    """

    key: str
    text: str = field(repr=False)
    owner: Ref | None
    due_at: datetime


@frozen(kw_only=True)
class CallRecord:
    """One entry in a customer's history, ready to be written.

    Attributes:
        key: stable: the same call and owner give the same key for ever; an adapter stores it as a marker.
        revision: grows when late facts change the record.
        number: the party outside.
        card: whose history; ``None`` when nobody was found.
        extension: the colleague's extension (on a miss: whom it rang for); ``None`` when nobody's.
        owner: the colleague as a CRM user; ``None`` when the extension is not mapped.
        outcome: answered, missed, outbound, outbound unanswered.
        started_at: start of the call; with a record for each colleague, of this colleague's part, no two in one second.
        ended_at: end of the same.
        talk_seconds: the customer's conversation, with a record for each colleague that colleague's; 0 on a miss.
        title: one line, from the template of its outcome and language.
        text: several lines for people; ends with ``[vipex:KEY]``.
        legs: the call's legs, for adapters that show them.
        values: the template fields of title and text, for adapters with fields of their own.
        task: what a colleague has to do about it, or ``None``.
    """

    key: str
    revision: int
    call_id: str
    direction: Direction
    outcome: CallOutcome
    number: PhoneNumber
    started_at: datetime
    ended_at: datetime
    talk_seconds: Seconds
    title: str = field(repr=False)
    text: str = field(repr=False)
    card: CustomerCard | None = None
    extension: str | None = None
    owner: Ref | None = None
    recording: RecordingLink | None = None
    legs: tuple[CallLeg, ...] = ()
    task: Task | None = None
    values: Mapping[str, str] = field(factory=dict, repr=False)


@frozen
class Recorded:
    """The CRM has it.

    Attributes:
        ref: the CRM's id of the entry; ``None`` when the CRM gives none back.
        was_there: the CRM already had this call.
        task: the CRM's id of the task, when one was created.
    """

    ref: Ref | None = None
    was_there: bool = False
    task: Ref | None = None


class WhyNot(Enum):
    """Why a CRM that answered did not store a record."""

    UNKNOWN_CUSTOMER = "unknown_customer"
    REFUSED = "refused"
    UNSUPPORTED = "unsupported"


@frozen
class NotRecorded:
    """The CRM answered but stored nothing; sending the same again is useless until something changes.

    Attributes:
        why: ``UNKNOWN_CUSTOMER`` is parked until the directory knows the number; the others become dead letters.
        detail: for the operator; without personal data.
    """

    why: WhyNot
    detail: str = ""


RecordResult: TypeAlias = Recorded | NotRecorded


class MatchRule(Enum):
    """How the CRM compares telephone numbers in a search."""

    EXACT = "exact"
    SUFFIX = "suffix"
    NORMALISED = "normalised"


class Idempotency(Enum):
    """What protects a record that may have been written from being written twice."""

    NATIVE = "native"
    FINDABLE = "findable"
    NONE = "none"


class AudioPath(Enum):
    """How a recording reaches the CRM."""

    NONE = "none"
    LINK = "link"
    PUSH = "push"
    PULL = "pull"


@frozen(kw_only=True)
class Manifest:
    """Facts about a CRM that the core plans with.

    Attributes:
        name: as in the configuration, for example ``minicrm``.
        title: for people, for example ``MiniCRM``.
        can_update: whether a written record can be changed when late facts come.
        needs_card: whether a call can only be recorded at a customer.
        requests_per_minute: the CRM's limit, shared by all workers; ``None`` when it has none.
    """

    name: str
    title: str
    match: MatchRule
    idempotency: Idempotency
    audio: AudioPath
    can_update: bool
    needs_card: bool
    requests_per_minute: int | None = None
