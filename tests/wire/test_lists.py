"""Long lists read by their shape are what the converter reads, and refused when it refuses them."""

from __future__ import annotations

import gc
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vipex_sdk.control.forwarding import Forwarding
from vipex_sdk.control.operators import OperatorStatus
from vipex_sdk.control.phonebook import PhonebookEntry
from vipex_sdk.control.users import User
from vipex_sdk.errors import DecodeError
from vipex_sdk.numbers import PhoneNumber
from vipex_sdk.wire import lists
from vipex_sdk.wire.answers import read_answer
from vipex_sdk.wire.convert import converter_for
from vipex_sdk.wire.exchange import Page, answer_for
from vipex_sdk.wire.lists import read_list
from vipex_sdk.wire.media import parse_json
from vipex_sdk.wire.messages import WireResponse
from vipex_sdk.wire.profile import WireProfile, default_profile, lay_on, load_profile

HUNGARIAN = Path(__file__).parents[1] / "profiles" / "hungarian.toml"
PADDING = "x" * 5000
"""Makes any list a long one, as a field that nobody knows."""

MODELS: dict[type, dict[str, Any]] = {
    PhonebookEntry: {
        "id": "17",
        "name": "Kiss Anna",
        "company": None,
        "numbers": [{"number": "+36300000001", "type": "mobile"}, {"number": "06 1 000 0100", "type": None}],
        "email": "anna@example.hu",
        "note": None,
        "external_id": "minicrm:1",
    },
    User: {
        "id": "17",
        "name": "Próba",
        "extension": "101",
        "extensions": ["101"],
        "groups": ["sales"],
        "enabled": True,
    },
    OperatorStatus: {
        "operator_id": "17",
        "status": "break",
        "extension": "101",
        "name": "Próba",
        "label": "Szünet",
        "since": "2026-03-02T09:15:00+01:00",
        "queues": ["support"],
    },
    Forwarding: {
        "type": "busy",
        "target_type": "number",
        "target": "+36300000001",
        "ring_seconds": 20,
        "enabled": True,
    },
}


def written(items: list[Any], **around: Any) -> bytes:
    return json.dumps({"items": items, "total": len(items), "padding": PADDING} | around).encode()


def slowly(profile: WireProfile, model: Any, body: bytes) -> Any:
    wire = parse_json(body, last_counts=True)
    return converter_for(profile).decode(tuple[model, ...], wire["items"])


@pytest.mark.parametrize("model", MODELS)
def test_the_lists_of_the_default_profile_are_read_quickly(model: type) -> None:
    items = [MODELS[model] for _ in range(100)]
    found = read_list(default_profile(), model, written(items))
    assert found is not None
    assert found.items == slowly(default_profile(), model, written(items))
    assert all(type(one) is model for one in found.items)
    assert (found.total, found.bare) == (100, False)


def test_a_bare_list_is_read_quickly() -> None:
    body = json.dumps([MODELS[User]] * 100).encode()
    found = read_list(default_profile(), User, body)
    assert found is not None
    assert found.bare
    assert len(found.items) == 100
    page = read_answer(default_profile(), "users.list", Page[User], WireResponse(status=200, headers={}, body=body))
    assert page.complete
    assert page.items == found.items


def test_cursors_are_read_quickly_and_differ_from_page_to_page() -> None:
    profile = lay_on(default_profile(), '[control.paging]\nstyle = "cursor"')
    items = [MODELS[User]] * 100
    said = [{"next_cursor": "c2"}, {"next_cursor": "c3"}, {"next_cursor": None}, {"next": 17}, {}]
    found = [read_list(profile, User, written(items, **more)) for more in said]
    assert [one and one.next for one in found] == ["c2", "c3", None, 17, None]
    assert all(one is not None and len(one.items) == 100 for one in found)


def test_what_our_own_server_writes_is_read_quickly_under_another_profile() -> None:
    profile = load_profile(HUNGARIAN)
    users = tuple(User(id=str(number), name="Próba", enabled=True) for number in range(100))
    answer = answer_for(profile, "users.list", Page(items=users, number=1, size=100, total=100))
    assert read_answer(profile, "users.list", Page[User], answer).items == users


ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.just({}),
    st.lists(st.text(max_size=3)),
)


