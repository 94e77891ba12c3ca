"""One tree of errors; their texts may be logged, so they never carry what was sent."""

import inspect
from pathlib import Path

import pytest

from vipex_sdk import errors
from vipex_sdk.errors import (
    AuthError,
    ConfigError,
    CrmError,
    DecodeError,
    Forbidden,
    NotSubscribed,
    OutcomeUnknown,
    ProfileError,
    RateLimited,
    StatusError,
    VipexError,
    WebhookError,
)
from vipex_sdk.numbers import PhoneNumber
from vipex_sdk.webhooks import BasicAuth, Hook, Message, parse
from vipex_sdk.webhooks.events import CallEnd
from vipex_sdk.wire.convert import converter_for
from vipex_sdk.wire.profile import default_profile

ALL = [getattr(errors, name) for name in errors.__all__]
CANARY = "canary36301234567"


def test_the_tree_is_whole() -> None:
    assert list(errors.__all__) == sorted(errors.__all__)
    assert all(issubclass(error, VipexError) for error in ALL)
    defined = {name for name, value in vars(errors).items() if inspect.isclass(value) and issubclass(value, Exception)}
    assert defined == set(errors.__all__)


@pytest.mark.parametrize("error", ALL, ids=lambda error: error.__name__)
def test_every_error_says_what_happened_and_what_to_do(error: type[VipexError]) -> None:
    assert error.__doc__
    assert error.__doc__.strip().endswith((".", "``"))


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        (ProfileError, ConfigError),
        (NotSubscribed, Forbidden),
        (AuthError, StatusError),
        (RateLimited, StatusError),
        (errors.NeedsReauth, CrmError),
        (errors.Unavailable, CrmError),
        (errors.BadCredentials, WebhookError),
    ],
)
def test_a_wider_class_catches_the_narrower(narrow: type[Exception], wide: type[Exception]) -> None:
    assert issubclass(narrow, wide)


def test_a_configuration_error_leads_to_the_line() -> None:
    error = ConfigError("expected a whole number", file=Path("vipex.toml"), line=7, key="gateway.port")
    assert str(error) == "vipex.toml:7: gateway.port: expected a whole number"
    assert (error.file, error.line, error.key, error.expected) == (
        "vipex.toml",
        7,
        "gateway.port",
        "expected a whole number",
    )
    assert str(ConfigError("expected a password")) == "expected a password"


def test_a_status_error_quotes_the_request_id_for_support() -> None:
    error = StatusError("the extension is unknown", status=404, code="extension_not_found", request_id="r-1")
    assert str(error) == "[r-1] the extension is unknown"
    assert (error.status, error.code, error.request_id, error.operation) == (404, "extension_not_found", "r-1", None)
    assert str(StatusError("it failed")) == "it failed"


def test_a_rate_limit_says_how_long() -> None:
    error = RateLimited("the CRM's limit was reached", retry_after=12.5, operation="find")
    assert (error.status, error.retry_after, error.operation) == (429, 12.5, "find")


def test_an_unknown_outcome_names_the_operation() -> None:
    assert OutcomeUnknown("no answer", operation="calls.originate").operation == "calls.originate"
    assert errors.NotSent("no connection", operation="users.get").operation == "users.get"


@pytest.mark.parametrize("error", [error for error in ALL if issubclass(error, WebhookError)])
def test_a_refusal_knows_its_status(error: type[WebhookError]) -> None:
    assert error.status in {202, 400, 401, 413, 415}


@pytest.mark.parametrize(
    "wire",
    [
        {"call_id": "c1", "started_at": CANARY},
        {"call_id": {CANARY: CANARY}, "started_at": "2026-03-02T09:00:00+01:00"},
        {"call_id": "c1", "started_at": "2026-03-02T09:00:00+01:00", "talk_seconds": CANARY},
        {"call_id": "c1", "started_at": "2026-03-02T09:00:00+01:00", "legs": [{"leg_id": [CANARY]}]},
        {"call_id": "c1", "started_at": "2026-03-02T09:00:00+01:00", "user": CANARY},
        CANARY,
    ],
)
def test_an_undecodable_value_is_not_in_the_text(wire: object) -> None:
    with pytest.raises(DecodeError) as caught:
        converter_for(default_profile()).decode(CallEnd, wire)
    assert CANARY not in str(caught.value)
    assert CANARY not in "".join(caught.value.problems)
    assert caught.value.problems[0].startswith("$")


@pytest.mark.parametrize(
    "body",
    [
        b'{"call_id": "canary36301234567"',
        b'{"canary36301234567": NaN}',
        b'{"canary36301234567": 1, "canary36301234567": 2}',
        b'{"call_id": "canary36301234567\\ud800"}',
        b'{"event": "canary36301234567"}',
        '{"call_id": "canary36301234567ű"}'.encode("cp1250"),
    ],
)
def test_an_unreadable_body_is_not_in_the_text(body: bytes) -> None:
    from datetime import UTC, datetime

    message = Message(
        hook=Hook.EVENTS, content_type="application/json", body=body, received_at=datetime(2026, 3, 2, tzinfo=UTC)
    )
    with pytest.raises(VipexError) as caught:
        parse(message, default_profile())
    assert CANARY not in str(caught.value)
    assert CANARY not in repr(message)


def test_no_error_about_settings_repeats_a_secret() -> None:
    with pytest.raises(ConfigError) as caught:
        BasicAuth(CANARY + ":", CANARY)
    assert CANARY not in str(caught.value)
    assert CANARY not in repr(PhoneNumber.parse(CANARY))
