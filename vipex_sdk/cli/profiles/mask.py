"""Pseudonyms that keep the form: whoever reads masked captures sees how numbers are spelled, and nobody's number.

Only values change, never names, punctuation or order: a spelling mistake of the exchange must survive.
"""

from __future__ import annotations

import hmac
import json
import re
import secrets
from urllib.parse import quote_plus, unquote_plus

import attrs

from vipex_sdk.cli.profiles.capture import Capture
from vipex_sdk.cli.profiles.likeness import folded
from vipex_sdk.errors import DecodeError
from vipex_sdk.wire.media import body_kind
from vipex_sdk.wire.multipart import Part, join_parts, split_parts

__all__ = ["Masker", "without_credentials"]

_SECRET_HEADERS = re.compile(r"authorization|cookie|token|secret|signature|api-?key|password", re.IGNORECASE)
_SECRET_NAMES = re.compile(r"token|secret|passw|jelszo|kulcs|api_?key|(^|_)key$|sign(ature)?$|alairas")
_PERSONAL_NAMES = re.compile(
    r"(^|_)(name|nev|neve|label|user|felhasznalo|ugyintezo|company|ceg|email|mail|note|megjegyzes)(_|$)"
)
_NUMBER = re.compile(r"\+?[\d][\d\s()/.-]{5,22}\d")
_TIME = re.compile(r"\d{4}[-./]\s?\d{2}[-./]\s?\d{2}.*|(19|20)\d{12}|1[5-9]\d{8}|1[5-9]\d{11}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PERSON = re.compile(r"[A-ZÁÉÍÓÖŐÚÜŰ][\w.'-]*[a-záéíóöőúüű][\w.'-]*(\s+[A-ZÁÉÍÓÖŐÚÜŰ][\w.'-]*)+")
_LETTER = re.compile(r"[^\W\d_]")
_JSON = re.compile(r'"((?:[^"\\]|\\.)*)"(\s*:)?|-?\d+(?:\.\d+)?')
_XML = re.compile(r"<([\w.:-]+)([^<>]*)>([^<>]*)(?=<)")
_ATTRIBUTE = re.compile(r'([\w.:-]+)="([^"]*)"')
_MASKED_DIGITS = 6
_KNOWN_BY_DIGITS = 8
_LONG_TEXT = 256


def without_credentials(capture: Capture) -> Capture:
    """Take secrets out of the headers: captures are sent around."""
    headers = tuple((name, _said(value) if _SECRET_HEADERS.search(name) else value) for name, value in capture.headers)
    return attrs.evolve(capture, headers=headers)


def _said(value: str) -> str:
    """Keep the scheme, which is worth knowing, and drop what proves anything."""
    scheme, space, _ = value.partition(" ")
    return f"{scheme} ***" if space and scheme.isalpha() else "***"


class Masker:
    """Gives the same pseudonym to a number wherever and however it is written, for as long as it lives."""

    def __init__(self, key: bytes | None = None) -> None:
        self._key = key or secrets.token_bytes(32)

    def capture(self, capture: Capture) -> Capture:
        """Mask query, body and the recorded audio of one request."""
        path, question, query = capture.target.partition("?")
        target = path + question + self._form(query)
        return attrs.evolve(capture, target=target, body=self._body(capture.content_type, capture.body))

    def _body(self, content_type: str, body: bytes) -> bytes:
        kind = body_kind(content_type)
        if kind == "multipart":
            return self._multipart(content_type, body)
        text = body.decode("utf-8", "surrogateescape")
        if kind == "form" or (not kind and "=" in text and text.lstrip()[:1] not in {"{", "[", "<"}):
            masked = self._form(text)
        elif kind == "xml" or text.lstrip().startswith("<"):
            masked = self._xml(text)
        else:
            masked = self._json(text)
        return masked.encode("utf-8", "surrogateescape")

    def _multipart(self, content_type: str, body: bytes) -> bytes:
        try:
            parts = split_parts(content_type, body)
        except DecodeError:
            return b""
        masked = [
            attrs.evolve(part, content=b"") if part.filename else attrs.evolve(part, content=self._part(part))
            for part in parts
        ]
        boundary = content_type.partition("boundary=")[2].strip('"')
        return join_parts(masked, boundary=boundary)[1]

    def _part(self, part: Part) -> bytes:
        if part.content_type:
            return self._body(part.content_type, part.content)
        return self.value(part.name, part.content.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")

    def _json(self, text: str) -> str:
        name = ""

        def token(found: re.Match[str]) -> str:
            nonlocal name
            if found[2]:
                name = found[1]
                return found[0]
            if found[1] is None:
                return self.value(name, found[0])
            return self._text(name, found[0])

        return _JSON.sub(token, text)

    def _text(self, name: str, quoted: str) -> str:
        """Mask one JSON text; only one that changes is written anew."""
        try:
            plain = json.loads(quoted, strict=False)
        except ValueError:
            return quoted  # no JSON escapes: the mistake is worth keeping
        masked = self.value(name, plain)
        return quoted if masked == plain else json.dumps(masked, ensure_ascii="\\u" in quoted)

    def _form(self, text: str) -> str:
        return "&".join(self._pair(pair) for pair in text.split("&"))

    def _pair(self, pair: str) -> str:
        name, equals, value = pair.partition("=")
        plain = unquote_plus(value)
        masked = self.value(unquote_plus(name), plain)
        return pair if masked == plain else f"{name}{equals}{quote_plus(masked)}"

    def _xml(self, text: str) -> str:
        def element(found: re.Match[str]) -> str:
            attributes = _ATTRIBUTE.sub(lambda one: f'{one[1]}="{self.value(one[1], one[2])}"', found[2])
            content = found[3] if not found[3].strip() else self.value(found[1], found[3])
            return f"<{found[1]}{attributes}>{content}"

        return _XML.sub(element, text)

    def value(self, name: str, text: str) -> str:
        """Mask one value by its name and by what it looks like."""
        key, bare = folded(name), text.strip()
        if _SECRET_NAMES.search(key):
            return "***" if text else text
        if len(text) > _LONG_TEXT:
            return text[:16] + "..."  # audio as base64: its first bytes tell the kind
        if _NUMBER.fullmatch(bare) and not _TIME.fullmatch(bare):
            return self._number(text)
        if _EMAIL.fullmatch(bare):
            return "x@example.com"
        if _PERSON.fullmatch(bare) or _PERSONAL_NAMES.search(key):
            return _LETTER.sub(lambda letter: "X" if letter[0].isupper() else "x", text)
        return text

    def _number(self, text: str) -> str:
        """Replace the last digits in place; punctuation, prefix and length stay."""
        digits = re.sub(r"\D", "", text)
        mac = hmac.new(self._key, digits[-_KNOWN_BY_DIGITS:].encode(), "sha256").digest()
        fresh = iter(f"{int.from_bytes(mac[:8]) % 10**_MASKED_DIGITS:0{_MASKED_DIGITS}}")
        keep = len(digits) - _MASKED_DIGITS
        seen = 0
        masked = []
        for one in text:
            if one.isdigit():
                seen += 1
                masked.append(one if seen <= keep else next(fresh))
            else:
                masked.append(one)
        return "".join(masked)
