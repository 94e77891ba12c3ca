"""``vipex profile check``: what is understood, what is not, and lines that can be pasted."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import attrs
import pytest

from tests.profiles.learning import PROFILES, dialect, spoken
from vipex_sdk.cli.app import run
from vipex_sdk.cli.profiles.capture import Capture
from vipex_sdk.cli.profiles.proposals import propose, written
from vipex_sdk.cli.profiles.understanding import understand
from vipex_sdk.wire.profile import default_profile, lay_on, load_profile


@pytest.fixture
def captures(tmp_path: Path) -> Path:
    """The example calls in Hungarian XML, in a folder as the recorder leaves them."""
    folder = tmp_path / "captures"
    folder.mkdir()
    for capture in spoken(dialect("hungarian_xml")):
        capture.write(folder)
    return folder


def test_a_profile_that_fits_understands_everything(captures: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["profile", "check", str(PROFILES / "hungarian_xml.toml"), str(captures)]) == 0
    said = capsys.readouterr().out
    assert "call_end_blind_transfer: call_end\n" in said
    assert "understood   call_leg.source <- reszek.resz[0].honnan" in said
    assert "nobody reads" not in said
    assert "Lines for the profile" not in said


def test_one_that_does_not_is_told_the_lines_it_lacks(
    captures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text('name = "mine"\n[webhooks]\nencodings = ["xml"]\n')
    assert run(["profile", "check", str(mine), str(captures)]) == 1
    said, _, lines = capsys.readouterr().out.partition("Lines for the profile; read each before you keep it:")
    assert "no event" not in said
    assert "nobody reads hivott" in said
    assert "+36" not in said + lines, "a report is sent around"
    assert "# into [webhooks], which stands at line 2:" in lines
    pasted = lines.replace("# into [webhooks], which stands at line 2:\n", "")
    mine.write_text(f'name = "mine"\n[webhooks]\nencodings = ["xml"]\n{pasted}')
    assert run(["profile", "check", str(mine), str(captures)]) == 0
    call = understand(load_profile(mine), spoken(dialect("hungarian_xml"))[2])
    assert call.ok
    assert not call.unread


def test_proposals_pair_hungarian_names_with_our_fields(captures: Path) -> None:
    proposals = {one.key: one.value for one in propose(default_profile(), spoken(dialect("hungarian_xml")))}
    wanted = {
        ("webhooks", "selector"): ["esemeny", "event"],
        ("webhooks", "call_end", "words"): ["hivas_vege", "call_end"],
        ("fields", "call_end", "caller"): ["hivo"],
        ("fields", "call_end", "called"): ["hivott"],
        ("fields", "call_end", "started_at"): ["kezdet"],
        ("fields", "call_end", "talk_seconds"): ["idok.beszelgetes"],
        ("fields", "call_end", "recording"): ["hangfelvetel"],
        ("fields", "call_end", "legs"): ["reszek.resz"],
        ("fields", "call_leg", "target"): ["hova"],
        ("fields", "recording_ref", "duration_seconds"): ["hossz"],
    }
    assert {key: proposals.get(key) for key in wanted} == wanted


def call(**fields: object) -> Capture:
    wire = {"event": "call_end", "call_id": "c1", "started_at": "2026-03-02T09:00:00+01:00", **fields}
    return Capture(name="one", target="/call-end", headers=(("content-type", "application/json"),),
                   body=json.dumps(wire).encode())  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "key", "value"),
    [
        ({"direction": "BEFELE"}, ("values", "direction", "inbound"), "BEFELE"),
        ({"disposition": "nem vette fel"}, ("values", "disposition", "no_answer"), "nem vette fel"),
        ({"ended_at": "02/03/2026 09:03:30"}, ("time", "patterns"), "%d/%m/%Y %H:%M:%S"),
    ],
)
def test_words_and_formats_are_added_to_what_is_there(fields: dict[str, str], key: tuple[str, ...], value: str) -> None:
    proposals = propose(default_profile(), [call(**fields)])
    found = {one.key: one.value for one in proposals}
    assert value in found[key]
    assert len(found[key]) > 1
    assert understand(lay_on(default_profile(), written(proposals)), call(**fields)).ok


@pytest.mark.parametrize(
    ("capture", "refusal", "key", "value"),
    [
        (
            Capture(name="one", method="PUT", target="/call-end", body=b'{"call_id": "c1"}'),
            "the profile does not take PUT for a call_end",
            ("webhooks", "call_end", "method"),
            "PUT",
        ),
        (
            Capture(name="one", method="GET", target="/incoming-call?call_id=c1&phase=ringing"),
            "the profile does not take GET for a incoming_call",
            ("webhooks", "incoming_call", "method"),
            "GET",
        ),
        (
            Capture(name="one", target="/incoming-call", body=b"<x><call_id>c1</call_id></x>"),
            "the profile takes no xml",
            ("webhooks", "encodings"),
            ["xml", "json", "form", "multipart", "query"],
        ),
    ],
)
def test_how_a_request_comes_is_proposed_too(
    capture: Capture, refusal: str, key: tuple[str, ...], value: object
) -> None:
    before = understand(default_profile(), capture)
    assert before.refused == (refusal,)
    assert not before.ok
    proposals = propose(default_profile(), [capture])
    assert {one.key: one.value for one in proposals}[key] == value
    assert understand(lay_on(default_profile(), written(proposals)), capture).refused == ()


def test_what_no_profile_takes_is_refused_without_a_proposal(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    capture = Capture(name="one", method="PATCH", target="/call-end", body=b'{"call_id": "c1"}')
    capture.write(tmp_path)
    assert propose(default_profile(), [capture]) == []
    mine = tmp_path / "mine.toml"
    mine.write_text('name = "mine"\n')
    assert run(["profile", "check", str(mine), str(tmp_path)]) == 1
    assert "  refused      the profile does not take PATCH for a call_end\n" in capsys.readouterr().out


def test_milliseconds_are_told_by_the_length_of_the_call() -> None:
    fields = {"ended_at": "2026-03-02T09:03:30+01:00", "duration_seconds": 210_000}
    assert [(one.key, one.value) for one in propose(default_profile(), [call(**fields)])] == [
        (("durations", "unit"), "ms")
    ]


def test_a_word_that_nobody_can_guess_is_left_to_a_person() -> None:
    proposals = propose(default_profile(), [call(direction="Q7")])
    assert [one.value for one in proposals] == [None]
    assert "# Q7: expected one of inbound, outbound, internal" in written(proposals)
    assert tomllib.loads(written(proposals)) == {"values": {"direction": {}}}


def test_as_json_and_without_captures(captures: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = str(PROFILES / "hungarian_xml.toml")
    assert run(["profile", "check", file, str(captures), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [one["ok"] for one in document["captures"]] == [True] * 5
    assert document["proposals"] == []
    assert run(["profile", "check", file]) == 0
    assert "no mistake in it" in capsys.readouterr().out


def test_what_is_no_capture_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = str(PROFILES / "hungarian_xml.toml")
    assert run(["profile", "check", file, str(tmp_path)]) == 1
    assert "expected recorded requests" in capsys.readouterr().err
    (tmp_path / "x.http").write_text("nonsense")
    assert run(["profile", "check", file, str(tmp_path)]) == 1
    assert "expected a request line" in capsys.readouterr().err


def test_show_tells_which_file_a_key_comes_from(capsys: pytest.CaptureFixture[str]) -> None:
    file = str(PROFILES / "hungarian_xml.toml")
    assert run(["profile", "show", "--origin", "--profile", file, "--json"]) == 0
    rows = {row["key"]: row for row in json.loads(capsys.readouterr().out)}
    assert (rows["xml.answer"]["file"], rows["xml.answer"]["value"]) == ("hungarian_xml.toml", '"valasz"')
    assert rows["numbers.write"]["file"] == "hungarian.toml"
    assert rows["numbers.region"]["file"] == "default.toml"
    assert all(row["line"] for row in rows.values())


def test_at_a_single_address_the_event_is_guessed_until_its_word_is_known() -> None:
    captures = [attrs.evolve(one, target="/all") for one in spoken(dialect("hungarian_xml"))]
    profile = lay_on(default_profile(), "[webhooks]\nencodings = ['xml']\n[fields.call_end]\nlegs = ['x']")
    (first, *_) = (understand(profile, one) for one in captures)
    assert (first.event, first.problem) == ("call_end", "nothing in the body says which event it is")
    proposals = propose(profile, captures)
    taught = lay_on(profile, written(proposals))
    assert understand(taught, captures[0]).ok
    assert ("webhooks", "selector") in {one.key for one in proposals}
