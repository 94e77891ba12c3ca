"""Long base64 leaves every encoding alike: by any cuts, with any escapes, and out of hostile bodies without harm."""

from __future__ import annotations

import base64
import json
import time
from urllib.parse import quote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.webhooks.cutting import check, cut
from vipex_sdk.webhooks.cutter import LONG_TEXT_BYTES

AUDIO = bytes(range(256)) * 300 + b"!"
TEXT = base64.b64encode(AUDIO)
LINES = base64.encodebytes(AUDIO).strip()
FORM = quote(TEXT, safe="").encode()

FOUND = {
    "json": ("json", b'{"a": {"b": "%s"}}', TEXT),
    "json in lines": ("json", b'{"a": "%s"}', LINES.replace(b"\n", b"\\r\\n")),
    "form": ("form", b"a=1&recording.content=%s&b=2", FORM),
    "form without escapes for padding": ("form", b"a=%s", FORM.replace(b"%3D", b"=")),
    "form in small letters": ("form", b"a=%s", FORM.replace(b"%2B", b"%2b").replace(b"%2F", b"/")),
    "form in lines": ("form", b"a=%s&b", quote(LINES, safe="").replace("%0A", "%0D%0A").encode()),
    "form with letters escaped": ("form", b"a=%s", b"%" + b"%".join(b"%02x" % letter for letter in TEXT)),
    "xml": ("xml", b"<call><recording><content>%s</content></recording></call>", TEXT),
    "xml in lines": ("xml", b"<?xml version='1.0'?>\n<call>\n  <content>\n%s\n  </content>\n</call>\n", LINES),
    "xml with references": ("xml", b"<c><a>%s</a></c>", LINES.replace(b"+", b"&#43;").replace(b"\n", b"&#xD;\n")),
    "xml in CDATA": ("xml", b"<c><a>\n  <![CDATA[%s]]>\n</a></c>", TEXT),
    "xml in an attribute": ("xml", b"<c><a b='>' content=\"%s\"/></c>", TEXT),
    "xml behind a comment": ("xml", b"<c><!-- \"<a>' --><?pi <b> ?><a><!---->%s</a></c>", TEXT),
    "xml in two elements": ("xml", b"<c><a>%s</a><a x=''>%s</a></c>", TEXT),
    "xml with a comment in it": ("xml", b"<c><a>%s</a></c>", TEXT[:90_000] + b"<!-- page 2 -->" + TEXT[90_000:]),
    "xml in two sections": ("xml", b"<c><a><![CDATA[%s]]></a></c>", TEXT[:90_000] + b"]]><![CDATA[" + TEXT[90_000:]),
    "part": ("part", b"%s", TEXT),
    "part with JSON": ("part", b'\r\n{"a": "%s"}', TEXT),
    "part in lines": ("part", b"\r\n  %s\r\n", LINES.replace(b"\n", b"\r\n")),
}
SIZES = ([65536], [4096, 1, 2, 3, 7], [1000])


@pytest.mark.parametrize("sizes", SIZES, ids=str)
@pytest.mark.parametrize("name", FOUND)
def test_long_base64_is_taken_out_of_every_encoding(name: str, sizes: list[int]) -> None:
    kind, frame, text = FOUND[name]
    body = frame.replace(b"%s", text)
    assert check(kind, body, sizes) == frame.count(b"%s")
    kept, taken = cut(kind, body, sizes)
    assert len(kept) < 300
    assert [text.audio for text in taken.values()] == [AUDIO] * len(taken)


LEFT = {
    "a key of a form": ("form", TEXT.replace(b"=", b"") + b"=1"),
    "a form that is no form": ("form", TEXT.replace(b"=", b"")),
    "a field with bad escapes": ("form", b"a=" + TEXT[:1000] + b"%zz" + TEXT),
    "a field with a character": ("form", b"a=%C3%A1" + TEXT),
    "a short field": ("form", b"a=" + b"A" * (LONG_TEXT_BYTES - 1)),
    "a comment": ("xml", b"<a><!--" + TEXT + b"--></a>"),
    "a comment without an end": ("xml", b"<a><!-- " + TEXT + b"</a>"),
    "an instruction": ("xml", b"<?" + TEXT + b"?><a/>"),
    "an element's name": ("xml", b"<" + TEXT),
    "an entity": ("xml", b"<a>&lt;" + TEXT + b"</a>"),
    "a reference that is too long": ("xml", b"<a>&#" + b"0" * 100_000 + b"43;</a>"),
    "a CDATA section with a reference": ("xml", b"<a><![CDATA[&#43;" + TEXT + b"]]></a>"),
    "a text with a comment early": ("xml", b"<a>AAAA<!-- -->" + TEXT + b"</a>"),
    "an attribute with a bracket": ("xml", b"<a b='>" + TEXT + b"'/>"),
    "space": ("xml", b"<a>" + b" " * 100_000 + b"<b/></a>"),
    "UTF-16": (
        "xml",
        '<?xml version="1.0" encoding="UTF-16"?><a>\u4141</a>'.replace("\u4141", "\u4141" * 50_000).encode("utf-16"),
    ),
    "words": ("part", b"word, " * 20_000),
}


