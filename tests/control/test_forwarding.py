"""Forwardings one by one, and deleting what is not there."""

from __future__ import annotations

from typing import Any

import pytest

from tests.control.conftest import Refused
from vipex_sdk import errors
from vipex_sdk.control.forwarding import ForwardingType, TargetType, delete_forwarding

BUSY, NO_ANSWER = ForwardingType.BUSY, ForwardingType.NO_ANSWER


def set_busy(ask: Any, target: str = "105", target_type: TargetType = TargetType.EXTENSION) -> Any:
    return ask(lambda client: client.forwarding.set("101", BUSY, target, target_type=target_type))


@pytest.mark.parametrize("type_", list(ForwardingType))
@pytest.mark.parametrize(
    ("target", "target_type"), [("105", TargetType.EXTENSION), ("+36300000009", TargetType.NUMBER)]
)
def test_each_kind_goes_to_an_extension_or_a_number(
    ask: Any, exchange: Any, type_: ForwardingType, target: str, target_type: TargetType
) -> None:
    ask(lambda client: client.forwarding.set("101", type_, target, target_type=target_type, ring_seconds=20))
    found = ask(lambda client: client.forwarding.find("101", type_))
    assert (found.type, found.target_type, found.target.value, found.ring_seconds) == (type_, target_type, target, 20)
    ask(lambda client: client.forwarding.delete("101", type_))
    assert ask(lambda client: client.forwarding.find("101", type_)) is None


def test_one_of_several_is_read(ask: Any, exchange: Any) -> None:
    set_busy(ask)
    assert ask(lambda client: client.forwarding.find("101", BUSY)).target.value == "105"
    assert ask(lambda client: client.forwarding.find("101", NO_ANSWER)) is None


class Minds:
    """Answers 404 to whoever deletes what is not there."""

    def __init__(self, exchange: Any, code: str) -> None:
        self.exchange = exchange
        self.code = code
        exchange.forwarding_delete = self.one
        exchange.forwarding_delete_all = self.all

    def one(self, extension: str, type: Any) -> None:  # noqa: A002 - named by the catalogue
        if self.exchange.forwardings.pop((extension, type), None) is None:
            raise Refused(404, self.code)

    def all(self, extension: str) -> None:
        left = {key: one for key, one in self.exchange.forwardings.items() if key[0] != extension}
        if left == self.exchange.forwardings:
            raise Refused(404, self.code)
        self.exchange.forwardings = left


@pytest.mark.parametrize("code", ["forwarding_not_found", "item_not_found"])
def test_deleting_an_absent_one_succeeds_even_where_it_is_404(ask: Any, exchange: Any, code: str) -> None:
    Minds(exchange, code)
    assert ask(lambda client: client.forwarding.delete("101", BUSY)) is None
    assert ask(lambda client: client.forwarding.delete_all("101")) is None
    with pytest.raises(errors.NotFound):
        ask(lambda client: client.send(delete_forwarding("101", BUSY)))


def test_another_404_does_not_look_like_success(ask: Any, exchange: Any) -> None:
    set_busy(ask)

    def lost(**_: Any) -> None:
        raise Refused(404, "path_not_found")

    exchange.forwarding_delete = exchange.forwarding_delete_all = lost
    for question in (
        lambda client: client.forwarding.delete("101", BUSY),
        lambda client: client.forwarding.delete_all("101"),
    ):
        with pytest.raises(errors.NotFound) as missing:
            ask(question)
        assert missing.value.operation.startswith("forwarding.delete")
    exchange.forwarding_get = lost
    with pytest.raises(errors.NotFound) as missing:
        ask(lambda client: client.forwarding.delete("101", BUSY))
    assert missing.value.operation == "forwarding.delete"


def test_an_absent_extension_is_not_found_at_once(ask: Any, exchange: Any) -> None:
    Minds(exchange, "extension_not_found")
    with pytest.raises(errors.NotFound):
        ask(lambda client: client.forwarding.delete("199", BUSY))
    assert len(exchange.requests) == 1
