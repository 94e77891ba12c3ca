"""Reading a body that a stranger controls: by type, by length, and no further than agreed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, MutableMapping
from typing import Any, TypeAlias

from vipex_sdk.errors import PayloadTooLarge, UnsupportedMedia, WebhookError
from vipex_sdk.webhooks.head import RequestHead
from vipex_sdk.wire.media import body_kind

__all__ = [
    "BadRequest",
    "BodyTooSlow",
    "Disconnected",
    "NoSuchAddress",
    "Receive",
    "WrongMethod",
    "body_chunks",
    "check_body_head",
    "encoding_of",
]

Receive: TypeAlias = Callable[[], Awaitable[MutableMapping[str, Any]]]


_LONGEST_LENGTH = 100
"""Characters of a length that is looked at."""


class BadRequest(WebhookError):
    """The request itself is malformed or ambiguous."""

    status = 400


class NoSuchAddress(WebhookError):
    """None of the receiver's addresses."""

    status = 404


class WrongMethod(WebhookError):
    """The address does not take this method."""

    status = 405


class BodyTooSlow(WebhookError):
    """The body was not complete in time."""

    status = 408


class Disconnected(WebhookError):
    """The sender went away before its body was complete; nobody is there to read an answer."""


def check_body_head(head: RequestHead, *, max_bytes: int, encodings: Collection[str]) -> None:
    """Refuse what can be refused before a byte of the body is read.

    Raises:
        BadRequest: the length is ambiguous (two framings, two lengths) or no number: request smuggling.
        PayloadTooLarge: the declared length is over *max_bytes*.
        UnsupportedMedia: the type is none of *encodings*, or the body is compressed.
    """
    lengths = set(head.every("content-length"))
    if len(lengths) > 1 or (lengths and head.every("transfer-encoding")):
        raise BadRequest("the length of the body is ambiguous")
    for length in lengths:
        if not length.strip().isdigit():
            raise BadRequest("the length of the body is no number")
        if len(length) > _LONGEST_LENGTH or int(length) > max_bytes:  # Python refuses to read a number of any length
            raise PayloadTooLarge(f"the body is longer than {max_bytes} bytes")
    if any(value.strip().lower() not in {b"", b"identity"} for value in head.every("content-encoding")):
        raise UnsupportedMedia("compressed bodies are not taken")
    encoding = encoding_of(head)
    if encoding is not None and encoding not in encodings:
        raise UnsupportedMedia(f"expected a body of type {', '.join(sorted(encodings))}")


def encoding_of(head: RequestHead) -> str | None:
    """Give ``json``, ``form``, ``multipart``, ``xml``, an unknown type, or ``None`` when none is declared."""
    return body_kind(head.text("content-type")) or None


async def body_chunks(receive: Receive, *, max_bytes: int) -> AsyncIterator[bytes]:
    """Give the body as it arrives.

    Raises:
        PayloadTooLarge: more came than *max_bytes*; a declared length proves nothing.
        Disconnected: the sender went away.
    """
    seen, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected("the sender went away")
        chunk = message.get("body", b"")
        seen += len(chunk)
        if seen > max_bytes:
            raise PayloadTooLarge(f"the body is longer than {max_bytes} bytes")
        if chunk:
            yield chunk
        more = message.get("more_body", False)
