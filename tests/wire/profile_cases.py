"""A case for every key of a profile: lines that change it, how to see the change, and what is seen then."""

# ruff: noqa: E501 - a table: one case a line or two

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from tests.wire.profile_checks import SIGNED, following, hurried, presented, refused, signed_ago, visited, waited
from vipex_sdk.control.catalogue import argument_types
from vipex_sdk.control.operators import OperatorStatus
from vipex_sdk.control.phonebook import PhonebookEntry
from vipex_sdk.errors import VipexError
from vipex_sdk.numbers import PhoneNumber
from vipex_sdk.values import Seconds
from vipex_sdk.webhooks import Receiver, sign_body
from vipex_sdk.webhooks.events import CallEnd, Decision
from vipex_sdk.webhooks.message import Hook
from vipex_sdk.webhooks.parse import decode_event
from vipex_sdk.wire.convert import converter_for
from vipex_sdk.wire.events import event_request
from vipex_sdk.wire.exchange import Page, WireResponse, answer_for, read_answer, request_for
from vipex_sdk.wire.profile import WireProfile

BUDAPEST = ZoneInfo("Europe/Budapest")
CALL = {"event": "call_end", "call_id": "c1", "started_at": "2026-03-02T09:00:00+01:00"}
Check = Callable[[WireProfile], Any]
Case = tuple[str, Check, Any]


def get(path: str) -> Check:
    return attrgetter(path)


def request(name: str, part: str = "path", **arguments: Any) -> Check:
    return lambda profile: getattr(request_for(profile, name, arguments, types=argument_types(name)), part)


ORIGINATE = {"extension": "101", "number": "+36300000001", "client_ref": "r1"}


def body(profile: WireProfile) -> str:
    return request_for(profile, "calls.originate", ORIGINATE, types=argument_types("calls.originate")).body.decode()


def query(profile: WireProfile) -> dict[str, str]:
    return dict(request_for(profile, "users.list", {"page": 2, "cursor": "c2"}).query)


def failed(wire: Mapping[str, Any], status: int = 404, part: str = "code") -> Check:
    def check(profile: WireProfile) -> Any:
        answer = WireResponse(status=status, headers={}, body=json.dumps(wire).encode())
        try:
            read_answer(profile, "forwarding.delete", None, answer)
        except VipexError as exc:
            return getattr(exc, part)
        return "no error"

    return check


def total(profile: WireProfile) -> int | None:
    answer = WireResponse(status=200, headers={}, body=b'{"items": [], "total": 5, "all": 7}')
    page: Page[Any] = read_answer(profile, "users.list", Page[OperatorStatus], answer)
    return page.total


def decoded(cls: Any, wire: Any) -> Check:
    def check(profile: WireProfile) -> Any:
        try:
            return converter_for(profile).decode(cls, wire)
        except VipexError:
            return "refused"

    return check


def encoded(value: Any, cls: Any = None) -> Check:
    return lambda profile: converter_for(profile).encode(value, as_type=cls)


def said(path: str, fields: Mapping[str, Any], part: str = "status", method: str = "POST", kind: str = "") -> Check:
    """Send fields to a receiver and give part of its answer, or the event it understood."""

    def check(profile: WireProfile) -> Any:
        return asyncio.run(_sent(profile, path, json.dumps(fields).encode(), part, method=method, kind=kind))

    return check


class Store:
    async def keep(self, chunks: AsyncIterator[bytes], _content_type: str) -> str:
        return f"kept {len(b''.join([chunk async for chunk in chunks]))}"


async def _sent(profile: WireProfile, path: str, content: bytes, part: str, *, method: str, kind: str) -> Any:
    events: list[Any] = []

    async def note(event: Any, _message: object = None) -> None:
        events.append(event)

    receiver = Receiver(
        profile=profile,
        on_data_query=note,
        on_incoming_call=note,
        on_call_end=note,
        audio=Store(),
        allow_unauthenticated=True,
    )
    headers = {"content-type": kind or "application/json"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(receiver), base_url="http://x") as client:
        if method == "GET":
            answer = await client.get(path, params=json.loads(content))
        else:
            answer = await client.request(method, path, content=content, headers=headers)
    if part == "event":
        return type(events[0]).__name__ if events else answer.status_code
    if part.startswith("event."):
        return attrgetter(part.removeprefix("event."))(events[0]) if events else answer.status_code
    return {"status": answer.status_code, "text": answer.text}[part]


