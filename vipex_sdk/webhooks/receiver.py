"""The receiver: an ASGI application for VIPeX's webhooks, to be mounted anywhere; it needs no start-up.

Status codes follow ``facts/reliability.md`` 2.1: 2xx only for what was handled or kept, 401 before the body is read,
503 when the sender should repeat, and never a redirect.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, MutableMapping
from datetime import UTC, datetime
from typing import Any

from attrs import evolve

from vipex_sdk.errors import BadCredentials, BadPayload, ConfigError, DecodeError, StoreUnavailable, WebhookError
from vipex_sdk.webhooks.body import BodyTooSlow, Disconnected, NoSuchAddress, Receive, WrongMethod
from vipex_sdk.webhooks.checks import Check, PathSecret
from vipex_sdk.webhooks.events import CallEnd, DataQuery, IncomingCall, RecordingUpload
from vipex_sdk.webhooks.guessing import GuessLimit, Refusals
from vipex_sdk.webhooks.head import RequestHead
from vipex_sdk.webhooks.intake import Intake, Taken
from vipex_sdk.webhooks.kind import kind_of
from vipex_sdk.webhooks.message import Hook
from vipex_sdk.webhooks.outcome import Outcome
from vipex_sdk.webhooks.parse import decode_event
from vipex_sdk.webhooks.patience import done_by
from vipex_sdk.webhooks.promises import (
    OnCallEnd,
    OnDataQuery,
    OnIncomingCall,
    OnOutcome,
    OnQuarantine,
    OnRecording,
    Promises,
    place_of,
)
from vipex_sdk.webhooks.quick import QuickQueries
from vipex_sdk.webhooks.recordings import AudioStore
from vipex_sdk.webhooks.reply import Reply, Send
from vipex_sdk.webhooks.signature import StaleSignature
from vipex_sdk.webhooks.tokens import single_checks
from vipex_sdk.webhooks.verify import challenges, verify
from vipex_sdk.wire.convert import converter_for
from vipex_sdk.wire.profile import WireProfile, default_profile

__all__ = ["Receiver", "methods_of"]

_log = logging.getLogger(__name__)
_TOO_MANY_REQUESTS = 429


def _now() -> datetime:
    return datetime.now(UTC)


def _unheeded(_address: Hook, _kind: Hook) -> None:
    """Tell nobody."""


def _uncounted(_hook: Hook, _outcome: Outcome) -> None:
    """Count nothing."""


class Receiver:
    """Receives VIPeX's webhooks and calls a hook for each.

    The hooks are coroutines; what each may rely on, and what it promises, differs:

    - ``on_data_query(query) -> Decision | None``: somebody waits on the line. There is always an answer, 200, inside
      *deadline*; an error, ``None`` or silence lets the call logic go on. Who knows without waiting may answer at
      once, without a coroutine.
    - ``on_incoming_call(call)``: answered at once, whatever the hook does.
    - ``on_call_end(call, message)``: success is answered only after it returned, so it returns when the call is
      durable. ``StoreUnavailable`` asks the sender to repeat (503), any other error is 500.
    - ``on_recording(upload, message)``: the same for a recording that comes in a message of its own.
    - ``on_quarantine(message, error)``: keeps what an authenticated sender sent and nobody understands, likewise
      durable; without it such messages are answered 400.

    Args:
        profile: the wire format; the default profile when ``None``.
        checks: all must pass, see :mod:`vipex_sdk.webhooks.checks`.
        deadline: seconds from a data query's arrival to its answer; the profile's when ``None``.
        body_deadline: seconds a body may take to arrive.
        store_deadline: seconds until an end of call that is not yet durable is answered 503.
        audio: where inline audio goes; without it such audio is dropped with a warning.
        allow_unauthenticated: work without checks, for tests on loopback only.
        guesses_a_minute: refused requests of one client after which it gets 429 for a minute; 0 for no limit.
        trusted_proxies: whose ``X-Forwarded-For`` names the client.
        on_outcome: told what became of each request, for counting.
        on_misdirected: told the address and the event that came there, when the two do not belong together.
        clock: gives the time, aware, UTC.

    Raises:
        ConfigError: there are no checks, or no hooks.
        ProfileError: the profile names fields that the events do not have.
    """

    def __init__(
        self,
        *,
        profile: WireProfile | None = None,
        checks: Iterable[Check] = (),
        on_data_query: OnDataQuery | None = None,
        on_incoming_call: OnIncomingCall | None = None,
        on_call_end: OnCallEnd | None = None,
        on_recording: OnRecording | None = None,
        on_quarantine: OnQuarantine | None = None,
        deadline: float | None = None,
        body_deadline: float = 60.0,
        store_deadline: float = 10.0,
        audio: AudioStore | None = None,
        allow_unauthenticated: bool = False,
        guesses_a_minute: int = 30,
        trusted_proxies: Iterable[str] = (),
        on_outcome: OnOutcome = _uncounted,
        on_misdirected: Callable[[Hook, Hook], None] = _unheeded,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self._checks = tuple(checks)
        if not self._checks and not allow_unauthenticated:
            raise ConfigError("a receiver needs checks=[...] that prove who is calling, for example BasicAuth")
        if not (on_data_query or on_incoming_call or on_call_end or on_recording):
            raise ConfigError("a receiver needs a hook: on_data_query, on_incoming_call, on_call_end or on_recording")
        self._profile = profile or default_profile()
        converter_for(self._profile).prepare(DataQuery, IncomingCall, CallEnd, RecordingUpload)
        self._addresses = _addresses(self._profile)
        self._methods = methods_of(self._profile)
        self._max_bytes = _max_bytes(self._profile)
        self._has_path_secret = any(isinstance(check, PathSecret) for check in single_checks(self._checks))
        self._quick = QuickQueries(self._profile, self._checks)
        self._intake = Intake(profile=self._profile, checks=self._checks, audio=audio)
        self._promises = Promises(
            profile=self._profile,
            on_data_query=on_data_query,
            on_incoming_call=on_incoming_call,
            on_call_end=on_call_end,
            on_recording=on_recording,
            on_quarantine=on_quarantine,
            count=on_outcome,
            deadline=self._profile.webhooks.data_query.deadline_seconds if deadline is None else deadline,
            store_deadline=store_deadline,
        )
        self._body_deadline = body_deadline
        self._count = on_outcome
        self._clock = clock
        self._on_misdirected = on_misdirected
        self._guesses = GuessLimit(guesses_a_minute, trusted_proxies=trusted_proxies)
        self._refusals = Refusals()

    def __repr__(self) -> str:
        return f"Receiver(profile={self._profile.name!r}, checks={list(self._checks)!r})"

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Serve one ASGI connection."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            reply = await self._respond(RequestHead.from_scope(scope), receive)
            if reply is not None:
                await reply.send(send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    async def _live(self, receive: Receive, send: Send) -> None:
        """Take part in start-up and shutdown where the receiver is the whole application."""
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.drain()
        await send({"type": "lifespan.shutdown.complete"})

    async def drain(self) -> None:
        """Wait for hooks that outlived their requests; call it before the process ends."""
        await self._promises.drain()

    async def _respond(self, head: RequestHead, receive: Receive) -> Reply | None:
        """Give the answer; ``None`` when nobody is there to read it."""
        arrived = asyncio.get_running_loop().time()
        hook = Hook.EVENTS
        if self._guesses.is_over(head):
            return self._turn_away(hook)
        try:
            if self._checks:
                verify(self._checks, head)
            hook = self._hook_at(head)
            self._check_method(head, hook)
            return await self._handle(head, receive, hook=hook, arrived=arrived)
        except BadCredentials as exc:
            return self._refuse(exc, head, hook)
        except WebhookError as exc:
            self._count(hook, Outcome.REJECTED)
            return None if isinstance(exc, Disconnected) else Reply.text(exc.status, str(exc), close=True)
        except StoreUnavailable:
            return self._promises.unavailable(hook)
        except Exception as exc:  # noqa: BLE001 - the last line: our own mistake must never look like success
            _log.error("%s: internal error: %s", hook.value, place_of(exc))
            self._count(hook, Outcome.FAILED)
            return self._promises.fallback(hook) if hook is Hook.DATA_QUERY else Reply.text(500, "internal error")

    def _hook_at(self, head: RequestHead) -> Hook:
        path = head.path.rstrip("/")
        if self._has_path_secret:
            path = "/" + path.removeprefix("/").partition("/")[2]
        hook = self._addresses.get(path)
        if hook is None:
            raise NoSuchAddress("no such address")
        return hook

    def _check_method(self, head: RequestHead, hook: Hook) -> None:
        if head.method not in self._methods[hook]:
            raise WrongMethod(f"use {' or '.join(sorted(self._methods[hook]))}")

    async def _handle(self, head: RequestHead, receive: Receive, *, hook: Hook, arrived: float) -> Reply:
        answer_by = arrived + self._promises.deadline
        body_by = arrived + self._body_deadline
        limit = min(answer_by, body_by) if hook is Hook.DATA_QUERY else body_by
        try:
            if self._quick.may_be(head, hook):
                query, receive = await done_by(limit, self._quick.take(receive))
                if query is not None:
                    return await self._promises.decide(query, hook=Hook.DATA_QUERY, answer_by=answer_by)
            async with asyncio.timeout_at(limit):
                taken = await self._intake.take(
                    head, receive, hook=hook, max_bytes=self._max_bytes[hook], at=self._clock()
                )
        except TimeoutError:
            if hook is Hook.DATA_QUERY:
                return evolve(self._promises.fallback(hook), close=True)
            raise BodyTooSlow("the body took too long") from None
        try:
            return await self._dispatch(taken, hook=hook, answer_by=answer_by)
        finally:
            await taken.abandon()

    async def _dispatch(self, taken: Taken, *, hook: Hook, answer_by: float) -> Reply:
        kind = hook
        try:
            if taken.fields is None:
                raise taken.error or BadPayload("the body is empty")
            kind = kind_of(taken.fields, self._profile, address=hook)
            self._note_address(hook, kind)
            if kind in {Hook.CALL_END, Hook.RECORDING_UPLOAD}:
                await self._intake.take_audio_out(taken, kind)
            event = decode_event(taken.fields, self._profile, kind=kind)
        except (BadPayload, DecodeError) as exc:
            message = await self._intake.keep_as_it_came(taken)
            return await self._promises.quarantine(message, exc, hook=kind, answer_by=answer_by)
        return await self._promises.keep(event, taken.message, hook=kind, answer_by=answer_by)

    def _note_address(self, hook: Hook, kind: Hook) -> None:
        if hook not in {kind, Hook.EVENTS}:
            self._count(hook, Outcome.MISDIRECTED)
            self._on_misdirected(hook, kind)
            _log.warning("a %s came to the address for %s: correct it in the VIPeX portal", kind.value, hook.value)

    def _turn_away(self, hook: Hook) -> Reply:
        self._count(hook, Outcome.REFUSED)
        self._refusals.note()
        return Reply.text(_TOO_MANY_REQUESTS, "try again later", ("Retry-After", "60"), close=True)

    def _refuse(self, error: BadCredentials, head: RequestHead, hook: Hook) -> Reply:
        """Refuse a stranger: constant body, nothing stored, one log line a minute."""
        self._count(hook, Outcome.REFUSED)
        self._refusals.note()
        if not isinstance(error, StaleSignature):
            self._guesses.note(head)
        headers = [("WWW-Authenticate", challenge) for challenge in challenges(self._checks)]
        if isinstance(error, StaleSignature):
            headers.append(("X-Vipex-Reason", "clock-skew"))
        return Reply.text(BadCredentials.status, "unauthorized", *headers, close=True)


def _addresses(profile: WireProfile) -> dict[str, Hook]:
    own = {hook.path.rstrip("/"): Hook(name) for name, hook in profile.webhooks.by_name.items()}
    return {profile.webhooks.events_path.rstrip("/"): Hook.EVENTS} | own


def methods_of(profile: WireProfile) -> Mapping[Hook, set[str]]:
    """Give the methods each address takes; a data query may be a plain GET wherever a query is read at all."""
    hooks = profile.webhooks
    own: dict[Hook, set[str]] = {Hook(name): {"POST", hook.method} for name, hook in hooks.by_name.items()}
    if "query" in hooks.encodings:
        own[Hook.DATA_QUERY] |= {"GET"}
    return own | {Hook.EVENTS: {"POST", *(hook.method for hook in hooks.by_name.values())}}


def _max_bytes(profile: WireProfile) -> Mapping[Hook, int]:
    longest = {Hook(name): hook.max_bytes for name, hook in profile.webhooks.by_name.items()}
    return longest | {Hook.EVENTS: max(longest.values())}