@pytest.mark.parametrize("model", MODELS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_list_with_anything_odd_in_it_is_what_the_converter_says(model: type, data: st.DataObject) -> None:
    usual = MODELS[model]
    items = [dict(usual) for _ in range(4)]
    for _ in range(data.draw(st.integers(0, 2))):
        item = data.draw(st.sampled_from(items))
        item[data.draw(st.sampled_from([*usual, "unheard_of"]))] = data.draw(
            ODD | st.sampled_from(list(usual.values()))
        )
    if data.draw(st.booleans()):
        data.draw(st.sampled_from(items)).pop(data.draw(st.sampled_from(list(usual))), None)
    body = written(items)
    found = read_list(default_profile(), model, body)
    try:
        expected = slowly(default_profile(), model, body)
    except DecodeError:
        assert found is None
        return
    assert found is None or found.items == expected


@pytest.mark.parametrize("count", [1, 100])
def test_of_a_key_that_comes_twice_the_last_counts_in_lists_of_any_length(count: int) -> None:
    body = written([MODELS[User]] * count).replace(b'"name": "Pr', b'"name": "once", "name": "Pr', 1)
    page = read_answer(default_profile(), "users.list", Page[User], WireResponse(status=200, headers={}, body=body))
    assert page.items == slowly(default_profile(), User, written([MODELS[User]] * count))


@pytest.mark.parametrize(("key", "value"), [("email", "x@example.hu"), ("enabled", False)])
def test_a_field_that_only_one_item_has_is_read_in_that(key: str, value: object) -> None:
    items = [{name: one for name, one in MODELS[User].items() if name != key} for _ in range(400)]
    items[300][key] = value  # beyond what is looked at to learn
    body = written(items)
    page = read_answer(default_profile(), "users.list", Page[User], WireResponse(status=200, headers={}, body=body))
    assert getattr(page.items[300], key) == value
    assert page.items == slowly(default_profile(), User, body)


def test_the_first_of_two_places_where_items_may_stand_counts() -> None:
    usual, other = [MODELS[User]] * 100, [MODELS[User] | {"name": "Más"}] * 100
    read_list(default_profile(), User, json.dumps({"data": usual}).encode())
    body = json.dumps({"data": usual, "items": other}).encode()
    page = read_answer(default_profile(), "users.list", Page[User], WireResponse(status=200, headers={}, body=body))
    assert {one.name for one in page.items} == {"Más"}


def test_numbers_of_a_list_are_what_the_readers_make_of_them() -> None:
    texts = ["06 30 123 4567", "101", "titkos", "+43 1 5330101", "x", "112"]
    entries = [MODELS[PhonebookEntry] | {"numbers": [{"number": text, "type": None} for text in texts]}] * 50
    found = read_list(default_profile(), PhonebookEntry, written(entries))
    assert found is not None
    assert repr(found.items) == repr(slowly(default_profile(), PhonebookEntry, written(entries)))
    assert [one.number.kind for one in found.items[0].numbers] == [PhoneNumber.parse(text).kind for text in texts]


def test_a_profile_with_number_rules_of_its_own_is_heeded_in_lists(tmp_path: Path) -> None:
    path = tmp_path / "profile.toml"
    path.write_text('[numbers]\nregion = "AT"\n')
    entries = [MODELS[PhonebookEntry] | {"numbers": [{"number": "01 5330101", "type": None}]}] * 50
    found = read_list(load_profile(path), PhonebookEntry, written(entries))
    assert found is not None
    assert found.items[0].numbers[0].number.e164 == "+4315330101"


@pytest.mark.parametrize("frozen", [False, True])
def test_what_a_program_has_frozen_stays_frozen(frozen: bool) -> None:  # noqa: FBT001
    if frozen:
        gc.freeze()
    try:
        before = gc.get_freeze_count()
        read_list(default_profile(), User, written([MODELS[User]] * 20_000))
        assert (gc.get_freeze_count() > 0) is frozen
        assert gc.get_freeze_count() <= before
    finally:
        gc.unfreeze()


def test_the_errors_of_a_long_list_name_the_item() -> None:
    items = [dict(MODELS[User]) for _ in range(100)]
    del items[57]["id"]
    with pytest.raises(DecodeError) as refused:
        read_answer(
            default_profile(), "users.list", Page[User], WireResponse(status=200, headers={}, body=written(items))
        )
    assert refused.value.problems == ("$[57].id: is missing",)


def test_the_garbage_collector_is_as_it_was() -> None:
    read_list(default_profile(), User, written([MODELS[User]] * 100))
    assert gc.isenabled()
    gc.disable()
    try:
        read_list(default_profile(), User, b"[" + b" " * 5000)
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_a_server_that_writes_differently_each_time_is_not_learnt_from_for_ever() -> None:
    for number in range(20):
        read_list(default_profile(), Forwarding, written([MODELS[Forwarding]] * 3, **{f"field{number}": number}))
    assert lists._pupil(default_profile(), Forwarding).lessons <= 8
