"""OpenTelemetry spans, one an operation, when the package is installed (extra ``otel``).

They hold names, counts and error classes; never a number, a path or a body.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any

from vipex_sdk.errors import StatusError, VipexError

__all__ = ["Span", "start_span"]


class Span:
    """The time that one operation takes, all its attempts together."""

    __slots__ = ("_span",)

    def __init__(self, span: Any) -> None:
        self._span = span

    def retried(self, attempt: int) -> None:
        """Note that attempt number *attempt* failed."""
        self._span.set_attribute("http.request.resend_count", attempt)

    def failed(self, error: VipexError) -> None:
        """Note how it ended; the text of *error* stays out."""
        from opentelemetry.trace import Status, StatusCode

        self._span.set_attribute("error.type", type(error).__name__)
        if isinstance(error, StatusError) and error.status:
            self._span.set_attribute("http.response.status_code", error.status)
        self._span.set_status(Status(StatusCode.ERROR))

    def end(self) -> None:
        """The operation is over."""
        self._span.end()


@cache
def _open_telemetry() -> Any:
    """Give the module, or ``None``; looked for once, when the first operation is sent."""
    try:
        from opentelemetry import trace
    except ImportError:
        return None
    return trace


@cache
def _starter() -> Callable[..., Any]:
    trace = _open_telemetry()
    return partial(trace.get_tracer("vipex_sdk").start_span, kind=trace.SpanKind.CLIENT)


def start_span(operation: str, *, repeatable: bool) -> Span | None:
    """Begin a span for *operation* below the current one; ``None`` when nobody collects spans."""
    trace = _open_telemetry()
    if trace is None or isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider):
        return None
    attributes = {"vipex.operation": operation, "vipex.repeatable": repeatable}
    return Span(_starter()(f"vipex {operation}", attributes=attributes))
