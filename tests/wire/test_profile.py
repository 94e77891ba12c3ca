"""The default profile, and what a deployment lays over it."""

from __future__ import annotations

from pathlib import Path

import pytest

from vipex_sdk.errors import ProfileError
from vipex_sdk.webhooks.events import CallEnd
from vipex_sdk.wire.convert import Converter, converter_for
from vipex_sdk.wire.profile import WireProfile, default_profile, load_profile

DEFAULT = Path(load_profile.__code__.co_filename).with_name("default.toml")


@pytest.fixture
def lay_over(tmp_path: Path) -> object:
    def load(text: str) -> WireProfile:
        (tmp_path / "mine.toml").write_text(text)
        return load_profile(tmp_path / "mine.toml")

    return load


def test_the_default_says_that_it_is_ours() -> None:
    assert "This is OUR profile, not VIPeX's format" in DEFAULT.read_text()
    assert default_profile().version == 1
    assert load_profile(None) is default_profile()


def test_keys_are_laid_over_one_by_one(lay_over: object) -> None:
    profile = lay_over(  # type: ignore[operator]
        """
        name = "mine"
        [control.operations."calls.originate"]
        path = "/dial"
        [control]
        items = ["rows"]
        [fields.call_end]
        caller = ["from.number", "from"]
        [values.direction]
        inbound = ["B"]
        """
    )
    default = default_profile()
    assert profile.name == "mine"
    assert profile.control.operations["calls.originate"].path == "/dial"
    assert profile.control.operations["calls.originate"].method == "POST"
    assert profile.control.operations["users.get"] == default.control.operations["users.get"]
    assert profile.control.items == ("rows",)
    assert profile.fields["call_end"]["call_id"] == ("call_id", "callid")
    assert profile.values["direction"]["inbound"] == ("B",)
    assert profile.values["direction"]["outbound"] == default.values["direction"]["outbound"]


@pytest.mark.parametrize(
    ("text", "line", "key", "expected"),
    [
        ('nme = "x"', 1, "nme", 'unknown key; did you mean "name"?'),
        ("version = '2'", 1, "version", "expected a whole number, not text"),
        ('[time]\nzone = "Europe/Budapst"', 2, "time.zone", 'expected a time zone such as "Europe/Budapest"'),
        ('[time]\nambiguous = "frst"', 2, "time.ambiguous", 'expected one of "first", "second"; did you mean "first"?'),
        (
            '[control]\nnot_subscribed = ["calls.start"]',
            2,
            "control.not_subscribed[0]",
            'expected the name of an operation; did you mean "calls.start_ivr"?',
        ),
        (
            '[control.operations."calls.originat"]',
            1,
            'control.operations."calls.originat"',
            'unknown name; did you mean "calls.originate"?',
        ),
        (
            '[control.operations."calls.originate"]\npath = "x"',
            2,
            'control.operations."calls.originate".path',
            'expected a path that begins with "/"',
        ),
        ("[control.paging]\nsize = 0", 2, "control.paging.size", "must be > 0"),
        ('[control.paging]\ncursor = ""', 2, "control.paging.cursor", "expected a name, not nothing"),
        ('[webhooks.auth]\nbody = " "', 2, "webhooks.auth.body", "expected a name, not nothing"),
        (
            '[recordings]\nurl_hosts_allowed = ["https://audio.example.hu"]',
            2,
            "recordings.url_hosts_allowed",
            'expected hosts such as "audio.example.hu" or "127.0.0.1:8080"',
        ),
        (
            '[webhooks.auth]\nschemes = ["query"]',
            2,
            "webhooks.auth.schemes[0]",
            (
                'expected one of "basic", "header_key", "path_key", "query_key", "body_key", "signature"; '
                'did you mean "query_key"?'
            ),
        ),
        (
            '[webhooks.auth]\nheader = "X Token"',
            2,
            "webhooks.auth.header",
            'expected the name of a header such as "X-Signature"',
        ),
        (
            '[webhooks.auth.signature]\nsigned = "{body}"',
            2,
            "webhooks.auth.signature.signed",
            'expected text with {timestamp} and {body}, such as "{timestamp}.{body}"',
        ),
        ("[webhooks.data_query]\ndeadline_seconds = 0", 2, "webhooks.data_query.deadline_seconds", "must be > 0"),
        ("[webhooks.call_end]\nmax_bytes = 0", 2, "webhooks.call_end.max_bytes", "must be > 0"),
        ("[fields.callend]", 1, "fields.callend", 'unknown name; did you mean "call_end"?'),
        ("[fields]\ncall_end = 1", 2, "fields.call_end", "expected a table, not a whole number"),
        ("values = 1", 1, "values", "expected a table, not a whole number"),
        ("[values.direction]\ninbond = []", 2, "values.direction.inbond", 'unknown name; did you mean "inbound"?'),
        (
            '[values.direction]\ninbound = ["KIMENŐ"]',
            2,
            "values.direction.inbound[0]",
            '"KIMENŐ" already means outbound; give that a list without it',
        ),
        (
            '[values.direction]\noutbound = ["b"]\ninternal = ["B"]',
            3,
            "values.direction.internal[0]",
            '"B" already means outbound; give that a list without it',
        ),
    ],
)
def test_a_wrong_profile_says_where_and_what(tmp_path: Path, text: str, line: int, key: str, expected: str) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(text)
    with pytest.raises(ProfileError) as wrong:
        load_profile(file)
    assert (wrong.value.file, wrong.value.line, wrong.value.key) == (str(file), line, key)
    assert wrong.value.expected == expected


