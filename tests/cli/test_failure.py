from __future__ import annotations

import json
from inspect import signature

import pytest

from vipex_sdk import errors
from vipex_sdk.cli.failure import FAILED, LOOK_FIRST, WRONG_USE, GatewayDown, WrongUse, advice_for, report
from vipex_sdk.control.catalogue import OPERATIONS


def test_one_line_says_what_happened_and_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    code = report(errors.Conflict("extension 101\n is busy", status=409), as_json=False)
    out, err = capsys.readouterr()
    assert (code, out) == (FAILED, "")
    assert err == "vipex: extension 101 is busy; the extension is busy or offline: try again later\n"


def test_after_a_call_that_may_have_started_one_looks_first(capsys: pytest.CaptureFixture[str]) -> None:
    report(errors.OutcomeUnknown("no answer", operation="calls.originate"), as_json=False)
    assert "vipex current EXTENSION" in capsys.readouterr().err


def test_what_may_not_be_repeated_has_its_own_advice() -> None:
    unrepeatable = {
        name
        for name, build in OPERATIONS.items()
        if not build(**dict.fromkeys(signature(build).parameters, "x")).repeatable
    }
    assert set(LOOK_FIRST) == unrepeatable


def test_a_query_without_an_answer_may_be_repeated(capsys: pytest.CaptureFixture[str]) -> None:
    report(errors.OutcomeUnknown("no answer", operation="users.list"), as_json=False)
    assert "repeating it is safe" in capsys.readouterr().err


def test_wrong_use_has_a_code_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert report(WrongUse("which exchange?"), as_json=False) == WRONG_USE
    assert "vipex --help" in capsys.readouterr().err


def test_a_script_gets_the_error_as_a_document(capsys: pytest.CaptureFixture[str]) -> None:
    report(errors.NotFound("no such user", status=404, code="user_not_found", request_id="req-1"), as_json=True)
    out, err = capsys.readouterr()
    error = json.loads(out)["error"]
    assert error["type"] == "NotFound"
    assert (error["status"], error["code"], error["request_id"]) == (404, "user_not_found", "req-1")
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize(
    "kind",
    [getattr(errors, name) for name in errors.__all__ if issubclass(getattr(errors, name), errors.StatusError)],
    ids=lambda kind: kind.__name__,
)
def test_every_answer_of_the_exchange_has_advice_unless_it_is_unspecific(kind: type[errors.VipexError]) -> None:
    assert advice_for(kind) or kind is errors.StatusError


def test_a_gateway_that_is_down_says_itself_what_to_do() -> None:
    assert advice_for(GatewayDown) == ""
