"""Bodies: JSON, forms, XML and fields in parts, strictly."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from email.message import Message
from functools import lru_cache
from math import isfinite
from typing import Any, NoReturn
from urllib.parse import parse_qsl, urlencode

from vipex_sdk.errors import DecodeError, UnsupportedMedia
from vipex_sdk.wire.formats import BodyEncoding
from vipex_sdk.wire.markup import parse_xml, render_xml
from vipex_sdk.wire.multipart import Part, join_parts, split_parts

__all__ = [
    "body_kind",
    "charset_of",
    "flat_fields",
    "kind_of_body",
    "media_type",
    "nest",
    "parse_body",
    "parse_form",
    "parse_json",
    "render_body",
    "scalar_text",
]

_MAX_DEPTH = 32
_FORM_KEY = re.compile(r"[^.\[\]]+")
_NOT_ASCII = re.compile(rb"[^\x00-\x7f]")
_KINDS = {
    "application/x-www-form-urlencoded": "form",
    "multipart/form-data": "multipart",
    "text/xml": "xml",
}
_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
_OPENINGS = re.compile(rb"[\[{]")


def media_type(content_type: str | None) -> str:
    """Give the bare media type in lower case: ``application/json``; empty when there is none."""
    return (content_type or "").partition(";")[0].strip().lower()


def charset_of(content_type: str | None) -> str | None:
    """Give the charset that a content type declares."""
    header = Message()
    header["content-type"] = content_type or "text/plain"
    return header.get_content_charset()


def parse_body(content_type: str | None, body: bytes, *, accepted: Collection[str]) -> dict[str, Any]:
    """Read the fields of a JSON object, form data, an XML element, or fields that are parts.

    *accepted* holds ``json``, ``form``, ``xml`` and/or ``multipart``.

    An absent content type is read as the kind the body looks like.

    Raises:
        UnsupportedMedia: the content type is not among the accepted ones.
        DecodeError: the body is not well formed, or a JSON body is not an object.
    """
    kind = kind_of_body(content_type, body)
    if kind not in accepted:
        raise UnsupportedMedia(f"expected a body of type {' or '.join(sorted(accepted))}")
    if kind == "form":
        return parse_form(body, charset=charset_of(content_type))
    if kind == "xml":
        return parse_xml(body)
    if kind == "multipart":
        return nest([(part.name, _text_of(part)) for part in split_parts(content_type or "", body)])
    fields = parse_json(body)
    if not isinstance(fields, dict):
        raise DecodeError(("$: expected an object",), what="the body")
    return fields


@lru_cache(maxsize=64)
def body_kind(content_type: str | None) -> str:
    """Give ``json``, ``form``, ``xml`` or ``multipart``; empty when no type is declared, else something else."""
    media = media_type(content_type)
    for kind, suffix in (("json", "+json"), ("xml", "+xml")):
        if media == f"application/{kind}" or (media.startswith("application/") and media.endswith(suffix)):
            return kind
    return _KINDS.get(media) or (media if "/" in media else media and "unknown")


def kind_of_body(content_type: str | None, body: bytes) -> str:
    """Give the declared kind of a body; where none is declared, the kind it looks like."""
    start = body.lstrip()[:1]
    looks = "json" if start in {b"{", b"["} else "xml" if start == b"<" else "form"
    return body_kind(content_type) or looks


def _text_of(part: Part) -> str:
    try:
        return part.content.decode()
    except UnicodeDecodeError:
        raise DecodeError((f"$.{part.name}: expected UTF-8",), what="the body") from None


def parse_json(body: bytes | str, *, last_counts: bool = False) -> Any:
    """Read JSON in strict UTF-8: no NaN, no endless numbers, no bottomless nesting.

    Text with half characters or zero bytes is refused too: no database takes it.

    Args:
        body: the JSON.
        last_counts: of a key that comes twice in one object take the last value, as most parsers do; otherwise it is
            refused, because a sender who is a stranger may mean one value for whoever checks and another for us.

    Raises:
        DecodeError: it is not such JSON.
    """
    try:
        text = body if isinstance(body, str) else body.decode("utf-8-sig")
        pairs = None if last_counts else _unique
        value = json.loads(text, object_pairs_hook=pairs, parse_float=_finite, parse_constant=_no_constant)
        _check_depth(value, body)
        if "\\u" in text:  # in strict UTF-8 nothing else can write half a character or a zero byte
            _check_text(value)
    except UnicodeDecodeError:
        raise DecodeError(("$: expected UTF-8",), what="the body") from None
    except (ValueError, RecursionError) as exc:
        # The parser's own text may quote the body, the position never does.
        place = f" at character {exc.pos}" if isinstance(exc, json.JSONDecodeError) else ""
        reason = str(exc) if isinstance(exc, _Refused) else f"expected JSON{place}"
        raise DecodeError((f"$: {reason}",), what="the body") from None
    return value


class _Refused(ValueError):
    """Well-formed JSON that we do not take."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise _Refused("a key comes twice in one object")
    return fields


