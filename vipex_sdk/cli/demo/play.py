"""Play the scripted calls one by one, and compare what came of each with what had to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import httpx
from attrs import field, frozen

from vipex_sdk import Client
from vipex_sdk.cli.demo.desks import Desks, Pop
from vipex_sdk.cli.demo.history import CrmEntry, CrmHistory
from vipex_sdk.cli.demo.script import NEW_CUSTOMER, NOBODY, SCRIPT, ScriptedCall, Wanted
from vipex_sdk.cli.demo.stage import CREDENTIALS, Stage

__all__ = ["PlayedCall", "play"]

POP_SECONDS = 3.0
CRM_SECONDS = 20.0
CALL_SECONDS = 60.0


@frozen(kw_only=True)
class PlayedCall:
    """What one scripted call became.

    Attributes:
        differences: everything that is not as the script wants it, a sentence each.
    """

    scenario: str
    call_id: str
    routed_to: str | None
    pops: tuple[Pop, ...] = ()
    entries: tuple[CrmEntry, ...] = ()
    differences: tuple[str, ...] = field(default=())

    @property
    def ok(self) -> bool:
        """Whether everything is as the script wants it."""
        return not self.differences


def play(stage: Stage) -> Iterator[PlayedCall]:
    """Play all calls of the script on *stage*, giving each when it has reached the CRM."""
    with closing(CrmHistory(stage.crm.url, CREDENTIALS)) as history, Desks(stage.gateway.ready["desk"]) as desks:
        for call in SCRIPT:
            details = _originate(stage, call) if call.scenario == "outbound" else _scenario(stage, call)
            entries = history.new_entries(len(call.records), within=CRM_SECONDS)
            pops = desks.pops(details["call_id"], call.popped_on, within=POP_SECONDS)
            yield PlayedCall(
                scenario=call.scenario,
                call_id=details["call_id"],
                routed_to=_routed_to(details),
                pops=tuple(pops),
                entries=tuple(entries),
                differences=tuple(_differences(call, details, pops, entries, history)),
            )
        surplus = history.new_entries(0, within=0)
    if surplus:
        text = f"the CRM has {len(surplus)} entries that no call should have made"
        yield PlayedCall(scenario="afterwards", call_id="", routed_to=None, entries=tuple(surplus), differences=(text,))


def _scenario(stage: Stage, call: ScriptedCall) -> dict[str, Any]:
    url = f"{stage.sandbox.url}/sandbox/scenarios/{call.scenario}"
    details: dict[str, Any] = httpx.post(url, json=dict(call.parameters), timeout=CALL_SECONDS).json()
    return details


def _originate(stage: Stage, call: ScriptedCall) -> dict[str, Any]:
    """Start the call as a CRM would: through the control API, with our own client."""
    ready = stage.sandbox.ready
    with Client(stage.sandbox.url, user=ready["user"], password=ready["password"], profile=stage.profile) as client:
        started = client.calls.originate(call.parameters["extension"], call.parameters["number"], client_ref="demo")
    url = f"{stage.sandbox.url}/sandbox/calls/{started.call_id}"
    details: dict[str, Any] = httpx.get(url, params={"wait": "30"}, timeout=CALL_SECONDS).raise_for_status().json()
    return details


def _routed_to(details: dict[str, Any]) -> str | None:
    """Give the extension that the answer to the data query named."""
    decision = details["decision"] or {}
    return decision.get("target") if decision.get("action") == "route" else None


def _differences(
    call: ScriptedCall, details: dict[str, Any], pops: list[Pop], entries: list[CrmEntry], history: CrmHistory
) -> Iterator[str]:
    if details.get("problem"):
        yield f"the call could not be played: {details['problem']}"
    routed_to = _routed_to(details)
    if routed_to != call.routed_to:
        yield f"routed to {routed_to or 'nobody'}, wanted {call.routed_to or 'nobody'}"
    popped = sorted(pop.extension for pop in pops)
    if popped != sorted(call.popped_on):
        yield f"popped on {', '.join(popped) or 'no desk'}, wanted {', '.join(call.popped_on) or 'none'}"
    newcomers = history.knows(NOBODY) if call.parameters.get("caller") == NOBODY else []
    missing = list(call.records)
    for entry in entries:
        match = next((wanted for wanted in missing if _fits(entry, wanted, newcomers)), None)
        if match is None:
            yield f"not wanted in the CRM: {entry.kind} at {entry.customer} by {entry.user or 'nobody'}"
        else:
            missing.remove(match)
            if bool(entry.plays) is not match.plays:
                yield f"the recording of the call {'does not play' if match.plays else 'should not be'} in the CRM"
    for wanted in missing:
        yield f"missing in the CRM: {wanted.kind} at {wanted.customer} by {wanted.user}"


def _fits(entry: CrmEntry, wanted: Wanted, newcomers: list[str]) -> bool:
    customer = entry.customer in newcomers if wanted.customer == NEW_CUSTOMER else entry.customer == wanted.customer
    return customer and entry.kind == wanted.kind and entry.user == wanted.user
