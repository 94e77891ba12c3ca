from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from vipex_sdk.cli import main
from vipex_sdk.control.calls import CallStarted, CallState, CurrentCall, Direction, ExtensionCalls, ExtensionState
from vipex_sdk.control.catalogue import OPERATIONS, argument_types
from vipex_sdk.control.forwarding import Forwarding, ForwardingType, TargetType
from vipex_sdk.control.openapi import openapi_document
from vipex_sdk.control.operators import OperatorState, OperatorStatus, StatusTime, StatusTimes
from vipex_sdk.control.phonebook import PhonebookEntry, PhonebookNumber
from vipex_sdk.control.users import User
from vipex_sdk.numbers import NumberKind, PhoneNumber
from vipex_sdk.wire.exchange import Page, WireRequest, answer_for, error_answer, request_for
from vipex_sdk.wire.profile import WireProfile, default_profile, lay_on, load_profile

PROFILES = Path(__file__).parents[1] / "profiles"
NUMBER = PhoneNumber.parse("+36300000001")
HIDDEN = PhoneNumber(NumberKind.ANONYMOUS, "")
MOMENT = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)
ENTRY = PhonebookEntry(
    id="17", name="Kiss Anna", numbers=(PhonebookNumber(number=NUMBER, type="mobile"),), external_id="minicrm:1"
)
FORWARDING = Forwarding(type=ForwardingType.BUSY, target_type=TargetType.NUMBER, target=NUMBER, ring_seconds=90)
CALLS = ExtensionCalls(
    extension="101",
    state=ExtensionState.IN_CALL,
    calls=(
        CurrentCall(call_id="c-1", direction=Direction.INBOUND, remote_number=NUMBER, state=CallState.ANSWERED),
        CurrentCall(call_id="c-2", direction=Direction("sideways"), remote_number=HIDDEN, started_at=MOMENT),
    ),
)
TIMES = StatusTimes(
    operator_id="17",
    since=MOMENT,
    until=MOMENT,
    times=(StatusTime(status=OperatorState.BREAK, seconds=1800, label="Szünet", count=3),),
)
OPERATOR = OperatorStatus(operator_id="17", status=OperatorState("kávézik"), since=MOMENT, queues=("support",))
USER = User(id="17", name="Próba", extension="101", extensions=("101", "117"))
ORIGINATE = {"extension": "101", "number": NUMBER, "caller_id": "+3610000100", "client_ref": "crm-1"}
IVR = {"number": NUMBER, "ivr": "feedback", "variables": {"segment": "vip"}}
FORWARD = {
    "extension": "101",
    "type": ForwardingType.BUSY,
    "target": NUMBER,
    "target_type": TargetType.NUMBER,
    "ring_seconds": 90,
}

SAMPLES: dict[str, tuple[dict[str, Any], Any]] = {
    "calls.originate": (ORIGINATE, CallStarted(call_id="c-1", status="initiated")),
    "calls.start_ivr": (IVR, CallStarted(call_id=None, status="queued")),
    "calls.current": ({"extension": "101"}, CALLS),
    "forwarding.set": (FORWARD, FORWARDING),
    "forwarding.get": ({"extension": "101"}, (FORWARDING,)),
    "forwarding.delete": ({"extension": "101", "type": ForwardingType.BUSY}, None),
    "forwarding.delete_all": ({"extension": "101"}, None),
    "recordings.fetch": ({"code": "rec-1"}, b"RIFF"),
    "users.get": ({"id": "17"}, USER),
    "users.list": ({"page": 2, "per_page": 50, "cursor": "page-2"}, Page(items=(USER,), number=2, size=50, total=51)),
    "phonebook.create": ({"entry": ENTRY}, ENTRY),
    "phonebook.get": ({"id": "17"}, ENTRY),
    "phonebook.update": ({"entry": ENTRY}, ENTRY),
    "phonebook.delete": ({"id": "17"}, None),
    "phonebook.list": ({"page": 1, "per_page": 100}, Page(items=(ENTRY,), number=1, size=100, total=None)),
    "operators.statuses": ({}, (OPERATOR,)),
    "operators.time_in_status": ({"operator_id": "17", "since": MOMENT, "until": MOMENT}, TIMES),
}
"""Arguments and an answer for each operation."""


