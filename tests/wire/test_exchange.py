"""Requests as the default profile writes them, and as a server reads them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from vipex_sdk.control import (
    PhonebookEntry,
    PhonebookNumber,
    User,
    argument_types,
    create_entry,
    originate,
    set_forwarding,
    update_entry,
)
from vipex_sdk.control.forwarding import ForwardingType, TargetType
from vipex_sdk.control.operation import Operation
from vipex_sdk.errors import DecodeError, Invalid
from vipex_sdk.wire.exchange import (
    Page,
    WireRequest,
    WireResponse,
    answer_for,
    match_request,
    read_answer,
    read_arguments,
    request_for,
)
from vipex_sdk.wire.profile import WireProfile, default_profile, lay_on, load_profile

PROFILE = default_profile()


def written(operation: Operation[Any], profile: WireProfile = PROFILE) -> WireRequest:
    return request_for(profile, operation.name, operation.arguments, types=argument_types(operation.name))


def test_originate_looks_as_the_default_profile_says() -> None:
    request = written(originate("101", "06 30 000 0001", client_ref="crm-4711"))
    assert (request.method, request.path, request.query) == ("POST", "/api/v1/calls", ())
    assert request.content_type == "application/json"
    assert json.loads(request.body) == {"extension": "101", "number": "+36300000001", "client_ref": "crm-4711"}
    assert request.headers == (("Idempotency-Key", "crm-4711"),)
    assert "3630" not in repr(request)


def test_references_are_safe_in_headers() -> None:
    request = written(originate("101", "102", client_ref="ő\r\nX: 1"))
    assert request.headers == (("Idempotency-Key", "%C5%91%0D%0AX: 1"),)


def test_what_stands_in_the_path_is_not_in_the_body() -> None:
    request = written(
        set_forwarding("101", ForwardingType.NO_ANSWER, "105", target_type=TargetType.EXTENSION, ring_seconds=20)
    )
    assert (request.method, request.path) == ("PUT", "/api/v1/extensions/101/forwardings/no_answer")
    assert json.loads(request.body) == {"target_type": "extension", "target": "105", "ring_seconds": 20}


def test_a_group_may_be_a_target_although_it_is_no_number() -> None:
    request = written(set_forwarding("101", ForwardingType.BUSY, "sales", target_type=TargetType.GROUP))
    assert json.loads(request.body)["target"] == "sales"


def test_a_new_entry_says_what_it_has_and_a_changed_one_what_it_lacks_too() -> None:
    entry = PhonebookEntry(id="7", name="Kiss Anna", numbers=(PhonebookNumber(number="06300000001", type="mobile"),))
    created, updated = written(create_entry(entry)), written(update_entry(entry))
    numbers = [{"number": "+36300000001", "type": "mobile"}]
    assert json.loads(created.body) == {"id": "7", "name": "Kiss Anna", "numbers": numbers}
    assert updated.path == "/api/v1/phonebook/7"
    assert json.loads(updated.body) == {
        "name": "Kiss Anna",
        "company": None,
        "numbers": numbers,
        "email": None,
        "note": None,
        "external_id": None,
    }


def test_pages_are_asked_for_in_the_profiles_style(tmp_path: Any) -> None:
    arguments = {"page": 3, "per_page": 50}
    assert request_for(PROFILE, "users.list", arguments).query == (("page", "3"), ("per_page", "50"))
    for style, query in (("offset", (("page", "100"), ("per_page", "50"))), ("none", ())):
        (tmp_path / "p.toml").write_text(f'[control.paging]\nstyle = "{style}"')
        assert request_for(load_profile(tmp_path / "p.toml"), "users.list", arguments).query == query


@pytest.mark.parametrize(
    ("method", "path", "wanted"),
    [
        ("POST", "/api/v1/calls", ("calls.originate", {})),
        ("POST", "/api/v1/calls/ivr", ("calls.start_ivr", {})),
        ("GET", "/api/v1/extensions/10%2F1/calls", ("calls.current", {"extension": "10/1"})),
        ("PUT", "/api/v1/phonebook/7", ("phonebook.update", {"entry.id": "7"})),
        ("GET", "/api/v1/calls", None),
        ("POST", "/calls", None),
        ("GET", "/api/v1/extensions//calls", None),
        ("GET", "/api/v1/users/1/2", None),
    ],
)
def test_a_server_knows_whose_request_it_is(method: str, path: str, wanted: object) -> None:
    assert match_request(PROFILE, method, path) == wanted


def test_a_server_tells_all_that_is_wrong() -> None:
    with pytest.raises(DecodeError) as wrong:
        read_arguments(
            PROFILE,
            "operators.time_in_status",
            path={"operator_id": "17"},
            query={"from": "soon"},
            body={},
            types=argument_types("operators.time_in_status"),
        )
    assert wrong.value.problems == ("$.from: expected a time", "$.to: is missing")


@pytest.mark.parametrize("query", [{}, {"page": "x", "per_page": "-1"}, {"page": "0", "per_page": "0"}])
def test_a_server_takes_nonsense_for_the_first_page(query: dict[str, str]) -> None:
    arguments = read_arguments(PROFILE, "users.list", path={}, query=query, body={}, types=argument_types("users.list"))
    assert arguments == {"page": 1, "per_page": 100}


@pytest.mark.parametrize(
    ("body", "total", "complete"),
    [
        ({"items": [{"id": "1"}], "total": 230}, 230, False),
        ({"data": [{"id": 1}], "total": "230"}, 230, False),
        ({"items": [{"id": "1"}]}, None, False),
        ([{"id": "1"}], None, True),
    ],
)
def test_pages_are_read_with_and_without_an_envelope(body: Any, total: int | None, *, complete: bool) -> None:
    page = read_answer(PROFILE, "users.list", Page[User], WireResponse(status=200, body=json.dumps(body).encode()))
    assert page == Page(items=(User(id="1"),), total=total, complete=complete)


CURSOR = lay_on(PROFILE, '[control.paging]\nstyle = "cursor"\ncursor = "from"\nnext = ["more", "next.href"]')
PADDING = "x" * 5000
"""Long answers are read another way than short ones."""


@pytest.mark.parametrize("padding", ["", PADDING], ids=["short", "long"])
@pytest.mark.parametrize(
    ("around", "link", "cursor"),
    [
        ({"more": "c2"}, "", "c2"),
        ({"more": 17}, "", "17"),
        ({"more": "a/b+c=="}, "", "a/b+c=="),
        ({"more": None}, "", None),
        ({"more": ""}, "", None),
        ({"more": 0}, "", None),
        ({"more": False}, "", None),
        ({"total": 230}, "", None),
        ({"next": {"href": "https://elsewhere.example/users?per_page=2&from=c%202"}}, "", "c 2"),
        ({"next": {"href": "?from=c2"}}, "", "c2"),
        ({}, '<https://pbx.example/users?from=c0>; rel="prev", </users?from=c2>; title="a"; rel="next last"', "c2"),
        ({}, "</users?from=c2>; rel=next", "c2"),
        ({}, '</users?from=c2>; rel="last"', None),
        ({"more": "c2"}, "</users?from=c9>; rel=next", "c2"),
    ],
)
def test_the_next_cursor_is_read(padding: str, around: dict[str, Any], link: str, cursor: str | None) -> None:
    body = json.dumps({"items": [{"id": "1", "note": padding}]} | around).encode()
    response = WireResponse(status=200, headers={"link": link} if link else {}, body=body)
    page = read_answer(CURSOR, "users.list", Page[User], response)
    assert (page.next, page.complete, [user.id for user in page.items]) == (cursor, cursor is None, ["1"])


@pytest.mark.parametrize("more", [{"at": "c2"}, ["c2"], 1.5, True, "https://pbx.example/users/page/2", "/users?page=2"])
def test_what_is_no_cursor_is_told_without_its_value(more: object) -> None:
    body = json.dumps({"items": [{"id": "1"}], "more": more}).encode()
    with pytest.raises(DecodeError, match=r"users\.list: the (next cursor|address of the next page)") as wrong:
        read_answer(CURSOR, "users.list", Page[User], WireResponse(status=200, body=body))
    assert "pbx.example" not in str(wrong.value)


def test_a_page_by_number_is_refused_where_pages_have_cursors() -> None:
    assert request_for(CURSOR, "users.list", {"page": 1}).query == (("per_page", "100"),)
    with pytest.raises(Invalid, match="by its cursor"):
        request_for(CURSOR, "users.list", {"page": 2})


def test_a_server_with_cursors_knows_its_own_and_no_others() -> None:
    def read(cursor: str) -> dict[str, Any]:
        types = argument_types("users.list")
        return read_arguments(CURSOR, "users.list", path={}, query={"from": cursor}, body={}, types=types)

    first = answer_for(CURSOR, "users.list", Page[User](items=(), number=1, size=2, total=3))
    assert read(json.loads(first.body)["more"]) == {"page": 2, "per_page": 100}
    last = answer_for(CURSOR, "users.list", Page[User](items=(), number=2, size=2, total=3))
    assert json.loads(last.body)["more"] is None
    with pytest.raises(DecodeError, match=r"\$\.from: expected a cursor"):
        read("page-0")


def test_a_list_that_is_not_there_is_told() -> None:
    with pytest.raises(DecodeError, match=r"the answer to users\.list: \$\.items: is missing"):
        read_answer(PROFILE, "users.list", Page[User], WireResponse(status=200, body=b"{}"))


def test_answers_that_have_no_content_have_none() -> None:
    assert answer_for(PROFILE, "phonebook.delete", None) == WireResponse(status=204)
    assert answer_for(PROFILE, "recordings.fetch", b"x").body == b"x"


@pytest.mark.parametrize("number", ["Kati", ""])
def test_numbers_that_are_none_are_refused(number: str) -> None:
    with pytest.raises(Invalid) as refused:
        written(originate("101", number))
    assert refused.value.code == "invalid_number"
