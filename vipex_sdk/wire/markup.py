"""XML as wire data: an element is a table of its children, a repeated one a list, one without children a text.

Tags of the envelope are the profile's; what is inside is read and written by the same paths as JSON.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from vipex_sdk.errors import DecodeError, UnsupportedMedia

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ["parse_xml", "render_xml"]

_MAX_DEPTH = 32
_NAMESPACE = re.compile(r"^\{[^}]*\}")
_NAME = re.compile(r"[^\W\d][\w.-]*")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_TEXT = ""
"""Key of the text of an element that has attributes or children too."""


def parse_xml(body: bytes) -> dict[str, Any]:
    """Read what is inside the outermost element; attributes are keys beside the children, namespaces are dropped.

    Raises:
        DecodeError: it is no well-formed XML, has a document type or entities of its own, or is nested too deeply.
        UnsupportedMedia: the reader is not installed.
    """
    try:
        from defusedxml import DefusedXmlException
        from defusedxml.ElementTree import ParseError, fromstring
    except ImportError:
        raise UnsupportedMedia("XML needs a package that is not installed: pip install 'vipex-sdk[xml]'") from None
    try:
        root = fromstring(body, forbid_dtd=True)
    except DefusedXmlException:
        raise DecodeError(("$: a document type is not taken",), what="the body") from None
    except (ParseError, LookupError, ValueError) as exc:
        line = getattr(exc, "position", (None,))[0]
        place = f" at line {line}" if line else ""
        raise DecodeError((f"$: expected XML{place}",), what="the body") from None
    content = _content(root, depth=0)
    return content if isinstance(content, dict) else {_TEXT: content} if content else {}


def _content(element: Element, *, depth: int) -> dict[str, Any] | str:
    if depth > _MAX_DEPTH:
        raise DecodeError((f"$: nested deeper than {_MAX_DEPTH} levels",), what="the body")
    fields: dict[str, Any] = {_bare(name): value for name, value in element.attrib.items()}
    repeated: set[str] = set()
    for child in element:
        tag, content = _bare(child.tag), _content(child, depth=depth + 1)
        if tag in repeated:
            fields[tag].append(content)
        elif tag in fields:
            fields[tag] = [fields[tag], content]
            repeated.add(tag)
        else:
            fields[tag] = content
    text = (element.text or "").strip()
    if not fields:
        return text
    return fields | {_TEXT: text} if text else fields


def _bare(name: str) -> str:
    return _NAMESPACE.sub("", name)


def render_xml(fields: Mapping[str, Any], *, root: str) -> bytes:
    """Write *fields* inside an element *root*; null is an empty element, a list is its element repeated.

    Raises:
        ValueError: a key is no name of an element.
    """
    inside = "".join(_elements(fields))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{_tag(root)}>{inside}</{root}>'.encode()


def _elements(fields: Mapping[str, Any]) -> Iterator[str]:
    for name, value in fields.items():
        if name == _TEXT:
            yield _escaped(value)
            continue
        for one in value if isinstance(value, (list, tuple)) else [value]:
            inside = "".join(_elements(one)) if isinstance(one, Mapping) else _escaped(one)
            yield f"<{_tag(name)}>{inside}</{name}>" if inside else f"<{_tag(name)}/>"


def _tag(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError("a key is no name of an XML element")
    return name


def _escaped(value: object) -> str:
    if value is None:
        return ""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return escape(_NOT_XML.sub("\ufffd", text))
