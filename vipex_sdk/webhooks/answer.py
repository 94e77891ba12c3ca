"""Our answer to a data query, written as the call logic reads it."""

from __future__ import annotations

from vipex_sdk.webhooks.events import Decision, DecisionAction
from vipex_sdk.wire.convert import converter_for
from vipex_sdk.wire.events import decision_answer
from vipex_sdk.wire.profile import WireProfile

__all__ = ["answer"]


def answer(decision: Decision, profile: WireProfile) -> tuple[int, str | None, bytes]:
    """Give status, content type and body of the answer. Source: ``facts/vipex.md`` 3.3."""
    target = decision.target if decision.action is DecisionAction.ROUTE else decision.branch
    fields = converter_for(profile).encode(decision)
    return decision_answer(profile, fields, target=target or "", found=decision.found)
