"""Numbers that stay text until somebody looks are the numbers they would have been."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable
from datetime import UTC, datetime

import attrs
import pytest

from vipex_sdk.control.phonebook import PhonebookEntry, PhonebookNumber
from vipex_sdk.numbers import PhoneNumber
from vipex_sdk.webhooks.events import CallEnd
from vipex_sdk.wire.convert import Converter
from vipex_sdk.wire.profile import default_profile

BODY = json.dumps(
    {"call_id": "c", "started_at": "2026-03-02T10:15:12+01:00", "caller": "06 30 123 4567", "called": "101"}
).encode()
CALL = CallEnd(
    call_id="c",
    started_at=datetime(2026, 3, 2, 9, 15, 12, tzinfo=UTC),
    caller=PhoneNumber.parse("+36301234567"),
    called=PhoneNumber.parse("101"),
)


@pytest.fixture
def late() -> CallEnd:
    """Give a call whose numbers nobody has looked at."""
    converter = Converter(default_profile())
    converter.decode_json(CallEnd, BODY)
    call = converter.decode_json(CallEnd, BODY)
    assert vars(CallEnd)["caller"]._slot.__get__(call, CallEnd) == "06 30 123 4567"
    return call


def test_looking_gives_one_number(late: CallEnd) -> None:
    assert late.caller.e164 == "+36301234567"
    assert late.caller is late.caller
    assert late.called == PhoneNumber.parse("101")


@pytest.mark.parametrize(
    "seen",
    [lambda call: call, copy.copy, copy.deepcopy, lambda call: pickle.loads(pickle.dumps(call)), attrs.evolve],
)
def test_it_is_the_call_it_would_have_been(late: CallEnd, seen: Callable[[CallEnd], CallEnd]) -> None:
    call = seen(late)
    assert call == CALL
    assert type(call.caller) is PhoneNumber
    assert repr(call.caller) == repr(CALL.caller)


def test_it_cannot_be_changed(late: CallEnd) -> None:
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        late.caller = PhoneNumber.anonymous()  # type: ignore[misc]


def test_encoding_looks(late: CallEnd) -> None:
    assert Converter(default_profile()).encode(late)["caller"] == "+36301234567"


def test_what_is_made_by_hand_is_as_it_was() -> None:
    entry = PhonebookEntry(name="Próba", numbers=(PhonebookNumber(number="06 1 234 5678"),))
    assert entry.numbers[0].number.e164 == "+3612345678"
    assert CallEnd.__init__.__annotations__["caller"] in {PhoneNumber, "PhoneNumber"}
