"""What a client offers, by subject: ``client.calls``, ``client.forwarding`` and so on."""

from __future__ import annotations

from vipex_sdk.control.bulk import bulk
from vipex_sdk.control.calls import current, originate, start_ivr
from vipex_sdk.control.forwarding import get_forwardings, set_forwarding
from vipex_sdk.control.forwarding_procedures import ensure_all_deleted, ensure_deleted, find_forwarding
from vipex_sdk.control.operation import Group, S_co, endpoint
from vipex_sdk.control.operators import list_statuses, time_in_status
from vipex_sdk.control.paging import paged
from vipex_sdk.control.phonebook import create_entry, delete_entry, get_entry, list_entries, update_entry
from vipex_sdk.control.procedure import procedure
from vipex_sdk.control.sync.session import plan_sync, sync
from vipex_sdk.control.users import get_user, list_users
from vipex_sdk.control.waiting import look_for, wait_for_outcome, wait_until_idle

__all__ = ["Calls", "Forwardings", "Operators", "Phonebook", "Users"]


class Calls(Group[S_co]):
    """``client.calls``."""

    originate = endpoint(originate)
    start_ivr = endpoint(start_ivr)
    current = endpoint(current)
    wait_for_outcome = procedure(wait_for_outcome)
    wait_until_idle = procedure(wait_until_idle)
    look_for = procedure(look_for)


class Forwardings(Group[S_co]):
    """``client.forwarding``."""

    set = endpoint(set_forwarding)
    get = endpoint(get_forwardings)
    find = procedure(find_forwarding)
    delete = procedure(ensure_deleted)
    delete_all = procedure(ensure_all_deleted)


class Users(Group[S_co]):
    """``client.users``."""

    get = endpoint(get_user)
    all = paged(list_users)


class Phonebook(Group[S_co]):
    """``client.phonebook``."""

    create = endpoint(create_entry)
    get = endpoint(get_entry)
    update = endpoint(update_entry)
    delete = endpoint(delete_entry)
    all = paged(list_entries)
    plan_sync = procedure(plan_sync)
    sync = bulk(sync)


class Operators(Group[S_co]):
    """``client.operators``."""

    statuses = endpoint(list_statuses)
    time_in_status = endpoint(time_in_status)
