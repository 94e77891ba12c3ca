"""From a row of the inbox to the customer's history: read the call, wait for quiet, find the customer, write.

``deliver`` leaves the row settled or pending with a later time; it raises only when the store fails, and then the
next delivery goes on from what the ledger says.
"""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable, Sequence
from functools import reduce
from pathlib import Path

import structlog
from attrs import field, frozen

from vipex_sdk.crm.adapter import CrmAdapter
from vipex_sdk.crm.journal import Journal
from vipex_sdk.crm.journal.conversation import direction_of, remote_of
from vipex_sdk.crm.matching import Match, choose
from vipex_sdk.crm.model import NotRecorded, WhyNot
from vipex_sdk.errors import StoreUnavailable, VipexError
from vipex_sdk.gateway.clock import Clock
from vipex_sdk.gateway.database import Database
from vipex_sdk.gateway.delivery.abilities import CardLookup, RecordingLinks, Throttle, Users
from vipex_sdk.gateway.delivery.breaker import Breaker
from vipex_sdk.gateway.delivery.case import Case, Ending, adopt, close, load, postpone, rejoin
from vipex_sdk.gateway.delivery.ledger import digest_of, lasting
from vipex_sdk.gateway.delivery.newcomers import Newcomers, SomebodyElseIsAtIt
from vipex_sdk.gateway.delivery.policy import Ambiguous, DeliveryPolicy
from vipex_sdk.gateway.delivery.recorder import Draft, Recorder
from vipex_sdk.gateway.delivery.retry import Remedy, jittered, reason_of, verdict
from vipex_sdk.gateway.inbox.rows import Status
from vipex_sdk.gateway.inbox.settling import Settling
from vipex_sdk.webhooks.attach import with_uploads
from vipex_sdk.webhooks.events import CallEnd, RecordingUpload
from vipex_sdk.webhooks.legs import missing_legs
from vipex_sdk.webhooks.merge import merge
from vipex_sdk.webhooks.parse import parse
from vipex_sdk.wire.profile import WireProfile

__all__ = ["Deliverer"]

_log = structlog.get_logger(__name__)

_SOMEBODY_ELSE_SECONDS = 5.0


