"""VIPeX's webhooks at the gateway: who is asked about a call, and what an event sets off."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from attrs import frozen

from vipex_sdk.errors import VipexError
from vipex_sdk.gateway.admission import admission, proxies
from vipex_sdk.gateway.routing import Router
from vipex_sdk.webhooks import CallEnd, IncomingCall, Message, Receiver, RecordingUpload

if TYPE_CHECKING:
    from vipex_sdk.gateway.app import Gateway

__all__ = ["intake"]

_log = structlog.get_logger(__name__)


def intake(gateway: Gateway) -> Receiver:
    """Make what answers VIPeX's requests. An event is durable before it is acknowledged."""
    hooks = _Hooks(gateway)
    settings = gateway.configuration
    deadline = settings.webhooks.deadline_seconds or gateway.profile.webhooks.data_query.deadline_seconds
    router = Router(
        gateway.directory,
        gateway.extensions,
        settings.routing,
        deadline=deadline,
        own_numbers=settings.calls.own_numbers,
        rules=gateway.rules,
        count=lambda reason: gateway.metrics.routing.labels(reason).inc(),
    )
    return Receiver(
        profile=gateway.profile,
        checks=admission(settings.webhooks, gateway.profile.webhooks.auth),
        guesses_a_minute=settings.webhooks.guesses_a_minute,
        trusted_proxies=proxies(settings.webhooks, secure=gateway.site.secure),
        on_data_query=router.answer,
        on_incoming_call=hooks.incoming,
        on_call_end=hooks.call_end,
        on_recording=hooks.recording,
        on_quarantine=hooks.quarantine,
        deadline=deadline,
        audio=gateway.shelf,
        on_outcome=lambda hook, outcome: gateway.metrics.webhooks.labels(hook.value, outcome.value).inc(),
        on_misdirected=lambda address, kind: gateway.misdirected.add((kind.value, address.value)),
    )


@frozen
class _Hooks:
    """What the receiver calls."""

    gateway: Gateway

    async def incoming(self, call: IncomingCall) -> None:
        await self.gateway.pops.incoming(call)
        self.gateway.greeter.incoming(call)

    async def call_end(self, call: CallEnd, message: Message) -> None:
        await self.gateway.inbox.put(call, message)
        try:
            await self.gateway.pops.ended(call)
        except VipexError as error:
            # The call is durable: what a page shows must not make VIPeX send it again.
            _log.warning("pop.not_closed", call_id=call.call_id, error=type(error).__name__)

    async def recording(self, upload: RecordingUpload, message: Message) -> None:
        await self.gateway.inbox.put(upload, message)

    async def quarantine(self, message: Message, error: VipexError) -> None:
        await self.gateway.inbox.quarantine(message, error)
