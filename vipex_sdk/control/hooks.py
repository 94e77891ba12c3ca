"""Tell the program around us what a client does: values without personal data."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from attrs import frozen

from vipex_sdk.errors import StatusError, VipexError

__all__ = ["Hooks", "RequestEvent", "RetryEvent"]

E = TypeVar("E")
_log = logging.getLogger("vipex_sdk.control")


@frozen(kw_only=True)
class RequestEvent:
    """A request is about to be sent.

    Attributes:
        operation: its name, for example ``calls.originate``.
        attempt: counted from 1.
        repeatable: whether carrying it out twice is the same as once.
    """

    operation: str
    attempt: int
    repeatable: bool


@frozen(kw_only=True)
class RetryEvent:
    """An attempt failed, and there will be another.

    Attributes:
        operation: its name, for example ``calls.current``.
        attempt: the one that failed, counted from 1.
        error: name of the error's class, for example ``ServerError``.
        status: HTTP status of the answer, when there was one.
        code: error code of the answer, in our words, when there was one.
        pause: seconds until the next attempt.
    """

    operation: str
    attempt: int
    error: str
    status: int | None
    code: str | None
    pause: float

    @classmethod
    def of(cls, operation: str, attempt: int, error: VipexError, pause: float) -> RetryEvent:
        """Describe *error*."""
        status, code = (error.status or None, error.code) if isinstance(error, StatusError) else (None, None)
        return cls(
            operation=operation, attempt=attempt, error=type(error).__name__, status=status, code=code, pause=pause
        )


@frozen(kw_only=True)
class Hooks:
    """Whom to tell; called where the client runs, so they must be quick. One that raises is logged and ignored."""

    on_request: Callable[[RequestEvent], object] | None = None
    on_retry: Callable[[RetryEvent], object] | None = None

    def request(self, event: RequestEvent) -> None:
        """Tell that a request is about to be sent."""
        if self.on_request is not None:
            _call("on_request", self.on_request, event)

    def retry(self, event: RetryEvent) -> None:
        """Tell that there will be another attempt."""
        if self.on_retry is not None:
            _call("on_retry", self.on_retry, event)


def _call(name: str, hook: Callable[[E], object], event: E) -> None:
    try:
        hook(event)
    except Exception as exc:  # noqa: BLE001 - it is not ours, and a telephone call must not fail for it
        _log.warning("the hook %s failed (%s)", name, type(exc).__name__)
