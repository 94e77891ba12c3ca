"""All that both clients share: one operation as a row of steps, without I/O.

A client carries out each step and sends back how it went; everything that must be decided is decided here.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from attrs import field, frozen

from vipex_sdk.control.hooks import Hooks, RequestEvent, RetryEvent
from vipex_sdk.control.operation import Operation
from vipex_sdk.control.retry import RetryPolicy, Timeouts
from vipex_sdk.control.tracing import Span, start_span
from vipex_sdk.errors import OutcomeUnknown, ServerError, VipexError
from vipex_sdk.wire.messages import WireRequest, WireResponse

if TYPE_CHECKING:
    from vipex_sdk.wire.profile import WireProfile

__all__ = ["Kept", "Pause", "Plan", "Send", "Steps"]

T = TypeVar("T")
_log = logging.getLogger("vipex_sdk.control")
_SERVER_ERRORS = 500


@frozen(kw_only=True)
class Send:
    """Send a request and give back the answer, or the error that the transport ended in.

    Attributes:
        deadline: by the plan's clock; the answer must be complete by then, unless it is kept open.
        keep: asked for status and headers (names in lower case) of an answer: whether its body is read by whoever
            asked, who then gets the answer :class:`Kept`.
    """

    request: WireRequest
    operation: Operation[Any]
    timeouts: Timeouts
    deadline: float
    keep: Callable[[int, Mapping[str, str]], bool] | None = field(default=None, repr=False)


@frozen
class Pause:
    """Wait."""

    seconds: float


@frozen
class Kept:
    """An answer that is open: its body is still to come, and closing it gives its connection back."""

    answer: Any


Steps: TypeAlias = Generator[Send | Pause, WireResponse | Kept | VipexError | None, T]


@frozen(kw_only=True)
class Plan:
    """How operations are carried out: what a client is, but for its connections."""

    profile: WireProfile
    timeouts: Timeouts
    retry: RetryPolicy
    clock: Callable[[], float]
    hooks: Hooks = field(factory=Hooks)

    def steps(self, operation: Operation[T]) -> Steps[T]:
        """Send *operation*, and again where its meaning and the policy allow it, inside one total budget.

        Raises:
            VipexError: as the operation's builder says.
        """
        span = start_span(operation.name, repeatable=operation.repeatable)
        if span is None:
            return (yield from self._attempts(operation, None))
        try:
            return (yield from self._attempts(operation, span))
        except VipexError as exc:
            span.failed(exc)
            raise
        finally:
            span.end()

    def _attempts(self, operation: Operation[T], span: Span | None) -> Steps[T]:
        # Imported when the first operation is sent, so that `from vipex_sdk import Client` stays light.
        from vipex_sdk.control.catalogue import argument_types
        from vipex_sdk.wire.exchange import request_for

        types = argument_types(operation.name)
        request = request_for(self.profile, operation.name, operation.arguments, types=types)
        deadline = self.clock() + self.timeouts.total
        attempt = 1
        while True:
            self._announce(operation, attempt)
            reply = yield Send(request=request, operation=operation, timeouts=self.timeouts, deadline=deadline)
            try:
                return self._read(operation, reply)
            except VipexError as exc:
                error = exc
            pause = self._pause(operation, attempt, error, reply)
            if pause is None or self.clock() + pause >= deadline:
                raise _final(operation, error)
            if span is not None:
                span.retried(attempt)
            self._tell(operation, attempt, error, pause)
            yield Pause(pause)
            attempt += 1

    def _announce(self, operation: Operation[Any], attempt: int) -> None:
        if self.hooks.on_request is not None:
            self.hooks.request(RequestEvent(operation=operation.name, attempt=attempt, repeatable=operation.repeatable))

    def _tell(self, operation: Operation[Any], attempt: int, error: VipexError, pause: float) -> None:
        what = type(error).__name__
        _log.info("%s: attempt %d failed (%s), next in %.2f s", operation.name, attempt, what, pause)
        self.hooks.retry(RetryEvent.of(operation.name, attempt, error, pause))

    def _read(self, operation: Operation[T], reply: WireResponse | Kept | VipexError | None) -> T:
        if isinstance(reply, VipexError):
            raise reply
        assert isinstance(reply, WireResponse)  # noqa: S101 - the client answers every Send, and keeps none unasked
        from vipex_sdk.wire.answers import read_answer

        answer: T = read_answer(self.profile, operation.name, operation.returns, reply)
        return answer

    def _pause(
        self, operation: Operation[Any], attempt: int, error: VipexError, reply: WireResponse | Kept | VipexError | None
    ) -> float | None:
        from vipex_sdk.wire.failures import retry_after

        asked = retry_after(reply.headers) if isinstance(reply, WireResponse) else getattr(error, "retry_after", None)
        return self.retry.delay(operation, attempt, error, retry_after=asked)


def _final(operation: Operation[Any], error: VipexError) -> VipexError:
    """A server that failed half-way may have rung the telephone all the same."""
    if operation.repeatable or not isinstance(error, ServerError) or error.status < _SERVER_ERRORS:
        return error
    unknown = OutcomeUnknown(
        f"{operation.name}: VIPeX answered {error.status}; it may have been carried out", operation=operation.name
    )
    unknown.__cause__ = error
    return unknown
