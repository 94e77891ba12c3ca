"""VIPeX calls us: events, how they are verified, parsed and answered, and a receiver to mount.

>>> from vipex_sdk.webhooks import BasicAuth, Decision, Receiver
>>> async def route(query):
...     return Decision.to_extension("101") if query.caller.is_external else None
>>> receiver = Receiver(checks=[BasicAuth("vipex", "a long password")], on_data_query=route)
"""

from __future__ import annotations

from vipex_sdk.webhooks.addresses import AddressList
from vipex_sdk.webhooks.answer import answer
from vipex_sdk.webhooks.checks import AnyOf, BasicAuth, BodyToken, Check, HeaderToken, PathSecret, QueryToken
from vipex_sdk.webhooks.events import (
    CallEnd,
    CallLeg,
    CallLogic,
    DataQuery,
    Decision,
    DecisionAction,
    Direction,
    Disposition,
    Event,
    IncomingCall,
    LegResult,
    LegType,
    Phase,
    RecordingRef,
    RecordingUpload,
    TargetType,
    UserRef,
)
from vipex_sdk.webhooks.head import RequestHead
from vipex_sdk.webhooks.legs import LegNode, leg_tree, missing_legs, talk_seconds
from vipex_sdk.webhooks.merge import MergedCall, call_key, content_digest, event_key, merge
from vipex_sdk.webhooks.message import Hook, Message
from vipex_sdk.webhooks.outcome import Outcome
from vipex_sdk.webhooks.parse import parse
from vipex_sdk.webhooks.receiver import Receiver
from vipex_sdk.webhooks.recordings import AudioStore
from vipex_sdk.webhooks.signature import HmacSignature, StaleSignature, sign, sign_body
from vipex_sdk.webhooks.verify import verify, verify_body

__all__ = [
    "AddressList",
    "AnyOf",
    "AudioStore",
    "BasicAuth",
    "BodyToken",
    "CallEnd",
    "CallLeg",
    "CallLogic",
    "Check",
    "DataQuery",
    "Decision",
    "DecisionAction",
    "Direction",
    "Disposition",
    "Event",
    "HeaderToken",
    "HmacSignature",
    "Hook",
    "IncomingCall",
    "LegNode",
    "LegResult",
    "LegType",
    "MergedCall",
    "Message",
    "Outcome",
    "PathSecret",
    "Phase",
    "QueryToken",
    "Receiver",
    "RecordingRef",
    "RecordingUpload",
    "RequestHead",
    "StaleSignature",
    "TargetType",
    "UserRef",
    "answer",
    "call_key",
    "content_digest",
    "event_key",
    "leg_tree",
    "merge",
    "missing_legs",
    "parse",
    "sign",
    "sign_body",
    "talk_seconds",
    "verify",
    "verify_body",
]
