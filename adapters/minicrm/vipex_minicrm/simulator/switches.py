"""The simulator's choices where MiniCRM's own behaviour is not known, or differs between tenants.

Defaults are what live tenants showed, else the strictest reading: code that works against them should work anywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import Attribute, asdict, define, field, fields

__all__ = ["Switches"]


def _one_of(*words: str) -> Any:
    """Make a field that takes only some words; the first is the default."""

    def validate(_switches: Switches, attribute: Attribute[str], value: str) -> None:
        if value not in words:
            raise ValueError(f"{attribute.name}: expected one of {', '.join(words)}")

    return field(default=words[0], validator=validate)


@define(kw_only=True)
class Switches:
    """What can be switched; ``POST /simulator/settings`` changes any of them.

    Attributes:
        language: of error texts and localised words, ``hu`` or ``en``. [L]
        bom: start bodies with a byte order mark. [L, old client strips them]
        ids_as_strings: write ids as text, as older samples do. [D]
        bad_key_status: 401 as live [L], or 404 as the manual prints [D].
        query_digits: at least six digits in ``Query=`` match the ``ending`` of a number, or whole ``words`` only. [I]
        hidden_phones: ``Query=`` also finds numbers that no row shows. [I]
        phone_filter: how ``Phone=`` compares: ``exact``, ``digits`` or ``suffix``. [I]
        deleted_in_search: a search without ``Deleted`` also gives cards in the bin. [I]
        main_contact: whom a card's ``MainContactId`` means: ``company_else_person``, ``person`` or ``either``. [I]
        reference_search: ``ReferenceId=`` gives the ``card`` itself, as an older page says, or a ``list``. [I]
        connections_both_ways: a connection is also listed at the card it points at. [I]
        status_required: a card cannot be created without a status; off: it gets the module's first. [I]
        rate_limit: requests a minute under ``/Api/R3``. [D]
        rate_window: ``fixed`` or ``rolling``. [I]
        retry_after: send ``Retry-After`` with 429. [I]
        todo_post: ``POST /ToDo/{id}`` closes with a time [D, never seen live: I]; off: 405 as on the collection [L].
        todo_put_keeps_time: PUT keeps a ``ClosedAt`` too, instead of ignoring it. [I]
        todo_created_closed: a to-do may be created closed. [I]
        todo_list_status: what ``ToDoList`` gives without a status: ``Open``, ``Closed`` or ``All``. [I]
        attachment_unfetched: ``refuse`` a change with a file that cannot be fetched, or ``forget`` the file. [I]
        calllog_counters: ``samples`` (Skipped, Processed, Exists) or ``prose`` (Missing, NotFound, Processed). [D]
        calllog_addresses: who may write to the CallLog. [D]
        calllog_address_status: status for another address: 403, or any other 4xx. [I]
        calllog_limited: calls to the CallLog count in ``rate_limit`` too. [I]
        calllog_most: more calls than this in one request are refused; 0 for no limit. [I]
        calllog_dedupe: number and start name a call; off: a call sent twice is stored twice. [I]
        calllog_without_card: ``drop`` as unknown a call of a contact without any card, or ``keep`` it. [I]
        calllog_company_cards: a call of a person without a card, or of a company, goes to the company's cards. [I]
        calllog_basic: want HTTP Basic too. [I]
        calllog_refuse_future: skip calls that start more than a minute ahead: local time sent as UTC. [I]
        calllog_unknown_extension: ``keep`` the call without a user, or ``skip`` it. [I]
        pull_credentials: of an address to fetch are sent ``at_once``, ``when_asked`` (after 401) or ``never``. [I]
        webhook_address: is told of changed contacts and cards; empty: nobody is. [D]
        recording_template: address MiniCRM asks for a recording, with its misspelt ``{%RefereceId%}``. [D]
    """

    language: str = _one_of("hu", "en")
    bom: bool = False
    ids_as_strings: bool = False
    bad_key_status: int = 401
    query_digits: str = _one_of("ending", "words")
    hidden_phones: bool = True
    phone_filter: str = _one_of("exact", "digits", "suffix")
    deleted_in_search: bool = True
    main_contact: str = _one_of("company_else_person", "person", "either")
    reference_search: str = _one_of("card", "list")
    connections_both_ways: bool = False
    status_required: bool = False
    rate_limit: int = 60
    rate_window: str = _one_of("fixed", "rolling")
    retry_after: bool = False
    todo_post: bool = True
    todo_put_keeps_time: bool = False
    todo_created_closed: bool = False
    todo_list_status: str = _one_of("Open", "Closed", "All")
    attachment_unfetched: str = _one_of("refuse", "forget")
    calllog_counters: str = _one_of("samples", "prose")
    calllog_addresses: tuple[str, ...] = ("127.0.0.1", "::1")
    calllog_address_status: int = 403
    calllog_limited: bool = False
    calllog_most: int = 0
    calllog_dedupe: bool = True
    calllog_without_card: str = _one_of("drop", "keep")
    calllog_company_cards: bool = True
    calllog_basic: bool = False
    calllog_refuse_future: bool = True
    calllog_unknown_extension: str = _one_of("keep", "skip")
    pull_credentials: str = _one_of("at_once", "when_asked", "never")
    webhook_address: str = ""
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
        """Give all switches; of the two addresses, which hold secrets, only whether they are there."""
        secret = {"recording_template": bool(self.recording_template), "webhook_address": bool(self.webhook_address)}
        return asdict(self) | secret
