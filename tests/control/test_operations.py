"""All operations, through both clients, over real HTTP, on two wire profiles."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from vipex_sdk import errors
from vipex_sdk.control import (
    Forwarding,
    ForwardingType,
    OperatorState,
    PhonebookEntry,
    PhonebookNumber,
    TargetType,
)
from vipex_sdk.control.calls import CallState, Direction, ExtensionState
from vipex_sdk.numbers import PhoneNumber


def test_originate_rings_the_extension_and_carries_the_reference(ask: Any, exchange: Any) -> None:
    started = ask(lambda client: client.calls.originate("101", "06 30 000 0001", client_ref="crm-4711"))
    assert started.call_id == "20260302-101512-7f3a"
    name, arguments = exchange.asked[0]
    assert name == "calls.originate"
    assert arguments["extension"] == "101"
    assert arguments["number"] == PhoneNumber.parse("+36300000001")
    assert arguments["client_ref"] == "crm-4711"
    assert exchange.headers[0]["idempotency-key"] == "crm-4711"
    assert exchange.headers[0]["user-agent"].startswith("vipex-sdk/")


def test_start_ivr_passes_variables(ask: Any, exchange: Any) -> None:
    variables = {"segment": "vip", "név": "Őze"}
    ask(lambda client: client.calls.start_ivr("+36300000001", "feedback", variables=variables))
    assert exchange.asked[0][1]["variables"] == variables


def test_current_calls_are_typed(ask: Any) -> None:
    found = ask(lambda client: client.calls.current("101"))
    assert found.state is ExtensionState.IN_CALL
    (call,) = found.calls
    assert call.direction is Direction.INBOUND
    assert call.state is CallState.ANSWERED
    assert call.remote_number.e164 == "+36300000001"


def test_forwardings_are_set_listed_and_deleted(ask: Any, exchange: Any) -> None:
    busy = ForwardingType.BUSY
    made = ask(
        lambda client: client.forwarding.set("101", busy, "06300000009", target_type=TargetType.NUMBER, ring_seconds=20)
    )
    wanted = Forwarding(
        type=busy, target_type=TargetType.NUMBER, target=PhoneNumber.parse("+36300000009"), ring_seconds=20
    )
    assert made == wanted
    assert exchange.asked[0][1]["ring_seconds"] == 20
    assert ask(lambda client: client.forwarding.get("101")) == (wanted,)
    assert ask(lambda client: client.forwarding.delete("101", busy)) is None
    assert ask(lambda client: client.forwarding.delete("101", busy)) is None
    assert ask(lambda client: client.forwarding.delete_all("101")) is None
    assert ask(lambda client: client.forwarding.get("101")) == ()


def test_users_come_one_and_all(ask: Any, exchange: Any) -> None:
    assert ask(lambda client: client.users.get("17")).extension == "017"
    everybody = ask(lambda client: client.users.all())
    assert [user.id for user in everybody] == [str(number) for number in range(1, 231)]
    assert [name for name, _ in exchange.asked].count("users.list") == 3


def test_phonebook_entries_live_and_die(ask: Any, exchange: Any) -> None:
    entry = PhonebookEntry(
        name="Kiss Anna",
        company="Minta Kft.",
        numbers=(PhonebookNumber(number="06 30 000 0001", type="mobile"),),
        external_id="minicrm:37147",
    )
    made = ask(lambda client: client.phonebook.create(entry))
    assert made.id == "1"
    assert made.numbers[0].number.e164 == "+36300000001"
    assert ask(lambda client: client.phonebook.get("1")) == made
    changed = PhonebookEntry(id="1", name="Kiss Annamária", numbers=made.numbers)
    assert ask(lambda client: client.phonebook.update(changed)) == changed
    assert ask(lambda client: client.phonebook.all()) == [changed]
    assert ask(lambda client: client.phonebook.delete("1")) is None
    assert ask(lambda client: client.phonebook.all()) == []
    with pytest.raises(errors.NotFound):
        ask(lambda client: client.phonebook.get("1"))


def test_updating_without_an_id_is_refused_before_anything_is_sent(ask: Any, exchange: Any) -> None:
    with pytest.raises(errors.Invalid):
        ask(lambda client: client.phonebook.update(PhonebookEntry(name="Kiss Anna")))
    assert exchange.requests == []


def test_operators_keep_states_that_the_customer_invented(ask: Any) -> None:
    first, second = ask(lambda client: client.operators.statuses())
    assert first.status is OperatorState.BREAK
    assert second.status == "kávézik"
    assert second.category is OperatorState.OTHER


def test_time_in_status_asks_for_a_period(ask: Any, exchange: Any) -> None:
    since, until = datetime(2026, 3, 2, 7, tzinfo=UTC), datetime(2026, 3, 2, 15, tzinfo=UTC)
    found = ask(lambda client: client.operators.time_in_status("17", since=since, until=until))
    assert exchange.asked[0][1] == {"operator_id": "17", "since": since, "until": until}
    assert (found.since, found.until) == (since, until)
    assert found.times[0].seconds == 1800


@pytest.mark.parametrize(
    ("extension", "wanted", "code"),
    [("199", errors.NotFound, "extension_not_found"), ("198", errors.Conflict, "extension_busy")],
)
def test_refusals_have_their_class_wherever_they_stand(ask: Any, extension: str, wanted: Any, code: str) -> None:
    with pytest.raises(wanted) as refused:
        ask(lambda client: client.calls.originate(extension, "+36300000001"))
    assert refused.value.code == code
    assert refused.value.request_id == "req-7"
    assert refused.value.operation == "calls.originate"
    assert refused.value.detail == "Nem sikerült"
    assert str(refused.value).startswith("[req-7] calls.originate: ")


def test_wrong_credentials_are_an_auth_error(ask: Any) -> None:
    with pytest.raises(errors.AuthError) as refused:
        ask(lambda client: client.users.get("1"), password="wrong")
    assert "wrong" not in repr(refused.value)


def test_path_arguments_are_quoted_once(ask: Any, exchange: Any) -> None:
    ask(lambda client: client.operators.time_in_status("a/b %2F ő", since=datetime.now(UTC), until=datetime.now(UTC)))
    assert exchange.asked[0][1]["operator_id"] == "a/b %2F ő"
    assert "a%2Fb%20%252F%20%C5%91" in exchange.requests[0][1]


@pytest.mark.parametrize("extension", ["", ".", "..", "1\n2"])
def test_path_arguments_that_change_the_path_are_refused(ask: Any, exchange: Any, extension: str) -> None:
    with pytest.raises(errors.Invalid):
        ask(lambda client: client.calls.current(extension))
    assert exchange.requests == []


@pytest.mark.parametrize("number", ["", "Kati", "rejtett", "+"])
def test_what_nobody_can_be_reached_at_is_not_dialled(ask: Any, exchange: Any, number: str) -> None:
    with pytest.raises(errors.Invalid):
        ask(lambda client: client.calls.originate("101", number))
    assert exchange.requests == []