@pytest.mark.parametrize("name", LEFT)
def test_what_is_no_long_base64_stays(name: str) -> None:
    kind, body = LEFT[name]
    for sizes in SIZES:
        assert check(kind, body, sizes) == 0
        assert cut(kind, body, sizes)[0] == body


DROPPED = {
    "a bare plus sign in a form": ("form", b"a=" + TEXT[:-4] + b"+AAA"),
    "an escape cut off by the end": ("form", b"a=" + FORM + b"A%4"),
    "a bad escape late": ("form", b"a=" + TEXT + b"%zz"),
    "a zero byte": ("form", b"a=" + TEXT + b"%00"),
    "an entity late": ("xml", b"<a>" + TEXT + b"&amp;</a>"),
    "no such character": ("xml", b"<a>" + TEXT + b"&#9999999;</a>"),
    "more after the end": ("xml", b"<a>" + TEXT + b"==AA</a>"),
    "an accent": ("json", b'["' + TEXT + b'\\u00e1"]'),
    "half an end": ("part", TEXT[:-1]),
}


@pytest.mark.parametrize("name", DROPPED)
def test_what_turns_out_to_be_no_base64_is_dropped_in_any_cuts(name: str) -> None:
    kind, body = DROPPED[name]
    for sizes in SIZES:
        assert check(kind, body, sizes) == 1
        (text,) = cut(kind, body, sizes)[1].values()
        assert text.audio is None


def test_a_document_type_takes_nothing_apart() -> None:
    body = b"<!DOCTYPE a [<!ENTITY x '" + TEXT + b"'> <!-- ' -->]><a>&x;" + TEXT + b"</a>"
    for sizes in SIZES:
        check("xml", body, sizes)


HOSTILE = {
    "json": [b'"",', b'"', b"\\x", b'"\\', b'{"a":'],
    "form": [b"a=&", b"%", b"=?", b"&", b"a=%2?"],
    "xml": [
        b"<a/>",
        b"<",
        b"'<",
        b"<a b='c'>",
        b"<a b='c",
        b"<a ''\"\">b",
        b"<![CDATA[]]>",
        b"<![CDATA[&]]>",
        b"A<!---->",
        b"<!>",
        b"<??>",
        b"<!-- ",
        b"&#x",
        b"]]>",
    ],
    "part": [b" ", b'["'],
}


@pytest.mark.parametrize(("kind", "unit"), [(kind, unit) for kind, units in HOSTILE.items() for unit in units])
def test_many_small_things_are_read_quickly(kind: str, unit: bytes) -> None:
    body = unit * (1024 * 1024 // len(unit))
    began = time.process_time()
    kept, taken = cut(kind, body, [65536])
    assert (kept, taken) == (body, {})
    assert time.process_time() - began < 2


def test_behind_ten_thousand_comments_nothing_is_looked_for() -> None:
    body = b"<a>" + b"<!---->" * 10_000 + b"<b>" + TEXT + b"</b>" + b"<!---->" + b"<b>" + TEXT + b"</b></a>"
    for sizes in SIZES:
        assert check("xml", body, sizes) == 1


def test_a_message_has_only_so_many_cuts() -> None:
    body = b"&".join([b"a=" + b"A" * LONG_TEXT_BYTES] * 70)
    assert check("form", body, [65536]) == 64


LONG = "LONG"
words = {
    "json": ['"', "\\", "\\u00e1", "\\u0", "\\x", "{", ":", " ", "abc/+=", "ÿ", "\0", '"a":', "\\/", "}"],
    "form": ["&", "=", "%", "%2", "%2B", "%C3%A1", "%zz", "+", "a", "recording[content]", "ÿ", "[]", "A", "%3D", "%0A"],
    "xml": ["<", ">", "<a>", "</a>", "<!--", "-->", "<![CDATA[", "]]>", "<?x", "?>", "&#43;", "&#x", "&amp;", "'"],
    "part": ["A", " ", "\n", "=", "ÿ", "\r", "{", '"', "\\", "\\/"],
}
words["xml"] += ['"', "<a b='", "A", " ", "]", "-", "/", "<!DOCTYPE", "\n", "=", "ÿ"]


@st.composite
def bodies(draw: st.DrawFn) -> tuple[str, bytes]:
    kind = draw(st.sampled_from(sorted(words)))
    parts = draw(st.lists(st.sampled_from([*words[kind], LONG, LONG]), max_size=14))
    if draw(st.booleans()):
        opening, closing = {"json": ('{"a": "', '"}'), "xml": ("<a><b>", "</b></a>"), "form": ("a=", "")}.get(
            kind, ("", "")
        )
        parts = [opening, *parts, closing]
    return kind, "".join(parts).replace(LONG, TEXT.decode() if draw(st.booleans()) else FORM.decode()).encode()


@settings(max_examples=150, deadline=None)
@given(bodies(), st.lists(st.integers(1, 9), max_size=5).map(lambda sizes: [*sizes, 4096]))
@example(("xml", b"<a>" + TEXT + b"<![CDATA[" + TEXT + b"&amp;]]>" + TEXT + b"</a>"), [5, 4096])
@example(("json", json.dumps({"a": [TEXT.decode()], TEXT.decode(): 1}).encode()), [1, 65536])
def test_any_cuts_give_what_the_whole_body_gives(case: tuple[str, bytes], sizes: list[int]) -> None:
    kind, body = case
    check(kind, body, sizes)
