"""The simulator's choices where MiniCRM's own behaviour is not known, or differs between tenants.

Defaults are what live tenants showed, else the strictest reading: code that works against them should work anywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import asdict, define, fields

__all__ = ["Switches"]


@define(kw_only=True)
class Switches:
    """What can be switched; ``POST /simulator/settings`` changes any of them.

    Attributes:
        language: of error texts and localised words, ``hu`` or ``en``. [L]
        bom: start bodies with a byte order mark. [L, old client strips them]
        ids_as_strings: write ids as text, as older samples do. [D]
        bad_key_status: 401 as live [L], or 404 as the manual prints [D].
        phone_filter: how ``Phone=`` compares: ``exact``, ``digits`` or ``suffix``. [I]
        deleted_in_search: a search without ``Deleted`` also gives cards in the bin. [I]
        rate_limit: requests a minute under ``/Api/R3``. [D]
        rate_window: ``fixed`` or ``rolling``. [I]
        retry_after: send ``Retry-After`` with 429. [I]
        todo_post: ``POST /ToDo/{id}`` closes with a time [D]; off: 405 as on the collection [L].
        todo_created_closed: a to-do may be created closed. [I]
        calllog_counters: ``samples`` (Skipped, Processed, Exists) or ``prose`` (Missing, NotFound, Processed). [D]
        calllog_addresses: who may write to the CallLog. [D]
        calllog_basic: want HTTP Basic too. [I]
        calllog_refuse_future: skip calls that start more than a minute ahead: local time sent as UTC. [I]
        calllog_unknown_extension: ``keep`` the call without a user, or ``skip`` it. [I]
        recording_template: address MiniCRM asks for a recording, with its misspelt ``{%RefereceId%}``. [D]
    """

    language: str = "hu"
    bom: bool = False
    ids_as_strings: bool = False
    bad_key_status: int = 401
    phone_filter: str = "exact"
    deleted_in_search: bool = True
    rate_limit: int = 60
    rate_window: str = "fixed"
    retry_after: bool = False
    todo_post: bool = True
    todo_created_closed: bool = False
    calllog_counters: str = "samples"
    calllog_addresses: tuple[str, ...] = ("127.0.0.1", "::1")
    calllog_basic: bool = False
    calllog_refuse_future: bool = True
    calllog_unknown_extension: str = "keep"
    recording_template: str = ""

    def change(self, wanted: Mapping[str, Any]) -> None:
        """Set some switches.

        Raises:
            ValueError: a name is unknown or a value has the wrong type.
        """
        known = {attribute.name: attribute for attribute in fields(type(self))}
        for name, value in wanted.items():
            if name not in known:
                raise ValueError(f"no switch {name!r}; known: {', '.join(known)}")
            chosen = tuple(value) if isinstance(value, list) else value
            if type(chosen) is not type(known[name].default):
                raise ValueError(f"{name}: expected {type(known[name].default).__name__}")
            setattr(self, name, chosen)

    def shown(self) -> dict[str, Any]:
        """Give all switches; the template without its credentials."""
        shown = asdict(self)
        shown["recording_template"] = bool(self.recording_template)
        return shown
