from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from attrs import frozen

from vipex_sdk.cli.output import plain, print_json, show, show_table
from vipex_sdk.numbers import PhoneNumber
from vipex_sdk.webhooks.events import Direction


@frozen(kw_only=True)
class Entry:
    id: str
    name: str | None = None
    number: PhoneNumber | None = None
    groups: tuple[str, ...] = ()
    enabled: bool = True


ANNA = Entry(id="17", name="Kiss\tAnna", number=PhoneNumber.parse("06 30 000 0001"), groups=("sales", "vip"))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Direction.INBOUND, "inbound"),
        (PhoneNumber.parse("06 30 000 0001"), "+36300000001"),
        (PhoneNumber.anonymous(), None),
        (datetime(2026, 5, 4, 8, tzinfo=UTC), "2026-05-04T08:00:00+00:00"),
        (Path("a/b"), "a/b"),
        ({"a": (1, 2.5, None, True)}, {"a": [1, 2.5, None, True]}),
        (Entry(id="1"), {"id": "1", "name": None, "number": None, "groups": [], "enabled": True}),
    ],
)
def test_models_become_what_json_has(value: object, expected: object) -> None:
    assert plain(value) == expected


def test_json_is_one_document_in_readable_letters(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"name": "Kovács Ödön"})
    out = capsys.readouterr().out
    assert json.loads(out) == {"name": "Kovács Ödön"}
    assert "Ödön" in out


def test_in_a_pipe_a_table_is_lines_with_tabs(capsys: pytest.CaptureFixture[str]) -> None:
    show_table([ANNA], ("id", "name", "number", "groups", "enabled"), as_json=False)
    assert (
        capsys.readouterr().out == "id\tname\tnumber\tgroups\tenabled\n17\tKiss Anna\t+36300000001\tsales, vip\tyes\n"
    )


def test_a_json_list_has_every_field(capsys: pytest.CaptureFixture[str]) -> None:
    show_table([ANNA], ("id",), as_json=True)
    assert json.loads(capsys.readouterr().out)[0].keys() == {"id", "name", "number", "groups", "enabled"}


def test_one_model_leaves_out_what_is_empty(capsys: pytest.CaptureFixture[str]) -> None:
    show(Entry(id="1"), as_json=False)
    assert capsys.readouterr().out == "field\tvalue\nid\t1\nenabled\tyes\n"


def test_a_terminal_gets_a_drawn_table(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    show_table([Entry(id="[bold]1[/]")], ("id",), as_json=False)
    out = capsys.readouterr().out
    assert "[bold]1[/]" in out
    assert "━" in out
