"""The parts of a wire profile: what may differ between deployments, as plain values.

Every attribute is a key of ``default.toml`` with the same name; that file explains them with examples.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from attrs import Attribute, field, frozen, validators

from vipex_sdk.errors import ConfigError
from vipex_sdk.numbers import ANONYMOUS_WORDS, NumberRules

__all__ = [
    "AuthFormat",
    "BodyEncoding",
    "ControlFormat",
    "DurationFormat",
    "ErrorFormat",
    "HookFormat",
    "LegsFormat",
    "NumberFormat",
    "OperationFormat",
    "PagingFormat",
    "QueryAnswerFormat",
    "RecordingFormat",
    "TimeFormat",
    "WebhookFormat",
]

BodyEncoding = Literal["none", "json", "form"]


def _is_zone(_instance: object, _attribute: Attribute[str], value: str) -> None:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ConfigError('expected a time zone such as "Europe/Budapest"', key="zone") from None


def _is_path(_instance: object, attribute: Attribute[str], value: str) -> None:
    if not value.startswith("/"):
        raise ConfigError('expected a path that begins with "/"', key=attribute.name)


@frozen(kw_only=True)
class AuthFormat:
    """How we prove who we are to the control API."""

    scheme: Literal["basic"]


@frozen(kw_only=True)
class PagingFormat:
    """How long lists are cut into pages.

    Attributes:
        style: ``page`` counts pages, ``offset`` counts items, ``none`` sends everything at once.
        first: number of the first page.
        page, per_page, total: wire names.
        size: items we ask for on a page.
    """

    style: Literal["page", "offset", "none"]
    first: int
    page: str
    per_page: str
    total: str
    size: int = field(validator=validators.gt(0))


@frozen(kw_only=True)
class ErrorFormat:
    """How an error looks.

    Attributes:
        in_success: whether an error may stand inside a 2xx answer.
        success_field: where such an answer says how it went.
        success_words: what it says there when all is well, in lower case.
        code, message, request_id: candidate paths.
        codes: wire error code to our code, for example ``extension_not_found``.
    """

    in_success: bool
    success_field: str
    success_words: tuple[str, ...]
    code: tuple[str, ...]
    message: tuple[str, ...]
    request_id: tuple[str, ...]
    codes: Mapping[str, str]


@frozen(kw_only=True)
class OperationFormat:
    """One operation of the control API as an HTTP request.

    Attributes:
        method: HTTP method.
        path: template below the prefix; ``{name}`` is an argument, ``{entry.id}`` a field of one.
        body: how arguments are written; with ``none`` they go into the query.
        arguments: our argument name to its wire name, where they differ.
        flatten: the argument whose own fields are the body.
        status: what a server answers on success; a client takes any 2xx.
    """

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: str = field(validator=_is_path)
    body: BodyEncoding = "none"
    arguments: Mapping[str, str] = field(factory=dict)
    flatten: str = ""
    status: int = 200


@frozen(kw_only=True)
class ControlFormat:
    """The control API: what we ask of VIPeX.

    Attributes:
        path_prefix: between the base URL and every operation's path.
        answer: how answers are encoded.
        items: candidate paths of the list in an answer that holds one; a bare array is always understood.
        idempotency_header: carries the caller's own reference, by which a server may know a repeated request.
        not_subscribed: operations this customer's subscription lacks.
        operations: by name, for example ``calls.originate``.
    """

    path_prefix: str
    answer: Literal["json", "form"]
    items: tuple[str, ...] = field(validator=validators.min_len(1))
    idempotency_header: str
    not_subscribed: tuple[str, ...]
    auth: AuthFormat
    paging: PagingFormat
    errors: ErrorFormat
    operations: Mapping[str, OperationFormat]


@frozen(kw_only=True)
class HookFormat:
    """One webhook.

    Attributes:
        path: relative to where the receiver is mounted.
        words: what the event selector says for this event.
        success_status: our answer when all is well.
        success_body: text of that answer; some exchanges want ``OK``.
        max_bytes: the longest body taken.
    """

    path: str = field(validator=_is_path)
    words: tuple[str, ...]
    success_status: int
    success_body: str = ""
    max_bytes: int = field(validator=validators.gt(0))


@frozen(kw_only=True)
class QueryAnswerFormat:
    """How the data query is answered.

    Attributes:
        style: ``json`` object, ``form`` fields, or ``text`` (only the target; empty lets the call logic go on).
        empty_fields: whether fields without a value are sent (as null) or left out.
        not_found_status: for exchanges that branch on the status of the answer.
    """

    style: Literal["json", "form", "text"]
    empty_fields: bool
    not_found_status: int


@frozen(kw_only=True)
class LegsFormat:
    """Where the legs of a call are.

    Attributes:
        mode: ``embedded`` in the end of call, or ``separate``: each leg is a message of its own.
        part: path of the flag that marks a message as one leg.
        final: path of the flag that marks the last message of a call.
    """

    mode: Literal["embedded", "separate"]
    part: str
    final: str


@frozen(kw_only=True)
class WebhookFormat:
    """What VIPeX sends us.

    Attributes:
        encodings: bodies taken: ``json``, ``form``, ``multipart``, ``query``.
        selector: candidate paths of the field that names the event.
        default_phase: of an incoming call that does not say.
        events_path: the single address for all events.
        multipart_data: name of the part that holds the fields as JSON.
        multipart_recording: name of the part that holds the audio; legs add ``_`` and their id.
    """

    encodings: tuple[Literal["json", "form", "multipart", "query"], ...]
    selector: tuple[str, ...]
    default_phase: str
    events_path: str = field(validator=_is_path)
    multipart_data: str
    multipart_recording: str
    legs: LegsFormat
    answer: QueryAnswerFormat
    data_query: HookFormat
    incoming_call: HookFormat
    call_end: HookFormat


@frozen(kw_only=True)
class RecordingFormat:
    """How recordings come.

    Attributes:
        mode: ``auto`` takes inline audio where there is some and else the code.
        content: candidate paths, inside a recording, of audio written as base64.
        sha256: candidate paths, inside a recording, of the audio's SHA-256 in hex.
        max_bytes: the longest recording kept.
        ready_delays: seconds to wait before each attempt to fetch one by its code.
    """

    mode: Literal["auto", "code", "inline", "none"]
    content: tuple[str, ...]
    sha256: tuple[str, ...]
    max_bytes: int = field(validator=validators.gt(0))
    ready_delays: tuple[float, ...]


@frozen(kw_only=True)
class NumberFormat:
    """How telephone numbers are written.

    Attributes:
        write: ``e164`` +36301234567, ``digits`` 36301234567, or ``national`` 06301234567.
        write_anonymous: text for a hidden caller; absent means null.
    """

    region: str
    extension_pattern: str
    anonymous_words: tuple[str, ...]
    short_codes: tuple[str, ...]
    write: Literal["e164", "digits", "national"]
    write_anonymous: str | None = None

    @cached_property
    def rules(self) -> NumberRules:
        """Give the rules that numbers are read by."""
        return NumberRules(
            region=self.region,
            extension_pattern=self.extension_pattern,
            anonymous_words=ANONYMOUS_WORDS | {word.lower() for word in self.anonymous_words},
            short_codes=frozenset(self.short_codes),
        )


@frozen(kw_only=True)
class TimeFormat:
    """How times are read and written.

    Attributes:
        zone: of times that come without one.
        ambiguous: which of the two, in October's doubled hour.
        epoch_unit: of times that are numbers; ``auto`` tells by the size.
        patterns: tried in turn (``strptime``) when a text is not ISO 8601.
        write: how we write times; anything else than the named ones is a ``strftime`` pattern.
    """

    zone: str = field(validator=_is_zone)
    ambiguous: Literal["first", "second"]
    epoch_unit: Literal["auto", "s", "ms"]
    patterns: tuple[str, ...]
    write: str


@frozen(kw_only=True)
class DurationFormat:
    """How durations are written: seconds, milliseconds, or HH:MM:SS (which is always read)."""

    unit: Literal["s", "ms", "hms"]
