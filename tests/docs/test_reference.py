from __future__ import annotations

import re
import runpy
from operator import attrgetter

import attrs
import pytest

from tests.docs.site import DOCS, headings, pages, rows
from tests.wire.profile_keys import every_key
from vipex_sdk import errors
from vipex_sdk.gateway.config import reference
from vipex_sdk.webhooks import events

REFERENCE = {
    name.removeprefix("reference/"): text for name, text in pages("en").items() if name.startswith("reference/")
}
EVENTS = (
    events.DataQuery,
    events.IncomingCall,
    events.CallEnd,
    events.CallLeg,
    events.RecordingUpload,
    events.RecordingRef,
    events.UserRef,
    events.CallLogic,
    events.Decision,
)


@pytest.mark.parametrize("name", ["operations.md", "errors.md", "settings.md", "commands.md", "profile.md"])
def test_a_table_is_what_the_code_says(name: str) -> None:
    filled = runpy.run_path(str(DOCS / "tables.py"))["filled"]
    assert filled(REFERENCE[name]) == REFERENCE[name], "run: python docs/tables.py"


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_every_field_of_an_event_has_its_row_in_order(event: type) -> None:
    section = REFERENCE["events.md"].partition(f"## {event.__name__}\n")[2].partition("\n## ")[0]
    assert rows(section)[1:] == [each.name for each in attrs.fields(event)]


def test_every_error_has_its_row() -> None:
    assert set(errors.__all__) <= set(rows(REFERENCE["errors.md"]))


def test_every_setting_has_its_row() -> None:
    assert {row.key for row in reference()} <= set(rows(REFERENCE["settings.md"]))


def test_every_key_of_a_profile_has_its_row_and_its_meaning() -> None:
    keys = {key.replace(".*.", ".OPERATION.").replace(".hook.", ".WEBHOOK.") for key in every_key()}
    assert keys | {"extends"} == set(rows(REFERENCE["profile.md"])[1:])
    assert not re.findall(r"^\| `.*\|  \|$", REFERENCE["profile.md"], re.MULTILINE)


def test_every_operation_of_the_profile_has_its_row() -> None:
    from vipex_sdk.wire.profile import default_profile

    assert set(default_profile().control.operations) <= set(rows(REFERENCE["operations.md"]))


def test_every_method_in_the_table_of_operations_exists() -> None:
    from vipex_sdk import Client

    with Client("http://127.0.0.1:9", user="crm", password="x") as client:
        for method in re.findall(r"`client\.(\w+\.\w+)`", REFERENCE["operations.md"]):
            assert callable(attrgetter(method)(client)), method


def test_the_settings_of_the_minicrm_adapter_have_their_rows() -> None:
    from vipex_minicrm.settings import MiniCrmSettings

    section = pages("en")["minicrm.md"].partition("## Settings of the adapter")[2]
    named = {name for row in rows(section) for name in row.split(", ")}
    assert {each.name for each in attrs.fields(MiniCrmSettings)} <= named


def test_a_page_has_one_title() -> None:
    for name, text in pages("en").items():
        assert headings(text).count(1) == 1, name
