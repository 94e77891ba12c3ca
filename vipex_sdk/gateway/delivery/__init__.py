"""From the inbox to the CRM: exactly one entry a call, however often either side fails."""

from vipex_sdk.gateway.delivery.abilities import CardLookup, Learn, RecordingLinks, Throttle, Users
from vipex_sdk.gateway.delivery.breaker import BreakerState
from vipex_sdk.gateway.delivery.policy import DEFAULT_SCHEDULE, DeliveryPolicy, UnknownCallers
from vipex_sdk.gateway.delivery.worker import Worker

__all__ = [
    "DEFAULT_SCHEDULE",
    "BreakerState",
    "CardLookup",
    "DeliveryPolicy",
    "Learn",
    "RecordingLinks",
    "Throttle",
    "UnknownCallers",
    "Users",
    "Worker",
]
