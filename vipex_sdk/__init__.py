"""Typed SDK and gateway for the VIPeX cloud PBX.

Public names are loaded when they are first used, so that importing the package costs next to nothing.
"""

from __future__ import annotations

TYPE_CHECKING = False  # type checkers take it for True; importing it from typing would cost more than all the rest
if TYPE_CHECKING:
    from vipex_sdk.control import (
        AsyncClient,
        AsyncRecordingStream,
        CallOutcome,
        CallStarted,
        Client,
        CurrentCall,
        Download,
        Ending,
        ExtensionCalls,
        Forwarding,
        ForwardingType,
        Operation,
        OperatorState,
        OperatorStatus,
        PhonebookEntry,
        PhonebookNumber,
        RecordingStream,
        RetryPolicy,
        Sighting,
        StatusTimes,
        SyncPlan,
        SyncResult,
        Timeouts,
        User,
        Verdict,
    )
    from vipex_sdk.errors import (
        AuthError,
        BadCredentials,
        BadPayload,
        ConfigError,
        Conflict,
        CrmError,
        DecodeError,
        Forbidden,
        Invalid,
        Misconfigured,
        NeedsReauth,
        NotFound,
        NotPermitted,
        NotSent,
        NotSubscribed,
        OutcomeUnknown,
        PayloadTooLarge,
        ProfileError,
        RateLimited,
        RecordingExpired,
        RecordingNotReady,
        RecordingRejected,
        ServerError,
        StatusError,
        StillBusy,
        StoreUnavailable,
        Unavailable,
        UnsupportedMedia,
        VipexError,
        WebhookError,
    )
    from vipex_sdk.numbers import (
        NumberKind,
        NumberRules,
        PhoneNumber,
    )
    from vipex_sdk.webhooks import (
        Receiver,
    )
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
    from vipex_sdk.wire.profile import (
        WireProfile,
        default_profile,
        load_profile,
    )

__all__ = [
    "AsyncClient",
    "AsyncRecordingStream",
    "AuthError",
    "BadCredentials",
    "BadPayload",
    "CallEnd",
    "CallLeg",
    "CallLogic",
    "CallOutcome",
    "CallStarted",
    "Client",
    "ConfigError",
    "Conflict",
    "CrmError",
    "CurrentCall",
    "DataQuery",
    "Decision",
    "DecisionAction",
    "DecodeError",
    "Direction",
    "Disposition",
    "Download",
    "Ending",
    "Event",
    "ExtensionCalls",
    "Forbidden",
    "Forwarding",
    "ForwardingType",
    "IncomingCall",
    "Invalid",
    "LegResult",
    "LegType",
    "Misconfigured",
    "NeedsReauth",
    "NotFound",
    "NotPermitted",
    "NotSent",
    "NotSubscribed",
    "NumberKind",
    "NumberRules",
    "Operation",
    "OperatorState",
    "OperatorStatus",
    "OutcomeUnknown",
    "PayloadTooLarge",
    "Phase",
    "PhoneNumber",
    "PhonebookEntry",
    "PhonebookNumber",
    "ProfileError",
    "RateLimited",
    "Receiver",
    "RecordingExpired",
    "RecordingNotReady",
    "RecordingRef",
    "RecordingRejected",
    "RecordingStream",
    "RecordingUpload",
    "RetryPolicy",
    "ServerError",
    "Sighting",
    "StatusError",
    "StatusTimes",
    "StillBusy",
    "StoreUnavailable",
    "SyncPlan",
    "SyncResult",
    "TargetType",
    "Timeouts",
    "Unavailable",
    "UnsupportedMedia",
    "User",
    "UserRef",
    "Verdict",
    "VipexError",
    "WebhookError",
    "WireProfile",
    "default_profile",
    "load_profile",
]

_NAMES = {
    "vipex_sdk.control": (
        "AsyncClient AsyncRecordingStream CallOutcome CallStarted Client CurrentCall Download Ending "
        "ExtensionCalls Forwarding ForwardingType Operation OperatorState OperatorStatus PhonebookEntry "
        "PhonebookNumber RecordingStream RetryPolicy Sighting StatusTimes SyncPlan SyncResult Timeouts User "
        "Verdict"
    ),
    "vipex_sdk.errors": (
        "AuthError BadCredentials BadPayload ConfigError Conflict CrmError DecodeError Forbidden Invalid "
        "Misconfigured NeedsReauth NotFound NotPermitted NotSent NotSubscribed OutcomeUnknown PayloadTooLarge "
        "ProfileError RateLimited RecordingExpired RecordingNotReady RecordingRejected ServerError "
        "StatusError StillBusy StoreUnavailable Unavailable UnsupportedMedia VipexError WebhookError"
    ),
    "vipex_sdk.numbers": "NumberKind NumberRules PhoneNumber",
    "vipex_sdk.webhooks": "Receiver",
    "vipex_sdk.webhooks.events": (
        "CallEnd CallLeg CallLogic DataQuery Decision DecisionAction Direction Disposition Event IncomingCall "
        "LegResult LegType Phase RecordingRef RecordingUpload TargetType UserRef"
    ),
    "vipex_sdk.wire.profile": "WireProfile default_profile load_profile",
}
_HOME = {name: module for module, names in _NAMES.items() for name in names.split()}


def __getattr__(name: str) -> object:
    """Load a public name when it is first used (PEP 562)."""
    from importlib import import_module

    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
