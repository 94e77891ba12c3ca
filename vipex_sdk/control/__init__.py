"""We ask VIPeX: calls, forwarding, recordings, users, phonebook, operators.

Names are loaded when they are first used: models without a client need no HTTP library.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vipex_sdk.control.calls import (
        Calls,
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
        AsyncClient,
        Client,
    )
    from vipex_sdk.control.download import (
        AsyncRecordings,
        Download,
        Recordings,
        sniff,
    )
    from vipex_sdk.control.forwarding import (
        Forwarding,
        Forwardings,
        ForwardingType,
        TargetType,
        delete_all_forwardings,
        delete_forwarding,
        get_forwardings,
        set_forwarding,
    )
    from vipex_sdk.control.operation import (
        AsyncSender,
        Group,
        Operation,
        Sender,
        endpoint,
    )
    from vipex_sdk.control.operators import (
        Operators,
        OperatorState,
        OperatorStatus,
        StatusTime,
        StatusTimes,
        list_statuses,
        time_in_status,
    )
    from vipex_sdk.control.phonebook import (
        Phonebook,
        PhonebookEntry,
        PhonebookNumber,
        create_entry,
        delete_entry,
        get_entry,
        list_entries,
        update_entry,
    )
    from vipex_sdk.control.recordings import (
        fetch_recording,
    )
    from vipex_sdk.control.retry import (
        RetryPolicy,
        Timeouts,
    )
    from vipex_sdk.control.users import (
        User,
        Users,
        get_user,
        list_users,
    )

__all__ = [
    "OPERATIONS",
    "AsyncClient",
    "AsyncRecordings",
    "AsyncSender",
    "CallStarted",
    "CallState",
    "Calls",
    "Client",
    "CurrentCall",
    "Direction",
    "Download",
    "ExtensionCalls",
    "ExtensionState",
    "Forwarding",
    "ForwardingType",
    "Forwardings",
    "Group",
    "Operation",
    "OperatorState",
    "OperatorStatus",
    "Operators",
    "Phonebook",
    "PhonebookEntry",
    "PhonebookNumber",
    "Recordings",
    "RetryPolicy",
    "Sender",
    "StatusTime",
    "StatusTimes",
    "TargetType",
    "Timeouts",
    "User",
    "Users",
    "argument_types",
    "create_entry",
    "current",
    "delete_all_forwardings",
    "delete_entry",
    "delete_forwarding",
    "endpoint",
    "fetch_recording",
    "get_entry",
    "get_forwardings",
    "get_user",
    "list_entries",
    "list_statuses",
    "list_users",
    "originate",
    "set_forwarding",
    "sniff",
    "start_ivr",
    "time_in_status",
    "update_entry",
]

_NAMES = {
    "vipex_sdk.control.calls": (
        "CallStarted CallState Calls CurrentCall Direction ExtensionCalls ExtensionState current originate start_ivr"
    ),
    "vipex_sdk.control.catalogue": "OPERATIONS argument_types",
    "vipex_sdk.control.client": "AsyncClient Client",
    "vipex_sdk.control.download": "AsyncRecordings Download Recordings sniff",
    "vipex_sdk.control.forwarding": (
        "Forwarding ForwardingType Forwardings TargetType delete_all_forwardings delete_forwarding "
        "get_forwardings set_forwarding"
    ),
    "vipex_sdk.control.operation": "AsyncSender Group Operation Sender endpoint",
    "vipex_sdk.control.operators": (
        "OperatorState OperatorStatus Operators StatusTime StatusTimes list_statuses time_in_status"
    ),
    "vipex_sdk.control.phonebook": (
        "Phonebook PhonebookEntry PhonebookNumber create_entry delete_entry get_entry list_entries update_entry"
    ),
    "vipex_sdk.control.recordings": "fetch_recording",
    "vipex_sdk.control.retry": "RetryPolicy Timeouts",
    "vipex_sdk.control.users": "User Users get_user list_users",
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
