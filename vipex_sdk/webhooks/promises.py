"""The three promises: a decision in time, a pop-up at once, and no success before it is durable."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable
from pathlib import PurePath
from typing import Any, ParamSpec, TypeAlias, TypeVar

from attrs import field, frozen

from vipex_sdk.errors import StoreUnavailable, VipexError
from vipex_sdk.webhooks.answer import answer
from vipex_sdk.webhooks.events import CallEnd, DataQuery, Decision, Event, IncomingCall, RecordingUpload
from vipex_sdk.webhooks.message import Hook, Message
from vipex_sdk.webhooks.outcome import Outcome
from vipex_sdk.webhooks.reply import Reply
from vipex_sdk.wire.profile import WireProfile
from vipex_sdk.wire.webhook_formats import HookFormat

__all__ = [
    "OnCallEnd",
    "OnDataQuery",
    "OnIncomingCall",
    "OnOutcome",
    "OnQuarantine",
    "OnRecording",
    "Promises",
    "place_of",
]

OnDataQuery: TypeAlias = Callable[[DataQuery], Awaitable[Decision | None] | Decision | None]
OnIncomingCall: TypeAlias = Callable[[IncomingCall], Awaitable[None]]
OnCallEnd: TypeAlias = Callable[[CallEnd, Message], Awaitable[None]]
OnRecording: TypeAlias = Callable[[RecordingUpload, Message], Awaitable[None]]
OnQuarantine: TypeAlias = Callable[[Message, VipexError], Awaitable[None]]
OnOutcome: TypeAlias = Callable[[Hook, Outcome], None]

P = ParamSpec("P")
T = TypeVar("T")
_log = logging.getLogger(__name__)
_POP_PATIENCE_SECONDS = 0.05
_RETRY_AFTER_SECONDS = 5


@frozen(kw_only=True)
class Promises:
    """Calls the hooks and turns what they do into answers.

    Attributes:
        count: told what became of every request.
        deadline: seconds from a data query's arrival to our answer.
        store_deadline: seconds an end of call or a quarantined message may take to become durable.
    """

    profile: WireProfile
    on_data_query: OnDataQuery | None
    on_incoming_call: OnIncomingCall | None
    on_call_end: OnCallEnd | None
    on_recording: OnRecording | None
    on_quarantine: OnQuarantine | None
    count: OnOutcome
    deadline: float
    store_deadline: float
    _tasks: set[asyncio.Future[Any]] = field(factory=set, init=False, repr=False, eq=False)

    async def keep(self, event: Event, message: Message, *, hook: Hook, answer_by: float) -> Reply:
        """Hand *event* to its hook and answer as that hook's promise says."""
        if isinstance(event, DataQuery):
            return await self.decide(event, hook=hook, answer_by=answer_by)
        if isinstance(event, IncomingCall):
            return await self._pop(event, hook=hook)
        if isinstance(event, RecordingUpload):
            storing = self.on_recording and _called(self.on_recording, event, message)
            return await self._store(storing, hook=hook, kind=Hook.RECORDING_UPLOAD)
        storing = self.on_call_end and _called(self.on_call_end, event, message)
        return await self._store(storing, hook=hook, kind=Hook.CALL_END)

    async def decide(self, query: DataQuery, *, hook: Hook, answer_by: float) -> Reply:
        """Answer *query* as its hook decides, and in any case."""
        if self.on_data_query is None:
            return self.fallback(hook)
        try:
            decision = self.on_data_query(query)
        except Exception as exc:  # noqa: BLE001 - somebody waits on the line, whatever failed
            _log.error("the data query hook failed: %s", place_of(exc))
            return self.fallback(hook)
        if not isinstance(decision, Decision) and isinstance(decision, Awaitable):
            decision = await self._awaited(decision, answer_by)
        if not isinstance(decision, Decision):
            return self.fallback(hook)
        try:
            reply = Reply(*answer(decision, self.profile))
        except (ArithmeticError, LookupError, TypeError, ValueError, VipexError) as exc:
            _log.error("data query: the decision cannot be written: %s", place_of(exc))
            return self.fallback(hook)
        self.count(hook, Outcome.ACCEPTED)
        return reply

    async def _awaited(self, decision: Awaitable[Decision | None], answer_by: float) -> Decision | None:
        """Wait for a decision until the deadline, whatever the hook makes of being cancelled then."""
        task = self._start(decision)
        if await _done(task, answer_by - _now()):
            return None if _failed(task, "the data query hook") else task.result()
        task.cancel()
        _log.warning("data query: no decision within the deadline, the call logic goes on")
        return None

    def fallback(self, hook: Hook) -> Reply:
        """Answer a data query with "continue": the caller must not wait for our troubles."""
        self.count(hook, Outcome.FALLBACK)
        return Reply(*answer(Decision.proceed(), self.profile))

    async def _pop(self, call: IncomingCall, *, hook: Hook) -> Reply:
        if self.on_incoming_call is not None:
            task = self._start(_called(self.on_incoming_call, call))
            # A moment of patience keeps "answered" behind "ringing"; a late pop-up is worthless, so no more than that.
            if not await _done(task, _POP_PATIENCE_SECONDS):
                task.add_done_callback(lambda late: self._count_failure(late, hook))
            elif self._count_failure(task, hook):
                return self._success(Hook.INCOMING_CALL)
        self.count(hook, Outcome.ACCEPTED)
        return self._success(Hook.INCOMING_CALL)

    def _count_failure(self, task: asyncio.Future[Any], hook: Hook) -> bool:
        failed = _failed(task, "the incoming call hook")
        if failed:
            self.count(hook, Outcome.FAILED)
        return failed

    async def _store(self, storing: Awaitable[None] | None, *, hook: Hook, kind: Hook) -> Reply:
        named = kind.value.replace("_", " ")
        if storing is None:
            self.count(hook, Outcome.REJECTED)
            return Reply.text(404, f"nobody here takes a {named}")
        refusal = await self._durable(storing, what=f"the {named} hook", hook=hook)
        if refusal is not None:
            return refusal
        self.count(hook, Outcome.ACCEPTED)
        return self._success(kind)

    async def quarantine(self, message: Message, error: VipexError, *, hook: Hook, answer_by: float) -> Reply:
        """Keep what cannot be understood, then acknowledge it: sent again, it would be the same bytes.

        A data query is answered in any case.
        """
        _log.warning("%s: not understood: %s", hook.value, error)
        if self.on_quarantine is None:
            self.count(hook, Outcome.REJECTED)
            return self.fallback(hook) if hook is Hook.DATA_QUERY else Reply.text(400, str(error))
        keeping = self._durable(_called(self.on_quarantine, message, error), what="the quarantine hook", hook=hook)
        if hook is Hook.DATA_QUERY:
            await _done(self._start(self._counted(keeping, hook)), answer_by - _now())
            return self.fallback(hook)
        return await self._counted(keeping, hook) or Reply.text(202, "kept, but not understood")

    async def _counted(self, keeping: Awaitable[Reply | None], hook: Hook) -> Reply | None:
        refusal = await keeping
        if refusal is None:
            self.count(hook, Outcome.QUARANTINED)
        return refusal

    async def _durable(self, work: Awaitable[None], *, what: str, hook: Hook) -> Reply | None:
        """Wait until *work* is durable; otherwise give the answer that makes the sender repeat, never a success."""
        task = self._start(work)
        if not await _done(task, self.store_deadline):
            # Not cancelled: what became durable after all is recognised when it is sent again.
            task.add_done_callback(lambda late: _failed(late, what))
            _log.error("%s was too slow, the sender is asked to repeat", what)
            return self.unavailable(hook)
        if not task.cancelled() and isinstance(task.exception(), StoreUnavailable):
            _log.error("nothing can be made durable, the sender is asked to repeat")
            return self.unavailable(hook)
        if _failed(task, what):
            self.count(hook, Outcome.FAILED)
            return Reply.text(500, "internal error")
        return None

    def unavailable(self, hook: Hook) -> Reply:
        """Ask the sender to repeat."""
        self.count(hook, Outcome.UNAVAILABLE)
        return Reply.text(503, "try again", ("Retry-After", str(_RETRY_AFTER_SECONDS)))

    def _success(self, kind: Hook) -> Reply:
        form: HookFormat = getattr(self.profile.webhooks, kind.value)
        if not form.success_body:
            return Reply(form.success_status)
        return Reply(form.success_status, "text/plain; charset=utf-8", form.success_body.encode())

    def _start(self, work: Awaitable[T]) -> asyncio.Future[T]:
        """Run *work* as a task that is referenced until it ends."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def drain(self) -> None:
        """Wait for hooks that are still running, for a clean shutdown."""
        while self._tasks:
            await asyncio.wait(self._tasks)


async def _called(hook: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call *hook* inside its task: one that fails before its first ``await`` fails like any other."""
    return await hook(*args, **kwargs)


def _now() -> float:
    return asyncio.get_running_loop().time()


async def _done(task: asyncio.Future[Any], seconds: float) -> bool:
    """Wait for *task* at most *seconds*; unlike a timeout this does not depend on the task's good will."""
    return bool((await asyncio.wait({task}, timeout=max(0.0, seconds)))[0])


def _failed(task: asyncio.Future[Any], what: str) -> bool:
    """Say whether *task* failed, with a record of where."""
    error = asyncio.CancelledError() if task.cancelled() else task.exception()
    if error is not None:
        _log.error("%s failed: %s", what, place_of(error))
    return error is not None


def place_of(error: BaseException) -> str:
    """Give kind and place of an error without its text, which may hold a number or a name."""
    trace = traceback.extract_tb(error.__traceback__)
    place = f" in {PurePath(trace[-1].filename).name}:{trace[-1].lineno}" if trace else ""
    return type(error).__name__ + place