@pytest.fixture(scope="module", params=["default", "hungarian", "cursors"])
def profile(request: pytest.FixtureRequest) -> WireProfile:
    if request.param == "cursors":
        return lay_on(default_profile(), '[control.paging]\nstyle = "cursor"\nnext = ["paging.next"]')
    return default_profile() if request.param == "default" else load_profile(PROFILES / "hungarian.toml")


@pytest.fixture(scope="module")
def document(profile: WireProfile) -> dict[str, Any]:
    return openapi_document(profile)


def operation(document: dict[str, Any], name: str) -> tuple[str, str, dict[str, Any]]:
    for path, methods in document["paths"].items():
        for method, found in methods.items():
            if found["operationId"] == name.replace(".", "_"):
                return path, method, found
    raise AssertionError(name)


def validator(document: dict[str, Any], schema: dict[str, Any]) -> Draft202012Validator:
    """Check a value by a schema whose references lead into the document."""
    return Draft202012Validator({"components": document["components"], "allOf": [schema]})


def sent(profile: WireProfile, name: str) -> WireRequest:
    return request_for(profile, name, SAMPLES[name][0], types=argument_types(name))


def test_it_is_openapi(document: dict[str, Any]) -> None:
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []
    assert document["openapi"].startswith("3.1")


def test_it_says_whose_format_it_is(document: dict[str, Any], profile: WireProfile) -> None:
    assert "not VIPeX's own" in document["info"]["description"]
    assert profile.name in document["info"]["description"]


def test_it_can_be_written_as_json(document: dict[str, Any]) -> None:
    assert json.loads(json.dumps(document)) == document


def test_every_operation_has_a_sample_here() -> None:
    assert set(SAMPLES) == set(OPERATIONS)


@pytest.mark.parametrize("name", SAMPLES)
def test_requests_go_where_it_says(document: dict[str, Any], profile: WireProfile, name: str) -> None:
    path, method, found = operation(document, name)
    request = sent(profile, name)
    assert request.method.lower() == method
    assert re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", path), request.path)
    declared = {each["name"] for each in found["parameters"] if each["in"] == "query"}
    required = {each["name"] for each in found["parameters"] if each["in"] == "query" and each.get("required")}
    assert required <= {key for key, _ in request.query} <= declared
    headers = {each["name"] for each in found["parameters"] if each["in"] == "header"}
    assert {key for key, _ in request.headers} <= headers


@pytest.mark.parametrize("name", SAMPLES)
def test_bodies_are_what_it_says(document: dict[str, Any], profile: WireProfile, name: str) -> None:
    _, _, found = operation(document, name)
    request = sent(profile, name)
    if request.content_type is None:
        assert "requestBody" not in found
        return
    schema = found["requestBody"]["content"][request.content_type]["schema"]
    if request.content_type == "application/json":
        validator(document, schema).validate(json.loads(request.body))
        return
    names = {key for key, _ in parse_qsl(request.body.decode(), keep_blank_values=True)}
    assert set(schema.get("required", ())) <= names
    patterns = schema.get("patternProperties", {})
    assert all(key in schema["properties"] or any(re.search(one, key) for one in patterns) for key in names)


@pytest.mark.parametrize("name", SAMPLES)
def test_answers_are_what_it_says(document: dict[str, Any], profile: WireProfile, name: str) -> None:
    _, _, found = operation(document, name)
    answer = answer_for(profile, name, SAMPLES[name][1])
    said = found["responses"][str(answer.status)]
    if SAMPLES[name][1] is None:
        assert answer.body == b""
    elif isinstance(SAMPLES[name][1], bytes):
        assert "audio/*" in said["content"]
    else:
        schema = said["content"]["application/json"]["schema"]
        validator(document, schema).validate(json.loads(answer.body))


def test_refusals_are_what_it_says(document: dict[str, Any], profile: WireProfile) -> None:
    answer = error_answer(profile, 409, "extension_busy", "A mellék foglalt", request_id="req-7")
    validator(document, {"$ref": "#/components/schemas/Error"}).validate(json.loads(answer.body))
    assert not validator(document, {"$ref": "#/components/schemas/Error"}).is_valid({})


