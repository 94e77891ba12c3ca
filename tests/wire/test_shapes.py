"""The quick way from bytes gives what the readers give, and refuses what they refuse."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from vipex_sdk.errors import DecodeError
from vipex_sdk.numbers import PhoneNumber
from vipex_sdk.webhooks.events import CallEnd, CallLeg, Disposition, IncomingCall, RecordingRef, UserRef
from vipex_sdk.wire.convert import Converter
from vipex_sdk.wire.media import parse_json
from vipex_sdk.wire.profile import default_profile, load_profile
from vipex_sdk.wire.shapes import skeleton

EXAMPLES = sorted((Path(__file__).parents[2] / "examples" / "payloads").glob("call_end_*.json"))
HUNGARIAN = Path(__file__).parents[1] / "profiles" / "hungarian.toml"


def dump(wire: Any) -> bytes:
    return json.dumps(wire, ensure_ascii=False, separators=(",", ":")).encode()


def outcome(read: Callable[[], Any]) -> Any:
    """Give what came of it, with every type told: ``1``, ``1.0`` and ``True`` are equal to Python."""
    try:
        return described(read())
    except DecodeError as error:
        return error.problems


def described(value: Any) -> Any:
    if isinstance(value, PhoneNumber):
        return (value.kind, value.value, value.raw)
    if hasattr(value, "__attrs_attrs__"):
        return (type(value), [(one.name, described(getattr(value, one.name))) for one in value.__attrs_attrs__])
    if isinstance(value, dict):
        return {key: described(one) for key, one in value.items()}
    if isinstance(value, tuple):
        return tuple(map(described, value))
    zone = value.utcoffset() if hasattr(value, "utcoffset") else None
    return (type(value), value, zone)


@pytest.fixture
def converter() -> Converter:
    return Converter(default_profile())


def quickly(converter: Converter, model: type, body: bytes) -> Any:
    """Read by a shape; ``None`` when none is sure."""
    shape = converter._shapes[model].get(skeleton(body))
    return None if shape is None else shape.read(body)


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_the_examples_are_read_quickly_the_second_time(converter: Converter, file: Path) -> None:
    body = dump(json.loads(file.read_text()))
    first = converter.decode_json(CallEnd, body)
    found = quickly(converter, CallEnd, body)
    assert described(first) == described(converter.decode(CallEnd, parse_json(body)))
    if len({frozenset(leg) for leg in json.loads(body)["legs"]}) > 1:
        assert found is None  # every leg has to be written alike
        return
    assert described(found) == described(first)
    assert type(found) is CallEnd
    assert hash(found.caller) == hash(first.caller)
    pretty = json.dumps(json.loads(body), indent=2).encode()
    assert quickly(converter, CallEnd, pretty) == first


FULL: dict[str, Any] = {
    "event": "call_end",
    "call_id": "c-1",
    "started_at": "2026-03-02T10:15:12+01:00",
    "sent_at": "2026-03-02 10:15:12",
    "attempt": 1,
    "direction": "inbound",
    "caller": "06 30 123 4567",
    "called": "+3610000100",
    "user": {"id": "17", "name": "Nagy Béla"},
    "group": None,
    "talk_seconds": 12,
    "disposition": "answered",
    "hangup_cause": 16,
    "cost": 3,
    "recording": {"code": "R-1", "size_bytes": 12},
    "legs": [
        {"leg_id": "1", "seq": 1, "type": "initial", "from": "+36301234567", "talk_seconds": 1, "codec": "G711"},
        {"leg_id": "2", "seq": 2, "type": "pickup", "from": None, "talk_seconds": 2, "codec": "G722"},
    ],
}
odd: st.SearchStrategy[Any] = st.sampled_from(
    [
        *(
            None,
            "",
            " ",
            "0",
            "1",
            "None",
            "x",
            0,
            1,
            -1,
            1.0,
            2.5,
            1e300,
            2**53,
            2**53 + 1,
            2**64,
            10**30,
            True,
            False,
        ),
        *([], {}, [None], ["a"], {"a": 1}, {"code": "R"}, [{}], "{}", "[]", '{"code": "R"}'),
        *("Answered", "ANSWERED", "nem fogadott", "elázott", "bejövő", "call_end", "\0", "\ud800", "é", '":', "a b"),
        *("2026-10-25T02:30:00", "2026-10-25 02:30:00+01:00", "2026-10-25T02:30:00+02:00", "20260302101512"),
        *("2026-03-02T10:15:12.1234567+01:00", "2026-03-02t09:15:12z", "2026-03-02", "1772442912", 1772442912, 1e10),
        *("101", "112", "titkos", "+36 1 234 5678", "0043 1 5330101", "12:34", "1:02:03"),
    ]
)


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=150, deadline=None)
@given(st.randoms(use_true_random=False), st.lists(odd, min_size=1, max_size=3))
def test_whatever_one_sends_next_is_read_as_the_readers_read_it(rnd: random.Random, values: list[Any]) -> None:
    converter = Converter(default_profile())
    converter.decode_json(CallEnd, dump(FULL))
    wire = json.loads(dump(FULL))
    for value in values:
        table = rnd.choice(
            [
                wire,
                wire,
                wire.get("user"),
                wire.get("recording"),
                *(wire["legs"] if isinstance(wire.get("legs"), list) else []),
            ]
        )
        if isinstance(table, dict):
            table[rnd.choice([*table, "disposition_raw", "extra", "callid", "source", "__class__", "n", "a.b"])] = value
    body = json.dumps(wire, separators=rnd.choice([(",", ":"), (", ", ": "), (" ,", " : ")])).encode()
    wanted = outcome(lambda: converter.decode(CallEnd, parse_json(body)))
    for _ in range(3):  # once by the shape of FULL, then by its own
        assert outcome(lambda: converter.decode_json(CallEnd, body)) == wanted


@given(
    st.text(max_size=8) | st.sampled_from(["caller", "call_id", "cost"]), st.sampled_from(['"', '" ', '"\n', '"\t '])
)
@example("caller", '" ')
def test_a_key_that_comes_twice_is_refused_wherever_it_stands(key: str, end: str) -> None:
    converter = Converter(default_profile())
    converter.decode_json(CallEnd, dump(FULL))
    name = json.dumps(key)[:-1] + end
    for text in (f'{{{name}:"1",{name}:"2",', f'{{{name}:1,"\\u0063aller":"1",{name}:"1",'):
        body = text.encode() + dump(FULL)[1:]
        wanted = outcome(lambda body=body: converter.decode(CallEnd, parse_json(body)))
        assert outcome(lambda body=body: converter.decode_json(CallEnd, body)) == wanted


@pytest.mark.parametrize("key", ["caller", "event", "cost", "group"])
def test_a_repeated_known_key_is_not_taken_for_one(converter: Converter, key: str) -> None:
    converter.decode_json(CallEnd, dump(FULL))
    body = dump({key: FULL[key]})[:-1] + b"," + dump(FULL)[1:]
    assert quickly(converter, CallEnd, dump(FULL)) is not None
    assert quickly(converter, CallEnd, body) is None
    with pytest.raises(DecodeError, match="twice"):
        converter.decode_json(CallEnd, body)


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b'"x"', b"\xff", b'{"call_id": NaN}', b"{}", b"[" * 500])
def test_what_is_no_event_is_refused(converter: Converter, body: bytes) -> None:
    converter.decode_json(CallEnd, dump(FULL))
    with pytest.raises(DecodeError):
        converter.decode_json(CallEnd, body)


def test_nothing_is_shared_between_two_calls(converter: Converter) -> None:
    body = dump(FULL | {"legs": [{"leg_id": "1", "seq": 1}]})
    converter.decode_json(CallEnd, body)
    one, two = quickly(converter, CallEnd, body), quickly(converter, CallEnd, body)
    assert one == two
    assert one.legs[0].extra == {}
    assert one.legs[0].extra is not two.legs[0].extra
    assert (type(one.user), type(one.recording), type(one.legs[0])) == (UserRef, RecordingRef, CallLeg)


def test_words_and_places_of_a_profile_are_learnt() -> None:
    hungarian = Converter(load_profile(HUNGARIAN))
    call = Converter(default_profile()).decode(CallEnd, FULL | {"disposition": "no_answer", "recording": None})
    wire = {key: value for key, value in hungarian.encode(call).items() if value is not None}
    body = dump(wire)
    assert described(hungarian.decode_json(CallEnd, body)) == outcome(lambda: hungarian.decode(CallEnd, wire))
    assert outcome(lambda: hungarian.decode_json(CallEnd, body)) == outcome(lambda: hungarian.decode(CallEnd, wire))
    assert hungarian.decode_json(CallEnd, body).disposition is Disposition.NO_ANSWER


def test_an_incoming_call_with_several_telephones_is_learnt(converter: Converter) -> None:
    body = dump({"call_id": "c", "phase": "ringing", "extensions": ["101", "102"], "caller": "0036301234567"})
    first = converter.decode_json(IncomingCall, body)
    assert quickly(converter, IncomingCall, body) == first
    other = body.replace(b'"102"', b"102")
    assert converter.decode_json(IncomingCall, other) == first


def test_one_shape_serves_messages_that_differ_in_what_is_null(converter: Converter) -> None:
    converter.decode_json(CallEnd, dump(FULL))
    for key in ("caller", "sent_at", "talk_seconds"):
        body = dump(FULL | {key: None})
        assert described(converter.decode_json(CallEnd, body)) == described(converter.decode(CallEnd, parse_json(body)))
        assert quickly(converter, CallEnd, body) is not None
    assert converter._lessons <= 2  # of a field that may not be null, null is learnt apart


PIECES = ['"', "\\", ":", ",", "{", "}", "[", "]", "a", " ", "\n", "é", "/"]


@given(st.text("ab", max_size=3), st.lists(st.sampled_from(PIECES), max_size=6).map("".join), st.booleans())
def test_punctuation_inside_texts_hides_no_key(name: str, text: str, plain: bool) -> None:  # noqa: FBT001
    converter = Converter(default_profile())
    wire = FULL | {"client_ref": text or "x", "recording": {"code": "R", "content_type": text or "x"}}
    write = (lambda one: json.dumps(one, ensure_ascii=plain).encode()) if plain else dump
    converter.decode_json(CallEnd, write(wire))
    other = f'{{"{name}":"","{name}b":1,'.encode() + write(wire)[1:]
    twice = write(wire).replace(b'"recording":', b'"recording":{"code":"S"},"recording":', 1)
    for body in (write(wire), other, twice, write(wire).replace(b'"code"', b'"code":"T","code"')):
        wanted = outcome(lambda body=body: converter.decode(CallEnd, parse_json(body)))
        assert outcome(lambda body=body: converter.decode_json(CallEnd, body)) == wanted


def test_few_shapes_are_kept(converter: Converter) -> None:
    for place in range(80):
        converter.decode_json(CallEnd, dump(FULL | {f"key{place}": 1}))
        converter.decode_json(CallEnd, dump(FULL | {"extensions": [[]] * place, "client_ref": "," * 8 * place}))
    assert len(set(converter._shapes[CallEnd].values())) <= 64
    assert len(converter._shapes[CallEnd]) <= 256
    assert converter._lessons <= 64
