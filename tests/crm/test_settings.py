from __future__ import annotations

from typing import Any

import pytest

from vipex_sdk.crm import FIELDS, CallOutcome, Journal, JournalSettings, Match, Template
from vipex_sdk.crm.journal.templates import render
from vipex_sdk.crm.journal.words import ENGLISH, HUNGARIAN
from vipex_sdk.errors import ConfigError
from vipex_sdk.testing.calls import build_call


@pytest.mark.parametrize(
    ("settings", "key", "expected"),
    [
        ({"language": "de"}, "language", "expected one of: hu, en"),
        ({"owner": "longest"}, "owner", "expected one of: last, first, each"),
        ({"time_zone": "Europe/Atlantis"}, "time_zone", "name of a time zone"),
        ({"time_zone": "/etc/passwd"}, "time_zone", "name of a time zone"),
        ({"templates": {"lost": Template()}}, "templates", "answered, missed"),
        ({"templates": {"missed": Template(title="{caller}")}}, "templates.missed.title", "unknown field {caller}"),
        ({"templates": {"missed": Template(text="{number.raw}")}}, "templates.missed.text", "unknown field"),
        ({"templates": {"missed": Template(text="{number!r}")}}, "templates.missed.text", "unknown field"),
        ({"templates": {"missed": Template(text="{number:>10}")}}, "templates.missed.text", "unknown field"),
        ({"templates": {"missed": Template(text="{}")}}, "templates.missed.text", "unknown field"),
        ({"templates": {"missed": Template(text="{number")}}, "templates.missed.text", "balanced braces"),
        ({"task_text": "{who}"}, "task_text", "unknown field {who}"),
    ],
)
def test_wrong_settings_name_the_key_and_what_was_expected(settings: dict[str, Any], key: str, expected: str) -> None:
    with pytest.raises(ConfigError) as caught:
        JournalSettings(**settings)
    assert caught.value.key == key
    assert expected in str(caught.value)


def test_own_templates_replace_only_what_they_name() -> None:
    settings = JournalSettings(
        templates={CallOutcome.MISSED: Template(title="☎ {number} {{{time}}}")}, task_text="Hívja: {number}"
    )
    (record,) = Journal(settings).records(build_call("missed"), Match(), revision=1, users={}, recording=lambda _: None)
    assert record.title == "☎ +36 30 000 0001 {09:10}"
    assert record.text.startswith("Nem fogadott hívás: ")
    assert record.task is not None
    assert record.task.text == f"Hívja: +36 30 000 0001\n[vipex:{record.key}:callback]"


def test_every_field_can_be_named_and_is_given() -> None:
    every = Template(text="\n".join(f"{name}={{{name}}}" for name in FIELDS))
    settings = JournalSettings(templates=dict.fromkeys(CallOutcome, every))
    (record,) = Journal(settings).records(
        build_call("answered"), Match(), revision=1, users={}, recording=lambda _: None
    )
    assert set(record.values) == set(FIELDS)
    assert "agent=101 (Nagy Béla)" in record.text


def test_data_is_never_read_as_a_template() -> None:
    assert render("{name}", {"name": "{number} {{"}) == "{number} {{"


def test_a_line_of_empty_fields_is_left_out_but_empty_lines_stay() -> None:
    values = {"name": "", "number": "1", "note": ""}
    assert render("Ügyfél: {name}\n\nSzám: {number} {name}\nállandó\n{note}", values) == "\nSzám: 1\nállandó"


@pytest.mark.parametrize(
    ("seconds", "hungarian", "english"),
    [
        (0, "0 mp", "0 s"),
        (45, "45 mp", "45 s"),
        (200, "3 p 20 mp", "3 min 20 s"),
        (3725, "1 ó 2 p 5 mp", "1 h 2 min 5 s"),
    ],
)
def test_durations(seconds: int, hungarian: str, english: str) -> None:
    assert (HUNGARIAN.duration(seconds), ENGLISH.duration(seconds)) == (hungarian, english)
