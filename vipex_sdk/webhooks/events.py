"""What VIPeX tells us about a call: its events, and the legs a call is made of.

Events are facts about a call, not steps of it. They come twice, late, in any order, enriched, or never. Names and
shapes here are ours and stable; what they are called on the wire stands in the wire profile.

Events hold no slot for weak references: so the converter can lay one out from JSON in one go. All times are aware (see
the profile's zone for naive ones), all durations are whole seconds. Source of the fields: ``facts/vipex.md`` 3.3 to
3.5; VIPeX's own field names are not published.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeAlias

from attrs import Factory, field, frozen

from vipex_sdk.numbers import PhoneNumber, read_late
from vipex_sdk.values import OpenEnum, Seconds

__all__ = [
    "CallEnd",
    "CallLeg",
    "CallLogic",
    "DataQuery",
    "Decision",
    "DecisionAction",
    "Direction",
    "Disposition",
    "Event",
    "IncomingCall",
    "LegResult",
    "LegType",
    "Phase",
    "RecordingRef",
    "RecordingUpload",
    "TargetType",
    "UserRef",
]


class Direction(OpenEnum):
    """Which way the call went, seen from the customer's PBX."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"
    INTERNAL = "internal"
    UNKNOWN = "unknown"


class Disposition(OpenEnum):
    """How the whole call ended. An unknown word is kept as a member of its own, never an error."""

    ANSWERED = "answered"
    NO_ANSWER = "no_answer"
    ABANDONED = "abandoned"
    BUSY = "busy"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    FAILED = "failed"
    VOICEMAIL = "voicemail"
    FORWARDED = "forwarded"
    UNKNOWN = "unknown"


class Phase(OpenEnum):
    """When the incoming-call notice was sent; a customer normally gets only one of the first two."""

    RINGING = "ringing"
    ANSWERED = "answered"
    LOGIC = "logic"


class LegType(OpenEnum):
    """Why a leg (part-CDR) came to be."""

    INITIAL = "initial"
    FORWARD = "forward"
    TRANSFER_BLIND = "transfer_blind"
    TRANSFER_ATTENDED = "transfer_attended"
    CONSULTATION = "consultation"
    PICKUP = "pickup"
    QUEUE = "queue"
    IVR = "ivr"
    OTHER = "other"


class LegResult(OpenEnum):
    """How a leg ended."""

    ANSWERED = "answered"
    TRANSFERRED = "transferred"
    PICKED_UP = "picked_up"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    LOST_RACE = "lost_race"
    FAILED = "failed"
    UNKNOWN = "unknown"


class DecisionAction(OpenEnum):
    """What the call logic should do after the data query."""

    ROUTE = "route"
    CONTINUE = "continue"
    BRANCH = "branch"
    REJECT = "reject"


class TargetType(OpenEnum):
    """What a routed or forwarded call is sent to."""

    EXTENSION = "extension"
    GROUP = "group"
    QUEUE = "queue"
    NUMBER = "number"
    VOICEMAIL = "voicemail"


@frozen(kw_only=True, weakref_slot=False)
class UserRef:
    """The person at an extension, as VIPeX names them."""

    id: str | None = None
    name: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)


@frozen(kw_only=True, weakref_slot=False)
class CallLogic:
    """The call-logic element that sent the data query."""

    id: str | None = None
    name: str | None = None
    element: str | None = None


@frozen(kw_only=True, weakref_slot=False)
class RecordingRef:
    """A recording of a call or a leg: a code to fetch it by, or audio that came inline and was stored.

    Attributes:
        code: opaque code for ``client.recordings``; never an address to visit.
        stored: our own key of inline audio that was kept, set by the receiver; ``None`` when nothing came inline.
        content_type: as VIPeX said; not proof.
        size_bytes: as VIPeX said.
        duration_seconds: length of the audio.
    """

    code: str | None = field(default=None, repr=False)
    stored: str | None = field(default=None, repr=False)
    content_type: str | None = None
    size_bytes: int | None = None
    duration_seconds: Seconds | None = None


@read_late("source", "target")
@frozen(kw_only=True, weakref_slot=False)
class CallLeg:
    """One part of a call (part-CDR, "rész CDR"). Legs may overlap in time: a consultation overlaps hold.

    Attributes:
        source: the party this leg came from (the wire's "from").
        target: the party this leg went to (the wire's "to").
        extension: our extension on this leg.
        by_extension: who transferred or picked up.
        talk_seconds: conversation on this leg alone; never sum it over legs.
    """

    leg_id: str
    seq: int
    type: LegType = LegType.OTHER
    parent_leg_id: str | None = None
    source: PhoneNumber | None = None
    target: PhoneNumber | None = None
    extension: str | None = None
    by_extension: str | None = None
    user: UserRef | None = None
    started_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    ring_seconds: Seconds | None = None
    talk_seconds: Seconds | None = None
    hold_seconds: Seconds | None = None
    duration_seconds: Seconds | None = None
    result: LegResult = LegResult.UNKNOWN
    recording: RecordingRef | None = None
    extra: Mapping[str, Any] = field(factory=dict, repr=False)


