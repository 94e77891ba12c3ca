"""When a call is settled: no more news of it is expected soon, so that it can go to the CRM as one."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen

from vipex_sdk.webhooks.message import Message
from vipex_sdk.webhooks.parse import is_final
from vipex_sdk.wire.profile import WireProfile

__all__ = ["Settling"]


@frozen(kw_only=True)
class Settling:
    """How long news of a call are waited for.

    Attributes:
        seconds: after the last news, where the end of call is the whole call.
        profile: how VIPeX writes: legs that come as messages of their own have a wait, and an end, of their own.
    """

    seconds: float
    profile: WireProfile

    def wait(self, messages: Iterable[Message]) -> float:
        """Give the seconds to wait after the last of *messages*, which are all that came about a call."""
        legs = self.profile.webhooks.legs
        if legs.mode == "embedded":
            return self.seconds
        return 0.0 if any(is_final(message, self.profile) for message in messages) else legs.quiet_seconds
