"""Every key of a profile changes something: a key without a case fails here."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import attrs
import pytest

from tests.wire.profile_cases import BUDAPEST, CALL, CASES, ROUTE, Case, answered, posted
from tests.wire.profile_keys import every_key
from vipex_sdk.errors import VipexError
from vipex_sdk.values import Seconds
from vipex_sdk.webhooks.events import CallEnd, Decision
from vipex_sdk.webhooks.message import Hook
from vipex_sdk.webhooks.parse import decode_event
from vipex_sdk.wire.convert import converter_for
from vipex_sdk.wire.events import event_request
from vipex_sdk.wire.exchange import error_answer, read_answer
from vipex_sdk.wire.profile import default_profile, load_profile


@pytest.fixture(params=sorted(CASES))
def case(request: pytest.FixtureRequest) -> Case:
    return CASES[request.param]


def test_the_key_changes_what_it_says(case: Case, tmp_path: Path) -> None:
    text, check, wanted = case
    (tmp_path / "mine.toml").write_text(text)
    assert check(default_profile()) != wanted
    assert check(load_profile(tmp_path / "mine.toml")) == wanted


def test_every_key_has_a_case() -> None:
    assert set(CASES) == set(every_key())


@pytest.mark.parametrize(
    ("write", "wire"),
    [
        ("iso", "2026-03-02T09:00:00+01:00"),
        ("naive", "2026-03-02T09:00:00"),
        ("epoch_s", 1772438400),
        ("epoch_ms", 1772438400000),
        ("%Y.%m.%d. %H:%M:%S", "2026.03.02. 09:00:00"),
    ],
)
def test_times_are_written_and_read_again(tmp_path: Path, write: str, wire: object) -> None:
    (tmp_path / "mine.toml").write_text(f'[time]\nwrite = "{write}"')
    converter = converter_for(load_profile(tmp_path / "mine.toml"))
    moment = datetime(2026, 3, 2, 9, tzinfo=BUDAPEST)
    assert converter.encode(moment) == wire
    assert converter.decode(datetime, wire) == moment


@pytest.mark.parametrize(("unit", "wire"), [("s", 3725), ("ms", 3_725_000), ("hms", "01:02:05")])
def test_durations_are_written_and_read_again(tmp_path: Path, unit: str, wire: object) -> None:
    (tmp_path / "mine.toml").write_text(f'[durations]\nunit = "{unit}"')
    converter = converter_for(load_profile(tmp_path / "mine.toml"))
    assert converter.encode(3725, as_type=Seconds) == wire
    assert converter.decode(Seconds, wire) == 3725


@pytest.mark.parametrize("encoding", ["json", "form", "multipart", "xml"])
def test_an_event_arrives_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "mine.toml").write_text(f'[webhooks]\nencodings = ["{encoding}"]')
    profile = load_profile(tmp_path / "mine.toml")
    sent = event_request(profile, "call_end", CALL | {"legs": [{"leg_id": "l1", "seq": 1}, {"leg_id": "l2", "seq": 2}]})
    check = posted(sent.body, sent.content_type or "", "event.legs")
    assert [(leg.leg_id, leg.seq) for leg in check(profile)] == [("l1", 1), ("l2", 2)]


@pytest.mark.parametrize("style", ["json", "form", "xml"])
def test_a_decision_is_read_as_it_was_written(tmp_path: Path, style: str) -> None:
    from vipex_sdk.wire.events import read_decision_answer

    (tmp_path / "mine.toml").write_text(f'[webhooks.answer]\nstyle = "{style}"')
    profile = load_profile(tmp_path / "mine.toml")
    content_type, answer = (answered(ROUTE, part)(profile) for part in (1, 2))
    assert converter_for(profile).decode(Decision, read_decision_answer(profile, content_type, answer)) == ROUTE


def test_an_error_inside_200_is_read_as_it_was_written(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(
        '[control]\nanswer = "xml"\n[control.errors]\nin_success = true\ncode = ["kod"]'
    )
    profile = load_profile(tmp_path / "mine.toml")
    answer = error_answer(profile, 404, "extension_not_found", "Nincs ilyen mellék")
    assert answer.status == 200
    with pytest.raises(VipexError) as wrong:
        read_answer(profile, "forwarding.get", None, attrs.evolve(answer))
    assert (type(wrong.value).__name__, getattr(wrong.value, "code", None)) == ("NotFound", "extension_not_found")


def test_a_recording_may_be_a_plain_code() -> None:
    event = decode_event(CALL | {"recording": "R-1"}, default_profile(), kind=Hook.CALL_END)
    assert isinstance(event, CallEnd)
    assert event.recording is not None
    assert event.recording.code == "R-1"
