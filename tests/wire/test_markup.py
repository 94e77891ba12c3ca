"""XML bodies: what is inside the outermost element, both ways, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vipex_sdk.errors import DecodeError
from vipex_sdk.wire.markup import parse_xml, render_xml
from vipex_sdk.wire.media import parse_body
from vipex_sdk.wire.multipart import Part, join_parts, split_parts


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("<a/>", {}),
        ("<a>text</a>", {"": "text"}),
        ("<a><b>1</b><c/></a>", {"b": "1", "c": ""}),
        ("<a><b>1</b><b>2</b><b>3</b></a>", {"b": ["1", "2", "3"]}),
        ("<a><b><c>1</c></b><b><c>2</c></b></a>", {"b": [{"c": "1"}, {"c": "2"}]}),
        ('<a id="7"><b kind="x">text</b></a>', {"id": "7", "b": {"kind": "x", "": "text"}}),
        ('<s:a xmlns:s="urn:x"><s:hívó>+36</s:hívó></s:a>', {"hívó": "+36"}),
        ("<a><b> Kiss &amp; Társa </b><![CDATA[x]]></a>", {"b": "Kiss & Társa"}),
        ('<?xml version="1.0"?><!-- c --><a><b>1</b></a>', {"b": "1"}),
    ],
)
def test_elements_become_fields(body: str, wanted: dict[str, Any]) -> None:
    assert parse_xml(body.encode()) == wanted


def test_the_declared_encoding_is_used() -> None:
    body = '<?xml version="1.0" encoding="ISO-8859-2"?><a><b>őű</b></a>'.encode("iso8859-2")
    assert parse_body("text/xml", body, accepted={"xml"}) == {"b": "őű"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<a>",
        b"<a></b>",
        b"{}",
        b"<a>\x00</a>",
        b"\xff\xfe<a/>",
        b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>',
        b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd"><a/>',
        b"<a>&undefined;</a>",
        b'<?xml version="1.0" encoding="klingon"?><a/>',
        b"<a>" * 40 + b"</a>" * 40,
        b"<a>" * 100_000 + b"</a>" * 100_000,
    ],
)
def test_what_is_not_plain_xml_is_refused(body: bytes) -> None:
    with pytest.raises(DecodeError):
        parse_xml(body)


names = st.from_regex(r"[a-ző][a-z0-9_.-]{0,6}", fullmatch=True)
texts = (
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")), min_size=1).map(str.strip).filter(bool)
)
fields = st.recursive(
    texts, lambda inner: st.dictionaries(names, inner | st.lists(inner, min_size=2, max_size=3), min_size=1, max_size=3)
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(names, fields, max_size=4))
def test_what_is_written_is_read_again(wire: dict[str, Any]) -> None:
    assert parse_xml(render_xml(wire, root="x")) == wire


def test_null_truth_and_characters_that_xml_lacks() -> None:
    assert render_xml({"a": None, "b": True, "c": 1, "d": "\x01"}, root="x").endswith(
        "<x><a/><b>true</b><c>1</c><d>\ufffd</d></x>".encode()
    )
    with pytest.raises(ValueError, match="no name of an XML element"):
        render_xml({"a b": 1}, root="x")


def test_parts_are_read_as_they_were_written() -> None:
    parts = [
        Part(name="data", content_type="application/json", content=b'{"a": "\xc5\x91"}'),
        Part(name='re"c', filename="a.wav", content_type="audio/wav", content=bytes(range(256))),
        Part(name="empty"),
    ]
    content_type, body = join_parts(parts)
    assert split_parts(content_type, body) == parts
    assert parse_body(*join_parts([Part(name="a.b", content=b"1")]), accepted={"multipart"}) == {"a": {"b": "1"}}


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=b", b"nothing of the kind"),
        ("text/plain", b"x"),
        ("multipart/form-data; boundary=b", b"--b\r\n\r\nno name\r\n--b--\r\n"),
    ],
)
def test_what_is_not_multipart_is_refused(content_type: str, body: bytes) -> None:
    with pytest.raises(DecodeError):
        split_parts(content_type, body)
