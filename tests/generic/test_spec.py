from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from vipex_generic import PLUGIN, GenericSettings
from vipex_generic.plan import load_plan

from vipex_sdk.crm import FindsRecord, Idempotency, MatchRule, parse_toml, unpaced
from vipex_sdk.errors import ConfigError

Write = Callable[[str], Path]


def settings(spec: Path, **changes: object) -> GenericSettings:
    given = {"base_url": "http://127.0.0.1:9", "token": "t", "variables": {"source": "vipex"}, **changes}
    return GenericSettings(spec=spec, **given)  # type: ignore[arg-type]  # what the tests change is of many types


def test_the_example_of_the_readme_is_a_whole_adapter(example: str, write_spec: Write) -> None:
    adapter = PLUGIN.open(settings(write_spec(example)), unpaced)
    assert isinstance(adapter, FindsRecord)
    manifest = adapter.manifest
    assert (manifest.name, manifest.title) == ("generic", "Mintabolt CRM")
    assert (manifest.match, manifest.idempotency) == (MatchRule.SUFFIX, Idempotency.FINDABLE)
    assert (manifest.can_update, manifest.needs_card, manifest.requests_per_minute) == (True, True, 600)


def test_without_a_way_to_look_the_adapter_does_not_claim_one(example: str, write_spec: Write) -> None:
    start, rest = example.split("[find_record]")
    text = start + "[update]" + rest.split("[update]")[1]
    adapter = PLUGIN.open(settings(write_spec(text.replace('"findable"', '"none"'))), unpaced)
    assert not isinstance(adapter, FindsRecord)


@pytest.mark.parametrize(
    ("old", "new", "key", "expected"),
    [
        ('"{number.e164}"', '"{number.e146}"', "record.json.phone", "unknown name {number.e146}"),
        ('"{call.key}"', '"{call.key|upper}"', "record.json.external_id", "unknown filter 'upper'"),
        ('"{number.e164}"', '"{number.e164|integer}"', "record.json.phone", "is not for a telephone number"),
        ("truncate:80", "truncate:0", "record.json.subject", "a number above 0"),
        ("truncate:80", "truncate", "record.json.subject", "a number above 0"),
        ("digits|last:9", "e164|digits:3|last:9", "find.query.phone", "takes no argument"),
        ("date:%Y-%m-%d %H:%M:%S", "date", "record.json.at", "expected a format"),
        ("word:kind", "word:sort", "record.json.kind", "expected a table [words.sort]"),
        ('"{call.talk_seconds}"  ', '"{call.talk_seconds"  ', "record.json.seconds", "balanced braces"),
        ('source = "{var.source}"', 'source = "{var.other}"', "record.json.source", "unknown name {var.other}"),
        ('source = "{var.source}"', 'source = "{previous.id}"', "record.json.source", "unknown name {previous.id}"),
        ('path = "/api/me"', 'path = "api/me"', "check.path", "a path from / on"),
        ('path = "/api/me"', 'path = "/api/me?x=1"', "check.path", "parameters belong in query"),
        ('path = "/api/me"', 'path = "/api/me"\nmethod = "DELETE"', "check.method", "GET, PATCH, POST, PUT"),
        ('path = "/api/me"', 'path = "/api/me"\npth = 1', "check.pth", 'unknown key; did you mean "path"?'),
        ('{contact.id}/activities"\nref', '{contact.id?}/activities"\nref', "record.path", "left out in a path"),
        ('rows = "contacts"', 'rows = "contacts["', "find.rows", "expected a JMESPath expression"),
        ('when = "error.code', 'when = "error..code', "record.answers[1].when", "expected a JMESPath expression"),
        ("status = 404", 'status = "4x4"', "record.answers[0].status", "expected a status such as 409"),
        ('then = "refused"', 'then = "nobody"', "record.answers[1].then", "expected one of: already"),
        ('then = "refused"', 'then = "refusd"', "record.answers[1].then", 'did you mean "refused"?'),
        ('"Europe/Budapest"', '"Europe/Buda"', "time_zone", "expected a zone"),
        ('kind = "bearer"', 'kind = "header"', "auth", "expected a header name"),
        ('audio = "link"', 'audio = "none"', "audio", 'expected "link" where [record] sends'),
        ('audio = "link"', 'audio = "push"', "audio", 'expected "link"'),
        ('idempotency = "findable"', 'idempotency = "sure"', "idempotency", "expected one of"),
        ("{ phone = ", "{ phone = { a = 1 }, x = ", "find.query.phone", "expected a single value"),
        ('method = "PUT"', 'method = "PUT"\nform = { a = "b" }', "update.form", "either json or form"),
    ],
)
def test_what_is_wrong_is_named_with_file_line_and_key(  # noqa: PLR0917 - one table
    example: str, write_spec: Write, old: str, new: str, key: str, expected: str
) -> None:
    assert old in example
    path = write_spec(example.replace(old, new))
    with pytest.raises(ConfigError) as caught:
        load_plan(path, variables=("source",))
    assert expected in caught.value.expected
    assert (caught.value.key, caught.value.file) == (key, str(path))
    assert caught.value.line is not None
    assert path.read_text(encoding="utf-8").splitlines()[caught.value.line - 1].strip()