def _no_constant(name: str) -> NoReturn:
    raise _Refused(f"{name} is not JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if not isfinite(number):
        raise _Refused("a number has no end")
    return number


def _check_text(value: object) -> None:
    if isinstance(value, str):
        if "\0" in value or _HALF_CHARACTER.search(value):
            raise _Refused("a text holds half a character or a zero byte")
    elif isinstance(value, dict):
        for key, inner in value.items():
            _check_text(key)
            _check_text(inner)
    elif isinstance(value, list):
        for inner in value:
            _check_text(inner)


def _check_depth(value: object, body: bytes | str) -> None:
    """Refuse nesting that later code, which walks the value, should not have to fear."""
    openings = body.count("[") + body.count("{") if isinstance(body, str) else len(_OPENINGS.findall(body))
    if openings > _MAX_DEPTH and _is_deep(value):
        raise _Refused(f"nested deeper than {_MAX_DEPTH} levels")


def _is_deep(value: object) -> bool:
    level = [value]
    for _ in range(_MAX_DEPTH):
        level = [inner for outer in level for inner in _children(outer)]
    return any(isinstance(one, (dict, list)) for one in level)


def _children(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, list):
        yield from value


def parse_form(body: bytes, *, charset: str | None = None) -> dict[str, Any]:
    """Read ``a=1&b.c=2``; a key that comes twice or ends in ``[]`` becomes a list, a dotted one nests.

    Text is read by the declared charset, else as UTF-8, else as cp1250 (Hungarian Windows).

    Raises:
        DecodeError: it is not form data.
    """
    text = _NOT_ASCII.sub(lambda found: b"%%%02X" % found[0][0], body).decode("ascii")
    for encoding in (charset or "utf-8", "utf-8", "cp1250"):
        try:
            return nest(
                parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text), encoding=encoding, errors="strict")
            )
        except (UnicodeDecodeError, LookupError):
            continue  # the next encoding
        except ValueError:
            break
    raise DecodeError(("$: expected form fields",), what="the body")


def nest(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """Build the fields that flat names mean: ``user.id``, ``user[id]``, ``legs[0].from``, ``extensions[]``."""
    fields: dict[str, Any] = {}
    for key, value in pairs:
        *outer, last = _FORM_KEY.findall(key)[:_MAX_DEPTH] or [key]
        table = fields
        for part in outer:
            inner = table.setdefault(part, {})
            if not isinstance(inner, dict):
                inner = table[part] = {"": inner}
            table = inner
        _put(table, last, value, is_list=key.endswith("[]"))
    return {key: _lists(value) for key, value in fields.items()}


def _put(table: dict[str, Any], key: str, value: str, *, is_list: bool) -> None:
    old = table.get(key)
    if isinstance(old, list):
        old.append(value)
    elif isinstance(old, dict):
        old[""] = value
    elif key in table:
        table[key] = [old, value]
    else:
        table[key] = [value] if is_list else value


def _lists(value: Any) -> Any:
    """Turn tables with nothing but positions as keys into lists."""
    if not isinstance(value, dict):
        return value
    inner = {key: _lists(one) for key, one in value.items()}
    if all(key.isdecimal() for key in inner):
        return [inner[key] for key in sorted(inner, key=int)]
    return inner


def render_body(encoding: BodyEncoding, fields: Mapping[str, Any], *, root: str = "fields") -> tuple[str | None, bytes]:
    """Write wire data as a body: (content type, bytes). Nested form fields are written as dotted keys.

    Args:
        encoding: how.
        fields: wire data.
        root: the outermost element of XML.

    Raises:
        ValueError: XML was asked for, and a key is no name of an element.
    """
    match encoding:
        case "none":
            return None, b""
        case "json":
            return "application/json", _json(fields).encode()
        case "form":
            return "application/x-www-form-urlencoded", urlencode(list(flat_fields("", fields))).encode("ascii")
        case "xml":
            return "application/xml", render_xml(fields, root=root)
        case "multipart":
            return join_parts(Part(name=name, content=text.encode()) for name, text in flat_fields("", fields))


_json: Callable[[object], str] = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


def flat_fields(prefix: str, value: object) -> Iterator[tuple[str, str]]:
    """Write nested wire data as flat names and texts, for forms and queries."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from flat_fields(f"{prefix}.{key}" if prefix else key, inner)
    elif isinstance(value, (list, tuple)):
        for position, inner in enumerate(value):
            nested = isinstance(inner, (Mapping, list, tuple))
            yield from flat_fields(f"{prefix}[{position}]" if nested else f"{prefix}[]", inner)
    else:
        yield prefix, scalar_text(value)


def scalar_text(value: object) -> str:
    """Write one wire value as text, as forms and queries need it."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
