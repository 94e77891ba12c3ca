"""Every operation by its name in the wire profile."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, get_type_hints

from vipex_sdk.control.calls import current, originate, start_ivr
from vipex_sdk.control.forwarding import delete_all_forwardings, delete_forwarding, get_forwardings, set_forwarding
from vipex_sdk.control.operation import Operation
from vipex_sdk.control.operators import list_statuses, time_in_status
from vipex_sdk.control.phonebook import create_entry, delete_entry, get_entry, list_entries, update_entry
from vipex_sdk.control.recordings import fetch_recording
from vipex_sdk.control.users import get_user, list_users

__all__ = ["OPERATIONS", "argument_types"]

OPERATIONS: Mapping[str, Callable[..., Operation[Any]]] = MappingProxyType(
    {
        "calls.current": current,
        "calls.originate": originate,
        "calls.start_ivr": start_ivr,
        "forwarding.delete": delete_forwarding,
        "forwarding.delete_all": delete_all_forwardings,
        "forwarding.get": get_forwardings,
        "forwarding.set": set_forwarding,
        "operators.statuses": list_statuses,
        "operators.time_in_status": time_in_status,
        "phonebook.create": create_entry,
        "phonebook.delete": delete_entry,
        "phonebook.get": get_entry,
        "phonebook.list": list_entries,
        "phonebook.update": update_entry,
        "recordings.fetch": fetch_recording,
        "users.get": get_user,
        "users.list": list_users,
    }
)
"""Name to the function that builds the operation."""


@cache
def argument_types(name: str) -> Mapping[str, Any]:
    """Give the arguments of operation *name* and their types, as its builder declares them."""
    hints = get_type_hints(OPERATIONS[name], include_extras=True)
    return MappingProxyType({key: cls for key, cls in hints.items() if key != "return"})
