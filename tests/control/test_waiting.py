"""Following a call at its extension, through both clients, on a clock that only pauses move."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from starlette.responses import Response

from vipex_sdk import errors
from vipex_sdk.control import CallOutcome, CurrentCall, Ending, ExtensionCalls, Verdict
from vipex_sdk.control.calls import CallState, Direction, ExtensionState
from vipex_sdk.numbers import PhoneNumber
from vipex_sdk.wire.exchange import answer_for

NUMBER = "+36300000001"
IDLE: tuple[CurrentCall, ...] = ()


def call(state: CallState, *, call_id: str = "c-1", number: str | None = NUMBER, **rest: Any) -> CurrentCall:
    rest = {"direction": Direction.OUTBOUND} | rest
    remote = PhoneNumber.parse(number) if number else None
    return CurrentCall(call_id=call_id, state=state, remote_number=remote, **rest)


RINGING, TALKING = (call(CallState.RINGING),), (call(CallState.ANSWERED),)
OTHER = call(CallState.ANSWERED, call_id="c-9", number="+36300000009")


class Playing:
    """Asks a client about an extension whose calls are scripted; the last scene stays."""

    def __init__(self, ask: Any, exchange: Any) -> None:
        self._ask = ask
        self._exchange = exchange

    def __call__(self, scenario: Callable[[Any], Any], *scenes: tuple[CurrentCall, ...]) -> Any:
        left = list(scenes)

        def seen(extension: str) -> ExtensionCalls:
            calls = left.pop(0) if len(left) > 1 else left[0]
            state = ExtensionState.IN_CALL if calls else ExtensionState.IDLE
            return ExtensionCalls(extension=extension, state=state, calls=calls)

        self._exchange.calls_current = seen
        return self._ask(scenario, clock=self._clock)

    def _clock(self) -> float:
        return float(sum(self._ask.slept))


@pytest.fixture
def playing(ask: Any, exchange: Any) -> Playing:
    return Playing(ask, exchange)


def outcome(**options: Any) -> Callable[[Any], Any]:
    return lambda client: client.calls.wait_for_outcome("101", **{"call_id": "c-1", **options})


def test_a_call_is_followed_until_it_is_over(playing: Any, ask: Any) -> None:
    seen: list[str] = []
    found: CallOutcome = playing(
        outcome(on_change=lambda one: seen.append(one.state)), IDLE, RINGING, RINGING, TALKING, TALKING, IDLE
    )
    assert (found.ending, found.answered) == (Ending.ANSWERED, True)
    assert seen == ["ringing", "answered"]
    assert found.waited.total_seconds() == 5
    assert ask.slept == [1] * 5


def test_a_call_that_nobody_answers(playing: Any) -> None:
    found = playing(outcome(), RINGING, (OTHER,))
    assert (found.ending, found.answered, found.call.call_id) == (Ending.NOT_ANSWERED, False, "c-1")


def test_a_call_that_never_shows_is_waited_for_a_little(playing: Any, ask: Any) -> None:
    found = playing(outcome(interval=2), IDLE)
    assert (found.ending, found.call) == (Ending.NOT_SEEN, None)
    assert ask.slept == [2, 2, 2]


def test_a_call_that_goes_on_is_an_outcome_too(playing: Any, ask: Any) -> None:
    found = playing(outcome(timeout=2.5), TALKING)
    assert (found.ending, found.answered) == (Ending.STILL_ON, True)
    assert ask.slept == [1, 1, 0.5]


def test_an_answer_is_not_forgotten_while_a_call_is_handed_on(playing: Any) -> None:
    found = playing(outcome(), TALKING, RINGING, IDLE)
    assert found.ending is Ending.ANSWERED


def test_without_a_call_id_the_number_is_what_counts(playing: Any) -> None:
    inbound = call(CallState.ANSWERED, direction=Direction.INBOUND)
    wanted = outcome(call_id=None, number="06 30 000 0001")
    assert playing(wanted, TALKING, (inbound,)).ending is Ending.ANSWERED


def test_something_to_look_for_is_needed(playing: Any, exchange: Any) -> None:
    with pytest.raises(errors.Invalid):
        playing(outcome(call_id=None), IDLE)
    assert exchange.requests == []


def test_idle_is_waited_for(playing: Any, ask: Any) -> None:
    state = playing(lambda client: client.calls.wait_until_idle("101", interval=3), TALKING, TALKING, IDLE)
    assert (state.state, ask.slept) == (ExtensionState.IDLE, [3, 3])


def test_an_extension_that_stays_busy(playing: Any, ask: Any) -> None:
    with pytest.raises(errors.StillBusy) as busy:
        playing(lambda client: client.calls.wait_until_idle("101", timeout=2, interval=1.5), TALKING)
    assert ask.slept == [1.5, 0.5]
    assert busy.value.operation == "calls.current"


def test_a_busy_extension_may_hide_its_calls(ask: Any, exchange: Any) -> None:
    answer = ExtensionCalls(extension="101", state=ExtensionState.RINGING)
    exchange.script = [lambda: answer_for(exchange.profile, "calls.current", answer)]
    exchange.calls_current = lambda extension: ExtensionCalls(extension=extension, state=ExtensionState.OFFLINE)
    state = ask(lambda client: client.calls.wait_until_idle("101"))
    assert (state.state, ask.slept) == (ExtensionState.OFFLINE, [1])


@pytest.mark.parametrize(
    ("scenes", "verdict", "slept"),
    [
        ([TALKING], Verdict.IN_PROGRESS, []),
        ([IDLE, RINGING], Verdict.IN_PROGRESS, [1]),
        ([IDLE], Verdict.NOT_SEEN, [1, 1, 1]),
        ([(OTHER,)], Verdict.NOT_SEEN, [1, 1, 1]),
        ([(call(CallState.ANSWERED, direction=Direction.INBOUND),)], Verdict.NOT_SEEN, [1, 1, 1]),
        ([(call(CallState.RINGING, number=None),)], Verdict.UNCLEAR, [1, 1, 1]),
    ],
)
def test_a_call_of_unknown_fate_is_looked_for(
    playing: Any, ask: Any, scenes: Any, verdict: Verdict, slept: list[float]
) -> None:
    found = playing(lambda client: client.calls.look_for("101", NUMBER), *scenes)
    assert (found.verdict, found.in_progress, ask.slept) == (verdict, verdict is Verdict.IN_PROGRESS, slept)
    assert (found.call is None) is (verdict is Verdict.NOT_SEEN)


def test_after_a_lost_answer_the_call_is_found_and_not_dialled_twice(playing: Any, ask: Any, exchange: Any) -> None:
    exchange.script = [lambda: Response(status_code=500)]
    with pytest.raises(errors.OutcomeUnknown):
        ask(lambda client: client.calls.originate("101", NUMBER))
    assert playing(lambda client: client.calls.look_for("101", NUMBER), RINGING).in_progress
    assert [method for method, _, _ in exchange.requests].count("POST") == 1


def test_an_answered_call_tells_since_when(playing: Any) -> None:
    since = datetime(2026, 3, 2, 9, tzinfo=UTC)
    silent = call(CallState("parked"), answered_at=since)
    assert playing(outcome(), (silent,), IDLE).answered
