"""What goes over the wire, read by a program that only writes down what it was sent."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from attrs import evolve, field, frozen
from vipex_generic import PLUGIN, GenericSettings

from vipex_sdk.crm import (
    CallRecord,
    CrmAdapter,
    CustomerCard,
    FindsRecord,
    Journal,
    Match,
    NotRecorded,
    Recorded,
    RecordingLink,
    Ref,
    WhyNot,
    unpaced,
)
from vipex_sdk.errors import Misconfigured, OutcomeUnknown, Unavailable, VipexError
from vipex_sdk.numbers import PhoneNumber
from vipex_sdk.testing import build_call

Write = Callable[[str], Path]

SPEC = """
title = "Próba"
idempotency = "native"
[auth]
kind = "{auth}"
{header}
[check]
path = "/me"
[find]
path = "/find/{{number.e164}}"
query = {{ phone = "{{number.e164}}", plain = "a b", page = 1, archived = false }}
rows = "@"
card = {{ contact = "id", name = "name", {card} }}
[[find.answers]]
status = 404
then = "nobody"
[record]
path = "/calls/{{contact.id}}"
headers = {{ X-Key = "{{call.key}}", X-Owner = "{{owner.id?}}" }}
{body}
"""
ANNA = CustomerCard(contact=Ref("contact", "a/b c"), card=Ref("contact", "a/b c"), name="Kovács Anna")


@frozen
class Wire:
    """A server that answers what it is told to and keeps what it was sent."""

    address: list[str] = field(factory=list)
    asked: list[tuple[str, str, dict[str, str], bytes]] = field(factory=list)
    answers: list[bytes] = field(factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): text for name, _, text in (line.partition(": ") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        method, target, _ = head[0].split(" ")
        self.asked.append((method, target, headers, body))
        if self.answers:
            writer.write(self.answers.pop(0))
            await writer.drain()
        writer.close()

    def answer(self, body: object, *, status: int = 200) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.answers.append(f"HTTP/1.1 {status} X\r\nContent-Length: {len(data)}\r\n\r\n".encode() + data)


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    wire = Wire()
    server = await asyncio.start_server(wire.serve, "127.0.0.1", 0)
    wire.address.append(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    async with server:
        yield wire


@pytest.fixture
def make(wire: Wire, write_spec: Write) -> Callable[..., CrmAdapter]:
    def make(
        auth: str = "none", header: str = "", body: str = 'json = { key = "{call.key}" }', card: str = 'numbers = "tel"'
    ) -> CrmAdapter:
        settings = GenericSettings(
            spec=write_spec(SPEC.format(auth=auth, header=header, body=body, card=card)),
            base_url=wire.address[0] + "/base/",
            user="anna",
            password="titkos jelszó",
            token="tok",
            read_timeout=0.3,
            max_answer_bytes=2000,
        )
        return PLUGIN.open(settings, unpaced)

    return make


def record(**changes: object) -> CallRecord:
    (made,) = Journal().records(
        build_call("answered"),
        Match(card=ANNA),
        revision=1,
        users={},
        recording=lambda _: RecordingLink(key="k", url="https://g.example.hu/r"),
    )
    return evolve(made, **changes)  # type: ignore[arg-type]  # what the tests change is of many types


@pytest.mark.parametrize(
    ("auth", "header", "name", "sent"),
    [
        ("none", "", "authorization", None),
        ("basic", "", "authorization", "Basic YW5uYTp0aXRrb3MgamVsc3rDsw=="),
        ("bearer", "", "authorization", "Bearer tok"),
        ("header", 'header = "X-Api-Key"', "x-api-key", "tok"),
    ],
)
async def test_credentials(  # noqa: PLR0917 - one table
    wire: Wire, make: Callable[..., CrmAdapter], auth: str, header: str, name: str, sent: str | None
) -> None:
    wire.answer({})
    async with make(auth, header) as adapter:
        await adapter.check()
    method, target, headers, _ = wire.asked[0]
    assert (method, target, headers.get(name)) == ("GET", "/base/me", sent)


async def test_each_place_has_its_own_encoding(wire: Wire, make: Callable[..., CrmAdapter]) -> None:
    wire.answer([])
    async with make() as adapter:
        assert await adapter.find(PhoneNumber.parse("+36300000001")) == ()
    target = wire.asked[0][1]
    parts = urlsplit(target)
    assert parts.path == "/base/find/%2B36300000001"
    assert "phone=%2B36300000001" in parts.query
    assert parse_qs(parts.query) == {"phone": ["+36300000001"], "plain": ["a b"], "page": ["1"], "archived": ["false"]}


async def test_json_keeps_types_and_leaves_out_what_is_not_there(wire: Wire, make: Callable[..., CrmAdapter]) -> None:
    body = """
    [record.json]
    key = "{call.key}"
    phone = "{number.digits}"
    seconds = "{call.talk_seconds}"
    mixed = "{call.talk_seconds} s"
    owner = "{owner.id?}"
    fixed = 3
    nested = { list = ["{call.outcome}", "{owner.id?}", true], at = "{call.started_at}" }
    """
    wire.answer({}, status=201)
    async with make(body=body) as adapter:
        assert await adapter.record(record(), None) == Recorded()
    method, target, headers, sent = wire.asked[0]
    assert (method, target) == ("POST", "/base/calls/a%2Fb%20c")
    assert headers["x-key"] == record().key
    assert "x-owner" not in headers
    assert json.loads(sent) == {
        "key": record().key,
        "phone": "36300000001",
        "seconds": 200,
        "mixed": "200 s",
        "fixed": 3,
        "nested": {"list": ["answered", True], "at": "2026-03-02T09:00:00+01:00"},
    }


async def test_a_form_is_a_form(wire: Wire, make: Callable[..., CrmAdapter]) -> None:
    wire.answer({})
    async with make(body='form = { key = "{call.key}", note = "{call.title}", x = true }') as adapter:
        await adapter.record(record(title="Árvíz & tűrő=1"), None)
    _, _, headers, sent = wire.asked[0]
    assert headers["content-type"] == "application/x-www-form-urlencoded"
    assert parse_qs(sent.decode()) == {"key": [record().key], "note": ["Árvíz & tűrő=1"], "x": ["true"]}


@pytest.mark.parametrize("contact", ["..", "."])
async def test_an_id_cannot_climb_out_of_the_path(wire: Wire, make: Callable[..., CrmAdapter], contact: str) -> None:
    climbing = evolve(ANNA, contact=Ref("contact", contact))
    async with make() as adapter:
        with pytest.raises(Misconfigured, match="path"):
            await adapter.record(record(card=climbing), None)
    assert wire.asked == []


@pytest.mark.parametrize("key", ["a\r\nX-Evil: 1", "árvíz"])
async def test_a_header_carries_no_line_break(wire: Wire, make: Callable[..., CrmAdapter], key: str) -> None:
    async with make() as adapter:
        with pytest.raises(Misconfigured, match="header X-Key"):
            await adapter.record(record(key=key), None)
    assert wire.asked == []


async def test_a_missing_value_stops_before_anything_is_sent(wire: Wire, make: Callable[..., CrmAdapter]) -> None:
    async with make(body='json = { key = "{call.key}", owner = "{owner.id}" }') as adapter:
        with pytest.raises(Misconfigured, match=r"\[record\]: this call has no owner.id"):
            await adapter.record(record(), None)
    assert wire.asked == []


async def test_a_call_of_nobody_is_parked_without_a_request(wire: Wire, make: Callable[..., CrmAdapter]) -> None:
    async with make() as adapter:
        result = await adapter.record(record(card=None), None)
    assert isinstance(result, NotRecorded)
    assert (result.why, wire.asked) == (WhyNot.UNKNOWN_CUSTOMER, [])


async def test_an_earlier_revision_that_cannot_be_changed_stays(wire: Wire, make: Callable[..., CrmAdapter]) -> None:
    async with make() as adapter:
        assert await adapter.record(record(), Ref("entry", "5")) == Recorded(Ref("entry", "5"), was_there=True)
    assert wire.asked == []


async def test_nobody_may_be_said_by_404(wire: Wire, make: Callable[..., CrmAdapter]) -> None:
    wire.answer({}, status=404)
    async with make() as adapter:
        assert await adapter.find(PhoneNumber.parse("+36300000001")) == ()
        assert await adapter.find(PhoneNumber.anonymous()) == ()
    assert len(wire.asked) == 1


async def test_rows_become_cards(wire: Wire, make: Callable[..., CrmAdapter]) -> None:
    card = (
        'numbers = "tel", kind = "kind", company = "firm", card = "deal", owner = "owner", is_open = "open", '
        'url = "url", updated_at = "at", deleted = "gone"'
    )
    row = {"id": 7, "name": "Tóth Pál", "tel": [36300000001, None, ""], "kind": "company", "firm": "", "deal": None}
    wire.answer([{**row, "owner": 3, "open": 0, "url": "https://x", "at": "2026-01-01T10:00:00", "gone": True}])
    wire.answer([{**row, "deal": "D-1", "open": True, "at": 1767258000, "gone": False}])
    async with make(card=card) as adapter:
        (first,) = await adapter.find(PhoneNumber.parse("+36300000001"))
        (second,) = await adapter.find(PhoneNumber.parse("+36300000001"))
    assert (first.contact, first.card, first.owner) == (Ref("contact", "7"), None, Ref("user", "3"))
    assert (first.numbers, first.kind, first.company) == (("36300000001",), "company", None)
    assert (first.is_open, first.deleted, first.url) == (False, True, "https://x")
    assert (second.card, second.is_open, second.deleted) == (Ref("card", "D-1"), True, False)
    assert first.updated_at is not None
    assert second.updated_at is not None
    assert first.updated_at.isoformat() == "2026-01-01T10:00:00+00:00"


@pytest.mark.parametrize(
    ("answer", "card", "said"),
    [
        ({"a": 1}, "", "rows selects no list"),
        ([{"name": "x"}], "", "a row has no contact"),
        ([{"id": 1}], "", "a row has no name"),
        ([{"id": {"x": "titok"}, "name": "x"}], "", "contact selects no text"),
        ([{"id": True, "name": "x"}], "", "contact selects no text"),
        ([{"id": 1, "name": "x", "t": {"titok": 1}}], 'numbers = "t"', "numbers must select"),
        ([{"id": 1, "name": "x", "t": "titok"}], 'updated_at = "t"', "updated_at must select"),
        ([{"id": 1, "name": "x", "t": "titok"}], 'kind = "t"', "person or company"),
        ([{"id": 1, "name": "x", "t": "titok"}], 'numbers = "max(t)"', "numbers does not fit"),
    ],
)
async def test_an_answer_that_does_not_fit_the_spec_is_a_setting_to_change(
    wire: Wire, make: Callable[..., CrmAdapter], answer: object, card: str, said: str
) -> None:
    wire.answer(answer)
    async with make(card=card or 'numbers = "tel"') as adapter:
        with pytest.raises(Misconfigured, match=said) as caught:
            await adapter.find(PhoneNumber.parse("+36300000001"))
    assert "titok" not in str(caught.value)


@pytest.mark.parametrize(
    ("answers", "reading", "writing"),
    [
        ([], Unavailable, OutcomeUnknown),
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{"], Unavailable, OutcomeUnknown),
        ([b"not http at all\r\n\r\n"], Unavailable, OutcomeUnknown),
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 3000\r\n\r\n" + b"x" * 3000], Unavailable, OutcomeUnknown),
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n<html/>"], Unavailable, OutcomeUnknown),
        (
            [b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc"],
            Unavailable,
            OutcomeUnknown,
        ),
        (
            [b"HTTP/1.1 302 X\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n"],
            Misconfigured,
            Misconfigured,
        ),
    ],
)
async def test_broken_answers(
    wire: Wire,
    make: Callable[..., CrmAdapter],
    answers: list[bytes],
    reading: type[VipexError],
    writing: type[VipexError],
) -> None:
    async with make() as adapter:
        wire.answers[:] = answers
        with pytest.raises(reading):
            await adapter.find(PhoneNumber.parse("+36300000001"))
        wire.answers[:] = answers
        with pytest.raises(writing):
            await adapter.record(record(), None)
    assert len(wire.asked) == 2, "nothing is repeated"


async def test_a_machine_that_is_not_there_got_nothing(write_spec: Write) -> None:
    spec = write_spec(SPEC.format(auth="none", header="", body='json = { key = "{call.key}" }', card='numbers = "t"'))
    settings = GenericSettings(spec=spec, base_url="http://127.0.0.1:1")
    async with PLUGIN.open(settings, unpaced) as adapter:
        with pytest.raises(Unavailable, match="cannot reach"):
            await adapter.record(record(), None)


async def test_a_stored_entry_without_its_id_is_not_believed(wire: Wire, make: Callable[..., CrmAdapter]) -> None:
    async with make(body='ref = "id"\njson = { key = "{call.key}" }') as adapter:
        for answer in ({"error": "no"}, {"id": {"x": 1}}, b""):
            wire.answer(answer)
            with pytest.raises(OutcomeUnknown):
                await adapter.record(record(), None)
        wire.answer({"id": 9})
        assert await adapter.record(record(), None) == Recorded(Ref("entry", "9"))


async def test_every_request_keeps_the_pace(wire: Wire, write_spec: Write) -> None:
    paced: list[str] = []

    async def pace() -> None:
        paced.append("now")

    spec = write_spec(SPEC.format(auth="none", header="", body='json = { key = "{call.key}" }', card='numbers = "t"'))
    wire.answer({})
    wire.answer([])
    async with PLUGIN.open(GenericSettings(spec=spec, base_url=wire.address[0]), pace) as adapter:
        await adapter.check()
        await adapter.find(PhoneNumber.parse("+36300000001"))
    assert len(paced) == 2


ANSWERS = """
ref = "id"
json = { key = "{call.key}" }
[[record.answers]]
status = 409
then = "already"
[[record.answers]]
status = 404
then = "unknown_customer"
[find_record]
path = "/calls/{contact.id}"
rows = "[]"
ref = "id"
marker_in = "note"
"""


async def test_rules_decide_what_became_of_a_write(wire: Wire, make: Callable[..., CrmAdapter]) -> None:
    async with make(body=ANSWERS) as adapter:
        wire.answer({"id": 4}, status=409)
        assert await adapter.record(record(), None) == Recorded(Ref("entry", "4"), was_there=True)
        wire.answer({}, status=409)
        assert await adapter.record(record(), None) == Recorded(None, was_there=True)
        for status, why in ((404, WhyNot.UNKNOWN_CUSTOMER), (422, WhyNot.REFUSED)):
            wire.answer({"name": "Kovács Anna"}, status=status)
            result = await adapter.record(record(), None)
            assert isinstance(result, NotRecorded)
            assert (result.why, "Anna" in result.detail) == (why, False)


async def test_only_the_calls_own_marker_is_believed(wire: Wire, make: Callable[..., CrmAdapter]) -> None:
    key = record().key
    others = [{"id": 1, "note": f"[vipex:{key}:101]"}, {"id": 2, "note": key[:-1]}, {"id": 3, "note": None}, {"id": 4}]
    async with make(body=ANSWERS) as adapter:
        assert isinstance(adapter, FindsRecord)
        wire.answer(others)
        assert await adapter.find_record(record()) is None
        for note in (key, f"Szöveg\n[vipex:{key}]"):
            wire.answer([*others, {"id": 5, "note": note}])
            assert await adapter.find_record(record()) == Recorded(Ref("entry", "5"), was_there=True)
        assert await adapter.find_record(record(card=None)) is None


async def test_a_web_page_in_the_check_is_a_wrong_address(wire: Wire, make: Callable[..., CrmAdapter]) -> None:
    wire.answer(b"<!doctype html><p>Belepes")
    async with make() as adapter:
        with pytest.raises(Misconfigured, match="base_url"):
            await adapter.check()
