"""Part-CDRs in any order, with some missing: one tree, one conversation."""

import json
from datetime import timedelta
from functools import reduce
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.webhooks.strategies import START, call_ends
from vipex_sdk.webhooks import CallEnd, CallLeg, Hook, LegResult, LegType, Message, leg_tree, merge, missing_legs, parse
from vipex_sdk.webhooks import talk_seconds as talked
from vipex_sdk.webhooks.legs import LegNode
from vipex_sdk.wire.profile import WireProfile, default_profile, load_profile

PAYLOADS = Path(__file__).parents[2] / "examples" / "payloads"
WHOLE = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(PAYLOADS.glob("call_end_*.json"))}
OF_THE_CALL = ("call_id", "started_at", "direction", "caller", "called", "client_ref")


def read(fields: dict[str, Any], profile: WireProfile) -> CallEnd:
    body = json.dumps(fields).encode()
    message = Message(hook=Hook.CALL_END, content_type="application/json", body=body, received_at=START)
    call = parse(message, profile)
    assert isinstance(call, CallEnd)
    return call


@pytest.fixture(scope="module")
def separate(tmp_path_factory: pytest.TempPathFactory) -> WireProfile:
    file = tmp_path_factory.mktemp("profile") / "separate.toml"
    file.write_text('[webhooks.legs]\nmode = "separate"\n')
    return load_profile(file)


def apart(whole: dict[str, Any]) -> list[dict[str, Any]]:
    """Split a call as an exchange with separate part-CDRs sends it: each leg by itself, then the call."""
    common = {key: whole[key] for key in OF_THE_CALL if key in whole}
    parts = [{**common, **leg, "event": "call_end", "part": True} for leg in whole["legs"]]
    return [*parts, {**whole, "legs": [], "final": True}]


@pytest.mark.parametrize("name", WHOLE)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_separate_parts_in_any_order_and_number_are_the_embedded_call(
    separate: WireProfile, name: str, data: st.DataObject
) -> None:
    messages = apart(WHOLE[name])
    again = data.draw(st.lists(st.sampled_from(messages), max_size=4))
    shuffled = data.draw(st.permutations(messages + again))
    stamped = [
        {**message, "attempt": data.draw(st.integers(1, 5)), "sent_at": "2026-03-02T20:00:00+01:00"}
        for message in shuffled
    ]
    call = reduce(merge, [read(message, separate) for message in stamped])
    whole = read(WHOLE[name], default_profile())
    about_the_message = {"attempt": None, "sent_at": None, "event_id": None, "extra": {}}
    legs = tuple(evolve(leg, extra={}) for leg in call.legs)
    assert evolve(_plain(call), legs=legs, **about_the_message) == evolve(whole, **about_the_message)
    assert missing_legs(call) == ()


def _plain(call: CallEnd) -> CallEnd:
    return CallEnd(**{name: getattr(call, name) for name in CallEnd.__annotations__})


@pytest.mark.parametrize("name", WHOLE)
def test_talk_is_what_the_exchange_says_even_without_its_word(name: str) -> None:
    call = read(WHOLE[name], default_profile())
    assert talked(call) == WHOLE[name]["talk_seconds"]
    if call.legs:
        assert talked(evolve(call, talk_seconds=None)) == WHOLE[name]["talk_seconds"]


def shape(nodes: tuple[LegNode, ...]) -> list[Any]:
    return [(node.leg_id, shape(node.children)) if node.children else node.leg_id for node in nodes]


def leg(leg_id: str, seq: int, parent: str | None = None, **facts: Any) -> CallLeg:
    return CallLeg(leg_id=leg_id, seq=seq, parent_leg_id=parent, **facts)


def call_of(*legs: CallLeg) -> CallEnd:
    return CallEnd(call_id="c1", started_at=START, legs=legs)


def test_legs_stand_below_what_they_came_from() -> None:
    call = call_of(leg("a", 1), leg("b", 2, "a"), leg("c", 3, "a"), leg("d", 4, "c"))
    assert shape(leg_tree(call)) == [("a", ["b", ("c", ["d"])])]
    assert missing_legs(call) == ()