@pytest.mark.parametrize(
    ("text", "key", "expected"),
    [
        ('caler = ["x"]', "fields.call_end.caler", 'unknown field; did you mean "caller"?'),
        ("caller = []", "fields.call_end.caller", "expected at least one path"),
    ],
)
def test_fields_that_a_model_lacks_are_found_when_it_is_prepared(
    tmp_path: Path, text: str, key: str, expected: str
) -> None:
    (tmp_path / "mine.toml").write_text(f"[fields.call_end]\n{text}")
    with pytest.raises(ProfileError) as wrong:
        Converter(load_profile(tmp_path / "mine.toml")).prepare(CallEnd)
    assert (wrong.value.line, wrong.value.key, wrong.value.expected) == (2, key, expected)


def test_every_model_and_vocabulary_of_the_default_exists() -> None:
    from vipex_sdk import control
    from vipex_sdk.values import OpenEnum
    from vipex_sdk.webhooks import events
    from vipex_sdk.wire import plan

    names = [getattr(module, name) for module in (control, events) for name in module.__all__]
    types = {plan.snake(one.__name__): one for one in names if isinstance(one, type)}
    default = default_profile()
    assert set(default.fields) <= set(types)
    converter_for(default).prepare(*(types[name] for name in default.fields))
    for vocabulary, words in default.values.items():
        if vocabulary != "flag":
            cls = types[vocabulary]
            assert issubclass(cls, OpenEnum)
            assert set(words) == {member.value for member in cls}


def test_a_nested_model_beside_its_parent_needs_names_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('[fields.call_end]\nrecording = ["."]')
    with pytest.raises(ProfileError) as wrong:
        Converter(load_profile(file)).prepare(CallEnd)
    assert wrong.value.key == "fields.call_end.recording"
    assert wrong.value.expected.startswith('"duration_seconds" is call_end.duration_seconds already')
    file.write_text('[fields.call_end]\nrecording = ["."]\n[fields.recording_ref]\nduration_seconds = ["caller"]')
    with pytest.raises(ProfileError, match=r"4:1: fields\.recording_ref\.duration_seconds"):
        Converter(load_profile(file)).prepare(CallEnd)
    file.write_text(
        '[fields.call_end]\nrecording = ["."]\n[fields.recording_ref]\nduration_seconds = ["audio.seconds"]'
    )
    Converter(load_profile(file)).prepare(CallEnd)


def test_profiles_inherit_and_override(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "base.toml").write_text('name = "base"\n[time]\nzone = "UTC"\n[durations]\nunit = "ms"')
    (tmp_path / "middle.toml").write_text('extends = "lib/base.toml"\n[durations]\nunit = "hms"')
    (tmp_path / "mine.toml").write_text('extends = "middle.toml"\nname = "mine"')
    profile = load_profile(tmp_path / "mine.toml")
    assert (profile.name, profile.time.zone, profile.durations.unit) == ("mine", "UTC", "hms")


@pytest.mark.parametrize(
    ("files", "file", "expected"),
    [
        ({"a": 'extends = "b.toml"', "b": 'extends = "a.toml"'}, "b", "extends itself, by way of other files"),
        ({"a": 'extends = "none.toml"'}, "a", "there is no such file"),
        ({"a": "extends = 1"}, "a", "expected the name of a file"),
        ({"a": 'extends = "b.toml"', "b": '[time]\nzon = "UTC"'}, "b", 'unknown key; did you mean "zone"?'),
        ({"a": 'extends = "b.toml"', "b": "[fields.cal_end]"}, "b", 'unknown name; did you mean "call_end"?'),
    ],
)
def test_wrong_inheritance_names_the_file_that_is_wrong(
    tmp_path: Path, files: dict[str, str], file: str, expected: str
) -> None:
    for name, text in files.items():
        (tmp_path / f"{name}.toml").write_text(text)
    with pytest.raises(ProfileError) as wrong:
        load_profile(tmp_path / "a.toml")
    assert Path(str(wrong.value.file)).name == f"{file}.toml"
    assert expected in wrong.value.expected


def test_an_error_names_the_column(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('[time]\npatterns = ["%Y", 5]')
    with pytest.raises(ProfileError, match=r"mine\.toml:2:19: time\.patterns\[1\]: expected text"):
        load_profile(tmp_path / "mine.toml")


def test_operations_that_share_an_address_need_constants(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('[control.operations."users.list"]\npath = "/phonebook"')
    with pytest.raises(ProfileError, match="has method, path and constants of"):
        load_profile(file)
    file.write_text('[control.operations."users.list"]\npath = "/phonebook"\nconstants = { what = "users" }')
    load_profile(file)
