"""Webhook requests as a profile wants them sent, and the answer to a data query: both ways, for simulated exchanges.

Pure: no I/O, no HTTP library.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from vipex_sdk.errors import VipexError
from vipex_sdk.wire.formats import BodyEncoding
from vipex_sdk.wire.media import flat_fields, parse_body, render_body
from vipex_sdk.wire.messages import WireRequest
from vipex_sdk.wire.multipart import Part, join_parts
from vipex_sdk.wire.profile import WireProfile
from vipex_sdk.wire.webhook_formats import HookFormat

__all__ = ["EventKind", "decision_answer", "event_request", "read_decision_answer"]

EventKind = Literal["data_query", "incoming_call", "call_end", "recording_upload"]
_NO_CONTENT = 204


def event_request(
    profile: WireProfile, kind: EventKind, fields: Mapping[str, Any], *, files: tuple[Part, ...] = ()
) -> WireRequest:
    """Write the event of *kind* with its wire data as a request; the path is below the receiver's address.

    Args:
        profile: the wire format.
        kind: name of the webhook.
        fields: wire data, as the converter gives them.
        files: audio that goes beside them.
    """
    hook: HookFormat = getattr(profile.webhooks, kind)
    path = profile.webhooks.events_path if profile.webhooks.single_url else hook.path
    if hook.method == "GET":
        return WireRequest(method="GET", path=path, query=tuple(flat_fields("", fields)))
    if files:
        data = Part(
            name=profile.webhooks.multipart_data,
            content_type="application/json",
            content=render_body("json", fields)[1],
        )
        content_type, body = join_parts((data, *files))
    else:
        content_type, body = render_body(_encoding(profile), fields, root=profile.xml.request)  # type: ignore[assignment]  # never "none"
    return WireRequest(method=hook.method, path=path, content_type=content_type, body=body)


def _encoding(profile: WireProfile) -> BodyEncoding:
    return next((one for one in profile.webhooks.encodings if one != "query"), "json")


def decision_answer(
    profile: WireProfile, fields: Mapping[str, Any], *, target: str, found: bool
) -> tuple[int, str | None, bytes]:
    """Write the answer to a data query: status, content type, body.

    Args:
        profile: the wire format.
        fields: the decision as wire data.
        target: what the ``text`` style says; empty lets the call logic go on.
        found: whether the caller is known, where the status says so.
    """
    form = profile.webhooks.answer
    status = 200 if found else form.not_found_status
    if status == _NO_CONTENT:
        return status, None, b""
    if form.style == "text":
        return status, "text/plain; charset=utf-8", target.encode()
    said = (
        fields if form.empty_fields else {name: value for name, value in fields.items() if value not in (None, "", {})}
    )
    if form.style == "json":  # somebody waits on the line
        return status, "application/json", msgspec.json.encode(said)
    content_type, body = render_body(form.style, said, root=profile.xml.answer)
    return status, content_type, body


def read_decision_answer(profile: WireProfile, content_type: str | None, body: bytes) -> Mapping[str, Any] | str | None:
    """Read what :func:`decision_answer` wrote: wire data, the target's text, or ``None`` for nothing that is known."""
    if not body.strip():
        return None
    if profile.webhooks.answer.style == "text":
        return body.decode(errors="replace").strip()
    try:
        return parse_body(content_type, body, accepted=(profile.webhooks.answer.style,))
    except VipexError:
        return None
