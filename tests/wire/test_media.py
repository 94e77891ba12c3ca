from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vipex_sdk.errors import DecodeError, UnsupportedMedia
from vipex_sdk.wire.media import media_type, parse_body, parse_form, parse_json, render_body

BOTH = {"json", "form"}
FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("content_type", "body", "wanted"),
    [
        ("application/json", b'{"a": 1}', {"a": 1}),
        ("Application/JSON; charset=utf-8", b'{"a": 1}', {"a": 1}),
        ("application/vnd.pbx+json", b'{"a": 1}', {"a": 1}),
        (FORM, b"a=1&b=%C5%91", {"a": "1", "b": "ő"}),
        (None, b' {"a": 1}', {"a": 1}),
        (None, b"a=1", {"a": "1"}),
        ("", b"", {}),
        (FORM, b"", {}),
        (FORM, b"a=", {"a": ""}),
    ],
)
def test_bodies_are_read_by_their_type(content_type: str | None, body: bytes, wanted: object) -> None:
    assert parse_body(content_type, body, accepted=BOTH) == wanted


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml", "multipart/form-data; boundary=x", "json"])
def test_other_types_are_refused(content_type: str) -> None:
    with pytest.raises(UnsupportedMedia):
        parse_body(content_type, b"{}", accepted=BOTH)
    with pytest.raises(UnsupportedMedia):
        parse_body("application/json", b"{}", accepted={"form"})


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "expected JSON"),
        (b"{", "expected JSON"),
        (b'{"a": 1, "a": 2}', "a key comes twice"),
        (b'{"a": NaN}', "NaN is not JSON"),
        (b'{"a": -Infinity}', "-Infinity is not JSON"),
        (b'{"a": "\xf5"}', "expected UTF-8"),
        (b"[" * 40 + b"]" * 40, "nested deeper"),
        (b"[" * 100_000, "expected JSON"),
        (b'{"a":' * 33 + b"1" + b"}" * 33, "nested deeper"),
        (b'{"a": ' + b"1" * 5000 + b"}", "expected JSON"),
        (b'{"a": 1} {"b": 2}', "expected JSON"),
        (b'{"a": 1e999}', "a number has no end"),
        (b'{"a": ["\\ud83d"]}', "half a character or a zero byte"),
        (b'{"\\udc00": 1}', "half a character or a zero byte"),
        (b'{"a": {"b": "\\u0000"}}', "half a character or a zero byte"),
    ],
)
def test_json_is_strict(body: bytes, reason: str) -> None:
    with pytest.raises(DecodeError, match=reason):
        parse_json(body)


def test_errors_do_not_quote_the_body() -> None:
    with pytest.raises(DecodeError) as wrong:
        parse_json(b'{"caller": +36301234567}')
    assert "3630" not in str(wrong.value)
    assert wrong.value.__suppress_context__


def test_a_json_body_is_an_object() -> None:
    with pytest.raises(DecodeError, match="expected an object"):
        parse_body("application/json", b"[]", accepted=BOTH)


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        (b"user.id=1&user.name=x", {"user": {"id": "1", "name": "x"}}),
        (b"user[id]=1&user[name]=x", {"user": {"id": "1", "name": "x"}}),
        (b"a=1&a=2", {"a": ["1", "2"]}),
        (b"a[]=1", {"a": ["1"]}),
        (b"a[]=1&a[]=2", {"a": ["1", "2"]}),
        (b"legs[1].to=b&legs[0].to=a", {"legs": [{"to": "a"}, {"to": "b"}]}),
        (b"legs[0][to]=a", {"legs": [{"to": "a"}]}),
        (b"a=1&a.b=2", {"a": {"": "1", "b": "2"}}),
        (b"a.b=2&a=1", {"a": {"b": "2", "": "1"}}),
        (b"101=x", {"101": "x"}),
        (b"=x", {"": "x"}),
        (b"n=%F5", {"n": "ő"}),
        ("n=ő".encode(), {"n": "ő"}),
        ("n=ő".encode("cp1250"), {"n": "ő"}),
    ],
)
def test_flat_names_nest(body: bytes, wanted: object) -> None:
    assert parse_form(body) == wanted


def test_a_declared_charset_is_believed() -> None:
    content_type = f"{FORM}; charset=iso-8859-2"
    assert parse_body(content_type, b"n=%F5%B1", accepted=BOTH) == {"n": "őą"}
    assert parse_body(f"{FORM}; charset=klingon", b"n=%C5%91", accepted=BOTH) == {"n": "ő"}


@pytest.mark.parametrize("body", [b"a", b"&", b"a=1&&b=2", b"n=%81"])
def test_what_is_no_form_is_refused(body: bytes) -> None:
    with pytest.raises(DecodeError, match="expected form fields"):
        parse_form(body)


names = st.text("abcxyz_őű", min_size=1, max_size=4)
texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=6)
values = st.recursive(
    texts,
    lambda inner: (
        st.lists(texts, min_size=1, max_size=3)
        | st.lists(st.dictionaries(names, inner, min_size=1, max_size=2), min_size=1, max_size=2)
        | st.dictionaries(names, inner, min_size=1, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(names, values, max_size=4))
def test_what_is_written_as_form_or_json_is_read_back(fields: dict[str, Any]) -> None:
    for encoding in ("form", "json"):
        content_type, body = render_body(encoding, fields)  # type: ignore[arg-type]
        assert parse_body(content_type, body, accepted=BOTH) == fields


def test_forms_write_what_has_no_text() -> None:
    assert render_body("form", {"a": None, "b": True, "c": 1, "d": []}) == (FORM, b"a=&b=true&c=1")
    assert render_body("none", {"a": 1}) == (None, b"")


def test_media_types_are_bare() -> None:
    assert media_type(" Audio/MPEG ; x=1") == "audio/mpeg"
    assert media_type(None) == ""