@frozen(kw_only=True)
class Deliverer:
    """Brings calls to one CRM.

    Attributes:
        throttle: slows down all workers when the CRM says "too many"; ``None`` when its requests are not counted.
        users: gives the map from extension to CRM user.
        links: prepares the recordings' links of a call.
        random: gives a number in [0, 1), for jitter.
    """

    database: Database
    adapter: CrmAdapter
    journal: Journal
    profile: WireProfile
    lookup: CardLookup
    policy: DeliveryPolicy
    breaker: Breaker
    recorder: Recorder
    newcomers: Newcomers
    throttle: Throttle | None
    users: Users
    links: RecordingLinks
    clock: Clock
    random: Callable[[], float] = field(repr=False)

    async def deliver(self, seq: int) -> None:
        """Bring the call of row *seq* to the CRM, or decide when to try again.

        Raises:
            StoreUnavailable: what happened could not be written down.
        """
        case = await self.database.read(load(seq))
        if case is None:
            return
        now = self.clock.now()
        quiet_from = case.settled_at(Settling(seconds=self.policy.settle_seconds, profile=self.profile), now)
        if quiet_from > now:
            await self.database.write(postpone(case, quiet_from, now=now))
            return
        try:
            ending = await self._attempt(case)
        except SomebodyElseIsAtIt:
            await self._wait(case, jittered(_SOMEBODY_ELSE_SECONDS, self.random))
        except StoreUnavailable:
            raise
        except (Exception, SystemExit) as error:  # noqa: BLE001 - recorded in the row and in the log
            # An adapter is somebody else's code: whatever it raises, even an exit, is a failed attempt of this call.
            await self._failed(case, error)
        else:
            if ending is not None:
                await self._close(case, ending)

    async def _attempt(self, case: Case) -> Ending | None:
        """Try once; ``None`` when the case was dealt with in another way."""
        try:
            events = [parse(message, self.profile) for message in case.messages]
        except VipexError as error:
            return Ending(Status.QUARANTINED if case.unread else Status.DEAD, reason_of(error))
        calls = [event for event in events if isinstance(event, CallEnd)]
        uploads = [event for event in events if isinstance(event, RecordingUpload)]
        if case.unread:
            return await self._adopt(case, [*calls, *uploads])
        if not calls:
            return await self._alone(case, uploads)
        call = with_uploads(reduce(merge, calls), uploads)
        rule = self.journal.ignored(call)
        if rule is not None:
            return Ending(Status.IGNORED, rule)
        come_back = await self.breaker.enter()
        if come_back is not None:
            await self._wait(case, max(come_back - self.clock.now(), 1.0))
            return None
        return await self._record(case, call)

    async def _alone(self, case: Case, uploads: Sequence[RecordingUpload]) -> Ending | None:
        """A recording's call, when its end comes, takes it along; in the meantime it can be seen."""
        if not uploads:
            return Ending(Status.IGNORED, "not_a_call_end")
        if await self.database.write(rejoin(case, uploads[0], now=self.clock.now())):
            return None
        return Ending(Status.PARKED, "recording_without_call")

    async def _adopt(self, case: Case, events: Sequence[CallEnd | RecordingUpload]) -> Ending | None:
        """A row out of quarantine can be read now: it joins the lane of its call, or is of no use any more."""
        if not events:
            return Ending(Status.IGNORED, "too_late")
        await self.database.write(adopt(case, events[0], now=self.clock.now()))
        return None

    async def _record(self, case: Case, call: CallEnd) -> Ending:
        match = await self._customer(call)
        number = remote_of(call, direction_of(call))
        if match.ambiguous and self.policy.ambiguous is Ambiguous.IGNORE:
            return Ending(Status.IGNORED, "ambiguous_customer")
        if match.ambiguous and self.policy.ambiguous is Ambiguous.PARK:
            return Ending(Status.PARKED, "ambiguous_customer", number.e164)
        if match.card is None and self.adapter.manifest.needs_card:
            if number.e164 is None:
                return Ending(Status.IGNORED, "no_customer_possible")
            return Ending(Status.PARKED, f"unknown_customer: {match.reason.value}", number.e164)
        drafts = await self._drafts(call, match)
        if not drafts:
            return Ending(Status.IGNORED, "no_record")
        refused = await self.recorder.write(case.call, drafts)
        return _ending(refused, number.e164, missing=len(missing_legs(call)))

    async def _customer(self, call: CallEnd) -> Match:
        direction = direction_of(call)
        number = remote_of(call, direction)
        if not number.is_external:
            return choose(number, (), own_numbers=self.policy.own_numbers)
        async with asyncio.timeout(self.policy.patience_seconds):
            candidates = await self.lookup.find(number)
        match = choose(number, candidates, own_numbers=self.policy.own_numbers)
        if self.newcomers.possible and self.policy.welcomes(number, direction, match):
            return await self.newcomers.welcome(number, own_numbers=self.policy.own_numbers)
        return match

    async def _drafts(self, call: CallEnd, match: Match) -> tuple[Draft, ...]:
        links = await self.links(call)
        users = self.users()
        records = self.journal.records(call, match, revision=1, users=users, recording=links)
        lasts = self.journal.records(
            call, match, revision=1, users=users, recording=lambda recording: lasting(links(recording))
        )
        return tuple(Draft(record, digest_of(last)) for record, last in zip(records, lasts, strict=True))

    async def _failed(self, case: Case, error: BaseException) -> None:
        ruling = verdict(
            error,
            attempts=case.attempts,
            schedule=self.policy.schedule,
            reauth_seconds=self.policy.reauth_seconds,
            random=self.random,
        )
        reason = reason_of(error)
        _log.warning("delivery.failed", seq=case.seq, reason=reason, remedy=ruling.remedy.value)
        if not isinstance(error, VipexError):
            _log.error("delivery.unexpected", seq=case.seq, error=type(error).__name__, where=_where(error))
        if ruling.crm_is_down:
            await self.breaker.failed(reason)
        if ruling.remedy is Remedy.REAUTH:
            await self.breaker.pause(ruling.seconds, reason)
        if ruling.remedy is Remedy.THROTTLE and self.throttle is not None:
            await self.throttle.hold(ruling.seconds)
        if ruling.remedy is Remedy.NONE:
            await self._close(case, Ending(Status.DEAD, reason))
        else:
            await self._wait(case, ruling.seconds, counts=ruling.counts, reason=reason)

    async def _wait(self, case: Case, seconds: float, *, counts: bool = False, reason: str | None = None) -> None:
        now = self.clock.now()
        await self.database.write(postpone(case, now + seconds, now=now, counts=counts, reason=reason))

    async def _close(self, case: Case, ending: Ending) -> None:
        await self.database.write(close(case, ending, self.clock.now()))
        log = _log.error if ending.status is Status.DEAD else _log.info
        log("delivery.ended", seq=case.seq, status=ending.status.value, reason=ending.reason)


def _where(error: BaseException) -> str:
    """Say where *error* was raised; its text may hold anything, so it is not logged."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "unknown"


def _ending(refused: list[NotRecorded], e164: str | None, *, missing: int) -> Ending:
    """Sum up: one refused record makes a dead letter, one unknown customer parks the call, none delivers it."""
    for answer in refused:
        if answer.why is not WhyNot.UNKNOWN_CUSTOMER:
            return Ending(Status.DEAD, f"{answer.why.value}: {answer.detail}".rstrip(": "))
    if refused:
        return Ending(Status.PARKED, WhyNot.UNKNOWN_CUSTOMER.value, e164)
    # Should the part come after all, the entry is brought up to date and the mark goes.
    return Ending(Status.DELIVERED, f"without {missing} part(s) of the call that never came" if missing else None)
