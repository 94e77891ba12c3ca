"""The webhooks' parts of a wire profile: what VIPeX sends, how we answer, and how audio comes."""

from __future__ import annotations

from typing import Literal

from attrs import Attribute, field, frozen, validators

from vipex_sdk.errors import ConfigError
from vipex_sdk.wire.formats import is_path
from vipex_sdk.wire.visits import is_visitable_host
from vipex_sdk.wire.webhook_auth import HookAuthFormat

__all__ = ["HookFormat", "LegsFormat", "QueryAnswerFormat", "QueryHookFormat", "RecordingFormat", "WebhookFormat"]


def _are_hosts(_instance: object, attribute: Attribute[tuple[str, ...]], value: tuple[str, ...]) -> None:
    if not all(map(is_visitable_host, value)):
        raise ConfigError('expected hosts such as "audio.example.hu" or "127.0.0.1:8080"', key=attribute.name)


@frozen(kw_only=True)
class HookFormat:
    """One webhook.

    Attributes:
        path: relative to where the receiver is mounted.
        method: how it is sent; with ``GET`` the fields stand in the query.
        words: what the event selector says for this event.
        success_status: our answer when all is well.
        success_body: text of that answer; some exchanges want ``OK``.
        max_bytes: the longest body taken.
    """

    path: str = field(validator=is_path)
    method: Literal["POST", "PUT", "GET"] = "POST"
    words: tuple[str, ...]
    success_status: int
    success_body: str = ""
    max_bytes: int = field(validator=validators.gt(0))


@frozen(kw_only=True)
class QueryHookFormat(HookFormat):
    """The data query: the one webhook that somebody on the line waits for.

    Attributes:
        deadline_seconds: within this it is always answered; ``deadline_seconds`` in ``vipex.toml`` overrides it.
    """

    deadline_seconds: float = field(validator=[validators.gt(0), validators.le(30)])


@frozen(kw_only=True)
class QueryAnswerFormat:
    """How the data query is answered.

    Attributes:
        style: ``json`` object, ``form`` fields, ``xml``, or ``text`` (the target; empty lets the call logic go on).
        empty_fields: whether fields without a value are sent (as null) or left out.
        not_found_status: for exchanges that branch on the status of the answer.
    """

    style: Literal["json", "form", "xml", "text"]
    empty_fields: bool
    not_found_status: int


@frozen(kw_only=True)
class LegsFormat:
    """Where the legs of a call are.

    Attributes:
        mode: ``embedded`` in the end of call, or ``separate``: each leg is a message of its own.
        part: path of the flag that marks a message as one leg.
        final: path of the flag that marks the last message of a call, which is settled then.
        quiet_seconds: how long the next leg of a call without a last message is waited for.
    """

    mode: Literal["embedded", "separate"]
    part: str
    final: str
    quiet_seconds: float = field(validator=validators.ge(0))


@frozen(kw_only=True)
class WebhookFormat:
    """What VIPeX sends us.

    Attributes:
        encodings: bodies taken, of ``json``, ``form``, ``multipart``, ``xml``, ``query``; a simulated VIPeX writes the
            first.
        selector: candidate paths of the field that names the event.
        default_phase: of an incoming call that does not say.
        events_path: the single address for all events.
        single_url: whether every event goes to that address; it is open in any case.
        multipart_data: name of the part that holds the fields as JSON.
        multipart_recording: name of the part that holds the audio, as a file or as base64; legs add ``_`` and their id.
    """

    encodings: tuple[Literal["json", "form", "multipart", "xml", "query"], ...] = field(validator=validators.min_len(1))
    selector: tuple[str, ...]
    default_phase: str
    events_path: str = field(validator=is_path)
    single_url: bool
    multipart_data: str
    multipart_recording: str
    auth: HookAuthFormat
    legs: LegsFormat
    answer: QueryAnswerFormat
    data_query: QueryHookFormat
    incoming_call: HookFormat
    call_end: HookFormat
    recording_upload: HookFormat

    @property
    def by_name(self) -> dict[str, HookFormat]:
        """Give each webhook by its name here."""
        names = ("data_query", "incoming_call", "call_end", "recording_upload")
        return {name: getattr(self, name) for name in names}


@frozen(kw_only=True)
class RecordingFormat:
    """How recordings come.

    Attributes:
        mode: ``auto`` takes audio that comes with the call and else the code; ``code``, ``inline`` (base64),
            ``multipart``, ``separate`` (an upload of its own) and ``none`` take nothing else.
        content: candidate paths, inside a recording, of audio written as base64.
        sha256: candidate paths, inside a recording, of the audio's SHA-256 in hex.
        max_bytes: the longest recording kept.
        ready_delays: seconds to wait before each attempt to fetch one by its code.
        url_hosts_allowed: hosts, or hosts with a port, whose https addresses are visited when one comes instead of a
            code; plain http only on this machine, with its port.
    """

    mode: Literal["auto", "code", "inline", "multipart", "separate", "none"]
    content: tuple[str, ...]
    sha256: tuple[str, ...]
    max_bytes: int = field(validator=validators.gt(0))
    ready_delays: tuple[float, ...]
    url_hosts_allowed: tuple[str, ...] = field(validator=_are_hosts)

    @property
    def takes_inline(self) -> bool:
        """Whether base64 inside a message is kept."""
        return self.mode in {"auto", "inline", "separate"}

    @property
    def takes_files(self) -> bool:
        """Whether audio that comes as a file is kept."""
        return self.mode in {"auto", "multipart", "separate"}
