"""The seven calls of the demo, and what each must have become: the demo's specification, as data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

__all__ = ["NEW_CUSTOMER", "NOBODY", "SCRIPT", "ScriptedCall", "Wanted"]

NOBODY = "+36300000009"
"""A number the simulated MiniCRM does not know."""

NEW_CUSTOMER = "*"
"""Stands for whatever the CRM now calls the caller it did not know."""


@frozen(kw_only=True)
class Wanted:
    """An entry that must stand in the customer's history.

    Attributes:
        kind: ``incoming``, ``outgoing``, ``missed`` (calls) or ``todo``.
        customer: the contact it must stand at.
        user: the colleague it belongs to.
        plays: whether its recording must play in the CRM.
    """

    kind: str
    customer: str
    user: str
    plays: bool = False


@frozen(kw_only=True)
class ScriptedCall:
    """One call and everything that must come of it.

    Attributes:
        scenario: the sandbox's scenario.
        parameters: where the call differs from the scenario's defaults.
        routed_to: the extension the data query must name; ``None`` lets the call logic go on.
        popped_on: extensions whose desks must show the customer.
        records: what must stand in the CRM, and nothing else of this call.
    """

    scenario: str
    parameters: Mapping[str, Any] = field(factory=dict)
    routed_to: str | None = None
    popped_on: tuple[str, ...] = ()
    records: tuple[Wanted, ...] = ()


SCRIPT = (
    ScriptedCall(
        scenario="answered",
        parameters={"caller": "+36300000001"},
        routed_to="101",
        popped_on=("101",),
        records=(Wanted(kind="incoming", customer="Kiss Anna", user="Nagy Béla", plays=True),),
    ),
    ScriptedCall(
        scenario="missed",
        parameters={"caller": "+36300000002"},
        routed_to="103",
        popped_on=("103",),
        records=(
            Wanted(kind="missed", customer="Varga Péter", user="Szabó Éva"),
            Wanted(kind="todo", customer="Varga Péter", user="Szabó Éva"),
        ),
    ),
    ScriptedCall(
        scenario="blind_transfer",
        parameters={"caller": "+36300000001", "transfer_to": "102"},
        routed_to="101",
        popped_on=("101",),
        records=(Wanted(kind="incoming", customer="Kiss Anna", user="Kovács Dóra", plays=True),),
    ),
    ScriptedCall(
        scenario="attended_transfer",
        parameters={"caller": "+36300000003", "transfer_to": "102"},
        routed_to="101",
        popped_on=("101",),
        records=(Wanted(kind="incoming", customer="Horváth Ilona", user="Kovács Dóra", plays=True),),
    ),
    ScriptedCall(
        scenario="pickup",
        parameters={"caller": "+36300000002", "transfer_to": "105"},
        routed_to="103",
        popped_on=("103", "105"),
        records=(Wanted(kind="incoming", customer="Varga Péter", user="Tóth Gábor", plays=True),),
    ),
    ScriptedCall(
        scenario="unknown_caller",
        parameters={"caller": NOBODY, "extension": "102"},
        routed_to=None,
        popped_on=("102",),
        records=(Wanted(kind="incoming", customer=NEW_CUSTOMER, user="Kovács Dóra", plays=True),),
    ),
    ScriptedCall(
        scenario="outbound",
        parameters={"extension": "101", "number": "+36300000003"},
        routed_to=None,
        popped_on=(),
        records=(Wanted(kind="outgoing", customer="Horváth Ilona", user="Nagy Béla", plays=True),),
    ),
)