def posted(content: bytes, kind: str, part: str = "event.recording.stored") -> Check:
    return lambda profile: asyncio.run(_sent(profile, "/call-end", content, part, method="POST", kind=kind))


def multipart(data: str, recording: str) -> bytes:
    fields = json.dumps(CALL | {"recording": {"code": "R1"}, "legs": [{"leg_id": "l1", "seq": 1}]})
    return (
        f'--b\r\ncontent-disposition: form-data; name="{data}"\r\ncontent-type: application/json\r\n\r\n{fields}\r\n'
        f'--b\r\ncontent-disposition: form-data; name="{recording}"; filename="a.wav"\r\n\r\nRIFF\r\n--b--\r\n'
    ).encode()


def inline(**recording: str) -> dict[str, Any]:
    return CALL | {"recording": {"content_type": "audio/wav", **recording}}


def part_of_a_call(**more: Any) -> Check:
    wire = CALL | {"part": True, "leg_id": "l1", **more}

    def check(profile: WireProfile) -> Any:
        event = decode_event(wire, profile, kind=Hook.CALL_END)
        assert isinstance(event, CallEnd)
        return [sorted(leg.extra) for leg in event.legs]

    return check


def answered(decision: Decision, part: int = 2) -> Check:
    from vipex_sdk.webhooks.answer import answer

    return lambda profile: answer(decision, profile)[part]


NOBODY, ROUTE = Decision.proceed(), Decision.to_extension("101")
FAIL = {"result": "FAIL", "state": "no", "code": "17", "fehler": "18", "request_id": "q", "ticket": "t", "text": "nem"}
OPERATION = '[control.operations."calls.originate"]\n'