@pytest.mark.parametrize(
    ("legs", "tree", "missing"),
    [
        ((leg("b", 2, "a"), leg("c", 3, "b")), [("a", [("b", ["c"])])], ("a",)),
        ((leg("a", 1), leg("c", 3, "b")), ["a", ("b", ["c"])], ("b",)),
        ((leg("a", 1), leg("d", 4)), ["a", "d"], ("#2", "#3")),
        ((leg("a", 1, "b"), leg("b", 2, "a")), ["a", "b"], ()),
        ((leg("a", 1, "a"),), ["a"], ()),
        ((leg("a", 0), leg("b", 0)), ["a", "b"], ()),
        ((), [], ()),
    ],
)
def test_a_missing_leg_is_marked(legs: tuple[CallLeg, ...], tree: list[Any], missing: tuple[str, ...]) -> None:
    assert shape(leg_tree(call_of(*legs))) == tree
    assert missing_legs(call_of(*legs)) == missing


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from("abcde"), st.sampled_from(["a", "b", "c", "x", None])), max_size=6))
def test_every_leg_is_in_the_tree_once_whatever_names_what(pairs: list[tuple[str, str | None]]) -> None:
    legs = {leg_id: leg(leg_id, place, parent) for place, (leg_id, parent) in enumerate(pairs)}

    def ids(nodes: tuple[LegNode, ...]) -> list[str]:
        return [found for node in nodes for found in ([node.leg_id] if node.leg else []) + ids(node.children)]

    assert sorted(ids(leg_tree(call_of(*legs.values())))) == sorted(legs)


def at(second: int) -> Any:
    return START + timedelta(seconds=second)


GROUP = [
    leg("q", 1, type=LegType.QUEUE, result=LegResult.ANSWERED, answered_at=at(1), ended_at=at(60)),
    leg("r1", 2, "q", type=LegType.FORWARD, result=LegResult.LOST_RACE, answered_at=None, ended_at=at(20)),
    leg("r2", 3, "q", type=LegType.FORWARD, result=LegResult.ANSWERED, answered_at=at(20), ended_at=at(50)),
    leg("r3", 4, "q", type=LegType.FORWARD, result=LegResult.LOST_RACE, ended_at=at(20), talk_seconds=5),
]
OVERLAP = [
    leg("a", 1, type=LegType.INITIAL, result=LegResult.TRANSFERRED, answered_at=at(0), ended_at=at(100)),
    leg("c", 2, "a", type=LegType.CONSULTATION, result=LegResult.ANSWERED, answered_at=at(60), ended_at=at(90)),
    leg("b", 3, "a", type=LegType.TRANSFER_ATTENDED, result=LegResult.ANSWERED, answered_at=at(90), ended_at=at(150)),
]
IVR = [leg("i", 1, type=LegType.IVR, result=LegResult.ANSWERED, answered_at=at(0), ended_at=at(30))]


@pytest.mark.parametrize(
    ("legs", "seconds"),
    [(GROUP, 30), (OVERLAP, 150), (IVR, 0), ([leg("x", 1)], None), ([leg("x", 1, result=LegResult.NO_ANSWER)], 0)],
    ids=["group", "overlap", "ivr", "nothing", "missed"],
)
def test_talk_counts_the_customer_once(legs: list[CallLeg], seconds: int | None) -> None:
    assert talked(call_of(*legs)) == seconds


@settings(max_examples=40)
@given(call_ends, st.data())
def test_talk_and_tree_do_not_depend_on_order(call: CallEnd, data: st.DataObject) -> None:
    shuffled = evolve(call, legs=tuple(data.draw(st.permutations(call.legs))))
    assert talked(shuffled) == talked(call)
    assert missing_legs(shuffled) == missing_legs(call)


def test_a_call_that_never_says_its_end_is_a_call_and_a_late_end_completes_it(separate: WireProfile) -> None:
    first, second, final = apart(WHOLE["call_end_blind_transfer"])
    without_end = reduce(merge, [read(first, separate), read(second, separate)])
    assert (without_end.ended_at, without_end.disposition.value) == (None, "unknown")
    assert talked(without_end) == 225
    assert missing_legs(read(second, separate)) == (first["leg_id"],)
    late = merge(without_end, read(final, separate))
    assert late.ended_at == read(WHOLE["call_end_blind_transfer"], default_profile()).ended_at
