"""One running simulation: the tenant, the ordered faults, the request counter, the recordings that were played."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from urllib.parse import quote

from vipex_minicrm.simulator import crowd, fixture
from vipex_minicrm.simulator.faults import Faults
from vipex_minicrm.simulator.limits import RateLimit
from vipex_minicrm.simulator.pulls import Pull, fetch
from vipex_minicrm.simulator.records import Call
from vipex_minicrm.simulator.switches import Switches
from vipex_minicrm.simulator.tenant import Tenant
from vipex_minicrm.simulator.webhooks import PAUSES, Webhooks

__all__ = ["Simulation"]

_PLACEHOLDER = "{%RefereceId%}"
_KEPT_RECORDINGS = 8


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Simulation:
    """Everything that a reset brings back to its beginning, except the switches it was started with.

    Args:
        now: gives the aware present.
        clock: monotonic seconds, for the request limit.
        recording_template: where recordings are asked for, registered with MiniCRM support.
        webhook_address: who is told of changes, registered with MiniCRM support.
        webhook_pauses: seconds before each further attempt to tell.
        contacts: invented persons besides the few that the tenant always has.
    """

    def __init__(
        self,
        *,
        now: Callable[[], datetime] = _utc_now,
        clock: Callable[[], float] = time.monotonic,
        recording_template: str = "",
        webhook_address: str = "",
        webhook_pauses: Sequence[float] = PAUSES,
        contacts: int = 0,
    ) -> None:
        self._now = now
        self._clock = clock
        self._template = recording_template
        self._webhook_address = webhook_address
        self._contacts = contacts
        self._webhook_pauses = webhook_pauses
        self.webhooks = Webhooks(webhook_pauses)
        self.reset()

    def reset(self) -> None:
        """Begin again."""
        self.webhooks.stop()
        self.webhooks = Webhooks(self._webhook_pauses)
        self.switches = Switches(recording_template=self._template, webhook_address=self._webhook_address)
        self.tenant: Tenant = fixture.build(self._now, self.switches)
        crowd.add(self.tenant, self._contacts)
        self.faults = Faults()
        self.limit = RateLimit(self._clock)
        self.requests: list[tuple[str, str]] = []
        self._played: OrderedDict[int, Pull] = OrderedDict()

    async def play(self, call: Call) -> Pull:
        """Fetch a recording as MiniCRM does when a user presses play, and not before [D]."""
        template = self.switches.recording_template
        if not template or not call.reference_id:
            return Pull(status=0, reason="no recording template is registered" if call.reference_id else "no recording")
        url = template.replace(_PLACEHOLDER, quote(call.reference_id, safe=""))
        pull = await fetch(url, credentials=self.switches.pull_credentials)
        if pull.ok:
            self._played[call.id] = pull
            while len(self._played) > _KEPT_RECORDINGS:
                self._played.popitem(last=False)
        return pull

    def played(self, call_id: int) -> Pull | None:
        """Give a recording that was fetched lately."""
        return self._played.get(call_id)
