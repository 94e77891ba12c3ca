from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.gateway.clock import HandClock
from tests.gateway.front.rig import CUSTOMER, ScanningCrm, a_customer
from vipex_sdk.crm.model import CrmUser, CustomerCard, Ref
from vipex_sdk.errors import Unavailable
from vipex_sdk.gateway.config import ExtensionSettings, RoutingSettings
from vipex_sdk.gateway.database import Database
from vipex_sdk.gateway.directory import Directory
from vipex_sdk.gateway.extensions import Extensions
from vipex_sdk.gateway.routing import Router
from vipex_sdk.numbers import PhoneNumber
from vipex_sdk.webhooks.events import DataQuery, Decision, DecisionAction

EXTENSIONS = {"101": ExtensionSettings(crm_user="2001"), "102": ExtensionSettings(crm_user="Kovács Dóra")}


class Desk:
    """A router and what it counted."""

    def __init__(self, database: Database, crm: ScanningCrm, clock: HandClock, default: str = "") -> None:
        self.counted: Counter[str] = Counter()
        self.extensions = Extensions(EXTENSIONS)
        self.route = Router(
            Directory(database, crm, clock=clock),
            self.extensions,
            RoutingSettings(default_extension=default, ring_seconds=20),
            deadline=1.5,
            own_numbers=("+3610000100",),
            count=lambda reason: self.counted.update([reason]),
        )

    async def ask(self, caller: str | None) -> tuple[Decision, str]:
        self.counted.clear()
        decision = await self.route(DataQuery(call_id="c-1", caller=PhoneNumber.parse(caller)))
        (reason,) = self.counted
        return decision, reason


@pytest.fixture
def desk(sqlite: Database, crm: ScanningCrm, clock: HandClock) -> Desk:
    return Desk(sqlite, crm, clock)


async def test_a_customer_reaches_the_owner(desk: Desk) -> None:
    decision, reason = await desk.ask("06 30 000 0001")
    assert reason == "owner"
    assert decision == Decision.to_extension("101", timeout_seconds=20, caller_name="Próba Piroska")


ANOTHER = a_customer("2", name="Más Márta", company=None, owner=Ref("user", "9"))

CASES: list[tuple[str, list[CustomerCard], str | None, str]] = [
    ("a stranger", [], CUSTOMER, "unknown"),
    ("a hidden number", [a_customer()], None, "anonymous"),
    ("an own number", [a_customer(number="+3610000100")], "+3610000100", "unknown"),
    ("a colleague", [], "105", "unknown"),
    ("an owner without a telephone", [a_customer(owner=Ref("user", "9"))], CUSTOMER, "unmapped"),
    ("a customer without an owner", [a_customer(owner=None)], CUSTOMER, "no_owner"),
    ("two customers of two owners", [a_customer(), ANOTHER], CUSTOMER, "ambiguous"),
]  # fmt: skip


@pytest.mark.parametrize("default", ["", "100"])
@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
async def test_everybody_else_goes_the_default_way(
    sqlite: Database,
    crm: ScanningCrm,
    clock: HandClock,
    case: tuple[str, list[CustomerCard], str | None, str],
    *,
    default: str,
) -> None:
    _, cards, caller, why = case
    crm.cards = cards
    decision, reason = await Desk(sqlite, crm, clock, default).ask(caller)
    assert reason == why
    assert decision.action is (DecisionAction.ROUTE if default else DecisionAction.CONTINUE)
    assert decision.target == (default or None)
    assert decision.found is (why in ("unmapped", "no_owner", "ambiguous"))


async def test_two_customers_of_one_owner_reach_the_owner_without_a_name(desk: Desk, crm: ScanningCrm) -> None:
    crm.cards = [a_customer(), a_customer("2", name="Más Márta", company=None)]
    decision, reason = await desk.ask(CUSTOMER)
    assert (decision.target, decision.caller_name, reason) == ("101", None, "owner")


async def test_an_extension_that_no_longer_exists_is_not_rung(desk: Desk) -> None:
    desk.extensions.learn_existing({"102", "103"})
    decision, reason = await desk.ask(CUSTOMER)
    assert (decision.action, reason) == (DecisionAction.CONTINUE, "gone")


async def test_a_crm_that_fails_sends_the_caller_the_default_way(desk: Desk, crm: ScanningCrm) -> None:
    crm.fails = Unavailable("the CRM is down")
    assert (await desk.ask(CUSTOMER))[1] == "failed"
    crm.fails = RuntimeError("a bug of the plug-in")
    assert (await desk.ask("+36300000002"))[1] == "failed"


def owner_of(card_owner: Any, name: str | None = None) -> CustomerCard:
    return a_customer(owner=Ref("user", card_owner) if card_owner else None, owner_name=name)


def test_owners_are_mapped_by_id_by_name_and_by_the_crms_own_profiles() -> None:
    extensions = Extensions(EXTENSIONS)
    assert extensions.of_owner(owner_of("2001")) == "101"
    assert extensions.of_owner(owner_of(None, "Kovács Dóra")) == "102"
    assert extensions.of_owner(owner_of("2002")) is None
    extensions.learn_users(
        [
            CrmUser(ref=Ref("user", "2002"), name="Kovács Dóra"),
            CrmUser(ref=Ref("user", "2003"), name="Szabó Éva", extension="103"),
            CrmUser(ref=Ref("user", "2004"), name="Tóth Gábor", extension="101"),
        ]
    )
    assert extensions.of_owner(owner_of("2002")) == "102"
    assert extensions.of_owner(owner_of("2003")) == "103"
    assert extensions.of_owner(owner_of("2004")) is None
    assert extensions.users == {"101": Ref("user", "2001"), "102": Ref("user", "2002"), "103": Ref("user", "2003")}
