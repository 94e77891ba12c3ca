"""Our answer to a data query, written as the call logic reads it."""

from __future__ import annotations

from vipex_sdk.webhooks.events import Decision, DecisionAction
from vipex_sdk.wire.convert import converter_for
from vipex_sdk.wire.media import render_body
from vipex_sdk.wire.profile import WireProfile

__all__ = ["answer"]

_NO_CONTENT = 204


def answer(decision: Decision, profile: WireProfile) -> tuple[int, str | None, bytes]:
    """Give status, content type and body of the answer. Source: ``facts/vipex.md`` 3.3."""
    form = profile.webhooks.answer
    status = 200 if decision.found else form.not_found_status
    if status == _NO_CONTENT:
        return status, None, b""
    if form.style == "text":
        target = decision.target if decision.action is DecisionAction.ROUTE else decision.branch
        return status, "text/plain; charset=utf-8", (target or "").encode()
    fields = converter_for(profile).encode(decision)
    if not form.empty_fields:
        fields = {name: value for name, value in fields.items() if value not in (None, "", {})}
    content_type, body = render_body(form.style, fields)
    return status, content_type, body