def test_a_promise_that_the_requests_cannot_keep_is_refused(example: str, write_spec: Write) -> None:
    start, rest = example.split("[find_record]")
    without = start + "[update]" + rest.split("[update]")[1]
    with pytest.raises(ConfigError, match=r"expected a table \[find_record\]"):
        load_plan(write_spec(without), variables=("source",))
    forgetful = example.replace('external_id = "{call.key}"\nkind', 'external_id = "{call.id}"\nkind')
    forgetful = forgetful.replace('note = "{call.text}"\nat', 'note = "{call.title}"\nat')
    with pytest.raises(ConfigError, match="the CRM must keep the call's key"):
        load_plan(write_spec(forgetful), variables=("source",))
    blind = example.replace('query = { external_id = "{call.key}" }', "").replace('marker_in = "external_id"', "")
    with pytest.raises(ConfigError, match="or marker_in"):
        load_plan(write_spec(blind), variables=("source",))


@pytest.mark.parametrize(
    ("auth", "changes", "key"),
    [
        ('kind = "bearer"', {"token": ""}, "crm.generic.token"),
        ('kind = "bearer"', {"token": "two\nlines"}, "crm.generic.token"),
        ('kind = "header"\nheader = "X-Api-Key"', {"token": ""}, "crm.generic.token"),
        ('kind = "basic"', {"user": "anna"}, "crm.generic.password"),
        ('kind = "basic"', {"password": "titok"}, "crm.generic.user"),
    ],
)
def test_a_missing_credential_is_named(
    example: str, write_spec: Write, auth: str, changes: dict[str, str], key: str
) -> None:
    path = write_spec(example.replace('kind = "bearer"', auth, 1))
    with pytest.raises(ConfigError) as caught:
        PLUGIN.open(settings(path, **changes), unpaced)
    assert caught.value.key == key
    assert "titok" not in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"absent\.toml"):
        PLUGIN.open(settings(tmp_path / "absent.toml"), unpaced)


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ('base_url = "crm.example.hu"', "base_url"),
        ('base_url = "https://anna:titok@crm.example.hu"', "base_url"),
        ('base_url = "https://crm.example.hu"\nread_timeout = 0', "read_timeout"),
    ],
)
def test_wrong_settings_are_named(line: str, key: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_toml(f'spec = "a.toml"\n{line}').structure(GenericSettings)
    assert key in str(caught.value)
    assert "titok" not in str(caught.value)


def test_secrets_are_in_no_repr(example: str, write_spec: Write) -> None:
    shown = repr(settings(write_spec(example), token="titok-1", password="titok-2"))
    assert "titok" not in shown