CASES: dict[str, Case] = {
    "name": ('name = "x"', get("name"), "x"),
    "title": ('title = "x"', get("title"), "x"),
    "version": ("version = 7", get("version"), 7),
    "control.path_prefix": ('[control]\npath_prefix = "/x"', request("users.list"), "/x/users"),
    "control.answer": (
        '[control]\nanswer = "xml"',
        lambda profile: answer_for(profile, "operators.statuses", ()).headers["content-type"],
        "application/xml",
    ),
    "control.items": (
        '[control]\nitems = ["rows"]',
        lambda profile: json.loads(answer_for(profile, "operators.statuses", ()).body),
        {"rows": []},
    ),
    "control.idempotency_header": (
        '[control]\nidempotency_header = "X-Once"',
        request("calls.originate", "headers", **ORIGINATE),
        (("X-Once", "r1"),),
    ),
    "control.not_subscribed": ('[control]\nnot_subscribed = ["users.get"]', refused, "refused"),
    # What the schemes do is tested in tests/control; here only that each key arrives.
    "control.auth.scheme": ('[control.auth]\nscheme = "digest"', get("control.auth.scheme"), "digest"),
    "control.auth.header": ('[control.auth]\nheader = "X"', get("control.auth.header"), "X"),
    "control.auth.prefix": ('[control.auth]\nprefix = "X "', get("control.auth.prefix"), "X "),
    "control.auth.parameter": ('[control.auth]\nparameter = "x"', get("control.auth.parameter"), "x"),
    **{
        f"control.auth.token.{name}": (f"[control.auth.token]\n{name} = {json.dumps(value)}",
                                       get(f"control.auth.token.{name}"), tuple(value) if isinstance(value, list) else value)
        for name, value in {
            "url": "/x", "body": "form", "user": "x", "password": "x", "client_auth": "client_secret_post", "scope": "x",
            "token": ["x"], "refresh": ["x"], "expires_in": ["x"], "header": "X", "prefix": "X ", "leeway_seconds": 5.0,
        }.items()
    },
    "control.paging.style": ('[control.paging]\nstyle = "offset"', query, {"page": "100", "per_page": "100"}),
    "control.paging.first": ("[control.paging]\nfirst = 0", query, {"page": "1", "per_page": "100"}),
    "control.paging.page": ('[control.paging]\npage = "p"', query, {"p": "2", "per_page": "100"}),
    "control.paging.per_page": ('[control.paging]\nper_page = "n"', query, {"page": "2", "n": "100"}),
    "control.paging.total": ('[control.paging]\ntotal = "all"', total, 7),
    "control.paging.cursor": (
        '[control.paging]\nstyle = "cursor"\ncursor = "from"', query, {"from": "c2", "per_page": "100"}),
    "control.paging.next": ('[control.paging]\nstyle = "cursor"\nnext = ["more.at"]', following, "c3"),
    "control.paging.size": ("[control.paging]\nsize = 20", query, {"page": "2", "per_page": "20"}),
    "control.errors.in_success": ("[control.errors]\nin_success = true", failed(FAIL, 200), "17"),
    "control.errors.success_field": (
        '[control.errors]\nin_success = true\nsuccess_field = "state"', failed({"state": "no", "code": "9"}, 200), "9"),
    "control.errors.success_words": (
        '[control.errors]\nin_success = true\nsuccess_words = ["fine"]', failed({"result": "ok", "code": "9"}, 200), "9"),
    "control.errors.code": ('[control.errors]\ncode = ["fehler"]', failed(FAIL), "18"),
    "control.errors.message": ('[control.errors]\nmessage = ["text"]', failed(FAIL, part="detail"), "nem"),
    "control.errors.request_id": ('[control.errors]\nrequest_id = ["ticket"]', failed(FAIL, part="request_id"), "t"),
    "control.errors.codes": ('[control.errors.codes]\n17 = "extension_busy"', failed(FAIL), "extension_busy"),
    "control.operations.*.method": (f'{OPERATION}method = "PUT"', request("calls.originate", "method", **ORIGINATE), "PUT"),
    "control.operations.*.path": (f'{OPERATION}path = "/dial"', request("calls.originate", **ORIGINATE), "/api/v1/dial"),
    "control.operations.*.body": (
        f'{OPERATION}body = "form"', body, "extension=101&number=%2B36300000001&client_ref=r1"),
    "control.operations.*.arguments": (
        f'{OPERATION}arguments = {{ extension = "from.ext" }}', body,
        '{"from":{"ext":"101"},"number":"+36300000001","client_ref":"r1"}'),
    "control.operations.*.constants": (
        f'{OPERATION}constants = {{ cmd = "dial" }}', body,
        '{"extension":"101","number":"+36300000001","client_ref":"r1","cmd":"dial"}'),
    "control.operations.*.flatten": (
        '[control.operations."phonebook.create"]\nflatten = ""',
        lambda profile: sorted(json.loads(request_for(
            profile, "phonebook.create", {"entry": PhonebookEntry(name="Minta")}).body)),
        ["entry"]),
    "control.operations.*.status": (
        f"{OPERATION}status = 201", lambda profile: answer_for(profile, "calls.originate", {}).status, 201),
    "webhooks.encodings": ('[webhooks]\nencodings = ["form"]', said("/call-end", CALL), 415),
    "webhooks.selector": (
        '[webhooks]\nselector = ["what"]', said("/events", {"what": "call_end", "call_id": "c", "started_at": 5}, "event"), "CallEnd"),
    "webhooks.default_phase": (
        '[webhooks]\ndefault_phase = "logic"',
        said("/incoming-call", {"call_id": "c1"}, "event.phase"), "logic"),
    "webhooks.events_path": ('[webhooks]\nevents_path = "/all"', said("/all", CALL, "event"), "CallEnd"),
    "webhooks.single_url": (
        "[webhooks]\nsingle_url = true", lambda profile: event_request(profile, "call_end", {}).path, "/events"),
    "webhooks.multipart_data": (
        '[webhooks]\nmultipart_data = "json"',
        posted(multipart("json", "recording"), "multipart/form-data; boundary=b"), "kept 4"),
    "webhooks.multipart_recording": (
        '[webhooks]\nmultipart_recording = "hang"',
        lambda profile: [leg.recording.stored if leg.recording else None for leg in posted(
            multipart("data", "hang_l1"), "multipart/form-data; boundary=b", "event.legs")(profile)],
        ["kept 4"]),
    "webhooks.auth.schemes": (
        '[webhooks.auth]\nschemes = ["header_key"]', presented("headers"), (("Authorization", "Bearer k3y"),)),
    "webhooks.auth.header": (
        '[webhooks.auth]\nschemes = ["header_key"]\nheader = "X-Token"', presented("headers"), (("X-Token", "k3y"),)),
    "webhooks.auth.query": (
        '[webhooks.auth]\nschemes = ["query_key"]\nquery = "k"', presented("query"), (("k", "k3y"),)),
    "webhooks.auth.body": (
        '[webhooks.auth]\nschemes = ["body_key"]\nbody = "a.k"', presented("body"), b'{"a":{"k":"k3y"}}'),
    "webhooks.auth.signature.header": (
        f'{SIGNED}header = "X-S"', lambda profile: presented("headers")(profile)[0][0], "X-S"),
    "webhooks.auth.signature.algorithm": (
        f'{SIGNED}algorithm = "sha1"', presented("headers"), tuple(sign_body("k3y", b"{}", algorithm="sha1").items())),
    "webhooks.auth.signature.encoding": (
        f'{SIGNED}encoding = "base64"', presented("headers"), tuple(sign_body("k3y", b"{}", encoding="base64").items())),
    "webhooks.auth.signature.timestamp_header": (
        f'{SIGNED}timestamp_header = "X-T"', lambda profile: [name for name, _ in presented("headers")(profile)],
        ["X-Signature", "X-T"]),
    "webhooks.auth.signature.signed": (
        f'{SIGNED}timestamp_header = "X-T"\nsigned = "{{timestamp}}{{body}}"', signed_ago(0), "admitted"),
    "webhooks.auth.signature.tolerance_seconds": (
        f'{SIGNED}timestamp_header = "X-T"\nsigned = "{{timestamp}}{{body}}"\ntolerance_seconds = 86400',
        signed_ago(3600), "admitted"),
    "webhooks.legs.mode": ('[webhooks.legs]\nmode = "separate"', part_of_a_call(), [[]]),
    "webhooks.legs.part": (
        '[webhooks.legs]\nmode = "separate"\npart = "piece"', part_of_a_call(piece=True, part=None), [["part"]]),
    "webhooks.legs.final": ('[webhooks.legs]\nmode = "separate"\nfinal = "last"', waited(last="yes"), 0.0),
    "webhooks.legs.quiet_seconds": (
        '[webhooks.legs]\nmode = "separate"\nquiet_seconds = 7.5', waited(part=True), 7.5),
    "webhooks.answer.style": ('[webhooks.answer]\nstyle = "text"', answered(ROUTE), b"101"),
    "webhooks.answer.empty_fields": (
        "[webhooks.answer]\nempty_fields = true", lambda profile: b'"branch":null' in answered(NOBODY)(profile), True),
    "webhooks.answer.not_found_status": (
        "[webhooks.answer]\nnot_found_status = 404", answered(NOBODY, 0), 404),
    "webhooks.hook.path": ('[webhooks.call_end]\npath = "/vege"', said("/vege", CALL, "event"), "CallEnd"),
    "webhooks.hook.method": (
        '[webhooks.call_end]\nmethod = "GET"', said("/call-end", CALL, "event", method="GET"), "CallEnd"),
    "webhooks.hook.words": (
        '[webhooks.call_end]\nwords = ["VEGE"]', said("/events", CALL | {"event": "vege"}, "event"), "CallEnd"),
    "webhooks.hook.success_status": ("[webhooks.call_end]\nsuccess_status = 202", said("/call-end", CALL), 202),
    "webhooks.hook.success_body": (
        '[webhooks.call_end]\nsuccess_status = 200\nsuccess_body = "OK"', said("/call-end", CALL, "text"), "OK"),
    "webhooks.hook.max_bytes": ("[webhooks.call_end]\nmax_bytes = 5", said("/call-end", CALL), 413),
    "webhooks.data_query.deadline_seconds": (
        "[webhooks.data_query]\ndeadline_seconds = 0.05", hurried, "continue"),
    "recordings.mode": ('[recordings]\nmode = "code"', said("/call-end", inline(content="UklGRg=="), "event.recording.stored"), None),
    "recordings.content": (
        '[recordings]\ncontent = ["b64"]', said("/call-end", inline(b64="UklGRg=="), "event.recording.stored"), "kept 4"),
    "recordings.sha256": (
        '[recordings]\nsha256 = ["hash"]',
        said("/call-end", inline(content="UklGRg==", hash="00"), "event.recording.stored"), None),
    "recordings.max_bytes": (
        "[recordings]\nmax_bytes = 3", said("/call-end", inline(content="UklGRg=="), "event.recording.stored"), None),
    "recordings.url_hosts_allowed": (
        '[recordings]\nurl_hosts_allowed = ["audio.example.hu"]', visited("https://audio.example.hu/1"), "/1"),
    "recordings.ready_delays": ("[recordings]\nready_delays = [1]", get("recordings.ready_delays"), (1.0,)),
    "xml.request": (
        '[webhooks]\nencodings = ["xml"]\n[xml]\nrequest = "keres"',
        lambda profile: event_request(profile, "call_end", {}).body.endswith(b"<keres></keres>"), True),
    "xml.answer": (
        '[webhooks.answer]\nstyle = "xml"\n[xml]\nanswer = "valasz"',
        lambda profile: answered(NOBODY)(profile).endswith(b"</valasz>"), True),
    "numbers.region": (
        '[numbers]\nregion = "AT"', decoded(PhoneNumber, "0664 000 00 01"), PhoneNumber.parse("+436640000001")),
    "numbers.extension_pattern": (
        "[numbers]\nextension_pattern = '[*]\\d{3}'",
        lambda profile: decoded(PhoneNumber, "*101")(profile).kind.value, "extension"),
    "numbers.anonymous_words": (
        '[numbers]\nanonymous_words = ["nincs szam"]', decoded(PhoneNumber, "nincs szam"), PhoneNumber.anonymous()),
    "numbers.short_codes": (
        '[numbers]\nshort_codes = ["1818"]', lambda profile: decoded(PhoneNumber, "1818")(profile).kind.value, "short_code"),
    "numbers.write": ('[numbers]\nwrite = "international"', encoded("+36300000001", PhoneNumber), "0036300000001"),
    "numbers.write_anonymous": (
        '[numbers]\nwrite_anonymous = "titkos"', encoded(PhoneNumber.anonymous()), "titkos"),
    "time.zone": (
        '[time]\nzone = "UTC"', lambda profile: decoded(datetime, "2026-03-02 09:00")(profile).isoformat(),
        "2026-03-02T09:00:00+00:00"),
    "time.ambiguous": (
        '[time]\nambiguous = "second"', lambda profile: decoded(datetime, "2026-10-25 02:30")(profile).timestamp(),
        datetime(2026, 10, 25, 2, 30, tzinfo=BUDAPEST, fold=1).timestamp()),
    "time.epoch_unit": (
        '[time]\nepoch_unit = "ms"', lambda profile: decoded(datetime, 86_400_000)(profile).day, 2),
    "time.patterns": (
        '[time]\npatterns = ["%d/%m/%y %H:%M"]', decoded(datetime, "02/03/26 09:00"),
        datetime(2026, 3, 2, 9, tzinfo=BUDAPEST)),
    "time.write": ('[time]\nwrite = "epoch_ms"', encoded(datetime(1970, 1, 1, 1, 0, 1, tzinfo=BUDAPEST)), 1000),
    "durations.unit": ('[durations]\nunit = "ms"', decoded(Seconds, 2600), 3),
    "fields": (
        '[fields.call_end]\ncaller = ["x.hivo", "hivo"]',
        lambda profile: decoded(CallEnd, CALL | {"x": {"hivo": "101"}})(profile).caller.value, "101"),
    "values": (
        '[values.direction]\ninbound = ["BE"]',
        lambda profile: decoded(CallEnd, CALL | {"direction": "be"})(profile).direction, "inbound"),
}  # fmt: skip