def test_it_refuses_what_is_missing() -> None:
    document = openapi_document(default_profile())
    _, _, found = operation(document, "calls.originate")
    check = validator(document, found["requestBody"]["content"]["application/json"]["schema"])
    assert check.is_valid({"extension": "101", "number": "+36300000001"})
    assert not check.is_valid({"extension": "101"})
    assert not check.is_valid({"extension": "101", "number": None})


def test_words_of_requests_are_closed_and_those_of_answers_open(document: dict[str, Any]) -> None:
    _, _, found = operation(document, "forwarding.set")
    everything = json.dumps([found["parameters"], found["requestBody"]], ensure_ascii=False)
    assert '"enum": ["unconditional", ' in everything
    states = validator(document, {"$ref": "#/components/schemas/OperatorState"})
    assert states.is_valid("kávézik")
    assert not states.is_valid(7)


def test_it_says_what_may_be_repeated(document: dict[str, Any]) -> None:
    once = {name for name in OPERATIONS if not operation(document, name)[2]["x-repeatable"]}
    assert {"calls.originate", "calls.start_ivr", "phonebook.create"} <= once
    assert "users.get" not in once


def test_it_tells_what_else_is_read() -> None:
    states = openapi_document(default_profile())["components"]["schemas"]["OperatorState"]
    assert states["x-also-read"]["break"] == ["szünet", "szünetet tart", "ebédel"]


def test_what_is_not_subscribed_is_left_out(tmp_path: Path) -> None:
    file = tmp_path / "profile.toml"
    file.write_text('[control]\nnot_subscribed = ["calls.start_ivr"]\n', encoding="utf-8")
    assert "/api/v1/calls/ivr" not in openapi_document(load_profile(file))["paths"]


def test_operations_at_one_address_are_all_described(tmp_path: Path) -> None:
    file = tmp_path / "profile.toml"
    tables = [
        f'[control.operations."{name}"]\nmethod = "POST"\npath = "/rpc"\nbody = "json"\n'
        f'constants = {{ action = "{name}" }}\nstatus = 200\n'
        for name in ("users.get", "users.list", "phonebook.create")
    ]
    file.write_text("\n".join(tables), encoding="utf-8")
    shared = load_profile(file)
    document = openapi_document(shared)
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []
    for name in ("users.get", "users.list", "phonebook.create"):
        path, _, found = operation(document, name)
        assert path.partition("#")[0] == "/api/v1/rpc"
        check = validator(document, found["requestBody"]["content"]["application/json"]["schema"])
        body = json.loads(sent(shared, name).body)
        check.validate(body)
        assert not check.is_valid(body | {"action": "another"})


@pytest.mark.parametrize(
    ("scheme", "described"),
    [
        ("basic", {"type": "http", "scheme": "basic"}),
        ("digest", {"type": "http", "scheme": "digest"}),
        ("header_key", {"type": "apiKey", "in": "header"}),
        ("query_key", {"type": "apiKey", "in": "query"}),
        ("login_token", {"type": "apiKey", "in": "header", "name": "Authorization"}),
        ("oauth2_client_credentials", {"type": "oauth2"}),
        ("oauth2_password", {"type": "oauth2"}),
    ],
)
def test_it_says_how_we_prove_who_we_are(tmp_path: Path, scheme: str, described: dict[str, str]) -> None:
    file = tmp_path / "profile.toml"
    file.write_text(f'[control.auth]\nscheme = "{scheme}"\n', encoding="utf-8")
    document = openapi_document(load_profile(file))
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []
    assert document["components"]["securitySchemes"]["technicalUser"].items() >= described.items()


@pytest.mark.parametrize(
    ("toml", "kind"),
    [
        ('[time]\nwrite = "epoch_ms"\n', "integer"),
        ('[time]\nwrite = "naive"\n', "string"),
    ],
)
def test_times_are_as_the_profile_writes_them(tmp_path: Path, toml: str, kind: str) -> None:
    file = tmp_path / "profile.toml"
    file.write_text(toml, encoding="utf-8")
    entry = openapi_document(load_profile(file))["components"]["schemas"]["OperatorStatus"]["properties"]["since"]
    assert entry["type"] == [kind, "null"]


def test_from_the_shell(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["profile", "openapi", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == openapi_document(default_profile())
    profile = PROFILES / "hungarian.toml"
    assert main(["profile", "openapi", "--profile", str(profile)]) == 0
    assert json.loads(capsys.readouterr().out) == openapi_document(load_profile(profile))
