"""We ask VIPeX: calls, forwarding, recordings, users, phonebook, operators.

Names are loaded when they are first used: models without a client need no HTTP library.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vipex_sdk.control.async_client import (
        AsyncClient,
    )
    from vipex_sdk.control.auth.token import (
        Token,
        TokenStore,
    )
    from vipex_sdk.control.bulk import (
        Bulk,
        bulk,
    )
    from vipex_sdk.control.calls import (
        CallStarted,
        CallState,
        CurrentCall,
        Direction,
        ExtensionCalls,
        ExtensionState,
        current,
        originate,
        start_ivr,
    )
    from vipex_sdk.control.catalogue import (
        OPERATIONS,
        argument_types,
    )
    from vipex_sdk.control.client import (
        Client,
    )
    from vipex_sdk.control.download import (
        AsyncRecordings,
        AsyncRecordingStream,
        Download,
        Recordings,
        RecordingStream,
        sniff,
    )
    from vipex_sdk.control.forwarding import (
        Forwarding,
        ForwardingType,
        TargetType,
        delete_all_forwardings,
        delete_forwarding,
        get_forwardings,
        set_forwarding,
    )
    from vipex_sdk.control.forwarding_procedures import (
        ensure_all_deleted,
        ensure_deleted,
        find_forwarding,
    )
    from vipex_sdk.control.groups import (
        Calls,
        Forwardings,
        Operators,
        Phonebook,
        Users,
    )
    from vipex_sdk.control.hooks import (
        RequestEvent,
        RetryEvent,
    )
    from vipex_sdk.control.operation import (
        AsyncSender,
        Group,
        Operation,
        Sender,
        endpoint,
    )
    from vipex_sdk.control.operators import (
        OperatorState,
        OperatorStatus,
        StatusTime,
        StatusTimes,
        list_statuses,
        time_in_status,
    )
    from vipex_sdk.control.phonebook import (
        PhonebookEntry,
        PhonebookNumber,
        create_entry,
        delete_entry,
        get_entry,
        list_entries,
        update_entry,
    )
    from vipex_sdk.control.procedure import (
        AsyncRunner,
        Runner,
        procedure,
    )
    from vipex_sdk.control.recordings import (
        fetch_recording,
    )
    from vipex_sdk.control.retry import (
        RetryPolicy,
        Timeouts,
    )
    from vipex_sdk.control.steps import (
        Kept,
        Pause,
        Plan,
        Send,
        Steps,
    )
    from vipex_sdk.control.sync import (
        Change,
        Refusal,
        SyncPlan,
        SyncResult,
        external_id,
    )
    from vipex_sdk.control.users import (
        User,
        get_user,
        list_users,
    )
    from vipex_sdk.control.waiting import (
        CallOutcome,
        Ending,
        Sighting,
        Verdict,
        look_for,
        wait_for_outcome,
        wait_until_idle,
    )

__all__ = [
    "OPERATIONS",
    "AsyncClient",
    "AsyncRecordingStream",
    "AsyncRecordings",
    "AsyncRunner",
    "AsyncSender",
    "Bulk",
    "CallOutcome",
    "CallStarted",
    "CallState",
    "Calls",
    "Change",
    "Client",
    "CurrentCall",
    "Direction",
    "Download",
    "Ending",
    "ExtensionCalls",
    "ExtensionState",
    "Forwarding",
    "ForwardingType",
    "Forwardings",
    "Group",
    "Kept",
    "Operation",
    "OperatorState",
    "OperatorStatus",
    "Operators",
    "Pause",
    "Phonebook",
    "PhonebookEntry",
    "PhonebookNumber",
    "Plan",
    "RecordingStream",
    "Recordings",
    "Refusal",
    "RequestEvent",
    "RetryEvent",
    "RetryPolicy",
    "Runner",
    "Send",
    "Sender",
    "Sighting",
    "StatusTime",
    "StatusTimes",
    "Steps",
    "SyncPlan",
    "SyncResult",
    "TargetType",
    "Timeouts",
    "Token",
    "TokenStore",
    "User",
    "Users",
    "Verdict",
    "argument_types",
    "bulk",
    "create_entry",
    "current",
    "delete_all_forwardings",
    "delete_entry",
    "delete_forwarding",
    "endpoint",
    "ensure_all_deleted",
    "ensure_deleted",
    "external_id",
    "fetch_recording",
    "find_forwarding",
    "get_entry",
    "get_forwardings",
    "get_user",
    "list_entries",
    "list_statuses",
    "list_users",
    "look_for",
    "originate",
    "procedure",
    "set_forwarding",
    "sniff",
    "start_ivr",
    "time_in_status",
    "update_entry",
    "wait_for_outcome",
    "wait_until_idle",
]

_NAMES = {
    "vipex_sdk.control.bulk": "Bulk bulk",
    "vipex_sdk.control.async_client": "AsyncClient",
    "vipex_sdk.control.auth.token": "Token TokenStore",
    "vipex_sdk.control.calls": (
        "CallStarted CallState CurrentCall Direction ExtensionCalls ExtensionState current originate start_ivr"
    ),
    "vipex_sdk.control.catalogue": "OPERATIONS argument_types",
    "vipex_sdk.control.client": "Client",
    "vipex_sdk.control.download": "AsyncRecordingStream AsyncRecordings Download RecordingStream Recordings sniff",
    "vipex_sdk.control.forwarding": (
        "Forwarding ForwardingType TargetType delete_all_forwardings delete_forwarding get_forwardings set_forwarding"
    ),
    "vipex_sdk.control.forwarding_procedures": "ensure_all_deleted ensure_deleted find_forwarding",
    "vipex_sdk.control.groups": "Calls Forwardings Operators Phonebook Users",
    "vipex_sdk.control.hooks": "RequestEvent RetryEvent",
    "vipex_sdk.control.operation": "AsyncSender Group Operation Sender endpoint",
    "vipex_sdk.control.operators": "OperatorState OperatorStatus StatusTime StatusTimes list_statuses time_in_status",
    "vipex_sdk.control.phonebook": (
        "PhonebookEntry PhonebookNumber create_entry delete_entry get_entry list_entries update_entry"
    ),
    "vipex_sdk.control.procedure": "AsyncRunner Runner procedure",
    "vipex_sdk.control.recordings": "fetch_recording",
    "vipex_sdk.control.retry": "RetryPolicy Timeouts",
    "vipex_sdk.control.steps": "Kept Pause Plan Send Steps",
    "vipex_sdk.control.sync": "Change Refusal SyncPlan SyncResult external_id",
    "vipex_sdk.control.users": "User get_user list_users",
    "vipex_sdk.control.waiting": "CallOutcome Ending Sighting Verdict look_for wait_for_outcome wait_until_idle",
}
_HOME = {name: module for module, names in _NAMES.items() for name in names.split()}


def __getattr__(name: str) -> object:
    """Load a public name when it is first used (PEP 562)."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
