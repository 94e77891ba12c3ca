"""60 requests a minute under ``/Api/R3``, nowhere else [D].

That the CallLog does not count is inferred [I: calllog_limited]; whether the minute is fixed or
rolling is unknown [I: rate_window].
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

__all__ = ["RateLimit"]

_WINDOW = 60.0


class RateLimit:
    """Counts requests.

    Args:
        clock: monotonic seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._seen: deque[float] = deque()
        self._window_start = clock()
        self.refused = 0
        """How many requests were one too many."""

    def admit(self, limit: int, *, rolling: bool) -> float | None:
        """Count a request; give the seconds to wait when it is one too many."""
        now = self._clock()
        if rolling:
            while self._seen and self._seen[0] <= now - _WINDOW:
                self._seen.popleft()
        elif now - self._window_start >= _WINDOW:
            self._seen.clear()
            self._window_start = now
        if len(self._seen) >= limit:
            self.refused += 1
            return _WINDOW - (now - (self._seen[0] if rolling else self._window_start))
        self._seen.append(now)
        return None
