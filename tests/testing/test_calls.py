from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from vipex_sdk.numbers import NumberKind
from vipex_sdk.testing import OUR_NUMBER, SHAPES, build_call
from vipex_sdk.webhooks.events import CallEnd, Direction, Disposition, LegResult, LegType


@pytest.mark.parametrize("shape", SHAPES)
def test_the_times_of_every_shape_fit_together(shape: str) -> None:
    call = build_call(shape)
    assert call.ended_at is not None
    assert call.duration_seconds == (call.ended_at - call.started_at).total_seconds()
    first = call.answered_at or call.ended_at
    assert call.ring_seconds == (first - call.started_at).total_seconds()
    for leg in call.legs:
        assert leg.started_at is not None
        assert leg.ended_at is not None
        assert call.started_at <= leg.started_at <= leg.ended_at <= call.ended_at
        assert leg.duration_seconds == (leg.ended_at - leg.started_at).total_seconds()
        assert leg.duration_seconds == (leg.ring_seconds or 0) + (leg.talk_seconds or 0)
    customer = [leg.talk_seconds or 0 for leg in call.legs if leg.type is not LegType.CONSULTATION]
    assert not customer or sum(customer) == call.talk_seconds


@pytest.mark.parametrize(
    ("shape", "kinds", "results"),
    [
        ("answered", [], []),
        ("missed", [], []),
        ("blind_transfer", [LegType.INITIAL, LegType.TRANSFER_BLIND], [LegResult.TRANSFERRED, LegResult.ANSWERED]),
        (
            "attended_transfer",
            [LegType.INITIAL, LegType.CONSULTATION, LegType.TRANSFER_ATTENDED],
            [LegResult.TRANSFERRED, LegResult.ANSWERED, LegResult.ANSWERED],
        ),
        ("pickup", [LegType.INITIAL, LegType.PICKUP], [LegResult.PICKED_UP, LegResult.ANSWERED]),
    ],
)
def test_the_legs_are_those_of_the_written_examples(shape: str, kinds: list[LegType], results: list[LegResult]) -> None:
    call = build_call(shape)
    assert [leg.type for leg in call.legs] == kinds
    assert [leg.result for leg in call.legs] == results
    assert [leg.seq for leg in call.legs] == list(range(1, len(kinds) + 1))
    assert len({leg.leg_id for leg in call.legs}) == len(kinds)


def test_the_blind_transfer_is_the_written_example() -> None:
    call = build_call("blind_transfer")
    assert (call.call_id, call.extension, call.final_extension) == ("20260302-101512-7f3a", "101", "102")
    assert (call.ring_seconds, call.talk_seconds, call.duration_seconds) == (8, 225, 243)
    assert call.started_at.isoformat() == "2026-03-02T10:15:12+01:00"
    second = call.legs[1]
    assert (second.parent_leg_id, second.by_extension) == (call.legs[0].leg_id, "101")
    assert (second.ring_seconds, second.talk_seconds) == (10, 180)
    assert [leg.recording and leg.recording.code for leg in call.legs] == ["R-7f3a-1", "R-7f3a-2"]


def test_the_remote_party_and_the_start_are_the_callers_choice() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    call = build_call("missed", call_id="c-1", remote=None, started_at=start)
    assert (call.call_id, call.caller.kind, call.started_at) == ("c-1", NumberKind.ANONYMOUS, start)
    assert call.ended_at == start + timedelta(seconds=25)
    assert call.disposition is Disposition.ABANDONED


@pytest.mark.parametrize("shape", ["outbound", "outbound_unanswered"])
def test_outbound_calls_have_the_customer_at_the_other_end(shape: str) -> None:
    call = build_call(shape, remote="06 30 000 0007")
    assert call.direction is Direction.OUTBOUND
    assert call.remote.e164 == "+36300000007"
    assert call.caller.value == "101"


def test_inbound_calls_come_to_our_number() -> None:
    called = build_call().called
    assert called is not None
    assert called.e164 == OUR_NUMBER


def test_calls_are_values() -> None:
    assert isinstance(build_call(), CallEnd)
    assert build_call("pickup") == build_call("pickup")
    with pytest.raises(KeyError):
        build_call("conference")
