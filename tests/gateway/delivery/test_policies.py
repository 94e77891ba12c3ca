"""What a deployment decides about calls, and what happens when it decides nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from tests.gateway.calls import CUSTOMER, a_call
from tests.gateway.clock import HandClock
from tests.gateway.crm import OpenCrm, PlainCrm, a_card
from tests.gateway.front.rig import TOML, configured
from tests.gateway.house import SCHEDULE, a_house
from vipex_sdk.crm.journal import Journal, JournalSettings
from vipex_sdk.crm.model import CallRecord, Ref
from vipex_sdk.gateway.config import CallSettings
from vipex_sdk.gateway.database import Database
from vipex_sdk.gateway.delivery import DeliveryPolicy
from vipex_sdk.gateway.inbox import Status
from vipex_sdk.gateway.policies import delivery_policy, journal_settings
from vipex_sdk.numbers import NumberRules, PhoneNumber
from vipex_sdk.webhooks.events import CallEnd, Direction

NOBODY = "+36300000009"


async def delivered(
    database: Database,
    clock: HandClock,
    crm: PlainCrm,
    call: CallEnd,
    *,
    policy: dict[str, Any] | None = None,
    users: dict[str, Ref] | None = None,
    **journal: Any,
) -> tuple[Status, str | None, list[CallRecord]]:
    house = a_house(
        database,
        clock,
        crm,
        policy=DeliveryPolicy(schedule=SCHEDULE, **(policy or {})),
        journal=Journal(JournalSettings(language="en", **journal)),
        users=lambda: users or {},
    )
    seq = await house.put(call)
    await house.settle()
    return await house.status(seq), await house.error(seq), list(crm.entries.values())


AMBIGUOUS = [
    ({}, Status.DELIVERED, 1),
    ({"ambiguous": "best"}, Status.DELIVERED, 1),
    ({"ambiguous": "park"}, Status.PARKED, 0),
    ({"ambiguous": "ignore"}, Status.IGNORED, 0),
]


@pytest.mark.parametrize(("policy", "status", "entries"), AMBIGUOUS)
async def test_a_number_of_several_customers(
    database: Database, clock: HandClock, policy: dict[str, Any], status: Status, entries: int
) -> None:
    crm = PlainCrm()
    crm.cards = [a_card("1"), a_card("2", name="Minta Mihály")]
    ended, reason, records = await delivered(database, clock, crm, a_call(), policy=policy)
    assert (ended, len(records)) == (status, entries)
    assert (reason == "ambiguous_customer") is (entries == 0)
    assert all("several customers" in record.text for record in records)


OUTBOUND = {"direction": Direction.OUTBOUND, "caller": PhoneNumber.parse("101"), "called": PhoneNumber.parse(NOBODY)}
UNKNOWN = [
    ({}, {}, 0),
    ({"unknown_callers": "never"}, {}, 0),
    ({"unknown_callers": "inbound"}, {}, 1),
    ({"unknown_callers": "inbound"}, OUTBOUND, 0),
    ({"unknown_callers": "both"}, OUTBOUND, 1),
]


@pytest.mark.parametrize(("policy", "changes", "created"), UNKNOWN)
async def test_who_becomes_a_customer(
    database: Database, clock: HandClock, policy: dict[str, Any], changes: dict[str, Any], created: int
) -> None:
    crm = OpenCrm()
    call = evolve(a_call(caller=NOBODY), **changes)
    status, _, _ = await delivered(database, clock, crm, call, policy=policy)
    assert crm.requests.count("create") == created
    assert status is (Status.DELIVERED if created else Status.PARKED)
    if created:
        assert crm.cards[-1].name == "Unknown caller +36 30 000 0009"


IGNORED = [
    ({"caller": "+36300000001"}, {"block": ("06 30 000 0001",)}, "blocked"),
    ({"caller": "+36300000001"}, {"block": ("+3630*",)}, "blocked"),
    ({"caller": "+36300000001"}, {"block": ("+3680*", "+36300000002")}, None),
    ({"caller": "+36300000001"}, {}, None),
    ({"caller": "+3610000100"}, {"own_numbers": ("+3610000100",)}, "own_number"),
    ({"caller": "anonymous"}, {}, "anonymous"),
    ({"caller": "102", "direction": Direction.INTERNAL}, {}, "internal"),
]


@pytest.mark.parametrize(("changes", "settings", "rule"), IGNORED)
async def test_calls_that_make_no_record(
    database: Database, clock: HandClock, changes: dict[str, Any], settings: dict[str, Any], rule: str | None
) -> None:
    status, reason, records = await delivered(database, clock, PlainCrm(), a_call(**changes), **settings)
    assert reason == rule
    assert (status is Status.IGNORED) is (rule is not None)
    assert bool(records) is (rule is None)


@pytest.mark.parametrize(
    ("changes", "settings"),
    [
        ({"caller": "anonymous"}, {"record_anonymous": True}),
        ({"caller": "102", "direction": Direction.INTERNAL}, {"record_internal": True}),
    ],
)
async def test_calls_of_nobody_can_be_recorded_where_the_crm_takes_them(
    database: Database, clock: HandClock, changes: dict[str, Any], settings: dict[str, Any]
) -> None:
    crm = PlainCrm(needs_card=False)
    status, _, records = await delivered(database, clock, crm, a_call(**changes), **settings)
    assert (status, len(records)) == (Status.DELIVERED, 1)


OWNERS = [
    ({"101": Ref("user", "2001")}, "2009", Ref("user", "2001")),
    ({}, "2009", Ref("user", "2009")),
    ({}, "", None),
]


@pytest.mark.parametrize(("users", "default", "owner"), OWNERS)
async def test_whose_the_call_of_an_unmapped_extension_is(
    database: Database, clock: HandClock, users: dict[str, Ref], default: str, owner: Ref | None
) -> None:
    _, _, records = await delivered(database, clock, PlainCrm(), a_call(), users=users, default_owner=default)
    assert [record.owner for record in records] == [owner]


def test_every_setting_of_calls_reaches_its_room(tmp_path: Path) -> None:
    toml = TOML.replace(
        "[calls]\n",
        '[calls]\nblock = ["+3680*"]\ndefault_owner = "2002"\nmissed_task = false\nmissed_task_hours = 1.5\n'
        'record_anonymous = true\nrecord_internal = true\nowner_of_transferred = "each"\nambiguous_matches = "park"\n'
        'unknown_callers = "both"\nunknown_caller_name = "Új hívó"\nunknown_callers_at = "ring"\n',
    )
    configuration = configured(tmp_path, toml=toml)
    journal = journal_settings(configuration, names={"101": "Nagy Béla", "102": ""}, rules=NumberRules())
    assert (journal.block, journal.default_owner, journal.names) == (("+3680*",), "2002", {"101": "Nagy Béla"})
    assert (journal.missed_task, journal.task_due.total_seconds()) == (False, 5400)
    assert (journal.record_anonymous, journal.record_internal, journal.owner.value) == (True, True, "each")
    policy = delivery_policy(configuration)
    assert (policy.ambiguous.value, policy.unknown_callers.value) == ("park", "both")
    assert policy.newcomer_name == "Új hívó"
    assert delivery_policy(configured(tmp_path)).newcomer_name == "Ismeretlen hívó"


def test_the_defaults_create_nothing_and_lose_nothing() -> None:
    calls = CallSettings()
    assert (calls.unknown_callers, calls.unknown_callers_at, calls.ambiguous_matches) == ("never", "end", "best")
    assert (calls.missed_task, calls.record_anonymous, calls.record_internal, calls.block) == (True, False, False, ())
    assert (calls.owner_of_transferred, calls.default_owner) == ("last", "")
    assert CUSTOMER.startswith("+36")