@read_late("caller", "called")
@frozen(kw_only=True, weakref_slot=False)
class DataQuery:
    """*Adatlekérdezés API*: a caller waits on the line; the answer decides where the call goes."""

    call_id: str
    event_id: str | None = None
    sent_at: datetime | None = None
    direction: Direction = Direction.INBOUND
    caller: PhoneNumber = Factory(PhoneNumber.anonymous)
    called: PhoneNumber | None = None
    started_at: datetime | None = None
    logic: CallLogic | None = None
    dtmf: str | None = field(default=None, repr=False)
    parameters: Mapping[str, str] = field(factory=dict, repr=False)
    extra: Mapping[str, Any] = field(factory=dict, repr=False)


@frozen(kw_only=True, weakref_slot=False)
class Decision:
    """Our answer to a data query. Use the class methods rather than the fields.

    Attributes:
        found: whether the caller is a known customer.
        timeout_seconds: how long the target should ring before the call logic goes on.
        caller_name: shown on the ringing telephone.
        variables: set in the call logic.
    """

    found: bool = False
    action: DecisionAction = DecisionAction.CONTINUE
    target_type: TargetType | None = None
    target: str | None = None
    timeout_seconds: Seconds | None = None
    caller_name: str | None = field(default=None, repr=False)
    branch: str | None = None
    variables: Mapping[str, str] = field(factory=dict, repr=False)

    @classmethod
    def proceed(cls, *, found: bool = False, caller_name: str | None = None) -> Decision:
        """Let the call logic go on as if nobody had asked (the wire's "continue")."""
        return cls(found=found, caller_name=caller_name)

    @classmethod
    def to_extension(
        cls, extension: str, *, timeout_seconds: int | None = None, caller_name: str | None = None
    ) -> Decision:
        """Ring *extension*, the customer's own salesperson."""
        return cls(
            found=True,
            action=DecisionAction.ROUTE,
            target_type=TargetType.EXTENSION,
            target=extension,
            timeout_seconds=timeout_seconds,
            caller_name=caller_name,
        )


@read_late("caller", "called")
@frozen(kw_only=True, weakref_slot=False)
class IncomingCall:
    """*Bejövő hívás értesítő API*: sent at ringing or on answer, so that the customer's card opens.

    Attributes:
        extensions: who is ringing; in a group call there are several.
        extension: who answered; ``None`` while ringing.
    """

    call_id: str
    phase: Phase = Phase.RINGING
    event_id: str | None = None
    sent_at: datetime | None = None
    direction: Direction = Direction.INBOUND
    caller: PhoneNumber = Factory(PhoneNumber.anonymous)
    caller_name: str | None = field(default=None, repr=False)
    called: PhoneNumber | None = None
    extension: str | None = None
    extensions: tuple[str, ...] = ()
    group: str | None = None
    queue: str | None = None
    started_at: datetime | None = None
    answered_at: datetime | None = None
    user: UserRef | None = None
    extra: Mapping[str, Any] = field(factory=dict, repr=False)


@read_late("caller", "called")
@frozen(kw_only=True, weakref_slot=False)
class CallEnd:
    """*Hívás végi adatküldés API*: the whole call, with its legs, once it is over.

    Attributes:
        extension: the first answering extension; on a miss the first that rang.
        final_extension: the last extension that talked; ``None`` on a miss.
        ring_seconds: start to first answer, or to the end.
        talk_seconds: the customer's conversation, consultations excluded; authoritative when present.
        duration_seconds: start to end.
        attempt: how many times VIPeX has sent this, when it says so.
        disposition_raw: the wire's own word.
        legs: empty for a plain call, else ordered by ``seq``.
    """

    call_id: str
    started_at: datetime
    event_id: str | None = None
    attempt: int | None = None
    sent_at: datetime | None = None
    direction: Direction = Direction.UNKNOWN
    caller: PhoneNumber = Factory(PhoneNumber.anonymous)
    called: PhoneNumber | None = None
    extension: str | None = None
    final_extension: str | None = None
    user: UserRef | None = None
    group: str | None = None
    queue: str | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    ring_seconds: Seconds | None = None
    talk_seconds: Seconds | None = None
    duration_seconds: Seconds | None = None
    disposition: Disposition = Disposition.UNKNOWN
    disposition_raw: str | None = None
    hangup_cause: int | None = None
    hangup_by: str | None = None
    client_ref: str | None = None
    recording: RecordingRef | None = None
    legs: tuple[CallLeg, ...] = ()
    extra: Mapping[str, Any] = field(factory=dict, repr=False)

    @property
    def remote(self) -> PhoneNumber:
        """The party outside: the caller of an inbound call, the called number of an outbound one."""
        if self.direction is Direction.OUTBOUND:
            return self.called or PhoneNumber.anonymous()
        return self.caller


@frozen(kw_only=True, weakref_slot=False)
class RecordingUpload:
    """A recording in a message of its own, which comes before, with or after the end of its call.

    Attributes:
        leg_id: whose recording it is; ``None`` for the whole call's.
        started_at: when the call started, where the message says so; call ids may come again after a reset.
    """

    call_id: str
    event_id: str | None = None
    attempt: int | None = None
    sent_at: datetime | None = None
    started_at: datetime | None = None
    leg_id: str | None = None
    recording: RecordingRef | None = None
    extra: Mapping[str, Any] = field(factory=dict, repr=False)


Event: TypeAlias = DataQuery | IncomingCall | CallEnd | RecordingUpload
