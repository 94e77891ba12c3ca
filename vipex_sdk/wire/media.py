"""Bodies: JSON and form fields, strictly."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from vipex_sdk.wire.formats import BodyEncoding

__all__ = ["media_type", "parse_body", "parse_form", "parse_json", "render_body"]


def media_type(content_type: str | None) -> str:
    """Give the bare media type in lower case: ``application/json``; empty when there is none."""
    raise NotImplementedError


def parse_body(content_type: str | None, body: bytes, *, accepted: Collection[str]) -> dict[str, Any]:
    """Read the fields of a JSON object or of form data; *accepted* holds ``json`` and/or ``form``.

    An absent content type is read as the kind the body looks like.

    Raises:
        UnsupportedMedia: the content type is not among the accepted ones.
        DecodeError: the body is not well formed, or a JSON body is not an object.
    """
    raise NotImplementedError


def parse_json(body: bytes) -> Any:
    """Read JSON in strict UTF-8: no duplicate keys, no NaN, no bottomless nesting.

    Raises:
        DecodeError: it is not such JSON.
    """
    raise NotImplementedError


def parse_form(body: bytes, *, charset: str | None = None) -> dict[str, Any]:
    """Read ``a=1&b.c=2``; a key that comes twice or ends in ``[]`` becomes a list.

    Text is read by the declared charset, else as UTF-8, else as cp1250 (Hungarian Windows).
    """
    raise NotImplementedError


def render_body(encoding: BodyEncoding, fields: Mapping[str, Any]) -> tuple[str | None, bytes]:
    """Write wire data as a body: (content type, bytes). Nested form fields are written as dotted keys."""
    raise NotImplementedError
