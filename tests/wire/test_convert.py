"""Wire data to models and back, by the default profile and by the Hungarian one."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest

from vipex_sdk.errors import DecodeError
from vipex_sdk.numbers import NumberKind, PhoneNumber
from vipex_sdk.webhooks.events import (
    CallEnd,
    DataQuery,
    Decision,
    Direction,
    Disposition,
    LegResult,
    LegType,
    RecordingRef,
)
from vipex_sdk.wire.convert import Converter, converter_for
from vipex_sdk.wire.media import parse_body, render_body
from vipex_sdk.wire.profile import default_profile, load_profile

EXAMPLES = sorted((Path(__file__).parents[2] / "examples" / "payloads").glob("call_end_*.json"))
HUNGARIAN = Path(__file__).parents[1] / "profiles" / "hungarian.toml"
MINIMAL: dict[str, Any] = {"call_id": "c", "started_at": "2026-03-02T09:00:00+01:00"}


@pytest.fixture
def converter() -> Converter:
    return converter_for(default_profile())


@pytest.fixture
def by_profile(tmp_path: Path) -> Callable[[str], Converter]:
    def build(text: str) -> Converter:
        (tmp_path / "p.toml").write_text(text)
        return Converter(load_profile(tmp_path / "p.toml"))

    return build


def said(wire: Any) -> Any:
    """Leave out what is null: absence and null mean the same."""
    if isinstance(wire, dict):
        return {key: said(value) for key, value in wire.items() if value is not None}
    return [said(value) for value in wire] if isinstance(wire, list) else wire


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_the_examples_survive_both_ways(converter: Converter, file: Path) -> None:
    wire = json.loads(file.read_text())
    call = converter.decode(CallEnd, wire)
    assert said(converter.encode(call)) == said(wire)
    assert call.extra == {}
    assert converter.decode(CallEnd, converter.encode(call)) == call


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_the_examples_survive_hungarian_form_fields(converter: Converter, file: Path) -> None:
    hungarian = converter_for(load_profile(HUNGARIAN))
    call = converter.decode(CallEnd, json.loads(file.read_text()))
    content_type, body = render_body("form", hungarian.encode(call))
    again = hungarian.decode(CallEnd, parse_body(content_type, body, accepted={"form"}))
    without_raw = {"disposition_raw": None, "legs": ()}
    slim = attrs.evolve(call, **without_raw)
    assert attrs.evolve(again, **without_raw) == slim
    assert [leg.leg_id for leg in again.legs] == [leg.leg_id for leg in call.legs]
    assert [leg.type for leg in again.legs] == [leg.type for leg in call.legs]


def test_hungarian_wire_data_are_hungarian() -> None:
    converter = converter_for(load_profile(HUNGARIAN))
    call = CallEnd(
        call_id="c",
        started_at=datetime(2026, 7, 1, 8, tzinfo=UTC),
        direction=Direction.INBOUND,
        caller=PhoneNumber.parse("+36300000001"),
        called=PhoneNumber.parse("+493012345678"),
        disposition=Disposition.NO_ANSWER,
        talk_seconds=3725,
        recording=RecordingRef(code="R-1"),
    )
    wire = said(converter.encode(call))
    wanted = {
        "esemeny": "hivas_vege",
        "kezdet": "2026-07-01 10:00:00",
        "irany": "bejövő",
        "hivo": "06300000001",
        "hivott": "00493012345678",
        "eredmeny": "nem fogadott",
        "beszelgetes": "01:02:05",
        "hang": {"kod": "R-1"},
    }
    assert {key: wire[key] for key in wanted} == wanted
    assert converter.encode(attrs.evolve(call, caller=PhoneNumber.anonymous()))["hivo"] == "titkos"
    assert attrs.evolve(converter.decode(CallEnd, wire), disposition_raw=None) == call


def test_a_text_may_stand_for_a_whole_model() -> None:
    converter = converter_for(load_profile(HUNGARIAN))
    call = converter.decode(CallEnd, {"hivas": 17, "kezdet": "2026-03-02 09:00", "felhasznalo": "Nagy Béla"})
    assert call.call_id == "17"
    assert call.user is not None
    assert call.user.name == "Nagy Béla"
    assert call.recording is None


def test_null_is_absence_and_never_a_word(converter: Converter) -> None:
    nothing = dict.fromkeys(field.name for field in attrs.fields(CallEnd) if field.name not in {*MINIMAL, "extra"})
    call = converter.decode(CallEnd, MINIMAL | nothing)
    assert attrs.evolve(call, extra={}) == converter.decode(CallEnd, MINIMAL)
    assert "None" not in repr(converter.decode(DataQuery, {"call_id": "c", "parameters": {"a": None}}).parameters)


@pytest.mark.parametrize("caller", ["", None, "Anonymous", "rejtett", "0", "TITKOS"])
def test_hidden_callers_are_anonymous(converter: Converter, caller: str | None) -> None:
    assert converter.decode(CallEnd, MINIMAL | {"caller": caller}).caller.kind is NumberKind.ANONYMOUS


def test_integers_become_text_without_going_through_floats(converter: Converter) -> None:
    call = converter.decode(CallEnd, MINIMAL | {"call_id": 2**63 + 1, "extension": 101, "caller": 36300000001})
    assert (call.call_id, call.extension, call.caller.e164) == ("9223372036854775809", "101", "+36300000001")
    with pytest.raises(DecodeError, match=r"\$\.call_id: expected text"):
        converter.decode(CallEnd, MINIMAL | {"call_id": 1.0})


def test_words_are_known_in_any_case_and_unknown_ones_kept(converter: Converter) -> None:
    call = converter.decode(CallEnd, MINIMAL | {"disposition": "Nem-Fogadott", "direction": "KIMENŐ"})
    assert call.disposition is Disposition.NO_ANSWER
    assert call.disposition_raw == "Nem-Fogadott"
    assert call.direction is Direction.OUTBOUND
    odd = converter.decode(CallEnd, MINIMAL | {"disposition": "Elázott"})
    assert (odd.disposition, odd.disposition.known, odd.disposition_raw) == ("Elázott", False, "Elázott")
    assert converter.encode(odd)["disposition"] == "Elázott"


def test_unknown_keys_are_kept_and_written_again(converter: Converter) -> None:
    wire = MINIMAL | {"event": "call_end", "cost": {"net": 12}, "legs": [{"leg_id": "1", "seq": 1, "codec": "G711"}]}
    call = converter.decode(CallEnd, wire)
    assert call.extra == {"cost": {"net": 12}}
    assert call.legs[0].extra == {"codec": "G711"}
    assert converter.encode(call)["cost"] == {"net": 12}


@attrs.frozen(kw_only=True)
class RicherCall(CallEnd):
    """A model of a room above, which is a call all the same."""


def test_a_subclass_is_written_as_what_it_is(converter: Converter) -> None:
    call = converter.decode(RicherCall, MINIMAL | {"callid": 7, "call_id": None})
    assert type(call) is RicherCall
    assert call.call_id == "7"
    assert converter.encode(call)["event"] == "call_end"


@attrs.frozen(kw_only=True)
class Kept:
    """A model with a field that no sender may set."""

    id: str
    ours: str = attrs.field(default="", metadata={"wire": False})
    extra: dict[str, Any] = attrs.field(factory=dict)


def test_a_sender_cannot_set_what_is_ours(converter: Converter) -> None:
    kept = converter.decode(Kept, {"id": 1, "ours": "forged", "extra": {"x": 1}})
    assert kept == Kept(id="1", extra={"ours": "forged", "extra": {"x": 1}})
    assert "ours" not in converter.encode(Kept(id="1", ours="true"))


def test_the_first_path_that_is_there_wins(by_profile: Callable[[str], Converter]) -> None:
    converter = by_profile('[fields.call_end]\ncaller = ["from.number", "from.sip", "hivo"]')
    for wire in ({"from": {"number": "101"}}, {"from": {"number": None, "sip": "101"}}, {"hivo": 101}):
        call = converter.decode(CallEnd, MINIMAL | wire)
        assert call.caller.value == "101"
        assert call.extra == {}
    assert converter.encode(call)["from"] == {"number": "101"}


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("2026-03-02T10:15:12+01:00", "2026-03-02T09:15:12+00:00"),
        ("2026-03-02T09:15:12Z", "2026-03-02T09:15:12+00:00"),
        ("2026-03-02 10:15:12", "2026-03-02T09:15:12+00:00"),
        ("2026-07-02 10:15:12", "2026-07-02T08:15:12+00:00"),
        ("2026.03.02. 10:15:12", "2026-03-02T09:15:12+00:00"),
        ("20260302101512", "2026-03-02T09:15:12+00:00"),
        ("20260302T101512", "2026-03-02T09:15:12+00:00"),
        ("20260302T091512Z", "2026-03-02T09:15:12+00:00"),
        (1772442912, "2026-03-02T09:15:12+00:00"),
        ("1772442912", "2026-03-02T09:15:12+00:00"),
        (1772442912000, "2026-03-02T09:15:12+00:00"),
        ("1772442912.5", "2026-03-02T09:15:12.500000+00:00"),
        ("2026-10-25 02:30:00", "2026-10-25T00:30:00+00:00"),
    ],
)
def test_times_of_every_kind_are_read(converter: Converter, written: str | int, wanted: str) -> None:
    read = converter.decode(CallEnd, MINIMAL | {"started_at": written}).started_at
    assert read.astimezone(UTC).isoformat() == wanted


@pytest.mark.parametrize(
    "written", ["soon", "", True, [], -1, 1e300, 10**400, "9" * 400, "99999999999999999999", "2026-13-01"]
)
def test_what_is_no_time_is_refused(converter: Converter, written: object) -> None:
    with pytest.raises(DecodeError, match=r"\$\.started_at: (expected a time|is missing)"):
        converter.decode(CallEnd, MINIMAL | {"started_at": written})


def test_the_doubled_hour_of_october_is_a_choice(by_profile: Callable[[str], Converter]) -> None:
    later = by_profile('[time]\nambiguous = "second"')
    read = later.decode(CallEnd, MINIMAL | {"started_at": "2026-10-25 02:30:00"}).started_at
    assert read.astimezone(UTC).hour == 1


@pytest.mark.parametrize(
    ("style", "wanted"),
    [
        ("iso", "2026-03-02T10:15:12+01:00"),
        ("naive", "2026-03-02T10:15:12"),
        ("epoch_s", 1772442912),
        ("epoch_ms", 1772442912000),
        ("%Y.%m.%d. %H:%M:%S", "2026.03.02. 10:15:12"),
    ],
)
def test_times_are_written_as_the_profile_says(
    by_profile: Callable[[str], Converter], style: str, wanted: str | int
) -> None:
    converter = by_profile(f'[time]\nwrite = "{style}"')
    moment = datetime(2026, 3, 2, 10, 15, 12, tzinfo=ZoneInfo("Europe/Budapest"))
    assert converter.encode(moment) == wanted
    assert converter.encode(moment.replace(tzinfo=None)) == wanted
    assert converter.decode(datetime, wanted) == moment


@pytest.mark.parametrize(
    ("unit", "written", "seconds"),
    [
        ("s", 200, 200),
        ("s", "200", 200),
        ("s", 199.5, 200),
        ("ms", 200499, 200),
        ("s", "00:03:20", 200),
        ("s", "3:20", 200),
        ("hms", "00:03:20", 200),
    ],
)
def test_durations_are_whole_seconds(
    by_profile: Callable[[str], Converter], unit: str, written: object, seconds: int
) -> None:
    converter = by_profile(f'[durations]\nunit = "{unit}"')
    call = converter.decode(CallEnd, MINIMAL | {"talk_seconds": written})
    assert call.talk_seconds == seconds
    assert converter.decode(CallEnd, converter.encode(call)).talk_seconds == seconds


@pytest.mark.parametrize("written", [-1, "1:2:3:4", "a:b", "x", True, {}, float("nan")])
def test_what_is_no_duration_is_refused(converter: Converter, written: object) -> None:
    with pytest.raises(DecodeError, match=r"\$\.talk_seconds: expected"):
        converter.decode(CallEnd, MINIMAL | {"talk_seconds": written})


def test_all_problems_are_told_with_their_paths_and_without_values(converter: Converter) -> None:
    wire = {
        "started_at": "+36301234567",
        "recording": 3.5,
        "hangup_cause": "sixteen",
        "legs": [{"leg_id": "1", "seq": "x", "from": ["+36301234567"]}, 7],
    }
    with pytest.raises(DecodeError) as wrong:
        converter.decode(CallEnd, wire)
    assert wrong.value.problems == (
        "$.call_id: is missing",
        "$.started_at: expected a time",
        "$.hangup_cause: expected a whole number",
        "$.recording: expected an object",
        "$.legs[0].seq: expected a whole number",
        "$.legs[0].from: expected text",
        "$.legs[1]: expected an object",
    )
    assert "3630" not in str(wrong.value)


@pytest.mark.parametrize("wire", [None, 3, "text", [], True, "{", '{"a": }'])
def test_what_is_no_object_is_refused(converter: Converter, wire: object) -> None:
    with pytest.raises(DecodeError):
        converter.decode(CallEnd, wire)


def test_nested_json_in_a_text_is_read(converter: Converter) -> None:
    wire = MINIMAL | {"recording": '{"code": "R-1"}', "legs": '[{"leg_id": "1", "seq": "1", "result": "átvett"}]'}
    call = converter.decode(CallEnd, wire)
    assert call.recording == RecordingRef(code="R-1")
    assert call.legs[0].result is LegResult.PICKED_UP
    assert call.legs[0].type is LegType.OTHER


def test_decisions_are_written_flat(converter: Converter) -> None:
    wire = converter.encode(Decision.to_extension("101", timeout_seconds=25))
    assert said(wire) == {
        "found": True,
        "action": "route",
        "target_type": "extension",
        "target": "101",
        "timeout_seconds": 25,
        "variables": {},
    }


def test_a_type_without_a_wire_form_is_a_programming_error(converter: Converter) -> None:
    with pytest.raises(TypeError):
        converter.decode(complex, 1)


def test_decoding_a_call_stays_far_from_being_the_bottleneck(converter: Converter) -> None:
    text = (EXAMPLES[0].parent / "call_end_blind_transfer.json").read_text()
    wire = json.loads(text)
    converter.decode(CallEnd, wire)
    # About three times; a converter made anew for each message would cost hundreds.
    assert least_cost(lambda: converter.decode(CallEnd, wire)) < 20 * least_cost(lambda: json.loads(text))


def least_cost(work: Callable[[], object]) -> float:
    """Give the CPU seconds of 200 times in the quickest of five rounds: a ratio of two is the same on any machine."""
    costs = []
    for _ in range(5):
        started = time.process_time()
        for _ in range(200):
            work()
        costs.append(time.process_time() - started)
    return min(costs)
